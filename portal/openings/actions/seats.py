"""The headcount of an opening: adding, opening and closing seats, and whom they are for."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, InvalidInput, ReasonRequired, WrongState
from portal.openings import lifecycle
from portal.openings.actions.checks import check_approval, check_close_reason, lock_editable, needed
from portal.openings.actions.results import OpeningResult, SeatResult
from portal.openings.enums import OpeningKind, SeatReason
from portal.openings.events import SeatUpdated
from portal.openings.lifecycle import SeatTerms
from portal.openings.loading import lock_seats, opening_state, policies_of, seat_state, team_ids_of
from portal.openings.models import Opening, Seat
from portal.openings.occupancy import active_applications
from portal.openings.reads import OPENING, SEAT
from portal.openings.rules import seats as seat_rules
from portal.openings.rules.seats import MOST_SEATS, HeadcountChange, SeatsOutcome
from portal.openings.rules.states import check_editable
from portal.records.recording import record
from portal.unchanged import UNCHANGED, Unchanged


@dataclass(frozen=True, kw_only=True)
class SeatChanges:
    """What is different about a seat from now on; null empties a field where it may be empty."""

    team_id: UUID | Unchanged | None = UNCHANGED
    reason: SeatReason | Unchanged | None = UNCHANGED
    backfill_for: str | Unchanged | None = UNCHANGED
    target_start_on: date | Unchanged | None = UNCHANGED


@action(Permission.SEAT_MANAGE)
async def add_seats(
    work: Work, *, opening_id: UUID, count: int, terms: SeatTerms, expected_version: int | None = None
) -> OpeningResult:
    """Raise an opening's headcount by seats that are all for the same.

    They are open at once where the opening is, and drafts otherwise or where they have to be approved first (R15).
    Raises WrongState for a closed or archived opening, InvalidInput for a team that it does not hire for (R19).
    """
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    number = bounds.whole_number(count, least=1, most=MOST_SEATS, path="count")
    terms = await _checked_terms(work, opening, terms)
    states = [seat_state(seat) for seat in await lock_seats(work, opening)]
    await _add(work, opening, seat_rules.next_numbers(states, number), terms)
    return OpeningResult(opening.id)


@action(Permission.SEAT_MANAGE)
async def update_seat(
    work: Work, *, seat_id: UUID, changes: SeatChanges, expected_version: int | None = None
) -> SeatResult:
    """Change whom a seat is for, why it exists or when somebody should start.

    Raises InvalidInput for a team that the opening does not hire for (R19), WrongState for another team once the seat
    is filled or closed, AlreadyDone when nothing is different.
    """
    opening, seat = await _lock_seat(work, seat_id, expected_version)
    check_editable(opening_state(opening))
    given = _tidy(changes)
    if given.get("team_id", seat.team_id) != seat.team_id:
        seat_rules.check_reassignable(seat_state(seat))
        if changes.team_id is not None and changes.team_id is not UNCHANGED:
            seat_rules.check_team(changes.team_id, await team_ids_of(work, opening.id))
    made = work.change(seat, **given)
    if not made:
        raise AlreadyDone("The seat is like that already.")
    record(work, SeatUpdated(subject_id=seat.id, opening_id=opening.id, number=seat.number, changes=made))
    return SeatResult(seat.id, opening.id)


@action(Permission.SEAT_MANAGE)
async def open_seat(work: Work, *, seat_id: UUID, expected_version: int | None = None) -> SeatResult:
    """Start to fill a planned seat of an opening that is open. Raises WrongState, AlreadyDone."""
    opening, seat = await _lock_seat(work, seat_id, expected_version)
    required = (await policies_of(work)).opening_approval
    seat_rules.check_open(seat_state(seat), opening_status=opening.status, approval_required=required)
    lifecycle.open_seat(work, seat)
    return SeatResult(seat.id, opening.id)


@action(Permission.SEAT_MANAGE)
async def close_seat(
    work: Work, *, seat_id: UUID, close_reason_id: UUID | None, expected_version: int | None = None
) -> SeatResult:
    """Give a seat up. With its last seat a standard opening closes, and an evergreen one gets another seat.

    Raises ReasonRequired, AlreadyDone, WrongState for a seat that somebody has or is offered, and for the last one
    while applications are active: whoever closes the opening says what becomes of them (R17).
    """
    opening, seat = await _lock_seat(work, seat_id, expected_version)
    seats = await lock_seats(work, opening)
    seat_rules.check_close(seat_state(seat), reason_given=close_reason_id is not None)
    await check_close_reason(work, close_reason_id)
    await _close(work, opening, seats, [seat.id], close_reason_id)
    return SeatResult(seat.id, opening.id)


@action(Permission.SEAT_MANAGE)
async def reopen_seat(work: Work, *, seat_id: UUID, expected_version: int | None = None) -> SeatResult:
    """Take a closed seat of an opening that is open back into the headcount. Raises WrongState."""
    opening, seat = await _lock_seat(work, seat_id, expected_version)
    seat_rules.check_reopen(seat_state(seat), opening_status=opening.status)
    await check_approval(work, opening, {"seats"})
    lifecycle.reopen_seat(work, seat)
    return SeatResult(seat.id, opening.id)


@action(Permission.SEAT_MANAGE)
async def change_headcount(
    work: Work,
    *,
    opening_id: UUID,
    headcount: int,
    close_reason_id: UUID | None = None,
    expected_version: int | None = None,
) -> OpeningResult:
    """Add or close seats until the opening is for this many people.

    The seats furthest from being filled are closed first. Raises HeadcountTooLow below what is filled or reserved
    (R15), ReasonRequired where seats are closed, AlreadyDone, and what add_seats and close_seat raise.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    seats = await lock_seats(work, opening)
    change = seat_rules.headcount_change([seat_state(seat) for seat in seats], headcount)
    if change == HeadcountChange((), ()):
        raise AlreadyDone(f"This opening is for {headcount} already.")
    if change.added_numbers:
        await _add(work, opening, change.added_numbers, SeatTerms())
        return OpeningResult(opening.id)
    if close_reason_id is None:
        raise ReasonRequired("Say why seats are closed.", path=("closeReasonId",))
    if opening.kind is OpeningKind.EVERGREEN and headcount == 0:
        raise InvalidInput("An evergreen opening keeps a seat to fill. Close the opening instead.", path=("headcount",))
    await check_close_reason(work, close_reason_id)
    await _close(work, opening, seats, [seat.id for seat in change.closed], close_reason_id)
    return OpeningResult(opening.id)


async def _lock_seat(work: Work, seat_id: UUID, expected_version: int | None) -> tuple[Opening, Seat]:
    """A seat and its opening, the opening locked first as everywhere."""
    found = await work.find(SEAT, seat_id, permission=work.permission)
    opening = await work.lock(OPENING, found.opening_id)
    return opening, await work.lock(SEAT, seat_id, expected_version=expected_version)


async def _add(work: Work, opening: Opening, numbers: Sequence[int], terms: SeatTerms) -> None:
    required = (await policies_of(work)).opening_approval
    status = seat_rules.status_of_new_seat(opening.status, approval_required=required)
    lifecycle.add_seats(work, opening, numbers, status, terms)
    lifecycle.touch(work, opening)


async def _close(
    work: Work, opening: Opening, seats: Sequence[Seat], closed: Sequence[UUID], close_reason_id: UUID | None
) -> None:
    """Close some of an opening's seats, and settle what that means for the opening."""
    status = opening.status
    for seat in seats:
        if seat.id in closed:
            lifecycle.close_seat(work, seat, close_reason_id=close_reason_id)
    outcome = await lifecycle.settle_seats(work, opening, seats, close_reason_id=close_reason_id)
    if outcome is SeatsOutcome.CLOSE_OPENING and (active := await active_applications(work, opening.id)):
        raise WrongState(
            f"No seat would be left for {active} active applications. Close the opening, and say what becomes of them.",
            state=status,
        )
    if outcome is not SeatsOutcome.CLOSE_OPENING:
        lifecycle.touch(work, opening)


async def _checked_terms(work: Work, opening: Opening, terms: SeatTerms) -> SeatTerms:
    if terms.team_id is not None:
        seat_rules.check_team(terms.team_id, await team_ids_of(work, opening.id))
    return SeatTerms(
        team_id=terms.team_id,
        reason=terms.reason,
        backfill_for=bounds.optional_line(terms.backfill_for, path="backfillFor"),
        target_start_on=None
        if terms.target_start_on is None
        else bounds.day(terms.target_start_on, path="targetStartOn"),
    )


def _tidy(changes: SeatChanges) -> dict[str, object]:
    """The given fields as they are stored."""
    given = {field.name: getattr(changes, field.name) for field in fields(changes)}
    given = {name: value for name, value in given.items() if value is not UNCHANGED}
    if "reason" in given:
        needed(given["reason"], "reason")
    if "backfill_for" in given:
        given["backfill_for"] = bounds.optional_line(given["backfill_for"], path="backfillFor")
    if given.get("target_start_on") is not None:
        given["target_start_on"] = bounds.day(given["target_start_on"], path="targetStartOn")
    return given
