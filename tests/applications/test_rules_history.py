"""How long applications are in which stage."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.applications.enums import ApplicationStatus
from portal.applications.rules import history
from portal.applications.rules.history import Arrival, UnorderedTransitions, Visit
from tests.applications.states import APPLIED, NOON, OFFER, SCREEN

ACTIVE, REJECTED = ApplicationStatus.ACTIVE, ApplicationStatus.REJECTED


def after(days: float, stage_id: UUID, status: ApplicationStatus = ACTIVE) -> Arrival:
    return Arrival(stage_id, status, NOON + timedelta(days=days))


def test_days_are_summed_over_visits_and_the_current_one_counts_up() -> None:
    moves = [after(0, APPLIED.id), after(1, SCREEN.id), after(3.5, APPLIED.id), after(4, OFFER.id)]

    assert history.days_in_stage(moves, NOON + timedelta(days=10)) == {APPLIED.id: 1.5, SCREEN.id: 2.5, OFFER.id: 6.0}


def test_time_stops_when_the_application_ends_and_goes_on_when_it_is_taken_up() -> None:
    moves = [after(0, SCREEN.id), after(2, SCREEN.id, REJECTED), after(12, SCREEN.id)]

    assert history.visits(moves) == (
        Visit(SCREEN.id, NOON, NOON + timedelta(days=2)),
        Visit(SCREEN.id, NOON + timedelta(days=12), None),
    )
    assert history.days_in_stage(moves, NOON + timedelta(days=13)) == {SCREEN.id: 3.0}


def test_an_empty_history_has_no_days() -> None:
    assert history.days_in_stage([], NOON) == {}


def test_a_history_out_of_order_is_a_bug() -> None:
    with pytest.raises(UnorderedTransitions):
        history.visits([after(1, SCREEN.id), after(0, OFFER.id)])


@given(
    st.lists(st.tuples(st.integers(0, 1_000), st.sampled_from([APPLIED.id, SCREEN.id, OFFER.id])), max_size=20).map(
        sorted
    )
)
def test_an_application_that_never_ends_was_in_some_stage_all_the_time(steps: list[tuple[int, UUID]]) -> None:
    moves = [after(day, stage_id) for day, stage_id in steps]

    days = history.days_in_stage(moves, NOON + timedelta(days=2_000))

    assert sum(days.values()) == (2_000 - steps[0][0] if steps else 0)
