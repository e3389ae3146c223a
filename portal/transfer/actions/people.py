"""One person of some résumés: the candidate with what the résumé says, and on request an application."""

from collections.abc import Sequence
from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions.loading import earlier_applications
from portal.applications.actions.submissions import Terms, submit_application
from portal.applications.enums import ApplicationOrigin
from portal.candidates.actions import keeping
from portal.candidates.actions.contacts import set_candidate_links
from portal.candidates.actions.create import NewCandidate, create_candidate
from portal.candidates.actions.making import GivenLink, GivenSkill
from portal.candidates.actions.profile import (
    CandidateChanges,
    set_candidate_skills,
    set_educations,
    set_employments,
    update_candidate,
)
from portal.candidates.models import CandidateLink, CandidateSkill
from portal.candidates.rules.contacts import MOST_LINKS
from portal.candidates.rules.profiles import MOST_SKILLS
from portal.openings.reads import OPENING
from portal.records.models import ExternalId
from portal.transfer.actions.contact_points import add_contacts
from portal.transfer.actions.external_ids import Foreign
from portal.transfer.actions.results import RecordWritten, RowWritten, unless_done
from portal.transfer.actions.skills import given_skills
from portal.transfer.outcomes import OutcomeKind
from portal.transfer.resume import SYSTEM, ImportedCandidate
from portal.unchanged import UNCHANGED, Unchanged

CANDIDATES = Foreign(SYSTEM, "Candidate")


@action(Permission.OPENING_EDIT, may_record_nothing=True)
async def look_for_opening(work: Work, *, opening_id: UUID | None) -> None:
    """Whether there is an opening to import applications for. Raises NotFound once, instead of for each record."""
    await work.find(OPENING, opening_id)


@action(Permission.CANDIDATE_CREATE, may_record_nothing=True)
async def import_person(work: Work, *, person: ImportedCandidate, opening_id: UUID | None = None) -> RecordWritten:
    """Write a candidate, and submit an application for an opening unless there has ever been one.

    A résumé that has changed replaces employments and educations, overwrites single values where it states one, and
    adds contact points, links and skills to those there are. Raises what the candidates' actions raise.
    """
    row_id, kind = await _keep_candidate(work, person)
    rows = [RowWritten("Candidate", person.external_id, row_id, kind)]
    if opening_id is not None:
        rows.append(await _keep_application(work, person, row_id, opening_id))
    # An application that is new changes a candidate who was here already.
    is_new_only_here = kind is OutcomeKind.UNCHANGED and rows[-1].kind is OutcomeKind.CREATED
    return RecordWritten(OutcomeKind.UPDATED if is_new_only_here else kind, tuple(rows))


async def _keep_candidate(work: Work, person: ImportedCandidate) -> tuple[UUID, OutcomeKind]:
    own_ids = (person.external_id, *person.other_ids)
    known = await CANDIDATES.known(work, (*own_ids, *person.weaker_ids))
    # The surest id first: two people of an import share none of these.
    found = next((known[each] for each in (*own_ids, *person.weaker_ids) if each in known), None)
    if found is None:
        row_id = await _create(work, person)
    elif found.fingerprint == person.fingerprint and all(each in known for each in own_ids):
        return found.entity_id, OutcomeKind.UNCHANGED
    else:
        row_id = found.entity_id
        await _update(work, row_id, person)
    _remember(work, person, row_id, known)
    return row_id, OutcomeKind.CREATED if found is None else OutcomeKind.UPDATED


def _remember(work: Work, person: ImportedCandidate, row_id: UUID, known: dict[str, ExternalId]) -> None:
    """Every id by which the person is found again; what has no field is kept with the first."""
    for external_id in (person.external_id, *person.other_ids):
        raw = person.raw if external_id == person.external_id else None
        CANDIDATES.keep(work, known.get(external_id), external_id, row_id, person.fingerprint, raw)


async def _create(work: Work, person: ImportedCandidate) -> UUID:
    candidate = NewCandidate(
        names=person.names,
        headline=person.headline,
        summary=person.summary,
        location=person.location,
        links=tuple(GivenLink(link.url, link.kind) for link in person.links),
        employments=person.employments,
        educations=person.educations,
        skills=await given_skills(work, person.skills),
    )
    row_id = (await create_candidate.within(work, candidate=candidate)).candidate_id
    await add_contacts(work, row_id, person.contacts)
    return row_id


async def _update(work: Work, row_id: UUID, person: ImportedCandidate) -> None:
    changes = CandidateChanges(
        name=person.names.name,
        first_name=_stated(person.names.first_name),
        last_name=_stated(person.names.last_name),
        preferred_name=_stated(person.names.preferred_name),
        headline=_stated(person.headline),
        summary=_stated(person.summary),
        location=_stated(person.location),
    )
    await unless_done(update_candidate.within(work, candidate_id=row_id, changes=changes))
    await add_contacts(work, row_id, person.contacts)
    await _add_links(work, row_id, person)
    if person.employments:
        await unless_done(set_employments.within(work, candidate_id=row_id, employments=person.employments))
    if person.educations:
        await unless_done(set_educations.within(work, candidate_id=row_id, educations=person.educations))
    await _add_skills(work, row_id, person)


def _stated(value: str | None) -> str | Unchanged:
    """What a résumé does not say stays as it is."""
    return UNCHANGED if value is None else value


async def _add_links(work: Work, row_id: UUID, person: ImportedCandidate) -> None:
    stored = await work.all(keeping.LINKS, CandidateLink, candidate_id=row_id)
    pages = {row.url_normalised: GivenLink(row.url, row.kind) for row in stored}
    for link in person.links:
        pages.setdefault(link.url_normalised, GivenLink(link.url, link.kind))
    links = tuple(pages.values())[:MOST_LINKS]
    await unless_done(set_candidate_links.within(work, candidate_id=row_id, links=links))


async def _add_skills(work: Work, row_id: UUID, person: ImportedCandidate) -> None:
    if not person.skills:
        return
    stored = await work.all(keeping.SKILLS, CandidateSkill, candidate_id=row_id)
    skills = {row.skill_id: GivenSkill(row.skill_id, row.level, tuple(row.keywords)) for row in stored}
    skills |= {skill.skill_id: skill for skill in await given_skills(work, person.skills)}
    kept: Sequence[GivenSkill] = tuple(skills.values())[:MOST_SKILLS]
    await unless_done(set_candidate_skills.within(work, candidate_id=row_id, skills=kept))


async def _keep_application(work: Work, person: ImportedCandidate, row_id: UUID, opening_id: UUID) -> RowWritten:
    earlier = (await earlier_applications(work, [row_id], opening_id))[row_id]
    if earlier:
        return RowWritten("Application", person.external_id, earlier[0].id, OutcomeKind.UNCHANGED)
    terms = Terms(origin=ApplicationOrigin.IMPORTED)
    made = await submit_application.within(work, candidate_id=row_id, opening_id=opening_id, terms=terms)
    return RowWritten("Application", person.external_id, made.application_id, OutcomeKind.CREATED)
