"""The states of an application, walked at random: only what the table allows ever happens."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from portal.applications.enums import ApplicationStatus
from portal.applications.rules import hiring, moves, outcomes, states, submission
from portal.applications.rules.hiring import SeatChoice
from portal.errors import UserError
from portal.openings.enums import SeatStatus
from portal.openings.rules import stages as pipeline
from portal.openings.rules.stages import StageState
from tests.applications.states import (
    APPLIED,
    BOARD,
    HIRED_STAGE,
    OFFER,
    OTHER_OFFER,
    OTHER_OPENING,
    SCREEN,
    UNSUITABLE,
    a_seat,
    an_application,
    an_opening,
)

RIGHTS = frozenset({"application:read"})


def test_r4_the_table_of_application_states_is_that_of_the_domain() -> None:
    assert {(before.value, after.value) for before, afters in states.TRANSITIONS.items() for after in afters} == {
        ("ACTIVE", "ACTIVE"),
        ("ACTIVE", "REJECTED"),
        ("ACTIVE", "WITHDRAWN"),
        ("ACTIVE", "HIRED"),
        ("ACTIVE", "TRANSFERRED"),
        ("REJECTED", "ACTIVE"),
        ("WITHDRAWN", "ACTIVE"),
        ("HIRED", "ACTIVE"),
    }


class ApplicationLife(RuleBasedStateMachine):
    """One application and one seat, through any sequence of steps."""

    def __init__(self) -> None:
        super().__init__()
        self.status = ApplicationStatus.ACTIVE
        self.stage = APPLIED
        self.seat_is_filled = False

    def steps_to(self, status: ApplicationStatus, stage: StageState) -> None:
        assert status in states.TRANSITIONS[self.status]
        self.status, self.stage = status, stage

    @rule(to=st.sampled_from(BOARD), seen=st.sampled_from(BOARD))
    def moves(self, to: StageState, seen: StageState) -> None:
        try:
            moves.check_move(an_application(self.status, self.stage), from_stage_id=seen.id, to_stage=to)
        except UserError:
            return
        assert seen == self.stage != to
        self.steps_to(ApplicationStatus.ACTIVE, to)

    @rule()
    def is_rejected(self) -> None:
        try:
            outcomes.check_reject(an_application(self.status, self.stage), UNSUITABLE)
        except UserError:
            return
        self.steps_to(ApplicationStatus.REJECTED, self.stage)

    @rule()
    def is_withdrawn(self) -> None:
        try:
            outcomes.check_withdraw(an_application(self.status, self.stage), OTHER_OFFER)
        except UserError:
            return
        self.steps_to(ApplicationStatus.WITHDRAWN, self.stage)

    @rule(chosen=st.sampled_from([None, SCREEN, OFFER]))
    def is_taken_up(self, chosen: StageState | None) -> None:
        try:
            stage = outcomes.reopened_stage(
                an_application(self.status, self.stage),
                an_opening(),
                [],
                stage_before=self.stage,
                chosen=chosen,
                reason="The role grew.",
            )
        except UserError:
            return
        self.steps_to(ApplicationStatus.ACTIVE, stage)

    @rule()
    def is_hired(self) -> None:
        seat = a_seat(1, SeatStatus.FILLED if self.seat_is_filled else SeatStatus.OPEN)
        try:
            hiring.hired(
                an_application(self.status, self.stage),
                an_opening(),
                [seat],
                choice=SeatChoice(),
                opening_team_ids=[],
                team_required=True,
            )
        except UserError:
            return
        self.seat_is_filled = True
        self.steps_to(ApplicationStatus.HIRED, pipeline.stage_of_hired(BOARD, self.stage))

    @rule()
    def is_unhired(self) -> None:
        try:
            hiring.check_unhire(an_application(self.status, self.stage), an_opening())
        except UserError:
            return
        self.seat_is_filled = False
        self.steps_to(ApplicationStatus.ACTIVE, pipeline.stage_after_unhire(BOARD))

    @rule()
    def is_transferred(self) -> None:
        try:
            submission.check_transfer(
                an_application(self.status, self.stage),
                an_opening(id=OTHER_OPENING),
                [],
                rights_here=RIGHTS,
                rights_there=RIGHTS,
            )
        except UserError:
            return
        self.steps_to(ApplicationStatus.TRANSFERRED, self.stage)

    @invariant()
    def a_hire_and_a_filled_seat_are_the_same_thing(self) -> None:
        assert self.seat_is_filled == (self.status is ApplicationStatus.HIRED)

    @invariant()
    def only_the_hired_stand_in_the_hired_stage(self) -> None:
        assert (self.stage == HIRED_STAGE) == (self.status is ApplicationStatus.HIRED)

    @invariant()
    def nobody_stands_in_an_archived_stage(self) -> None:
        assert not self.stage.is_archived


TestApplicationLife = ApplicationLife.TestCase
