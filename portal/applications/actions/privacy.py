"""Who may know of a candidate: the flag of the candidate, and its copy in each of their applications.

Boards are counted without reading candidates, so the applications repeat the flag; it is changed here and nowhere else.
"""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.models import Application
from portal.candidates.actions.results import CandidateResult
from portal.candidates.events import CandidateUpdated
from portal.candidates.models import Candidate
from portal.candidates.reads import CANDIDATE
from portal.errors import AlreadyDone
from portal.records.recording import record

_OF_CANDIDATE = (
    select(Application)
    .where(
        Application.organization_id == bindparam("organization_id", type_=Uuid()),
        Application.candidate_id == bindparam("candidate_id", type_=Uuid()),
    )
    .order_by(Application.id)
    .with_for_update(key_share=True)
)


@action(Permission.CANDIDATE_EDIT)
async def set_candidate_privacy(
    work: Work, *, candidate_id: UUID, is_private: bool, expected_version: int | None = None
) -> CandidateResult:
    """Hide a candidate from all who lack the right to see private ones, or show them again (R23).

    Whoever lacks that right loses sight of the candidate with this. Raises AlreadyDone when it is so already.
    """
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    if candidate.is_private == is_private:
        raise AlreadyDone(f"This candidate is already {'private' if is_private else 'visible'}.")
    await make_private(work, candidate, is_private=is_private)
    return CandidateResult(candidate_id=candidate.id)


async def make_private(work: Work, candidate: Candidate, *, is_private: bool) -> None:
    """Change the flag of a candidate that is locked, and of all their applications; nothing if it is so already."""
    changes = work.change(candidate, is_private=is_private)
    if not changes:
        return
    for application in await work.lock_all(_OF_CANDIDATE, Application, candidate_id=candidate.id):
        work.change(application, candidate_is_private=is_private)
    record(work, CandidateUpdated(subject_id=candidate.id, changes=changes))
