"""Changing what a candidate's profile says: names, headline, employments, educations and skills."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_choosable
from portal.candidates.actions import keeping, making
from portal.candidates.actions.create import policies_of
from portal.candidates.actions.keeping import keep_terms, name_terms, skill_terms, touch
from portal.candidates.actions.making import GivenSkill
from portal.candidates.actions.results import CandidateResult
from portal.candidates.enums import TermKind
from portal.candidates.events import CandidateUpdated, replaced
from portal.candidates.models import Candidate, CandidateSkill, Education, Employment
from portal.candidates.reads import CANDIDATE, SOURCE
from portal.candidates.rules import privacy, profiles
from portal.candidates.rules.profiles import Names
from portal.errors import AlreadyDone
from portal.openings.models import Skill
from portal.records.recording import record
from portal.unchanged import UNCHANGED, Unchanged

_NAMES = frozenset(field.name for field in fields(Names))


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateChanges:
    """What is to be different in a candidate's own row; a field that is not given stays as it is."""

    name: str | Unchanged | None = UNCHANGED
    first_name: str | Unchanged | None = UNCHANGED
    last_name: str | Unchanged | None = UNCHANGED
    preferred_name: str | Unchanged | None = UNCHANGED
    headline: str | Unchanged | None = UNCHANGED
    summary: str | Unchanged | None = UNCHANGED
    location: str | Unchanged | None = UNCHANGED
    timezone: str | Unchanged | None = UNCHANGED
    is_internal: bool | Unchanged = UNCHANGED
    can_email: bool | Unchanged = UNCHANGED
    source_id: UUID | Unchanged | None = UNCHANGED

    def given(self) -> dict[str, object]:
        """The fields that were given."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not UNCHANGED}


@action(Permission.CANDIDATE_EDIT)
async def update_candidate(
    work: Work, *, candidate_id: UUID, changes: CandidateChanges, expected_version: int | None = None
) -> CandidateResult:
    """Change a candidate's own data; who turns out to work here becomes private where the policy says so (R23).

    Raises InvalidInput, NotFound for an unknown source, AlreadyDone when nothing is different.
    """
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    values = await _checked(work, candidate, changes)
    done = work.change(candidate, **values)
    if not done:
        raise AlreadyDone("The candidate's record says this already.")
    if any(change.field in _NAMES for change in done):
        await keep_terms(work, candidate.id, TermKind.NAME, name_terms(candidate))
    record(work, CandidateUpdated(subject_id=candidate.id, changes=done))
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def set_employments(
    work: Work,
    *,
    candidate_id: UUID,
    employments: Sequence[profiles.Employment],
    expected_version: int | None = None,
) -> CandidateResult:
    """Give a candidate these employments instead of those there are. Raises AlreadyDone when they are the same."""
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    wanted = making.employments(candidate.id, employments)
    stored = await work.lock_all(keeping.EMPLOYMENTS, Employment, candidate_id=candidate.id)
    is_different = keeping.replace(work, stored, wanted, lambda job: (job.company, job.title, job.started_on))
    _changed(work, candidate, "employments", (stored, wanted), is_different=is_different)
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def set_educations(
    work: Work,
    *,
    candidate_id: UUID,
    educations: Sequence[profiles.Education],
    expected_version: int | None = None,
) -> CandidateResult:
    """Give a candidate these educations instead of those there are. Raises AlreadyDone when they are the same."""
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    wanted = making.educations(candidate.id, educations)
    stored = await work.lock_all(keeping.EDUCATIONS, Education, candidate_id=candidate.id)
    is_different = keeping.replace(work, stored, wanted, lambda one: (one.institution, one.degree, one.area))
    _changed(work, candidate, "educations", (stored, wanted), is_different=is_different)
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def set_candidate_skills(
    work: Work, *, candidate_id: UUID, skills: Sequence[GivenSkill], expected_version: int | None = None
) -> CandidateResult:
    """Give a candidate these skills instead of those there are.

    Raises NotFound for an unknown skill, InvalidInput for an archived one that the candidate does not have yet (R33),
    AlreadyDone when they are the same.
    """
    wanted, named = await making.skills(work, candidate_id, skills)
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    stored = await work.lock_all(keeping.SKILLS, CandidateSkill, candidate_id=candidate.id)
    _check_new(named.values(), stored)
    is_different = keeping.replace(work, stored, wanted, lambda skill: skill.skill_id)
    _changed(work, candidate, "skills", (stored, wanted), is_different=is_different)
    words = skill_terms(named.values(), (word for skill in wanted for word in skill.keywords))
    await keep_terms(work, candidate.id, TermKind.SKILL, words)
    return CandidateResult(candidate_id=candidate.id)


def _check_new(named: Iterable[Skill], stored: Sequence[CandidateSkill]) -> None:
    has = {row.skill_id for row in stored}
    for skill in named:
        if skill.id not in has:
            check_choosable("skill", skill.name, skill.archived_at, path="skills")


def _changed(
    work: Work,
    candidate: Candidate,
    field: str,
    lists: tuple[Sequence[object], Sequence[object]],
    *,
    is_different: bool,
) -> None:
    """Record that a list of the candidate's is another one, before and after; refuse one that is the same."""
    if not is_different:
        raise AlreadyDone("The candidate's record says this already.")
    touch(work, candidate)
    record(work, CandidateUpdated(subject_id=candidate.id, changes=(replaced(field, *lists),)))


async def _checked(work: Work, candidate: Candidate, changes: CandidateChanges) -> dict[str, object]:
    """The columns to write, checked."""
    given = changes.given()
    checked: dict[str, object] = {**given}
    if _NAMES & given.keys():
        checked |= _names(candidate, given)
    if isinstance(changes.headline, str):
        checked["headline"] = bounds.optional_line(changes.headline, path="headline")
    if isinstance(changes.summary, str):
        checked["summary"] = bounds.optional_text(changes.summary, longest=bounds.NOTE_LENGTH, path="summary")
    if isinstance(changes.location, str):
        checked["location"] = bounds.optional_line(changes.location, path="location")
    if isinstance(changes.timezone, str):
        checked["timezone"] = bounds.timezone(changes.timezone, path="timezone")
    if isinstance(changes.source_id, UUID) and changes.source_id != candidate.source_id:
        source = await work.find(SOURCE, changes.source_id)
        check_choosable("source", source.name, source.archived_at, path="sourceId")
    if changes.is_internal is True and not candidate.is_internal:
        policies = await policies_of(work)
        by_policy = privacy.private_from_start(requested=None, is_internal=True, policies=policies)
        checked["is_private"] = candidate.is_private or by_policy
    return checked


def _names(candidate: Candidate, given: dict[str, object]) -> dict[str, object]:
    """All names after the change: one that is not given stays; without a name to show, first and last name are it."""
    now = {name: getattr(candidate, name) for name in _NAMES}
    merged = {**now, **{name: value for name, value in given.items() if name in _NAMES}}
    names = profiles.names(Names(**{**merged, "name": merged["name"] or ""}))
    return {name: getattr(names, name) for name in _NAMES}
