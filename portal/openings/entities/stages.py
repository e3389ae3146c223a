"""The stages of an opening's pipeline, and those that new openings start with."""

from portal.access.permissions import Permission
from portal.openings.entities.opening import OPENING, READ, of_opening
from portal.openings.models import Stage, StageTemplate
from portal.reading.entity import Entity, Many, One, columns, organization_wide

STAGE_TEMPLATE: Entity[StageTemplate] = Entity(
    "StageTemplate",
    StageTemplate,
    "stt",
    Permission.ORGANIZATION_READ,
    organization_wide,
    columns(
        StageTemplate.kind,
        StageTemplate.name,
        StageTemplate.position,
        StageTemplate.created_at,
        StageTemplate.updated_at,
        StageTemplate.version,
    ),
)

STAGE: Entity[Stage] = Entity(
    "Stage",
    Stage,
    "stg",
    READ,
    of_opening(Stage.opening_id),
    {
        **columns(
            Stage.kind,
            Stage.name,
            Stage.position,
            Stage.archived_at,
            Stage.created_at,
            Stage.updated_at,
            Stage.version,
        ),
        "opening": One(lambda: OPENING, Stage.opening_id),
    },
)

OPENING.extend(
    {
        "stages": Many(
            lambda: STAGE,
            Stage.opening_id,
            order=(Stage.position,),
            where=lambda _viewer, stage: stage[Stage.archived_at].is_(None),
        ),
        "archived_stages": Many(
            lambda: STAGE,
            Stage.opening_id,
            order=(Stage.position,),
            where=lambda _viewer, stage: stage[Stage.archived_at].is_not(None),
        ),
    }
)
