"""Seats: which of them a hire fills, and how a headcount is raised and lowered."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import AlreadyDone, HeadcountTooLow, InvalidInput, NoOpenSeat, ReasonRequired, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus, SeatStatus
from portal.openings.rules import seats
from portal.openings.rules.seats import HeadcountChange, SeatsOutcome, SeatState
from tests.refusals import refused

CORE, ADS = UUID(int=101), UUID(int=102)
NO_SEAT = "This opening has no open seat left. Add a seat, or free one, then hire again."


def a_seat(number: int, status: SeatStatus = SeatStatus.OPEN, team_id: UUID | None = None) -> SeatState:
    return SeatState(UUID(int=number), number, status, team_id)


any_seats = st.lists(st.sampled_from(SeatStatus), max_size=12).map(
    lambda statuses: [a_seat(number, status) for number, status in enumerate(statuses, start=1)]
)


def test_r10_a_hire_fills_the_open_seat_with_the_lowest_number() -> None:
    filled = seats.seat_to_fill([a_seat(3), a_seat(1, SeatStatus.FILLED), a_seat(2)])

    assert filled.number == 2


def test_r10_the_seat_reserved_for_the_application_comes_first() -> None:
    reserved = a_seat(5, SeatStatus.RESERVED)

    assert seats.seat_to_fill([a_seat(1), reserved], reserved_seat_id=reserved.id) == reserved


def test_r10_a_seat_reserved_for_somebody_else_is_never_filled() -> None:
    with refused(NoOpenSeat, NO_SEAT):
        seats.seat_to_fill([a_seat(1, SeatStatus.RESERVED)])
    with refused(NoOpenSeat, NO_SEAT):
        seats.seat_to_fill([a_seat(1, SeatStatus.RESERVED)], chosen_seat_id=UUID(int=1))


def test_r10_the_chosen_seat_is_filled_or_none() -> None:
    both = [a_seat(1), a_seat(2), a_seat(3, SeatStatus.FILLED)]

    assert seats.seat_to_fill(both, chosen_seat_id=UUID(int=2)).number == 2
    for taken_or_unknown in (3, 9):
        with refused(NoOpenSeat, NO_SEAT):
            seats.seat_to_fill(both, chosen_seat_id=UUID(int=taken_or_unknown))


def test_r10_a_teams_own_seat_comes_before_one_without_a_team() -> None:
    of_each = [a_seat(1), a_seat(2, team_id=ADS), a_seat(3, team_id=CORE)]

    assert seats.seat_to_fill(of_each, team_id=CORE).number == 3
    assert seats.seat_to_fill(of_each).number == 1
    assert seats.seat_to_fill([a_seat(1), a_seat(2, team_id=ADS)], team_id=CORE).number == 1
    with refused(NoOpenSeat, NO_SEAT):
        seats.seat_to_fill([a_seat(2, team_id=ADS)], team_id=CORE)


@given(any_seats)
def test_r10_only_an_open_seat_is_ever_filled(given_seats: list[SeatState]) -> None:
    open_numbers = [seat.number for seat in given_seats if seat.status is SeatStatus.OPEN]

    if open_numbers:
        assert seats.seat_to_fill(given_seats).number == min(open_numbers)
    else:
        with pytest.raises(NoOpenSeat):
            seats.seat_to_fill(given_seats)


def test_r19_a_seats_team_is_one_of_the_openings() -> None:
    seats.check_team(CORE, {CORE, ADS})
    with refused(InvalidInput, "This opening does not hire for that team.", path=("teamId",)):
        seats.check_team(CORE, {ADS})
    with refused(InvalidInput, "This opening does not hire for that team.", path=("teamId",)):
        seats.team_of_hire(a_seat(1), team_id=CORE, opening_team_ids={ADS}, team_required=False)


def test_r19_the_team_is_chosen_before_a_hire_where_there_are_several() -> None:
    with refused(InvalidInput, "This opening hires for 2 teams. Choose the team, then hire.", path=("teamId",)):
        seats.team_of_hire(a_seat(1), team_id=None, opening_team_ids=[CORE, ADS], team_required=True)
    assert seats.team_of_hire(a_seat(1), team_id=None, opening_team_ids=[CORE, ADS], team_required=False) is None
    assert seats.team_of_hire(a_seat(1), team_id=ADS, opening_team_ids=[CORE, ADS], team_required=True) == ADS


def test_r19_the_team_follows_from_the_seat_or_from_there_being_only_one() -> None:
    of_core = a_seat(1, team_id=CORE)

    assert seats.team_of_hire(of_core, team_id=None, opening_team_ids=[CORE, ADS], team_required=True) == CORE
    assert seats.team_of_hire(a_seat(1), team_id=None, opening_team_ids=[ADS], team_required=True) == ADS
    assert seats.team_of_hire(a_seat(1), team_id=None, opening_team_ids=[], team_required=True) is None
    with refused(InvalidInput, "Seat 1 belongs to another team.", path=("teamId",)):
        seats.team_of_hire(of_core, team_id=ADS, opening_team_ids=[CORE, ADS], team_required=True)


def test_r19_a_team_with_seats_stays_with_the_opening() -> None:
    seats.check_team_removal(ADS, [a_seat(1, team_id=CORE)])
    with refused(
        InvalidInput,
        "Seats of this opening belong to that team: 1, 3. Give them another team first.",
        path=("teamId",),
    ):
        seats.check_team_removal(CORE, [a_seat(3, team_id=CORE), a_seat(1, team_id=CORE), a_seat(2)])


def test_a_filled_seat_keeps_its_team() -> None:
    seats.check_reassignable(a_seat(1))
    with refused(WrongState, "Seat 1 is filled; its team stays."):
        seats.check_reassignable(a_seat(1, SeatStatus.FILLED))


def test_r15_raising_the_headcount_adds_seats_under_new_numbers() -> None:
    three = [a_seat(1, SeatStatus.FILLED), a_seat(2), a_seat(7, SeatStatus.CLOSED)]

    assert seats.headcount(three) == 2
    assert seats.headcount_change(three, 4) == HeadcountChange(added_numbers=(8, 9), closed=())
    assert seats.headcount_change(three, 2) == HeadcountChange(added_numbers=(), closed=())


def test_r15_lowering_the_headcount_closes_drafts_first_and_the_highest_number_first() -> None:
    five = [
        a_seat(1),
        a_seat(2, SeatStatus.FILLED),
        a_seat(3, SeatStatus.DRAFT),
        a_seat(4),
        a_seat(5, SeatStatus.APPROVED),
    ]

    change = seats.headcount_change(five, 2)

    assert [seat.number for seat in change.closed] == [3, 5, 4]


def test_r15_the_headcount_never_goes_below_what_is_filled_and_reserved() -> None:
    with refused(HeadcountTooLow, "2 seats are filled or reserved; the headcount can't go below that."):
        seats.headcount_change([a_seat(1, SeatStatus.FILLED), a_seat(2, SeatStatus.RESERVED), a_seat(3)], 1)


@given(any_seats, st.integers(min_value=0, max_value=20))
def test_r15_a_changed_headcount_is_what_was_wanted(given_seats: list[SeatState], wanted: int) -> None:
    taken = sum(seat.status in {SeatStatus.FILLED, SeatStatus.RESERVED} for seat in given_seats)
    if wanted < taken:
        with pytest.raises(HeadcountTooLow):
            seats.headcount_change(given_seats, wanted)
        return

    change = seats.headcount_change(given_seats, wanted)

    assert seats.headcount(given_seats) + len(change.added_numbers) - len(change.closed) == wanted
    assert not {seat.status for seat in change.closed} & {SeatStatus.FILLED, SeatStatus.RESERVED, SeatStatus.CLOSED}
    assert all(number > len(given_seats) for number in change.added_numbers)


def test_an_opening_has_a_bounded_number_of_seats() -> None:
    with refused(InvalidInput, "This must be a whole number from 0 to 1000.", path=("headcount",)):
        seats.headcount_change([], 1_001)
    with refused(InvalidInput, "An opening has at most 1000 seats.", path=("headcount",)):
        seats.next_numbers([a_seat(1)], 1_000)


def test_a_new_seat_follows_its_opening() -> None:
    assert seats.status_of_new_seat(OpeningStatus.DRAFT, approval_required=False) is SeatStatus.DRAFT
    assert seats.status_of_new_seat(OpeningStatus.OPEN, approval_required=False) is SeatStatus.OPEN
    assert seats.status_of_new_seat(OpeningStatus.ON_HOLD, approval_required=True) is SeatStatus.DRAFT
    with refused(WrongState, "This opening is closed. Reopen it, then add seats."):
        seats.status_of_new_seat(OpeningStatus.CLOSED, approval_required=False)


def test_closing_a_seat_needs_a_reason_and_an_empty_seat() -> None:
    seats.check_close(a_seat(1), reason_given=True)
    with refused(ReasonRequired, "Say why the seat is closed.", path=("closeReasonId",)):
        seats.check_close(a_seat(1), reason_given=False)
    with refused(WrongState, "Seat 1 is filled and can't be closed."):
        seats.check_close(a_seat(1, SeatStatus.FILLED), reason_given=True)
    with refused(AlreadyDone, "Seat 1 is already closed."):
        seats.check_close(a_seat(1, SeatStatus.CLOSED), reason_given=True)


def test_a_seat_reopens_in_an_open_opening() -> None:
    closed = a_seat(1, SeatStatus.CLOSED)

    seats.check_reopen(closed, opening_status=OpeningStatus.ON_HOLD)
    with refused(WrongState, "This opening is not open. Open it, then reopen its seats."):
        seats.check_reopen(closed, opening_status=OpeningStatus.CLOSED)
    with refused(WrongState, "Only a closed seat can be reopened; seat 1 is open."):
        seats.check_reopen(a_seat(1), opening_status=OpeningStatus.OPEN)


def test_seats_open_close_and_reopen_with_their_opening() -> None:
    noon, earlier = datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    of_each = [a_seat(number, status) for number, status in enumerate(SeatStatus, start=1)]
    with_it = SeatState(UUID(int=21), 21, SeatStatus.CLOSED, closed_at=noon)
    before_it = SeatState(UUID(int=22), 22, SeatStatus.CLOSED, closed_at=earlier)

    assert [seat.status for seat in seats.opened_with_opening(of_each)] == ["DRAFT", "APPROVED"]
    assert [seat.status for seat in seats.closed_with_opening(of_each)] == ["APPROVED", "OPEN"]
    assert seats.reopened_with_opening([with_it, before_it, a_seat(1)], opening_closed_at=noon) == (with_it,)
    assert seats.reopened_with_opening([a_seat(1, SeatStatus.CLOSED)], opening_closed_at=None) == ()


def test_an_opening_closes_with_its_last_seat_unless_it_is_evergreen() -> None:
    done = [a_seat(1, SeatStatus.FILLED), a_seat(2, SeatStatus.CLOSED)]

    assert seats.outcome(OpeningKind.STANDARD, done) is SeatsOutcome.CLOSE_OPENING
    assert seats.outcome(OpeningKind.EVERGREEN, done) is SeatsOutcome.ADD_SEAT
    assert seats.outcome(OpeningKind.STANDARD, [*done, a_seat(3, SeatStatus.RESERVED)]) is SeatsOutcome.KEEP


def test_the_table_of_seat_states_is_that_of_the_domain() -> None:
    assert {(before.value, after.value) for before, afters in seats.TRANSITIONS.items() for after in afters} == {
        ("DRAFT", "APPROVED"),
        ("DRAFT", "OPEN"),
        ("DRAFT", "CLOSED"),
        ("APPROVED", "OPEN"),
        ("APPROVED", "CLOSED"),
        ("OPEN", "RESERVED"),
        ("OPEN", "FILLED"),
        ("OPEN", "CLOSED"),
        ("RESERVED", "OPEN"),
        ("RESERVED", "FILLED"),
        ("FILLED", "OPEN"),
        ("CLOSED", "OPEN"),
    }
