"""The pipeline of an opening, and the one that new openings start with.

Archiving a stage concerns the applications in it, so that is in portal.applications.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone
from portal.openings.actions.checks import lock_editable
from portal.openings.actions.results import OpeningResult, StageResult, StageTemplatesResult
from portal.openings.enums import StageKind
from portal.openings.events import (
    PipelineReordered,
    StageCreated,
    StageTemplatesChanged,
    StageUnarchived,
    StageUpdated,
)
from portal.openings.lifecycle import touch
from portal.openings.loading import lock_stages, stage_state
from portal.openings.models import Opening, Stage, StageTemplate
from portal.openings.reads import STAGE
from portal.openings.rules import stages as rules
from portal.organizations.reads import ORGANIZATION
from portal.records.recording import first_values, record

_TEMPLATES = (
    select(StageTemplate)
    .where(StageTemplate.organization_id == bindparam("organization_id", type_=Uuid()))
    .order_by(StageTemplate.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, kw_only=True)
class StageTerms:
    """What happens in a stage, and what it is called."""

    kind: StageKind
    name: str


@action(Permission.PIPELINE_MANAGE)
async def add_stage(
    work: Work, *, opening_id: UUID, stage: StageTerms, expected_version: int | None = None
) -> StageResult:
    """Add a stage at the end of an opening's pipeline, before the HIRED one.

    Raises InvalidInput for a second HIRED stage or too many; WrongState for an archived opening.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    name = bounds.one_line(stage.name, path="name")
    rows = await lock_stages(work, opening)
    position = _make_room(work, rows, stage.kind)
    row = work.add(Stage(opening_id=opening.id, kind=stage.kind, name=name, position=position))
    touch(work, opening)
    changes = first_values(row, "name")
    record(work, StageCreated(subject_id=row.id, opening_id=opening.id, kind=row.kind, changes=changes))
    return StageResult(row.id)


@action(Permission.PIPELINE_MANAGE)
async def rename_stage(work: Work, *, stage_id: UUID, name: str, expected_version: int | None = None) -> StageResult:
    """Call a stage something else; its kind stays, so history still means the same. Raises AlreadyDone."""
    _, row = await _lock(work, stage_id, expected_version)
    changes = work.change(row, name=bounds.one_line(name, path="name"))
    if not changes:
        raise AlreadyDone("The stage has that name already.")
    record(work, StageUpdated(subject_id=row.id, opening_id=row.opening_id, changes=changes))
    return StageResult(row.id)


@action(Permission.PIPELINE_MANAGE)
async def reorder_stages(
    work: Work, *, opening_id: UUID, stage_ids: Sequence[UUID], expected_version: int | None = None
) -> OpeningResult:
    """Put the stages in use into another order. Applications stay in their stages.

    Raises InvalidInput unless every stage in use is listed once, the HIRED one last; AlreadyDone.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    rows = {row.id: row for row in await lock_stages(work, opening)}
    states = [stage_state(row) for row in rows.values()]
    positions = rules.reordered(states, stage_ids)
    if [stage.id for stage in rules.in_use(states)] == list(stage_ids):
        raise AlreadyDone("The stages are in that order already.")
    for stage_id, position in positions.items():
        work.change(rows[stage_id], position=position)
    touch(work, opening)
    record(work, PipelineReordered(subject_id=opening.id, opening_id=opening.id, stage_ids=tuple(stage_ids)))
    return OpeningResult(opening.id)


@action(Permission.PIPELINE_MANAGE)
async def unarchive_stage(work: Work, *, stage_id: UUID, expected_version: int | None = None) -> StageResult:
    """Take an archived stage back into use, at the end but before the HIRED one. Raises AlreadyDone, InvalidInput."""
    opening, row = await _lock(work, stage_id, expected_version)
    rows = await lock_stages(work, opening)
    rules.check_restore(stage_state(row), [stage_state(other) for other in rows])
    position = _make_room(work, [other for other in rows if other.id != row.id], row.kind)
    changes = work.change(row, archived_at=None, position=position)
    touch(work, opening)
    record(work, StageUnarchived(subject_id=row.id, opening_id=opening.id, changes=changes))
    return StageResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def set_stage_templates(work: Work, *, stages: Sequence[StageTerms]) -> StageTemplatesResult:
    """Say which pipeline new openings start with; an empty one is the portal's own. Openings that exist keep theirs.

    Raises InvalidInput for a pipeline in which nobody could arrive, or with HIRED anywhere but at its end; AlreadyDone.
    """
    organization = await work.lock(ORGANIZATION, work.actor.organization_id)
    if stages:
        rules.check_pipeline([stage.kind for stage in stages])
    wanted = [
        (stage.kind, bounds.one_line(stage.name, path=("stages", str(at), "name"))) for at, stage in enumerate(stages)
    ]
    rows = sorted(await work.lock_all(_TEMPLATES, StageTemplate), key=lambda row: row.position)
    if [(row.kind, row.name) for row in rows] == wanted:
        raise AlreadyDone("New openings start with that pipeline already.")
    # Rows keep their places: positions are unique, so a new row could not take one before the old one is gone.
    for row, (kind, name) in zip(rows, wanted, strict=False):
        work.change(row, kind=kind, name=name)
    for row in rows[len(wanted) :]:
        work.remove(row)
    first_free = max((row.position for row in rows), default=0) + 1
    for position, (kind, name) in enumerate(wanted[len(rows) :], start=first_free):
        work.add(StageTemplate(kind=kind, name=name, position=position))
    record(work, StageTemplatesChanged(subject_id=organization.id, kinds=tuple(kind for kind, _ in wanted)))
    return StageTemplatesResult(len(wanted))


async def _lock(work: Work, stage_id: UUID, expected_version: int | None) -> tuple[Opening, Stage]:
    """A stage and its opening, the opening locked first as everywhere."""
    found = await work.find(STAGE, stage_id, permission=work.permission)
    opening = await lock_editable(work, found.opening_id)
    return opening, await work.lock(STAGE, stage_id, expected_version=expected_version)


def _make_room(work: Work, rows: Sequence[Stage], kind: StageKind) -> int:
    """The position of one more stage, with those behind it moved down."""
    position = rules.position_of_new_stage([stage_state(row) for row in rows], kind)
    for row in rows:
        if row.position >= position:
            work.change(row, position=row.position + 1)
    return position
