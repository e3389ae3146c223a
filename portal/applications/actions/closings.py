"""Closing an opening with whoever is still in its pipeline, and reopening it (R17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps, transfers
from portal.applications.actions.loading import (
    earlier_applications,
    lock_active,
    lock_applications,
    lock_candidates_of,
    stages_of,
)
from portal.applications.actions.outcomes import chosen, known, reason_of
from portal.applications.actions.results import ClosedResult, Reopened
from portal.applications.actions.steps import Cause
from portal.applications.enums import ApplicationStatus, TransitionCause
from portal.applications.models import Application, StageTransition
from portal.applications.rules import closing
from portal.applications.rules.closing import ClosedApplication, Disposition
from portal.database.ids import new_id
from portal.openings import lifecycle
from portal.openings.actions.checks import check_close_reason
from portal.openings.loading import lock_seats, opening_state, policies_of
from portal.openings.models import Opening
from portal.openings.reads import OPENING
from portal.openings.rules import states
from portal.openings.rules.stages import stage_to_return_to
from portal.reading.rows import constant

_ORGANIZATION = bindparam("organization_id", type_=Uuid())
_OPENING = bindparam("opening_id", type_=Uuid())

# A candidate who has one of these for the opening has no second one active.
_IN_THE_WAY = frozenset({ApplicationStatus.ACTIVE, ApplicationStatus.HIRED})

# The last row of the history of each rejected application of an opening.
_REJECTED = (
    select(StageTransition.application_id, StageTransition.batch_id, StageTransition.occurred_at)
    .ext(distinct_on(StageTransition.application_id))
    .join(
        Application,
        (Application.organization_id == StageTransition.organization_id)
        & (Application.id == StageTransition.application_id),
    )
    .where(
        StageTransition.organization_id == _ORGANIZATION,
        Application.opening_id == _OPENING,
        Application.status == constant(ApplicationStatus.REJECTED),
    )
    .order_by(StageTransition.application_id, StageTransition.occurred_at.desc(), StageTransition.id.desc())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What becomes of the applications that are still active; a reason to reject them, or an opening to go on with."""

    disposition: Disposition | None = None
    reason_id: UUID | None = None
    target_opening_id: UUID | None = None
    note: str | None = None


UNSAID = Remaining()


@action(Permission.OPENING_EDIT)
async def close_opening(
    work: Work,
    *,
    opening_id: UUID,
    close_reason_id: UUID | None = None,
    remaining: Remaining = UNSAID,
    expected_version: int | None = None,
) -> ClosedResult:
    """Stop hiring: open seats close, postings come down, and active applications become what was said of them (R17).

    Takes application:reject or application:move on the opening as well, where they are rejected or transferred. All of
    them are one batch. Raises DispositionRequired with how many there are while nobody said what becomes of them,
    ReasonRequired for a rejection without a reason, WrongState unless the opening is open or on hold.
    """
    note = bounds.optional_text(remaining.note, longest=bounds.NOTE_LENGTH, path="note")
    opening, target = await _lock(work, opening_id, remaining, expected_version)
    await check_close_reason(work, close_reason_id)
    reason = await reason_of(work, remaining.reason_id)
    seats = await lock_seats(work, opening)
    if target is not None:
        await lock_candidates_of(work, opening.id)
    active = await lock_active(work, opening.id)
    closing.close_opening(
        opening_state(opening),
        active_applications=len(active),
        disposition=remaining.disposition,
        reason=known(reason),
        target=None if target is None else opening_state(target),
    )
    why = Cause(TransitionCause.BULK, new_id(), note)
    changed = 0
    if active and remaining.disposition is Disposition.REJECT:
        await work.require(OPENING, opening, Permission.APPLICATION_REJECT)
        for application in active:
            steps.reject(work, application, chosen(reason), why)
        changed = len(active)
    elif active and target is not None:
        await work.require(OPENING, opening, Permission.APPLICATION_MOVE)
        stages = await stages_of(work, target.id)
        changed = len(await transfers.carry(work, active, target, stages.values(), chosen=None, why=why))
    await lifecycle.close_opening(work, opening, seats, close_reason_id=close_reason_id)
    return ClosedResult(opening.id, changed, why.batch_id if changed else None)


@action(Permission.OPENING_EDIT)
async def reopen_opening(
    work: Work, *, opening_id: UUID, restore_applications: bool = False, expected_version: int | None = None
) -> Reopened:
    """Hire again for a closed opening: the seats that closed with it open, its postings stay down.

    The result says how many applications the closing rejected that nobody touched since. With `restore_applications`,
    which takes application:reject as well, exactly those are active again (R17), as one batch. Raises WrongState unless
    the opening is closed.
    """
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    policies = await policies_of(work)
    status = states.reopened(opening_state(opening), approval_required=policies.opening_approval)
    restorable = await _restorable(work, opening)
    seats = await lock_seats(work, opening)
    why = Cause(TransitionCause.UNDO, new_id())
    restored = 0
    if restore_applications:
        await work.require(OPENING, opening, Permission.APPLICATION_REJECT)
        restored = await _restore(work, opening, restorable, why)
    lifecycle.reopen_opening(work, opening, seats, status=status)
    return Reopened(opening.id, restored, len(restorable) - restored, why.batch_id if restored else None)


async def _lock(
    work: Work, opening_id: UUID, remaining: Remaining, expected_version: int | None
) -> tuple[Opening, Opening | None]:
    """The opening, and the one that its applications go on with, locked in id order."""
    if remaining.disposition is not Disposition.TRANSFER or remaining.target_opening_id in {None, opening_id}:
        return await work.lock(OPENING, opening_id, expected_version=expected_version), None
    target_id = remaining.target_opening_id
    locked: dict[UUID | None, Opening] = {}
    for wanted in sorted(filter(None, (opening_id, target_id))):
        is_target = wanted == target_id
        locked[wanted] = await work.lock(
            OPENING,
            wanted,
            permission=Permission.APPLICATION_MOVE if is_target else None,
            expected_version=None if is_target else expected_version,
        )
    return locked[opening_id], locked[target_id]


async def _restorable(work: Work, opening: Opening) -> Sequence[UUID]:
    """The applications that the closing rejected and nobody touched since."""
    rows = await work.rows(_REJECTED, opening_id=opening.id)
    # Closing rejects at the very instant at which the opening closes, in one batch.
    batch_id = next(
        (row["batch_id"] for row in rows if row["batch_id"] and row["occurred_at"] == opening.closed_at), None
    )
    if batch_id is None:
        return ()
    rejected = (ClosedApplication(row["application_id"], ApplicationStatus.REJECTED, row["batch_id"]) for row in rows)
    return closing.to_restore(rejected, closing_batch_id=batch_id)


async def _restore(work: Work, opening: Opening, application_ids: Sequence[UUID], why: Cause) -> int:
    """Take up applications again, where they were; not those whose candidate has come another way meanwhile (R1)."""
    stages = await stages_of(work, opening.id)
    applications = await lock_applications(work, application_ids)
    others = await earlier_applications(work, (row.candidate_id for row in applications), opening.id)
    restored = 0
    for application in applications:
        if any(other.status in _IN_THE_WAY for other in others[application.candidate_id]):
            continue
        stage = stage_to_return_to(stages[application.stage_id], list(stages.values()))
        steps.take_up(work, application, stage.id, why)
        restored += 1
    return restored
