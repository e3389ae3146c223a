"""The organization's skills, and which of them an opening asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Change, Work
from portal.archiving import check_archive, check_choosable, check_restore
from portal.errors import AlreadyDone, NotUnique
from portal.openings.actions.checks import lock_editable
from portal.openings.actions.results import OpeningResult, SkillResult
from portal.openings.enums import SkillLevel
from portal.openings.events import (
    OpeningUpdated,
    SkillArchived,
    SkillCreated,
    SkillUnarchived,
    SkillUpdated,
)
from portal.openings.lifecycle import touch
from portal.openings.loading import of_opening
from portal.openings.models import OpeningSkill, Skill
from portal.openings.reads import SKILL
from portal.openings.rules.skills import MOST_OPENING_SKILLS, SkillNames, check_names_free, skill
from portal.organizations.reads import ORGANIZATION
from portal.records.recording import first_values, record

means("uq_skill_organization_id_slug", lambda: NotUnique("Another skill has this name.", path=("name",)))

_SKILLS = select(Skill).where(Skill.organization_id == bindparam("organization_id", type_=Uuid())).order_by(Skill.id)
_OF_OPENING = of_opening(OpeningSkill).with_for_update(key_share=True)


@dataclass(frozen=True, kw_only=True)
class WantedSkill:
    """A skill that an opening asks for, and how much."""

    skill_id: UUID
    level: SkillLevel


@action(Permission.ORGANIZATION_MANAGE)
async def create_skill(work: Work, *, name: str, aliases: Sequence[str] = ()) -> SkillResult:
    """Add a skill to the organization's list. Raises InvalidInput for a name or alias by which another is found."""
    names = skill(name, aliases)
    await _check_free(work, names, besides=None)
    row = work.add(Skill(name=names.name, slug=names.slug, aliases=list(names.aliases)))
    record(work, SkillCreated(subject_id=row.id, changes=first_values(row, "name", "slug", "aliases")))
    return SkillResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def update_skill(
    work: Work,
    *,
    skill_id: UUID,
    name: str | None = None,
    aliases: Sequence[str] | None = None,
    expected_version: int | None = None,
) -> SkillResult:
    """Rename a skill or say what else it is called. Raises as creating one does; AlreadyDone."""
    row = await work.lock(SKILL, skill_id, expected_version=expected_version)
    names = skill(row.name if name is None else name, row.aliases if aliases is None else aliases)
    await _check_free(work, names, besides=row.id)
    changes = work.change(row, name=names.name, slug=names.slug, aliases=list(names.aliases))
    if not changes:
        raise AlreadyDone("The skill is like that already.")
    record(work, SkillUpdated(subject_id=row.id, changes=changes))
    return SkillResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_skill(work: Work, *, skill_id: UUID) -> SkillResult:
    """Take a skill from the list; openings and candidates that name it keep it (R33). Raises AlreadyDone."""
    row = await work.lock(SKILL, skill_id)
    check_archive("skill", row.archived_at)
    changes = work.change(row, archived_at=work.now)
    record(work, SkillArchived(subject_id=row.id, changes=changes))
    return SkillResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_skill(work: Work, *, skill_id: UUID) -> SkillResult:
    """Put an archived skill back on the list. Raises AlreadyDone."""
    row = await work.lock(SKILL, skill_id)
    check_restore("skill", row.archived_at)
    changes = work.change(row, archived_at=None)
    record(work, SkillUnarchived(subject_id=row.id, changes=changes))
    return SkillResult(row.id)


@action(Permission.OPENING_EDIT)
async def set_opening_skills(
    work: Work, *, opening_id: UUID, skills: Sequence[WantedSkill], expected_version: int | None = None
) -> OpeningResult:
    """Say which skills an opening requires or would like; all others are taken from it.

    Raises InvalidInput for a skill that is archived or listed twice, AlreadyDone.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    ids = bounds.distinct([wanted.skill_id for wanted in skills], most=MOST_OPENING_SKILLS, path="skills")
    rows = {row.skill_id: row for row in await work.lock_all(_OF_OPENING, OpeningSkill, opening_id=opening.id)}
    if {wanted.skill_id: wanted.level for wanted in skills} == {row.skill_id: row.level for row in rows.values()}:
        raise AlreadyDone("This opening asks for these skills already.")
    for skill_id, row in rows.items():
        if skill_id not in ids:
            work.remove(row)
    for position, wanted in enumerate(skills):
        if wanted.skill_id in rows:
            work.change(rows[wanted.skill_id], level=wanted.level)
        else:
            found = await work.find(SKILL, wanted.skill_id)
            check_choosable("skill", found.name, found.archived_at, path=("skills", str(position)))
            work.add(OpeningSkill(opening_id=opening.id, skill_id=wanted.skill_id, level=wanted.level))
    touch(work, opening)
    change = Change("skill_ids", tuple(rows), tuple(ids))
    record(work, OpeningUpdated(subject_id=opening.id, opening_id=opening.id, changes=(change,)))
    return OpeningResult(opening.id)


async def _check_free(work: Work, names: SkillNames, *, besides: UUID | None) -> None:
    # The organization's row is locked: two who add the same alias at once would both find it free.
    await work.lock(ORGANIZATION, work.actor.organization_id)
    others = [row for row in await work.all(_SKILLS, Skill) if row.id != besides]
    check_names_free(names, [SkillNames(row.name, row.slug, tuple(row.aliases)) for row in others])
