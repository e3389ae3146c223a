"""Sources: the channels through which candidates come."""

from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_archive
from portal.candidates.actions.results import SourceResult
from portal.candidates.enums import SourceType
from portal.candidates.events import SourceArchived, SourceCreated
from portal.candidates.models import Source
from portal.candidates.reads import SOURCE
from portal.errors import NotUnique
from portal.records.recording import record

means("uq_source_organization_id_name", lambda: NotUnique("There is a source of that name already.", path=("name",)))


@action(Permission.ORGANIZATION_MANAGE)
async def create_source(work: Work, *, name: str, type: SourceType) -> SourceResult:
    """Add a channel that candidates come through. Raises NotUnique when there is one of that name."""
    source = work.add(Source(name=bounds.one_line(name, path="name"), type=type))
    record(work, SourceCreated(subject_id=source.id, source_type=source.type))
    return SourceResult(source_id=source.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_source(work: Work, *, source_id: UUID, expected_version: int | None = None) -> SourceResult:
    """Archive a source: candidates keep it, but nobody can choose it any more (R33). Raises AlreadyDone."""
    source = await work.lock(SOURCE, source_id, expected_version=expected_version)
    check_archive("source", source.archived_at)
    changes = work.change(source, archived_at=work.now)
    record(work, SourceArchived(subject_id=source.id, changes=changes))
    return SourceResult(source_id=source.id)
