"""Seats: the headcount of an opening, one row per head, and which of them a hire fills."""

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from portal import bounds
from portal.errors import AlreadyDone, HeadcountTooLow, InvalidInput, NoOpenSeat, ReasonRequired, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus, SeatStatus

# The largest openings in the boards we have seen ask for a few dozen people; a thousand rows still load at once.
MOST_SEATS = 1_000

TRANSITIONS: Mapping[SeatStatus, AbstractSet[SeatStatus]] = {
    # DRAFT goes straight to OPEN with its opening while the organization wants no approvals.
    SeatStatus.DRAFT: {SeatStatus.APPROVED, SeatStatus.OPEN, SeatStatus.CLOSED},
    SeatStatus.APPROVED: {SeatStatus.OPEN, SeatStatus.CLOSED},
    SeatStatus.OPEN: {SeatStatus.RESERVED, SeatStatus.FILLED, SeatStatus.CLOSED},
    SeatStatus.RESERVED: {SeatStatus.OPEN, SeatStatus.FILLED},
    SeatStatus.FILLED: {SeatStatus.OPEN},
    SeatStatus.CLOSED: {SeatStatus.OPEN},
}

_TAKEN = frozenset({SeatStatus.FILLED, SeatStatus.RESERVED})
_LASTING = frozenset({SeatStatus.FILLED, SeatStatus.CLOSED})


@dataclass(frozen=True, slots=True)
class SeatState:
    """What the rules need to know of a seat; `team_id` is None until a team is chosen for it."""

    id: UUID
    number: int
    status: SeatStatus
    team_id: UUID | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeadcountChange:
    """How to reach a headcount: seats to add under these numbers, seats to close."""

    added_numbers: tuple[int, ...]
    closed: tuple[SeatState, ...]


class SeatsOutcome(enum.StrEnum):
    """What an opening needs after one of its seats was filled or closed."""

    KEEP = "KEEP"
    CLOSE_OPENING = "CLOSE_OPENING"
    ADD_SEAT = "ADD_SEAT"


def seat_to_fill(
    seats: Sequence[SeatState],
    *,
    reserved_seat_id: UUID | None = None,
    chosen_seat_id: UUID | None = None,
    team_id: UUID | None = None,
) -> SeatState:
    """The one seat that a hire fills (R10).

    The seat reserved for this application comes first, then the seat that the recruiter chose, else the open seat with
    the lowest number: of the team if one is given, else one without a team. Another team's seat is never taken.
    Raises NoOpenSeat when there is none.
    """
    by_id = {seat.id: seat for seat in seats}
    if reserved_seat_id in by_id and by_id[reserved_seat_id].status in {SeatStatus.RESERVED, SeatStatus.OPEN}:
        return by_id[reserved_seat_id]
    open_seats = [seat for seat in seats if seat.status is SeatStatus.OPEN]
    if chosen_seat_id is not None:
        open_seats = [seat for seat in open_seats if seat.id == chosen_seat_id]
    elif team_id is not None:
        open_seats = [seat for seat in open_seats if seat.team_id in {team_id, None}]
    if not open_seats:
        raise NoOpenSeat
    return min(open_seats, key=lambda seat: (seat.team_id != team_id, seat.number))


def team_of_hire(
    seat: SeatState, *, team_id: UUID | None, opening_team_ids: Collection[UUID], team_required: bool
) -> UUID | None:
    """The team that the filled seat belongs to: the seat's own, else the chosen one, else the opening's only one (R19).

    `team_required` is the organization's policy; it asks for a choice only where the opening hires for several teams.
    """
    if team_id is not None:
        check_team(team_id, opening_team_ids)
        if seat.team_id not in {team_id, None}:
            raise InvalidInput(f"Seat {seat.number} belongs to another team.", path=("teamId",))
        return team_id
    if seat.team_id is not None:
        return seat.team_id
    if len(opening_team_ids) == 1:
        return next(iter(opening_team_ids))
    if opening_team_ids and team_required:
        raise InvalidInput(
            f"This opening hires for {len(opening_team_ids)} teams. Choose the team, then hire.", path=("teamId",)
        )
    return None


def check_team(team_id: UUID, opening_team_ids: Collection[UUID]) -> None:
    """Refuses a team that the opening does not hire for (R19)."""
    if team_id not in opening_team_ids:
        raise InvalidInput("This opening does not hire for that team.", path=("teamId",))


def check_team_removal(team_id: UUID, seats: Iterable[SeatState]) -> None:
    """Refuses to take a team from an opening while seats belong to it (R19)."""
    numbers = [str(seat.number) for seat in sorted(seats, key=lambda seat: seat.number) if seat.team_id == team_id]
    if numbers:
        raise InvalidInput(
            f"Seats of this opening belong to that team: {', '.join(numbers)}. Give them another team first.",
            path=("teamId",),
        )


def check_reassignable(seat: SeatState) -> None:
    """Refuses to change the team of a seat that is filled or closed: its history would say something else."""
    if seat.status in _LASTING:
        raise WrongState(f"Seat {seat.number} is {seat.status.lower()}; its team stays.", state=seat.status)


def headcount(seats: Iterable[SeatState]) -> int:
    """How many people the opening is for: every seat that is not closed."""
    return sum(seat.status is not SeatStatus.CLOSED for seat in seats)


def headcount_change(seats: Sequence[SeatState], wanted: int) -> HeadcountChange:
    """Which seats to add or close so that the opening is for `wanted` people (R15).

    The seats that are furthest from being filled are closed first: drafts, then approved, then open ones, the highest
    number first. Raises HeadcountTooLow below what is filled or reserved.
    """
    bounds.whole_number(wanted, least=0, most=MOST_SEATS, path="headcount")
    taken = sum(seat.status in _TAKEN for seat in seats)
    if wanted < taken:
        raise HeadcountTooLow(taken)
    excess = headcount(seats) - wanted
    if excess <= 0:
        return HeadcountChange(added_numbers=next_numbers(seats, -excess), closed=())
    order = (SeatStatus.DRAFT, SeatStatus.APPROVED, SeatStatus.OPEN)
    closable = sorted(
        (seat for seat in seats if seat.status in order), key=lambda seat: (order.index(seat.status), -seat.number)
    )
    return HeadcountChange(added_numbers=(), closed=tuple(closable[:excess]))


def next_numbers(seats: Sequence[SeatState], count: int) -> tuple[int, ...]:
    """The numbers of `count` further seats; a number is never used twice, not even after its seat was closed."""
    highest = max((seat.number for seat in seats), default=0)
    if headcount(seats) + count > MOST_SEATS:
        raise InvalidInput(f"An opening has at most {MOST_SEATS} seats.", path=("headcount",))
    return tuple(range(highest + 1, highest + 1 + count))


def status_of_new_seat(opening_status: OpeningStatus, *, approval_required: bool) -> SeatStatus:
    """The status that a seat is added with: it follows its opening, unless it has to be approved first (R15)."""
    match opening_status:
        case OpeningStatus.DRAFT | OpeningStatus.PENDING_APPROVAL | OpeningStatus.APPROVED:
            return SeatStatus.DRAFT
        case OpeningStatus.OPEN | OpeningStatus.ON_HOLD:
            return SeatStatus.DRAFT if approval_required else SeatStatus.OPEN
        case OpeningStatus.CLOSED | OpeningStatus.ARCHIVED:
            raise WrongState(
                f"This opening is {opening_status.lower()}. Reopen it, then add seats.", state=opening_status
            )
        case _:
            assert_never(opening_status)


def check_open(seat: SeatState, *, opening_status: OpeningStatus, approval_required: bool) -> None:
    """Refuses to open a seat that is not a draft or approved one, or before its opening or its approval."""
    if seat.status is SeatStatus.OPEN:
        raise AlreadyDone(f"Seat {seat.number} is already open.")
    if seat.status not in {SeatStatus.DRAFT, SeatStatus.APPROVED}:
        raise WrongState(f"Seat {seat.number} is {seat.status.lower()} and can't be opened.", state=seat.status)
    if opening_status not in {OpeningStatus.OPEN, OpeningStatus.ON_HOLD}:
        raise WrongState("This opening is not open. Open it, and its seats open with it.", state=opening_status)
    if approval_required and seat.status is SeatStatus.DRAFT:
        raise WrongState("Seats of this organization are approved before they open.", state=seat.status)


def check_close(seat: SeatState, *, reason_given: bool) -> None:
    """Refuses to close a seat that somebody has or is offered, or without a reason."""
    if seat.status is SeatStatus.CLOSED:
        raise AlreadyDone(f"Seat {seat.number} is already closed.")
    if SeatStatus.CLOSED not in TRANSITIONS[seat.status]:
        raise WrongState(f"Seat {seat.number} is {seat.status.lower()} and can't be closed.", state=seat.status)
    if not reason_given:
        raise ReasonRequired("Say why the seat is closed.", path=("closeReasonId",))


def check_reopen(seat: SeatState, *, opening_status: OpeningStatus) -> None:
    """Refuses to open a seat that is not closed, or whose opening is not open itself."""
    if seat.status is not SeatStatus.CLOSED:
        raise WrongState(
            f"Only a closed seat can be reopened; seat {seat.number} is {seat.status.lower()}.", state=seat.status
        )
    if opening_status not in {OpeningStatus.OPEN, OpeningStatus.ON_HOLD}:
        raise WrongState("This opening is not open. Open it, then reopen its seats.", state=opening_status)


def opened_with_opening(seats: Iterable[SeatState]) -> tuple[SeatState, ...]:
    """The seats that open when their opening does."""
    return tuple(seat for seat in seats if seat.status in {SeatStatus.DRAFT, SeatStatus.APPROVED})


def closed_with_opening(seats: Iterable[SeatState]) -> tuple[SeatState, ...]:
    """The seats that close when their opening does; drafts stay drafts, and what is filled or reserved stays so."""
    return tuple(seat for seat in seats if seat.status in {SeatStatus.OPEN, SeatStatus.APPROVED})


def reopened_with_opening(seats: Iterable[SeatState], *, opening_closed_at: datetime | None) -> tuple[SeatState, ...]:
    """The seats that were closed together with their opening, and no others."""
    return tuple(
        seat
        for seat in seats
        if seat.status is SeatStatus.CLOSED and opening_closed_at is not None and seat.closed_at == opening_closed_at
    )


def outcome(kind: OpeningKind, seats: Iterable[SeatState]) -> SeatsOutcome:
    """What the opening needs once a seat was filled or closed: it closes with the last, an evergreen gets another."""
    if any(seat.status not in _LASTING for seat in seats):
        return SeatsOutcome.KEEP
    return SeatsOutcome.ADD_SEAT if kind is OpeningKind.EVERGREEN else SeatsOutcome.CLOSE_OPENING
