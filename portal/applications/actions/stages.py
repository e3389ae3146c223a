"""Archiving a stage of an opening's pipeline, which moves the applications in it out first."""

from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import lock_active, lock_opening
from portal.applications.actions.results import StageArchived
from portal.applications.actions.steps import Cause
from portal.applications.enums import TransitionCause
from portal.database.ids import new_id
from portal.errors import NotFound
from portal.openings import events
from portal.openings.loading import lock_stages, opening_state, stage_state
from portal.openings.reads import OPENING, STAGE
from portal.openings.rules import stages as pipeline
from portal.openings.rules import states
from portal.records.recording import record


@action(Permission.PIPELINE_MANAGE)
async def archive_stage(
    work: Work, *, stage_id: UUID, destination_stage_id: UUID | None = None, expected_version: int | None = None
) -> StageArchived:
    """Take a stage out of the pipeline; it stays readable in history (R33). Its active applications move, as one batch.

    With active applications in it, it takes a destination, and application:move on the opening. Raises InvalidInput
    without one, WrongState for a stage that the pipeline can't do without, AlreadyDone.
    """
    seen = await work.find(STAGE, stage_id, permission=Permission.PIPELINE_MANAGE)
    opening = await lock_opening(work, seen.opening_id)
    states.check_editable(opening_state(opening))
    rows = {row.id: row for row in await lock_stages(work, opening)}
    stage = await work.lock(STAGE, stage_id, expected_version=expected_version)
    stages = {row.id: stage_state(row) for row in rows.values()}
    if destination_stage_id is not None and destination_stage_id not in stages:
        raise NotFound("stage", path=("destinationStageId",))
    destination = stages[destination_stage_id] if destination_stage_id else None
    here = [row for row in await lock_active(work, opening.id) if row.stage_id == stage_id]
    pipeline.check_archive(
        stages[stage_id], list(stages.values()), active_applications=len(here), destination=destination
    )
    why = Cause(TransitionCause.BULK, new_id())
    if here and destination is not None:
        await work.require(OPENING, opening, Permission.APPLICATION_MOVE)
        for application in here:
            steps.move(work, application, stages[stage_id], destination, why)
    changes = work.change(stage, archived_at=work.now)
    record(work, events.StageArchived(subject_id=stage.id, opening_id=opening.id, changes=changes))
    return StageArchived(stage.id, len(here), why.batch_id if here else None)
