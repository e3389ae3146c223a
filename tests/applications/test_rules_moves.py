"""Moving applications along the pipeline, alone, in batches, and back."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.applications.enums import ApplicationStatus
from portal.applications.rules import moves
from portal.applications.rules.moves import RecordedTransition, Undone
from portal.applications.rules.submission import EarlierApplication
from portal.errors import (
    AlreadyDone,
    DuplicateActiveApplication,
    InvalidInput,
    NotFound,
    StageChanged,
    WrongState,
)
from portal.openings.enums import OpeningStatus, StageKind
from portal.openings.rules.stages import StageState
from tests.applications.states import (
    APPLIED,
    HIRED_STAGE,
    NOON,
    OFFER,
    OLD,
    OTHER_OPENING,
    SCREEN,
    an_application,
    an_opening,
)
from tests.refusals import refused

BATCH, OTHER_BATCH = UUID(int=70), UUID(int=71)


def a_transition(
    batch_id: UUID | None = BATCH,
    from_stage: StageState | None = APPLIED,
    from_status: ApplicationStatus | None = ApplicationStatus.ACTIVE,
) -> RecordedTransition:
    return RecordedTransition(UUID(int=80), batch_id, from_stage.id if from_stage else None, from_status)


def test_r2_a_move_from_a_stage_that_the_application_left_tells_where_it_is() -> None:
    with pytest.raises(StageChanged) as caught:
        moves.check_move(an_application(stage=OFFER), from_stage_id=SCREEN.id, to_stage=APPLIED)

    assert caught.value.message == "The application has moved to Offer since you opened it."
    assert caught.value.current_stage_id == OFFER.id
    assert caught.value.path == ("fromStageId",)


def test_r2_the_second_of_two_equal_moves_is_told_that_the_stage_changed() -> None:
    with refused(StageChanged, "The application has moved to Offer since you opened it.", path=("fromStageId",)):
        moves.check_move(an_application(stage=OFFER), from_stage_id=SCREEN.id, to_stage=OFFER)


def test_r2_the_target_is_a_stage_in_use_of_the_same_opening() -> None:
    elsewhere = StageState(UUID(int=9), OTHER_OPENING, StageKind.OFFER, "Offer", 1)

    with refused(NotFound, "No such stage.", path=("toStageId",)):
        moves.check_move(an_application(), from_stage_id=SCREEN.id, to_stage=elsewhere)
    with refused(InvalidInput, "The stage Old interview is archived. Choose another one.", path=("toStageId",)):
        moves.check_move(an_application(), from_stage_id=SCREEN.id, to_stage=OLD)


def test_r3_moves_backwards_and_skips_are_allowed() -> None:
    moves.check_move(an_application(stage=OFFER), from_stage_id=OFFER.id, to_stage=APPLIED)
    moves.check_move(an_application(stage=APPLIED), from_stage_id=APPLIED.id, to_stage=OFFER)


def test_a_move_to_the_same_stage_is_already_done() -> None:
    with refused(AlreadyDone, "The application is already in Screen."):
        moves.check_move(an_application(), from_stage_id=SCREEN.id, to_stage=SCREEN)


def test_a_hire_is_not_a_move() -> None:
    with refused(InvalidInput, "To hire somebody is more than a move: it fills a seat.", path=("toStageId",)):
        moves.check_move(an_application(), from_stage_id=SCREEN.id, to_stage=HIRED_STAGE)


@pytest.mark.parametrize("status", [status for status in ApplicationStatus if status != "ACTIVE"])
def test_r4_only_an_active_application_can_be_moved(status: ApplicationStatus) -> None:
    with refused(WrongState, f"Only an active application can be moved; this one is {status.lower()}."):
        moves.check_move(an_application(status), from_stage_id=SCREEN.id, to_stage=OFFER)


def test_seconds_in_a_stage_are_whole_and_never_negative() -> None:
    assert moves.seconds_in_stage(NOON, NOON + timedelta(days=1, milliseconds=900)) == 86_400
    assert moves.seconds_in_stage(NOON, NOON - timedelta(days=1)) == 0


def test_r9_a_batch_keeps_its_order_and_its_bound() -> None:
    ids = [UUID(int=number) for number in (3, 1, 2)]

    assert moves.check_bulk(ids) == tuple(ids)
    with refused(InvalidInput, "At most 100 are allowed here, not 101.", path=("applicationIds",)):
        moves.check_bulk([UUID(int=number) for number in range(101)])
    with refused(InvalidInput, "At least 1 must be given here.", path=("applicationIds",)):
        moves.check_bulk([])
    with refused(InvalidInput, "The same one is listed twice.", path=("applicationIds", "3")):
        moves.check_bulk([*ids, ids[0]])


@given(st.lists(st.uuids(), min_size=1, max_size=100, unique=True))
def test_r9_results_can_follow_the_input_item_by_item(ids: list[UUID]) -> None:
    assert list(moves.check_bulk(ids)) == ids


def test_r9_undoing_a_batch_of_moves_puts_applications_back_where_they_were() -> None:
    undone = moves.undone(
        an_application(), an_opening(), batch_id=BATCH, latest=a_transition(), from_stage=APPLIED, others=[]
    )

    assert undone == Undone(stage_id=APPLIED.id, status=ApplicationStatus.ACTIVE)


def test_r9_undoing_a_batch_of_rejections_takes_them_up_again() -> None:
    undone = moves.undone(
        an_application(ApplicationStatus.REJECTED),
        an_opening(OpeningStatus.ON_HOLD),
        batch_id=BATCH,
        latest=a_transition(from_stage=SCREEN),
        from_stage=SCREEN,
        others=[],
    )

    assert undone == Undone(stage_id=SCREEN.id, status=ApplicationStatus.ACTIVE)


def test_r9_what_happened_after_the_batch_is_not_thrown_away() -> None:
    for later in (a_transition(OTHER_BATCH), a_transition(None)):
        with refused(WrongState, "This application was changed since; it is left as it is."):
            moves.undone(an_application(), an_opening(), batch_id=BATCH, latest=later, from_stage=APPLIED, others=[])


@pytest.mark.parametrize("status", [ApplicationStatus.HIRED, ApplicationStatus.TRANSFERRED])
def test_r9_hires_and_transfers_are_not_undone_by_batch(status: ApplicationStatus) -> None:
    with refused(WrongState, f"This application is {status.lower()}, which can't be undone here."):
        moves.undone(
            an_application(status), an_opening(), batch_id=BATCH, latest=a_transition(), from_stage=APPLIED, others=[]
        )


def test_r9_a_submission_is_not_undone() -> None:
    with refused(WrongState, "The batch submitted this application; there is nothing before it."):
        moves.undone(
            an_application(),
            an_opening(),
            batch_id=BATCH,
            latest=a_transition(from_stage=None, from_status=None),
            from_stage=APPLIED,
            others=[],
        )


def test_r9_an_application_does_not_go_back_to_an_archived_stage() -> None:
    with refused(InvalidInput, "The stage Old interview is archived by now, so the application can't go back to it."):
        moves.undone(
            an_application(),
            an_opening(),
            batch_id=BATCH,
            latest=a_transition(from_stage=OLD),
            from_stage=OLD,
            others=[],
        )


def test_r1_undoing_a_rejection_makes_no_second_active_application() -> None:
    since = EarlierApplication(UUID(int=60), ApplicationStatus.ACTIVE)

    with pytest.raises(DuplicateActiveApplication) as caught:
        moves.undone(
            an_application(ApplicationStatus.REJECTED),
            an_opening(),
            batch_id=BATCH,
            latest=a_transition(from_stage=SCREEN),
            from_stage=SCREEN,
            others=[since],
        )

    assert caught.value.application_id == since.id


def test_r17_undoing_rejections_needs_the_opening_to_be_open() -> None:
    with refused(WrongState, "This opening is closed. Reopen it, then take up its applications."):
        moves.undone(
            an_application(ApplicationStatus.REJECTED),
            an_opening(OpeningStatus.CLOSED),
            batch_id=BATCH,
            latest=a_transition(from_stage=SCREEN),
            from_stage=SCREEN,
            others=[],
        )
