"""The skills of a résumé, as those of the organization: known ones by any of their names, new ones added."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from portal.access.work import Work
from portal.candidates.actions.making import GivenSkill
from portal.openings.actions.skills import create_skill
from portal.openings.models import Skill
from portal.openings.rules.skills import SkillNames, slugs
from portal.transfer.resume import ImportedSkill
from portal.wording import slug_of

_SKILLS = select(Skill).where(Skill.organization_id == bindparam("organization_id", type_=Uuid())).order_by(Skill.id)
_BY_SLUG = _SKILLS.where(Skill.slug == any_(bindparam("slugs", type_=ARRAY(Text()))))


async def given_skills(work: Work, skills: Sequence[ImportedSkill]) -> tuple[GivenSkill, ...]:
    """The skills under the organization's names for them, each once. One that is archived here is left out."""
    by_slug = {slug_of(skill.name, path="skills"): skill for skill in skills}
    if not by_slug:
        return ()
    found = {row.slug: row for row in await work.all(_BY_SLUG, Skill, slugs=list(by_slug))}
    if len(found) < len(by_slug):
        found = await _by_any_name(work) | found
    given: dict[UUID, GivenSkill] = {}
    for slug, skill in by_slug.items():
        row = found.get(slug)
        if row is not None and row.archived_at is not None:
            continue
        skill_id = row.id if row is not None else (await create_skill.within(work, name=skill.name)).skill_id
        given.setdefault(skill_id, GivenSkill(skill_id, skill.level, skill.keywords))
    return tuple(given.values())


async def _by_any_name(work: Work) -> dict[str, Skill]:
    """All skills of the organization, by the slug of each of their names."""
    rows = await work.all(_SKILLS, Skill)
    return {slug: row for row in rows for slug in slugs(SkillNames(row.name, row.slug, tuple(row.aliases)))}
