"""The life of an opening: which state follows which, and what each step demands."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portal.errors import AlreadyDone, InvalidInput, UserError, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus, SeatStatus, StageKind
from portal.openings.rules import states
from portal.openings.rules.seats import SeatState
from portal.openings.rules.stages import StageState
from portal.openings.rules.states import OpeningState
from tests.refusals import refused

OPENING = UUID(int=1)
SEAT = SeatState(UUID(int=10), 1, SeatStatus.DRAFT)
STAGE = StageState(UUID(int=20), OPENING, StageKind.APPLIED, "Applied", 1)


def an_opening(
    status: OpeningStatus, kind: OpeningKind = OpeningKind.STANDARD, *, is_confidential: bool = False
) -> OpeningState:
    return OpeningState(OPENING, status, kind, is_confidential)


def opened(opening: OpeningState, *, approval_required: bool = False) -> OpeningStatus:
    return states.opened(opening, seats=[SEAT], stages=[STAGE], approval_required=approval_required)


STEPS: dict[str, Callable[[OpeningState], OpeningStatus]] = {
    "opened": opened,
    "put on hold": states.held,
    "resumed": states.resumed,
    "closed": states.closed,
    "reopened": lambda opening: states.reopened(opening, approval_required=False),
    "archived": lambda opening: states.archived(opening, active_applications=0),
    "restored": states.restored,
}


def test_a_draft_opens_directly_while_approvals_are_off() -> None:
    assert opened(an_opening(OpeningStatus.DRAFT)) is OpeningStatus.OPEN


def test_a_draft_does_not_open_unapproved_while_approvals_are_on() -> None:
    with refused(WrongState, "Openings of this organization are approved before they open."):
        opened(an_opening(OpeningStatus.DRAFT), approval_required=True)
    assert opened(an_opening(OpeningStatus.APPROVED), approval_required=True) is OpeningStatus.OPEN


def test_an_opening_needs_a_seat_to_fill() -> None:
    for seats in ([], [SeatState(UUID(int=10), 1, SeatStatus.FILLED)]):
        with refused(InvalidInput, "This opening has no seat to fill. Add one, then open it.", path=("seats",)):
            states.opened(an_opening(OpeningStatus.DRAFT), seats=seats, stages=[STAGE], approval_required=False)


def test_an_opening_needs_a_stage_to_start_in() -> None:
    with refused(InvalidInput, "This opening's pipeline has no stage in which an application could start."):
        states.opened(an_opening(OpeningStatus.DRAFT), seats=[SEAT], stages=[], approval_required=False)


def test_a_template_is_never_opened() -> None:
    with refused(WrongState, "A template is only copied from; copy it, then open the copy."):
        opened(an_opening(OpeningStatus.DRAFT, OpeningKind.TEMPLATE))


def test_reopening_waits_for_approval_where_approvals_are_on() -> None:
    closed = an_opening(OpeningStatus.CLOSED)

    assert states.reopened(closed, approval_required=False) is OpeningStatus.OPEN
    assert states.reopened(closed, approval_required=True) is OpeningStatus.PENDING_APPROVAL


def test_r17_an_opening_with_active_applications_is_not_archived() -> None:
    with refused(WrongState, "3 applications of this opening are still active. End them, then archive it."):
        states.archived(an_opening(OpeningStatus.CLOSED), active_applications=3)


def test_what_is_already_so_is_said_to_be_so() -> None:
    with refused(AlreadyDone, "This opening is already open."):
        opened(an_opening(OpeningStatus.OPEN))
    with refused(AlreadyDone, "This opening is already on hold."):
        states.held(an_opening(OpeningStatus.ON_HOLD))
    with refused(AlreadyDone, "This opening is already archived."):
        states.archived(an_opening(OpeningStatus.ARCHIVED), active_applications=0)


def test_a_refused_step_names_the_state() -> None:
    with pytest.raises(WrongState) as caught:
        states.held(an_opening(OpeningStatus.PENDING_APPROVAL))

    assert caught.value.message == "This opening is waiting for approval; it can't be put on hold."
    assert caught.value.state == "PENDING_APPROVAL"


@given(st.sampled_from(OpeningStatus), st.sampled_from(sorted(STEPS)))
def test_every_step_goes_where_the_table_allows_or_is_refused(status: OpeningStatus, step: str) -> None:
    try:
        after = STEPS[step](an_opening(status))
    except UserError:
        return

    assert after in states.TRANSITIONS[status]


class OpeningLife(RuleBasedStateMachine):
    """Any sequence of steps stays within the states, and an archived opening only comes back as a draft."""

    def __init__(self) -> None:
        super().__init__()
        self.status = OpeningStatus.DRAFT
        self.before = OpeningStatus.DRAFT

    @rule(step=st.sampled_from(sorted(STEPS)))
    def takes_a_step(self, step: str) -> None:
        self.before = self.status
        try:
            self.status = STEPS[step](an_opening(self.status))
        except (AlreadyDone, WrongState):
            assert self.status is self.before

    @precondition(lambda self: self.before is OpeningStatus.ARCHIVED)
    @invariant()
    def leaves_the_archive_as_a_draft(self) -> None:
        assert self.status in {OpeningStatus.ARCHIVED, OpeningStatus.DRAFT}

    @invariant()
    def needs_no_approval_while_approvals_are_off(self) -> None:
        assert self.status not in {OpeningStatus.PENDING_APPROVAL, OpeningStatus.APPROVED}


TestOpeningLife = OpeningLife.TestCase


def test_an_archived_opening_is_not_edited() -> None:
    states.check_editable(an_opening(OpeningStatus.CLOSED))
    with refused(WrongState, "This opening is archived. Restore it, then change it."):
        states.check_editable(an_opening(OpeningStatus.ARCHIVED))


def test_r15_changing_what_was_approved_needs_a_new_approval() -> None:
    changed = frozenset({"seats", "description"})

    assert states.needs_new_approval(OpeningStatus.OPEN, changed, approval_required=True)
    assert not states.needs_new_approval(OpeningStatus.OPEN, changed, approval_required=False)
    assert not states.needs_new_approval(OpeningStatus.DRAFT, changed, approval_required=True)
    assert not states.needs_new_approval(OpeningStatus.OPEN, frozenset({"description"}), approval_required=True)


def test_r20_turning_public_needs_an_explicit_confirmation() -> None:
    secret = an_opening(OpeningStatus.OPEN, is_confidential=True)

    with refused(
        InvalidInput,
        "Everybody who sees openings will see this one, its applications included. Confirm that you want this.",
        path=("confirmed",),
    ):
        states.check_confidentiality_change(secret, confidential=False, confirmed=False)
    states.check_confidentiality_change(secret, confidential=False, confirmed=True)


def test_r20_turning_public_is_something_that_was_approved() -> None:
    assert states.needs_new_approval(OpeningStatus.OPEN, frozenset({"is_confidential"}), approval_required=True)


def test_r20_turning_confidential_needs_no_confirmation() -> None:
    states.check_confidentiality_change(an_opening(OpeningStatus.OPEN), confidential=True, confirmed=False)
    with refused(AlreadyDone, "This opening is already public."):
        states.check_confidentiality_change(an_opening(OpeningStatus.OPEN), confidential=False, confirmed=True)
