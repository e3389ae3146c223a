"""Hiring somebody into a seat, and taking a hire back.

Locked in this order: opening, seats, candidate, application. The opening's lock makes hires for one opening wait for
each other, so two of them never see the same open seat.
"""

from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import (
    application_state,
    lock_candidates,
    lock_opening,
    stages_of,
)
from portal.applications.actions.results import HireResult
from portal.applications.actions.steps import Cause
from portal.applications.enums import ApplicationStatus
from portal.applications.events import ApplicationHired, ApplicationUnhired
from portal.applications.models import Application
from portal.applications.reads import APPLICATION
from portal.applications.rules import hiring
from portal.applications.rules.hiring import SeatChoice
from portal.candidates.events import CandidateUpdated
from portal.candidates.rules.privacy import private_after_hire
from portal.errors import NoOpenSeat
from portal.openings import lifecycle
from portal.openings.enums import SeatStatus
from portal.openings.events import SeatFilled
from portal.openings.loading import lock_seats, opening_state, policies_of, seat_state, team_ids_of
from portal.openings.models import Seat
from portal.openings.rules.stages import stage_after_unhire, stage_of_hired
from portal.records.recording import record

# The rows are locked before the seat is chosen; should that ever be wrong, the database still fills a seat only once.
means("uq_application_one_per_seat", NoOpenSeat)


@action(Permission.APPLICATION_HIRE)
async def hire_application(
    work: Work,
    *,
    application_id: UUID,
    seat_id: UUID | None = None,
    team_id: UUID | None = None,
    expected_version: int | None = None,
) -> HireResult:
    """Hire the candidate into exactly one open seat of the opening (R10), and a team where it has several (R19).

    The last seat closes the opening, unless it is evergreen and gets another one. By policy the candidate is private
    from now on (R23). Raises NoOpenSeat, WrongState when the application is not active or the opening not open,
    AlreadyDone for a second hire, InvalidInput for a team that the opening does not hire for, or for none.
    """
    seen = await work.find(APPLICATION, application_id, permission=Permission.APPLICATION_HIRE)
    opening = await lock_opening(work, seen.opening_id)
    seats = {seat.id: seat for seat in await lock_seats(work, opening)}
    candidate = (await lock_candidates(work, [seen.candidate_id]))[seen.candidate_id]
    application = await work.lock(APPLICATION, application_id, expected_version=expected_version)
    policies = await policies_of(work)
    hire = hiring.hired(
        application_state(application, ""),
        opening_state(opening),
        [seat_state(seat) for seat in seats.values()],
        choice=SeatChoice(seat_id=seat_id, team_id=team_id),
        opening_team_ids=await team_ids_of(work, opening.id),
        team_required=policies.team_required_to_hire,
    )
    seat = seats[hire.seat.id]
    _fill(work, seat, hire.team_id)
    await _hired(work, application, seat)
    await lifecycle.settle_seats(work, opening, list(seats.values()))
    changes = work.change(candidate, is_private=private_after_hire(is_private=candidate.is_private, policies=policies))
    if changes:
        record(work, CandidateUpdated(subject_id=candidate.id, changes=changes))
    return HireResult(application.id, seat.id)


@action(Permission.APPLICATION_HIRE)
async def unhire_application(
    work: Work, *, application_id: UUID, note: str | None = None, expected_version: int | None = None
) -> HireResult:
    """Take a hire back: the application is active again before the end of the pipeline, and its seat is free (R18).

    An opening that closed with its last seat opens again; one that somebody closed stays closed, and the hire too.
    The candidate stays private. Raises WrongState when there is no hire, or when its opening is over.
    """
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    seen = await work.find(APPLICATION, application_id, permission=Permission.APPLICATION_HIRE)
    opening = await lock_opening(work, seen.opening_id)
    seats = {seat.id: seat for seat in await lock_seats(work, opening)}
    application = await work.lock(APPLICATION, application_id, expected_version=expected_version)
    hiring.check_unhire(application_state(application, ""), opening_state(opening))
    seat = seats[_seat_id(application)]
    await _unhired(work, application, seat, note)
    lifecycle.reopen_seat(work, seat)
    if hiring.reopens(opening_state(opening)):
        lifecycle.reopen_opening(work, opening, list(seats.values()), automatically=True)
    return HireResult(application.id, seat.id)


def _fill(work: Work, seat: Seat, team_id: UUID | None) -> None:
    changes = work.change(seat, status=SeatStatus.FILLED, filled_at=work.now, team_id=team_id)
    record(
        work,
        SeatFilled(
            subject_id=seat.id,
            opening_id=seat.opening_id,
            number=seat.number,
            changes=changes,
        ),
    )


async def _hired(work: Work, application: Application, seat: Seat) -> None:
    stages = await stages_of(work, application.opening_id)
    stage = stage_of_hired(stages.values(), stages[application.stage_id])
    taken = steps.step(
        work, application, ApplicationStatus.HIRED, stage.id, steps.ALONE, hired_at=work.now, seat_id=seat.id
    )
    record(
        work,
        ApplicationHired(
            subject_id=application.id,
            opening_id=application.opening_id,
            changes=taken.changes,
            seat_id=seat.id,
            team_id=seat.team_id,
            stage_id=stage.id,
        ),
    )


async def _unhired(work: Work, application: Application, seat: Seat, note: str | None) -> None:
    stage = stage_after_unhire((await stages_of(work, application.opening_id)).values())
    taken = steps.step(work, application, ApplicationStatus.ACTIVE, stage.id, Cause(note=note), **steps.NOT_ENDED)
    record(
        work,
        ApplicationUnhired(
            subject_id=application.id,
            opening_id=application.opening_id,
            changes=taken.changes,
            seat_id=seat.id,
            stage_id=stage.id,
        ),
    )


def _seat_id(application: Application) -> UUID:
    if application.seat_id is None:
        raise RuntimeError("A hired application has no seat.")
    return application.seat_id
