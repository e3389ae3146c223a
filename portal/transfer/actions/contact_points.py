"""The addresses and numbers of a résumé, added to those that a candidate has."""

from collections.abc import Iterable
from uuid import UUID

from portal.access.work import Work
from portal.candidates.actions.keeping import CONTACT_POINTS, email_terms, keep_terms, touch
from portal.candidates.enums import TermKind
from portal.candidates.events import CandidateUpdated, replaced
from portal.candidates.models import ContactPoint
from portal.candidates.reads import CANDIDATE
from portal.candidates.rules.contacts import MOST_CONTACT_POINTS, Contact
from portal.records.recording import record


async def add_contacts(work: Work, candidate_id: UUID, contacts: Iterable[Contact]) -> None:
    """Add the contact points that a candidate does not have yet; none becomes primary in place of another.

    The rules have looked at them when the résumé was read. They let a number without its country through, as
    `add_contact_points` does not: nobody is there to be asked for it.
    """
    candidate = await work.lock(CANDIDATE, candidate_id)
    stored = await work.lock_all(CONTACT_POINTS, ContactPoint, candidate_id=candidate.id)
    has = {(row.kind, row.value_normalised) for row in stored}
    has_primary = {row.kind for row in stored if row.is_primary}
    added: list[ContactPoint] = []
    for contact in contacts:
        if (contact.kind, contact.value_normalised) in has or len(stored) + len(added) == MOST_CONTACT_POINTS:
            continue
        is_primary = contact.kind not in has_primary
        has_primary.add(contact.kind)
        row = ContactPoint(
            candidate_id=candidate.id,
            kind=contact.kind,
            value=contact.value,
            value_normalised=contact.value_normalised,
            label=contact.label,
            is_primary=is_primary,
        )
        added.append(work.add(row))
    if not added:
        return
    after = [*stored, *added]
    await keep_terms(work, candidate.id, TermKind.EMAIL, email_terms(after))
    touch(work, candidate)
    record(work, CandidateUpdated(subject_id=candidate.id, changes=(replaced("contact_points", stored, after),)))
