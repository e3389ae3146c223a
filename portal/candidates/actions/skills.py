"""Renaming a skill: the openings area keeps the list of skills, this one the words by which candidates are found."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.candidates.actions.keeping import skill_terms, skills_named
from portal.candidates.enums import TermKind
from portal.candidates.models import CandidateSkill, CandidateTerm
from portal.openings.actions import skills
from portal.openings.actions.results import SkillResult
from portal.reading.rows import constant

_NOW = bindparam("now", type_=DateTime(timezone=True))
# One statement for however many candidates; these ids are made by the database, and nobody ever sees them.
_FIND_BY = (
    insert(CandidateTerm)
    .from_select(
        ["organization_id", "id", "created_at", "updated_at", "version", "candidate_id", "kind", "term"],
        select(
            CandidateSkill.organization_id,
            func.gen_random_uuid(),
            _NOW,
            _NOW,
            literal_column("1"),
            CandidateSkill.candidate_id,
            constant(TermKind.SKILL),
            func.unnest(bindparam("words", type_=ARRAY(Text()))),
        ).where(
            CandidateSkill.organization_id == bindparam("organization_id", type_=Uuid()),
            CandidateSkill.skill_id == bindparam("skill_id", type_=Uuid()),
        ),
    )
    .on_conflict_do_nothing(index_elements=["organization_id", "candidate_id", "kind", "term"])
)


@action(Permission.ORGANIZATION_MANAGE)
async def update_skill(
    work: Work,
    *,
    skill_id: UUID,
    name: str | None = None,
    aliases: Sequence[str] | None = None,
    expected_version: int | None = None,
) -> SkillResult:
    """Rename a skill or say what else it is called, and find all candidates who have it by that too.

    By a former name a candidate is still found until the candidate's own skills change: people go on searching for it.
    Raises what the openings' `update_skill` does.
    """
    done = await skills.update_skill.within(
        work, skill_id=skill_id, name=name, aliases=aliases, expected_version=expected_version
    )
    named = await skills_named(work, [done.skill_id])
    words = sorted(skill_terms(named.values(), ()))
    await work.rows(_FIND_BY, skill_id=done.skill_id, words=words, now=work.now)
    return done
