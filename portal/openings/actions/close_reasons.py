"""The organization's reasons for closing openings and seats."""

from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_archive, check_restore
from portal.errors import AlreadyDone
from portal.openings.actions.results import CloseReasonResult
from portal.openings.events import (
    CloseReasonArchived,
    CloseReasonCreated,
    CloseReasonUnarchived,
    CloseReasonUpdated,
)
from portal.openings.models import CloseReason
from portal.openings.reads import CLOSE_REASON
from portal.records.recording import first_values, record


@action(Permission.ORGANIZATION_MANAGE)
async def create_close_reason(work: Work, *, name: str) -> CloseReasonResult:
    """Add a reason to the organization's list."""
    row = work.add(CloseReason(name=bounds.one_line(name, path="name")))
    record(work, CloseReasonCreated(subject_id=row.id, changes=first_values(row, "name")))
    return CloseReasonResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def rename_close_reason(
    work: Work, *, close_reason_id: UUID, name: str, expected_version: int | None = None
) -> CloseReasonResult:
    """Call a reason something else, also where it was given before. Raises AlreadyDone."""
    row = await work.lock(CLOSE_REASON, close_reason_id, expected_version=expected_version)
    changes = work.change(row, name=bounds.one_line(name, path="name"))
    if not changes:
        raise AlreadyDone("The close reason has that name already.")
    record(work, CloseReasonUpdated(subject_id=row.id, changes=changes))
    return CloseReasonResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_close_reason(work: Work, *, close_reason_id: UUID) -> CloseReasonResult:
    """Take a reason from the list; what was closed with it still shows it (R33). Raises AlreadyDone."""
    row = await work.lock(CLOSE_REASON, close_reason_id)
    check_archive("close reason", row.archived_at)
    changes = work.change(row, archived_at=work.now)
    record(work, CloseReasonArchived(subject_id=row.id, changes=changes))
    return CloseReasonResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_close_reason(work: Work, *, close_reason_id: UUID) -> CloseReasonResult:
    """Put an archived reason back on the list. Raises AlreadyDone."""
    row = await work.lock(CLOSE_REASON, close_reason_id)
    check_restore("close reason", row.archived_at)
    changes = work.change(row, archived_at=None)
    record(work, CloseReasonUnarchived(subject_id=row.id, changes=changes))
    return CloseReasonResult(row.id)
