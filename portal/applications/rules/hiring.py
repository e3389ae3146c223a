"""Hiring somebody into a seat, and taking a hire back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.applications.rules.states import HIRED, ApplicationState, check_active
from portal.errors import WrongState
from portal.openings.enums import OpeningStatus
from portal.openings.rules import seats as headcount
from portal.openings.rules.seats import SeatState
from portal.openings.rules.states import OpeningState, in_words


@dataclass(frozen=True, slots=True)
class Hire:
    """The seat that a hire fills, and the team that the seat belongs to from then on."""

    seat: SeatState
    team_id: UUID | None


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """What the recruiter asked for, if anything, and what is reserved for the application."""

    seat_id: UUID | None = None
    team_id: UUID | None = None
    reserved_seat_id: UUID | None = None


def hired(
    application: ApplicationState,
    opening: OpeningState,
    seats: Sequence[SeatState],
    *,
    choice: SeatChoice,
    opening_team_ids: Collection[UUID],
    team_required: bool,
) -> Hire:
    """The seat that this hire fills (R10) and its team (R19); only an active application can be hired (R4).

    The seat is looked for before the opening's state is judged: whoever lost the race for the last seat finds the
    opening closed by the winner, and has to hear that no seat is left.
    """
    check_active(application, to=HIRED, deed="hired")
    seat = headcount.seat_to_fill(
        seats, reserved_seat_id=choice.reserved_seat_id, chosen_seat_id=choice.seat_id, team_id=choice.team_id
    )
    if opening.status is not OpeningStatus.OPEN:
        raise WrongState(f"This opening is {in_words(opening.status)}. Open it, then hire.", state=opening.status)
    team_id = headcount.team_of_hire(
        seat, team_id=choice.team_id, opening_team_ids=opening_team_ids, team_required=team_required
    )
    return Hire(seat=seat, team_id=team_id)


def check_unhire(application: ApplicationState, opening: OpeningState) -> None:
    """Refuses to take back a hire that is none (R4), or whose opening somebody closed on purpose (R18)."""
    if application.status is not HIRED:
        raise WrongState(
            f"Only a hired application can be unhired; this one is {application.status.lower()}.",
            state=application.status,
        )
    if opening.status not in {OpeningStatus.OPEN, OpeningStatus.ON_HOLD} and not reopens(opening):
        raise WrongState(
            f"This opening is {in_words(opening.status)}. Reopen it, then take back the hire.", state=opening.status
        )


def reopens(opening: OpeningState) -> bool:
    """Whether taking back a hire reopens the opening: only if it closed by itself with its last seat (R18)."""
    return opening.status is OpeningStatus.CLOSED and opening.closed_automatically
