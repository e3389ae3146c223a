"""Acting on many applications at once, with the rules of the single ones, and taking a batch back (R9).

What is refused for one application is told with that one; the others go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import application_state, stages_of
from portal.applications.actions.locking import lock_permitted
from portal.applications.actions.outcomes import chosen, known, reason_of
from portal.applications.actions.results import BatchResult, ItemRefusal, ItemResult
from portal.applications.actions.steps import Cause
from portal.applications.enums import TransitionCause
from portal.applications.models import Application
from portal.applications.reads import APPLICATION
from portal.applications.rules import outcomes
from portal.applications.rules.moves import check_bulk, check_move
from portal.database.ids import new_id
from portal.errors import NotFound, UserError
from portal.openings.loading import stage_state
from portal.openings.models import Stage
from portal.openings.rules.stages import StageState

# Shared, so that the stage is not archived while applications are on their way into it.
_TARGET = (
    select(Stage)
    .where(
        Stage.organization_id == bindparam("organization_id", type_=Uuid()),
        Stage.id == bindparam("stage_id", type_=Uuid()),
    )
    .with_for_update(read=True)
)


@dataclass(frozen=True, slots=True)
class BulkMove:
    """One application of a bulk move, and the stage where the actor saw it."""

    application_id: UUID
    from_stage_id: UUID


@action(Permission.APPLICATION_BULK, may_record_nothing=True)
async def bulk_move_applications(
    work: Work, *, moves: Sequence[BulkMove], to_stage_id: UUID, note: str | None = None
) -> BatchResult:
    """Put up to 100 applications of one opening into another stage, as one batch.

    Takes application:move for each. Each is moved, or refused as moving it alone would be.
    """
    ids = check_bulk([move.application_id for move in moves])
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    target = await _target(work, to_stage_id)
    held = await lock_permitted(work, ids, Permission.APPLICATION_BULK, Permission.APPLICATION_MOVE)
    stages = await stages_of(work, *{row.opening_id for row in held.values()})
    why = Cause(TransitionCause.BULK, new_id(), note)
    results = []
    for move in moves:
        try:
            application = await permitted(work, held, move.application_id, Permission.APPLICATION_MOVE)
            current = stages[application.stage_id]
            to_stage = check_move(
                application_state(application, current.name),
                from_stage_id=move.from_stage_id,
                to_stage=target,
            )
        except UserError as error:
            results.append(ItemResult(move.application_id, ItemRefusal.of(error)))
        else:
            steps.move(work, application, current, to_stage, why)
            results.append(ItemResult(move.application_id))
    return as_batch(why, results)


@action(Permission.APPLICATION_BULK, may_record_nothing=True)
async def bulk_reject_applications(
    work: Work, *, application_ids: Sequence[UUID], reason_id: UUID | None, note: str | None = None
) -> BatchResult:
    """Turn up to 100 candidates down for one reason, as one batch (R5, R9).

    Takes application:reject for each. Each is rejected, or refused as rejecting it alone would be.
    """
    ids = check_bulk(application_ids)
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    reason = await reason_of(work, reason_id)
    outcomes.check_rejection_reason(known(reason))
    held = await lock_permitted(work, ids, Permission.APPLICATION_BULK, Permission.APPLICATION_REJECT)
    why = Cause(TransitionCause.BULK, new_id(), note)
    results = []
    for application_id in ids:
        try:
            application = await permitted(work, held, application_id, Permission.APPLICATION_REJECT)
            outcomes.check_reject(application_state(application, ""), known(reason))
        except UserError as error:
            results.append(ItemResult(application_id, ItemRefusal.of(error)))
        else:
            steps.reject(work, application, chosen(reason), why)
            results.append(ItemResult(application_id))
    return as_batch(why, results)


async def permitted(
    work: Work, held: dict[UUID, Application], application_id: UUID, permission: Permission
) -> Application:
    """One of the locked applications. Raises for any other what acting on it alone would raise."""
    if application_id not in held:
        await work.find(APPLICATION, application_id, permission=permission)
        await work.find(APPLICATION, application_id, permission=Permission.APPLICATION_BULK)
        # It came into sight only after the others were locked.
        raise NotFound("application")
    return held[application_id]


def as_batch(why: Cause, results: list[ItemResult]) -> BatchResult:
    """The results of a batch, with its id if anything was changed."""
    is_empty = all(result.refusal is not None for result in results)
    return BatchResult(None if is_empty else why.batch_id, results)


async def _target(work: Work, stage_id: UUID) -> StageState | None:
    rows = await work.all(_TARGET, Stage, stage_id=stage_id)
    return stage_state(rows[0]) if rows else None
