"""Skills, and which of them an opening asks for."""

from portal.access.permissions import Permission
from portal.openings.entities.opening import OPENING, READ, of_opening
from portal.openings.models import OpeningSkill, Skill
from portal.reading.entity import Entity, Many, One, columns, organization_wide

SKILL: Entity[Skill] = Entity(
    "Skill",
    Skill,
    "skl",
    Permission.ORGANIZATION_READ,
    organization_wide,
    columns(
        Skill.name, Skill.slug, Skill.aliases, Skill.archived_at, Skill.created_at, Skill.updated_at, Skill.version
    ),
)

OPENING_SKILL: Entity[OpeningSkill] = Entity(
    "OpeningSkill",
    OpeningSkill,
    "ops",
    READ,
    of_opening(OpeningSkill.opening_id),
    {
        **columns(OpeningSkill.level, OpeningSkill.created_at, OpeningSkill.updated_at, OpeningSkill.version),
        "opening": One(lambda: OPENING, OpeningSkill.opening_id),
        "skill": One(lambda: SKILL, OpeningSkill.skill_id),
    },
)

OPENING.extend({"skills": Many(lambda: OPENING_SKILL, OpeningSkill.opening_id, order=(OpeningSkill.created_at,))})
