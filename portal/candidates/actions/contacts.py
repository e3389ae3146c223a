"""Changing how a candidate is reached.

It takes the right to read contact details as well: nobody changes what they can't see.
"""

from collections.abc import Sequence
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.candidates.actions import keeping, making
from portal.candidates.actions.keeping import email_terms, keep_terms, touch
from portal.candidates.actions.making import GivenLink
from portal.candidates.actions.results import CandidateResult
from portal.candidates.enums import TermKind
from portal.candidates.events import CandidateUpdated, replaced
from portal.candidates.models import Candidate, CandidateLink, ContactPoint
from portal.candidates.reads import CANDIDATE
from portal.candidates.rules.contacts import MOST_CONTACT_POINTS, GivenContact
from portal.errors import AlreadyDone, InvalidInput, NotFound
from portal.records.recording import record

CONTACT = Permission.CANDIDATE_CONTACT


@action(Permission.CANDIDATE_EDIT)
async def set_contact_points(
    work: Work,
    *,
    candidate_id: UUID,
    contact_points: Sequence[GivenContact],
    country: str | None = None,
    expected_version: int | None = None,
) -> CandidateResult:
    """Give a candidate these e-mail addresses and phone numbers instead of those there are.

    `country` is where phone numbers without a + are from. Raises InvalidInput, AlreadyDone when they are the same.
    """
    candidate, stored = await _lock_with_contacts(work, candidate_id, expected_version)
    wanted = making.contact_points(candidate.id, contact_points, country)
    if not keeping.replace(work, stored, wanted, _key):
        raise AlreadyDone("The candidate has exactly these contact points already.")
    await _changed(work, candidate, stored, wanted)
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def add_contact_points(
    work: Work, *, candidate_id: UUID, contact_points: Sequence[GivenContact], country: str | None = None
) -> CandidateResult:
    """Add e-mail addresses and phone numbers; one that is marked as primary takes that place of another.

    Raises InvalidInput, AlreadyDone when the candidate has one of them already.
    """
    candidate, stored = await _lock_with_contacts(work, candidate_id, None)
    given = bounds.items(contact_points, least=1, path="contactPoints")
    made = making.contact_points(candidate.id, given, country)
    if {_key(row) for row in made} & {_key(row) for row in stored}:
        raise AlreadyDone("The candidate has this contact point already.")
    if len(stored) + len(made) > MOST_CONTACT_POINTS:
        raise InvalidInput(f"A candidate has at most {MOST_CONTACT_POINTS} contact points.", path=("contactPoints",))
    for row, asked in zip(made, given, strict=True):
        rivals = [other for other in stored if other.kind is row.kind and other.is_primary]
        row.is_primary = row.is_primary and (asked.is_primary or not rivals)
        for rival in rivals if row.is_primary else ():
            work.change(rival, is_primary=False)
        work.add(row)
    await _changed(work, candidate, stored, [*stored, *made])
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def remove_contact_point(work: Work, *, candidate_id: UUID, contact_point_id: UUID) -> CandidateResult:
    """Remove an e-mail address or phone number; of a primary one, the oldest other of its kind takes the place.

    Raises NotFound when the candidate has no such contact point.
    """
    candidate, stored = await _lock_with_contacts(work, candidate_id, None)
    gone = next((row for row in stored if row.id == contact_point_id), None)
    if gone is None:
        raise NotFound("contact point", path=("contactPointId",))
    left = [row for row in stored if row is not gone]
    heir = next((row for row in left if row.kind is gone.kind), None)
    if gone.is_primary and heir is not None:
        work.change(heir, is_primary=True)
    work.remove(gone)
    await _changed(work, candidate, stored, left)
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def set_candidate_links(
    work: Work, *, candidate_id: UUID, links: Sequence[GivenLink], expected_version: int | None = None
) -> CandidateResult:
    """Give a candidate these pages instead of those there are.

    Raises InvalidInput, AlreadyDone when they are the same.
    """
    candidate = await _lock(work, candidate_id, expected_version)
    wanted = making.links(candidate.id, links)
    stored = await work.lock_all(keeping.LINKS, CandidateLink, candidate_id=candidate.id)
    if not keeping.replace(work, stored, wanted, lambda link: link.url_normalised):
        raise AlreadyDone("The candidate has exactly these links already.")
    touch(work, candidate)
    record(work, CandidateUpdated(subject_id=candidate.id, changes=(replaced("links", stored, wanted),)))
    return CandidateResult(candidate_id=candidate.id)


async def _lock_with_contacts(
    work: Work, candidate_id: UUID, expected_version: int | None
) -> tuple[Candidate, list[ContactPoint]]:
    """The candidate and all contact points, oldest first, locked."""
    candidate = await _lock(work, candidate_id, expected_version)
    return candidate, await work.lock_all(keeping.CONTACT_POINTS, ContactPoint, candidate_id=candidate.id)


async def _lock(work: Work, candidate_id: UUID, expected_version: int | None) -> Candidate:
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    await work.require(CANDIDATE, candidate, CONTACT)
    return candidate


async def _changed(
    work: Work, candidate: Candidate, before: Sequence[ContactPoint], after: Sequence[ContactPoint]
) -> None:
    touch(work, candidate)
    await keep_terms(work, candidate.id, TermKind.EMAIL, email_terms(after))
    record(work, CandidateUpdated(subject_id=candidate.id, changes=(replaced("contact_points", before, after),)))


def _key(contact: ContactPoint) -> tuple[str, str]:
    """What makes two contact points one."""
    return contact.kind, contact.value_normalised
