"""The steps of an opening's life that concern nothing but itself. Closing and reopening concern its applications."""

from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.openings.actions.results import OpeningResult
from portal.openings.events import (
    OpeningArchived,
    OpeningOpened,
    OpeningPutOnHold,
    OpeningResumed,
    OpeningUnarchived,
)
from portal.openings.lifecycle import open_seat, take_down_postings
from portal.openings.loading import lock_seats, opening_state, policies_of, seat_state, stage_state, stages_of
from portal.openings.occupancy import active_applications
from portal.openings.reads import OPENING
from portal.openings.rules import seats as seat_rules
from portal.openings.rules import states
from portal.records.recording import record


@action(Permission.OPENING_EDIT)
async def open_opening(work: Work, *, opening_id: UUID, expected_version: int | None = None) -> OpeningResult:
    """Start hiring: the opening opens, and its planned seats with it.

    Raises WrongState for a template, or while the organization wants an approval first; InvalidInput without a seat to
    fill or a stage to start in; AlreadyDone.
    """
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    seats = {seat.id: seat for seat in await lock_seats(work, opening)}
    seat_states = [seat_state(seat) for seat in seats.values()]
    stages = [stage_state(stage) for stage in await stages_of(work, opening)]
    required = (await policies_of(work)).opening_approval
    status = states.opened(opening_state(opening), seats=seat_states, stages=stages, approval_required=required)
    changes = work.change(opening, status=status, opened_at=work.now)
    record(work, OpeningOpened(subject_id=opening.id, opening_id=opening.id, changes=changes))
    for seat in seat_rules.opened_with_opening(seat_states):
        open_seat(work, seats[seat.id])
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def put_opening_on_hold(work: Work, *, opening_id: UUID, expected_version: int | None = None) -> OpeningResult:
    """Pause an opening: its postings come down (R17), its applications stay where they are.

    Raises WrongState unless it is open, AlreadyDone.
    """
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    changes = work.change(opening, status=states.held(opening_state(opening)), held_at=work.now)
    record(work, OpeningPutOnHold(subject_id=opening.id, opening_id=opening.id, changes=changes))
    await take_down_postings(work, opening)
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def resume_opening(work: Work, *, opening_id: UUID, expected_version: int | None = None) -> OpeningResult:
    """Take an opening off hold. Its postings stay down until somebody publishes them again.

    Raises WrongState unless it is on hold, AlreadyDone.
    """
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    changes = work.change(opening, status=states.resumed(opening_state(opening)), held_at=None)
    record(work, OpeningResumed(subject_id=opening.id, opening_id=opening.id, changes=changes))
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def archive_opening(work: Work, *, opening_id: UUID, expected_version: int | None = None) -> OpeningResult:
    """Put a draft or closed opening away.

    Raises AlreadyDone, WrongState; the latter also while it has active applications (R17), for which nobody would look
    there.
    """
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    active = await active_applications(work, opening.id)
    status = states.archived(opening_state(opening), active_applications=active)
    changes = work.change(opening, status=status, archived_at=work.now)
    record(work, OpeningArchived(subject_id=opening.id, opening_id=opening.id, changes=changes))
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def unarchive_opening(work: Work, *, opening_id: UUID, expected_version: int | None = None) -> OpeningResult:
    """Take an opening out of the archive: it is a draft again, whatever it was before. Raises WrongState."""
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    changes = work.change(
        opening,
        status=states.restored(opening_state(opening)),
        archived_at=None,
        closed_at=None,
        closed_automatically=False,
        close_reason_id=None,
    )
    record(work, OpeningUnarchived(subject_id=opening.id, opening_id=opening.id, changes=changes))
    return OpeningResult(opening.id)
