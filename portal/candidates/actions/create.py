"""Adding candidates to the database.

Whoever adds a candidate need not see the record afterwards: without the right to search the database it is seen through
an application only, and a private one only with the right to see those. The actions that add a candidate together with
an application live in the applications area, and begin with `add_candidate` as well.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_choosable
from portal.candidates.actions import making
from portal.candidates.actions.keeping import email_terms, name_terms, skill_terms, tag_terms
from portal.candidates.actions.making import GivenLink, GivenSkill
from portal.candidates.actions.results import CandidateResult
from portal.candidates.actions.tags import tags_named
from portal.candidates.enums import TermKind
from portal.candidates.events import CandidateCreated
from portal.candidates.models import Candidate, CandidateTag, CandidateTerm
from portal.candidates.reads import SOURCE
from portal.candidates.rules import privacy, profiles, search
from portal.candidates.rules.contacts import GivenContact
from portal.candidates.rules.profiles import Education, Employment, Names
from portal.errors import Forbidden
from portal.organizations.models import Organization
from portal.organizations.policies import Policies, from_json
from portal.records.recording import record

_POLICIES = select(Organization.policies).where(
    Organization.organization_id == bindparam("organization_id", type_=Uuid())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCandidate:
    """What is known of somebody who is added. `is_private` is None for what the organization's policy says (R23)."""

    names: Names
    headline: str | None = None
    summary: str | None = None
    location: str | None = None
    timezone: str | None = None
    is_private: bool | None = None
    is_internal: bool = False
    can_email: bool = True
    source_id: UUID | None = None
    contact_points: tuple[GivenContact, ...] = ()
    country: str | None = None
    """Where phone numbers without a + are from: an ISO 3166-1 alpha-2 code."""
    links: tuple[GivenLink, ...] = ()
    employments: tuple[Employment, ...] = ()
    educations: tuple[Education, ...] = ()
    skills: tuple[GivenSkill, ...] = ()
    tags: tuple[str, ...] = ()


@action(Permission.CANDIDATE_CREATE)
async def create_candidate(work: Work, *, candidate: NewCandidate) -> CandidateResult:
    """Add somebody to the database. Two records of one person are allowed: they show as possible duplicates.

    Raises InvalidInput, NotFound for an unknown source or skill, Forbidden for making somebody public whom the
    organization's policy makes private, without the right to see private candidates.
    """
    row = await add_candidate(work, candidate)
    return CandidateResult(candidate_id=row.id)


async def add_candidate(work: Work, given: NewCandidate) -> Candidate:
    """Add a candidate with all lists and search terms, and record it. For actions; rights are theirs to declare."""
    tags = await tags_named(work, given.tags) if given.tags else []
    candidate = await _row(work, given)
    candidate.tags = search.tags_shown(tag.name for tag in tags)
    contact_points = making.contact_points(candidate.id, given.contact_points, given.country)
    skills, named = await making.skills(work, candidate.id, given.skills)
    for skill in named.values():
        check_choosable("skill", skill.name, skill.archived_at, path="skills")
    work.add(candidate)
    for row in (
        *contact_points,
        *making.links(candidate.id, given.links),
        *making.employments(candidate.id, given.employments),
        *making.educations(candidate.id, given.educations),
        *skills,
        *(CandidateTag(candidate_id=candidate.id, tag_id=tag.id) for tag in tags),
    ):
        work.add(row)
    _add_terms(work, candidate.id, TermKind.NAME, name_terms(candidate))
    _add_terms(work, candidate.id, TermKind.EMAIL, email_terms(contact_points))
    _add_terms(work, candidate.id, TermKind.TAG, tag_terms(candidate))
    words = skill_terms(named.values(), (word for skill in skills for word in skill.keywords))
    _add_terms(work, candidate.id, TermKind.SKILL, words)
    record(
        work,
        CandidateCreated(
            subject_id=candidate.id,
            source_id=candidate.source_id,
            is_internal=candidate.is_internal,
            is_private=candidate.is_private,
        ),
    )
    return candidate


async def _row(work: Work, given: NewCandidate) -> Candidate:
    """The candidate's own row, checked but not added."""
    names = profiles.names(given.names)
    if given.source_id is not None:
        source = await work.find(SOURCE, given.source_id)
        check_choosable("source", source.name, source.archived_at, path="sourceId")
    return Candidate(
        name=names.name,
        first_name=names.first_name,
        last_name=names.last_name,
        preferred_name=names.preferred_name,
        headline=bounds.optional_line(given.headline, path="headline"),
        summary=bounds.optional_text(given.summary, longest=bounds.NOTE_LENGTH, path="summary"),
        location=bounds.optional_line(given.location, path="location"),
        timezone=None if given.timezone is None else bounds.timezone(given.timezone, path="timezone"),
        is_private=await _is_private(work, given),
        is_internal=given.is_internal,
        can_email=given.can_email,
        source_id=given.source_id,
    )


async def _is_private(work: Work, given: NewCandidate) -> bool:
    policies = await policies_of(work)
    by_policy = privacy.private_from_start(requested=None, is_internal=given.is_internal, policies=policies)
    chosen = privacy.private_from_start(requested=given.is_private, is_internal=given.is_internal, policies=policies)
    if by_policy and not chosen and not work.actor.may(Permission.CANDIDATE_PRIVATE):
        raise Forbidden("Only those who may see private candidates can add one of your own people as not private.")
    return chosen


async def policies_of(work: Work) -> Policies:
    """The organization's policies."""
    return from_json(await work.value(_POLICIES) or {})


def _add_terms(work: Work, candidate_id: UUID, kind: TermKind, words: frozenset[str]) -> None:
    for word in sorted(words):
        work.add(CandidateTerm(candidate_id=candidate_id, kind=kind, term=word))
