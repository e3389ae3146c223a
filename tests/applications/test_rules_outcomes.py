"""How applications end, how they are taken up again, and what an outsider is told."""

from dataclasses import replace
from uuid import UUID

import pytest

from portal.applications.enums import ApplicationStatus
from portal.applications.rules import outcomes, states
from portal.applications.rules.states import StatusBucket
from portal.applications.rules.submission import EarlierApplication
from portal.errors import AlreadyDone, DuplicateActiveApplication, InvalidInput, ReasonRequired, WrongState
from portal.openings.enums import OpeningStatus
from portal.openings.rules.stages import StageState
from portal.openings.rules.states import OpeningState
from tests.applications.states import (
    NOON,
    OFFER,
    OLD,
    OTHER_OFFER,
    SCREEN,
    UNSUITABLE,
    an_application,
    an_opening,
)
from tests.refusals import refused

REJECTED = ApplicationStatus.REJECTED


def take_up(
    status: ApplicationStatus = REJECTED,
    *others: EarlierApplication,
    opening: OpeningState | None = None,
    stage_before: StageState = SCREEN,
    chosen: StageState | None = None,
    reason: str | None = "The role grew.",
) -> StageState:
    return outcomes.reopened_stage(
        an_application(status),
        opening or an_opening(),
        others,
        stage_before=stage_before,
        chosen=chosen,
        reason=reason,
    )


def test_r4_only_an_active_application_can_be_rejected_or_withdrawn() -> None:
    outcomes.check_reject(an_application(), UNSUITABLE)
    outcomes.check_withdraw(an_application(), OTHER_OFFER)
    with refused(WrongState, "Only an active application can be rejected; this one is hired."):
        outcomes.check_reject(an_application(ApplicationStatus.HIRED), UNSUITABLE)
    with refused(WrongState, "Only an active application can be withdrawn; this one is rejected."):
        outcomes.check_withdraw(an_application(REJECTED), OTHER_OFFER)


def test_what_has_ended_so_is_already_so() -> None:
    with refused(AlreadyDone, "This application is already rejected."):
        outcomes.check_reject(an_application(REJECTED), UNSUITABLE)
    with refused(AlreadyDone, "This application is already withdrawn."):
        outcomes.check_withdraw(an_application(ApplicationStatus.WITHDRAWN), OTHER_OFFER)


def test_r5_rejecting_needs_a_reason() -> None:
    with refused(ReasonRequired, "Say why the application is rejected.", path=("reasonId",)):
        outcomes.check_reject(an_application(), None)


def test_r33_an_archived_reason_is_not_chosen_any_more() -> None:
    with refused(InvalidInput, "The reason Unsuitable is archived. Choose another one.", path=("reasonId",)):
        outcomes.check_reject(an_application(), replace(UNSUITABLE, archived_at=NOON))
    with refused(InvalidInput, "The reason Took another offer is archived. Choose another one.", path=("reasonId",)):
        outcomes.check_withdraw(an_application(), replace(OTHER_OFFER, archived_at=NOON))


def test_r8_a_rejection_never_has_the_candidates_reason() -> None:
    with refused(
        InvalidInput,
        "Took another offer says that the candidate withdrew. Withdraw the application instead.",
        path=("reasonId",),
    ):
        outcomes.check_reject(an_application(), OTHER_OFFER)


def test_r8_a_withdrawal_always_has_the_candidates_reason() -> None:
    with refused(ReasonRequired, "Say why the candidate withdraws.", path=("reasonId",)):
        outcomes.check_withdraw(an_application(), None)
    with refused(
        InvalidInput, "Unsuitable is not a candidate's reason. Reject the application instead.", path=("reasonId",)
    ):
        outcomes.check_withdraw(an_application(), UNSUITABLE)


def test_r8_a_withdrawal_does_not_count_as_a_rejection() -> None:
    assert [status for status in ApplicationStatus if states.counts_as_rejection(status)] == ["REJECTED"]


def test_outsiders_are_told_no_more_than_whether_it_goes_on() -> None:
    assert {status.value: states.bucket(status) for status in ApplicationStatus} == {
        "ACTIVE": StatusBucket.IN_PROCESS,
        "REJECTED": StatusBucket.CLOSED,
        "WITHDRAWN": StatusBucket.CLOSED,
        "HIRED": StatusBucket.HIRED,
        "TRANSFERRED": StatusBucket.CLOSED,
    }


@pytest.mark.parametrize("status", [ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN])
def test_r4_the_rejected_and_the_withdrawn_can_be_taken_up_again(status: ApplicationStatus) -> None:
    assert take_up(status) == SCREEN


@pytest.mark.parametrize("status", [ApplicationStatus.ACTIVE, ApplicationStatus.HIRED, ApplicationStatus.TRANSFERRED])
def test_r4_nothing_else_can_be_taken_up_again(status: ApplicationStatus) -> None:
    with refused(
        WrongState,
        f"Only a rejected or withdrawn application can be taken up again; this one is {status.lower()}.",
    ):
        take_up(status)


def test_r5_taking_up_again_needs_a_reason() -> None:
    for nothing in (None, "", "  "):
        with refused(ReasonRequired, "Say why the application is taken up again.", path=("reason",)):
            take_up(reason=nothing)


def test_r5_taking_up_again_needs_a_stage_to_go_to() -> None:
    assert take_up(chosen=OFFER) == OFFER
    assert take_up(stage_before=OLD, chosen=SCREEN) == SCREEN
    with refused(InvalidInput, "The stage Old interview is archived. Choose another one.", path=("stageId",)):
        take_up(stage_before=OLD)


def test_r1_taking_up_again_makes_no_second_active_application() -> None:
    with pytest.raises(DuplicateActiveApplication):
        take_up(REJECTED, EarlierApplication(UUID(int=60), ApplicationStatus.ACTIVE))


def test_r17_applications_of_a_closed_opening_are_not_taken_up() -> None:
    assert take_up(opening=an_opening(OpeningStatus.ON_HOLD)) == SCREEN
    with refused(WrongState, "This opening is archived. Reopen it, then take up its applications."):
        take_up(opening=an_opening(OpeningStatus.ARCHIVED))
