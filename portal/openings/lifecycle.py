"""Steps in the life of an opening and its seats that several actions take, here and in the areas above.

None of them decides whether it may be taken: the action asks the rules first. Each takes rows that are locked already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from portal.access.work import Work
from portal.openings import events
from portal.openings.enums import OpeningStatus, PostingStatus, SeatReason, SeatStatus
from portal.openings.loading import lock_postings, posting_state, seat_state
from portal.openings.models import Opening, Posting, Seat
from portal.openings.rules import postings as posting_rules
from portal.openings.rules import seats as seat_rules
from portal.openings.rules.seats import SeatsOutcome
from portal.records.recording import record

# An opening whose seats are being filled: what becomes of the last of them matters to it.
HIRING = frozenset({OpeningStatus.OPEN, OpeningStatus.ON_HOLD})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTerms:
    """What a new seat is for."""

    team_id: UUID | None = None
    reason: SeatReason = SeatReason.NEW
    backfill_for: str | None = None
    target_start_on: date | None = None


def touch(work: Work, opening: Opening) -> None:
    """Count a change of what belongs to an opening (its teams, say) as one of the opening, for `expected_version`."""
    work.change(opening, version=opening.version + 1)


def add_seats(
    work: Work, opening: Opening, numbers: Iterable[int], status: SeatStatus, terms: SeatTerms | None = None
) -> list[Seat]:
    """Give the opening further seats, under these numbers."""
    terms = terms or SeatTerms()
    added = []
    for number in numbers:
        seat = work.add(
            Seat(
                opening_id=opening.id,
                number=number,
                status=status,
                team_id=terms.team_id,
                reason=terms.reason,
                backfill_for=terms.backfill_for,
                target_start_on=terms.target_start_on,
                opened_at=work.now if status is SeatStatus.OPEN else None,
            )
        )
        record(work, events.SeatCreated(subject_id=seat.id, opening_id=opening.id, number=number, status=status))
        added.append(seat)
    return added


def open_seat(work: Work, seat: Seat) -> None:
    """Make a seat one that can be filled; time to fill counts from now."""
    changes = work.change(seat, status=SeatStatus.OPEN, opened_at=work.now)
    record(work, events.SeatOpened(subject_id=seat.id, opening_id=seat.opening_id, number=seat.number, changes=changes))


def close_seat(work: Work, seat: Seat, *, close_reason_id: UUID | None) -> None:
    """Make a seat one that is not to be filled any more."""
    changes = work.change(seat, status=SeatStatus.CLOSED, closed_at=work.now, close_reason_id=close_reason_id)
    record(work, events.SeatClosed(subject_id=seat.id, opening_id=seat.opening_id, number=seat.number, changes=changes))


def reopen_seat(work: Work, seat: Seat) -> None:
    """Make a closed seat, or one that a hire filled, one that can be filled; time to fill counts from now."""
    changes = work.change(
        seat, status=SeatStatus.OPEN, opened_at=work.now, filled_at=None, closed_at=None, close_reason_id=None
    )
    record(
        work, events.SeatReopened(subject_id=seat.id, opening_id=seat.opening_id, number=seat.number, changes=changes)
    )


def take_down(work: Work, posting: Posting) -> None:
    """Take a posting down."""
    changes = work.change(posting, status=PostingStatus.UNPUBLISHED, unpublished_at=work.now)
    record(work, events.PostingUnpublished(subject_id=posting.id, opening_id=posting.opening_id, changes=changes))


async def expire_postings(work: Work, opening: Opening) -> None:
    """Take down the postings of an opening whose last day is over."""
    rows = {row.id: row for row in await lock_postings(work, opening)}
    for posting in posting_rules.to_expire((posting_state(row) for row in rows.values()), work.now):
        changes = work.change(rows[posting.id], status=PostingStatus.EXPIRED, unpublished_at=work.now)
        record(work, events.PostingExpired(subject_id=posting.id, opening_id=opening.id, changes=changes))


async def take_down_postings(work: Work, opening: Opening) -> None:
    """Take all postings of an opening down: it leaves OPEN, or becomes confidential (R17, R20)."""
    rows = {row.id: row for row in await lock_postings(work, opening)}
    for posting in posting_rules.to_unpublish(posting_state(row) for row in rows.values()):
        take_down(work, rows[posting.id])


async def close_opening(
    work: Work, opening: Opening, seats: Sequence[Seat], *, close_reason_id: UUID | None, automatically: bool = False
) -> None:
    """Close an opening: the seats still to be filled close with it, at the same instant, and its postings come down."""
    rows = {seat.id: seat for seat in seats}
    for state in seat_rules.closed_with_opening(seat_state(seat) for seat in seats):
        close_seat(work, rows[state.id], close_reason_id=close_reason_id)
    changes = work.change(
        opening,
        status=OpeningStatus.CLOSED,
        closed_at=work.now,
        held_at=None,
        closed_automatically=automatically,
        close_reason_id=close_reason_id,
    )
    record(
        work,
        events.OpeningClosed(
            subject_id=opening.id, opening_id=opening.id, automatically=automatically, changes=changes
        ),
    )
    await take_down_postings(work, opening)


def reopen_opening(
    work: Work,
    opening: Opening,
    seats: Sequence[Seat],
    *,
    status: OpeningStatus = OpeningStatus.OPEN,
    automatically: bool = False,
) -> None:
    """Reopen a closed opening, with the seats that closed together with it."""
    rows = {seat.id: seat for seat in seats}
    states = [seat_state(seat) for seat in seats]
    for state in seat_rules.reopened_with_opening(states, opening_closed_at=opening.closed_at):
        reopen_seat(work, rows[state.id])
    changes = work.change(opening, status=status, closed_at=None, closed_automatically=False, close_reason_id=None)
    record(
        work,
        events.OpeningReopened(
            subject_id=opening.id, opening_id=opening.id, automatically=automatically, changes=changes
        ),
    )


async def settle_seats(
    work: Work, opening: Opening, seats: Sequence[Seat], *, close_reason_id: UUID | None = None
) -> SeatsOutcome:
    """After a seat was filled or closed: the opening closes with its last one, an evergreen one gets another (R11).

    `seats` are all of the opening's, as they are now.
    """
    if opening.status not in HIRING:
        return SeatsOutcome.KEEP
    states = [seat_state(seat) for seat in seats]
    outcome = seat_rules.outcome(opening.kind, states)
    match outcome:
        case SeatsOutcome.KEEP:
            pass
        case SeatsOutcome.ADD_SEAT:
            add_seats(work, opening, seat_rules.next_numbers(states, 1), SeatStatus.OPEN)
        case SeatsOutcome.CLOSE_OPENING:
            await close_opening(work, opening, seats, close_reason_id=close_reason_id, automatically=True)
        case _:
            assert_never(outcome)
    return outcome
