"""Where reads of openings and of what they choose from start."""

import strawberry

from schema.openings.lists import (
    CloseReasonFilter,
    CloseReasonOrder,
    OpeningFilter,
    OpeningOrder,
    SkillFilter,
    SkillOrder,
    StageTemplateOrder,
)
from schema.openings.types import CloseReason, Opening, Skill, StageTemplate
from schema.reading import Connection, pages, root


@strawberry.type
class OpeningQueries:
    opening: Opening | None = root("An opening by id.", "opening", id="The opening's id.")
    openings: Connection[Opening] = pages(
        "The openings that the viewer may see.", filter=OpeningFilter, order=OpeningOrder, root="openings"
    )
    skill: Skill | None = root("A skill by id.", "skill", id="The skill's id.")
    skills: Connection[Skill] = pages("The organization's skills.", filter=SkillFilter, order=SkillOrder, root="skills")
    stage_templates: Connection[StageTemplate] = pages(
        "The pipeline that every new opening starts with; empty where the portal's own is used.",
        order=StageTemplateOrder,
        root="stage_templates",
    )
    close_reasons: Connection[CloseReason] = pages(
        "Why openings and seats are closed.", filter=CloseReasonFilter, order=CloseReasonOrder, root="close_reasons"
    )
