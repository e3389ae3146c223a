"""Taking a batch back: every application that is still as the batch left it goes back to where it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.batches import as_batch, permitted
from portal.applications.actions.loading import (
    application_state,
    earlier_applications,
    lock_openings,
    stages_of,
)
from portal.applications.actions.locking import lock_permitted
from portal.applications.actions.results import BatchResult, ItemRefusal, ItemResult
from portal.applications.actions.steps import Cause
from portal.applications.enums import ApplicationStatus, TransitionCause
from portal.applications.models import Application, StageTransition
from portal.applications.rules.moves import RecordedTransition, undone
from portal.applications.rules.submission import EarlierApplication
from portal.database.ids import new_id
from portal.errors import InvalidInput, NotFound, UserError, WrongState
from portal.openings.loading import opening_state
from portal.openings.models import Opening
from portal.openings.rules.stages import StageState

# What closing an opening or archiving a stage does to its applications is one batch as well, and may be larger than
# what a person selects; beyond this, reopen the opening or unarchive the stage.
MOST_UNDONE = 1_000

_OF_BATCH = (
    select(StageTransition.application_id, Application.opening_id)
    .join(
        Application,
        (Application.organization_id == StageTransition.organization_id)
        & (Application.id == StageTransition.application_id),
    )
    .where(
        StageTransition.organization_id == bindparam("organization_id", type_=Uuid()),
        StageTransition.batch_id == bindparam("batch_id", type_=Uuid()),
    )
    .order_by(StageTransition.id)
    .limit(MOST_UNDONE + 1)
)
_LATEST = (
    select(
        StageTransition.application_id,
        StageTransition.id,
        StageTransition.batch_id,
        StageTransition.from_stage_id,
        StageTransition.from_status,
    )
    .ext(distinct_on(StageTransition.application_id))
    .where(
        StageTransition.organization_id == bindparam("organization_id", type_=Uuid()),
        StageTransition.application_id == any_(bindparam("application_ids", type_=ARRAY(Uuid()))),
    )
    .order_by(StageTransition.application_id, StageTransition.occurred_at.desc(), StageTransition.id.desc())
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rules look at for all applications of the batch."""

    openings: Mapping[UUID, Opening]
    stages: Mapping[UUID, StageState]
    latest: Mapping[UUID, RecordedTransition]
    others: Mapping[UUID, list[EarlierApplication]]


@action(Permission.APPLICATION_BULK, may_record_nothing=True)
async def undo_batch(work: Work, *, batch_id: UUID) -> BatchResult:
    """Take back a bulk move or bulk rejection: only what is still as the batch left it (R9), one result for each.

    Takes application:move or application:reject for each, as what it undoes did. Applications that the actor can't see
    are passed over. Raises NotFound for a batch of which nothing is to be seen.
    """
    rows = await work.rows(_OF_BATCH, batch_id=batch_id)
    if len(rows) > MOST_UNDONE:
        raise InvalidInput(f"More than {MOST_UNDONE} applications are in this batch.", path=("batchId",))
    ids = [row["application_id"] for row in rows]
    openings = await lock_openings(work, {row["opening_id"] for row in rows})
    movable = await lock_permitted(work, ids, Permission.APPLICATION_BULK, Permission.APPLICATION_MOVE)
    rejectable = await lock_permitted(work, ids, Permission.APPLICATION_BULK, Permission.APPLICATION_REJECT)
    known = await _known(work, openings, {**movable, **rejectable})
    why = Cause(TransitionCause.UNDO, new_id())
    results: list[ItemResult] = []
    for application_id in ids:
        try:
            application = await _permitted(work, movable, rejectable, application_id)
            if application is not None:
                _undo(work, application, batch_id, known, why)
                results.append(ItemResult(application_id))
        except UserError as error:
            results.append(ItemResult(application_id, ItemRefusal.of(error)))
    if not results:
        raise NotFound("batch", path=("batchId",))
    return as_batch(why, results)


async def _known(work: Work, openings: Mapping[UUID, Opening], applications: Mapping[UUID, Application]) -> _Known:
    latest = {
        row["application_id"]: RecordedTransition(
            id=row["id"],
            batch_id=row["batch_id"],
            from_stage_id=row["from_stage_id"],
            from_status=ApplicationStatus(row["from_status"]) if row["from_status"] else None,
        )
        for row in await work.rows(_LATEST, application_ids=list(applications))
    }
    others: dict[UUID, list[EarlierApplication]] = {}
    for opening_id in openings:
        here = [row for row in applications.values() if row.opening_id == opening_id]
        earlier = await earlier_applications(work, (row.candidate_id for row in here), opening_id)
        for row in here:
            others[row.id] = [other for other in earlier[row.candidate_id] if other.id != row.id]
    return _Known(openings, await stages_of(work, *openings), latest, others)


async def _permitted(
    work: Work, movable: dict[UUID, Application], rejectable: dict[UUID, Application], application_id: UUID
) -> Application | None:
    """An application of the batch that the actor may take back; None for one that it can't see."""
    row = movable.get(application_id) or rejectable.get(application_id)
    ended = row is not None and row.status is not ApplicationStatus.ACTIVE
    permission = Permission.APPLICATION_REJECT if ended else Permission.APPLICATION_MOVE
    try:
        return await permitted(work, rejectable if ended else movable, application_id, permission)
    except NotFound:
        return None


def _undo(work: Work, application: Application, batch_id: UUID, known: _Known, why: Cause) -> None:
    latest = known.latest[application.id]
    current = known.stages[application.stage_id]
    before = known.stages[latest.from_stage_id] if latest.from_stage_id else current
    back = undone(
        application_state(application, current.name),
        opening_state(known.openings[application.opening_id]),
        batch_id=batch_id,
        latest=latest,
        from_stage=before,
        others=known.others[application.id],
    )
    if back.status is not ApplicationStatus.ACTIVE:
        raise WrongState("The batch took this application up again. Reject it instead.", state=application.status)
    if application.status is ApplicationStatus.ACTIVE:
        steps.move(work, application, current, before, why)
    else:
        steps.take_up(work, application, back.stage_id, why)
