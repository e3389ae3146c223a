"""Moving an application along its opening's pipeline."""

from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import application_state, stages_of
from portal.applications.actions.locking import ToMove, lock_to_move
from portal.applications.actions.results import ApplicationResult
from portal.applications.actions.steps import Cause
from portal.applications.reads import APPLICATION
from portal.applications.rules.moves import check_move


@action(Permission.APPLICATION_MOVE)
async def move_application(
    work: Work,
    *,
    application_id: UUID,
    from_stage_id: UUID,
    to_stage_id: UUID,
    note: str | None = None,
) -> ApplicationResult:
    """Put an application into another stage of its opening's pipeline, forwards or backwards (R2, R3, R4).

    `from_stage_id` is where the actor saw it. Raises StageChanged when it is elsewhere by now, WrongState when it is
    not active, AlreadyDone when it is there already, InvalidInput for an archived stage or the HIRED one, and NotFound
    for a stage of another opening.
    """
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    found = await lock_to_move(work, application_id, from_stage_id, to_stage_id)
    if found is None:
        found = await _looked_for(work, application_id, to_stage_id)
    state = application_state(found.application, found.current.name)
    target = check_move(state, from_stage_id=from_stage_id, to_stage=found.target)
    steps.move(work, found.application, found.current, target, Cause(note=note))
    return ApplicationResult(found.application.id)


async def _looked_for(work: Work, application_id: UUID, to_stage_id: UUID) -> ToMove:
    """What the one statement did not find, step by step, so that the refusal says what exactly is wrong."""
    application = await work.lock(APPLICATION, application_id)
    stages = await stages_of(work, application.opening_id)
    return ToMove(application, stages[application.stage_id], stages.get(to_stage_id))
