"""Who may see a candidate: private ones (R23), and the record that is linked to oneself (R22)."""

from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.candidates.actions.results import CandidateResult
from portal.candidates.events import CandidateUpdated
from portal.candidates.models import Candidate
from portal.candidates.reads import CANDIDATE
from portal.candidates.rules import privacy
from portal.errors import AlreadyDone
from portal.people.reads import MEMBERSHIP
from portal.records.recording import record


@action(Permission.CANDIDATE_PRIVATE)
async def set_candidate_privacy(
    work: Work, *, candidate_id: UUID, is_private: bool, expected_version: int | None = None
) -> CandidateResult:
    """Make a candidate private, or public again, with all applications.

    It takes the right to see private candidates, so that nobody loses sight of whom they hide. Raises AlreadyDone.
    """
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    await work.require(CANDIDATE, candidate, Permission.CANDIDATE_EDIT)
    changes = work.change(candidate, is_private=is_private)
    if not changes:
        raise AlreadyDone("The candidate is private already." if is_private else "The candidate is not private.")
    record(work, CandidateUpdated(subject_id=candidate.id, changes=changes))
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def link_candidate_to_member(
    work: Work, *, candidate_id: UUID, membership_id: UUID, expected_version: int | None = None
) -> CandidateResult:
    """Say that a candidate is the same person as a member, who from that moment on doesn't see the record (R22).

    Raises InvalidInput for a candidate who is linked to another member, and for oneself; AlreadyDone.
    """
    candidate = await _lock(work, candidate_id, expected_version)
    member = await work.find(MEMBERSHIP, membership_id)
    privacy.check_link(
        linked_membership_id=candidate.linked_membership_id, to=member.id, actor_membership_id=_membership_id(work)
    )
    return _linked_to(work, candidate, member.id)


@action(Permission.CANDIDATE_EDIT)
async def unlink_candidate(work: Work, *, candidate_id: UUID, expected_version: int | None = None) -> CandidateResult:
    """Say that a candidate is no member after all. Raises AlreadyDone when the candidate is linked to nobody."""
    candidate = await _lock(work, candidate_id, expected_version)
    if candidate.linked_membership_id is None:
        raise AlreadyDone("The candidate is not linked to a member.")
    return _linked_to(work, candidate, None)


async def _lock(work: Work, candidate_id: UUID, expected_version: int | None) -> Candidate:
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    # The link may be younger than the rights that this call began with.
    privacy.check_not_own(linked_membership_id=candidate.linked_membership_id, actor_membership_id=_membership_id(work))
    return candidate


def _linked_to(work: Work, candidate: Candidate, membership_id: UUID | None) -> CandidateResult:
    # A trigger on this column raises the organization's access version: the member's rights are derived anew.
    changes = work.change(candidate, linked_membership_id=membership_id)
    record(work, CandidateUpdated(subject_id=candidate.id, changes=changes))
    return CandidateResult(candidate_id=candidate.id)


def _membership_id(work: Work) -> UUID | None:
    return work.actor.member_id
