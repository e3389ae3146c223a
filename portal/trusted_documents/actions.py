"""Publishing the documents of a client's release, and retiring them with it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.organizations.reads import ORGANIZATION
from portal.records.recording import first_values, record
from portal.trusted_documents import rules
from portal.trusted_documents.events import DocumentsPublished, DocumentsRetired
from portal.trusted_documents.models import ClientRelease, ReleasedDocument, TrustedDocument
from portal.trusted_documents.reads import CLIENT_RELEASE
from portal.trusted_documents.rules import CheckedDocument

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())

_RELEASE = (
    select(ClientRelease)
    .where(
        ClientRelease.organization_id == _ORGANIZATION_ID,
        ClientRelease.client == bindparam("client"),
        ClientRelease.release == bindparam("release"),
    )
    .with_for_update(key_share=True)
)
_DOCUMENTS = (
    select(TrustedDocument.id, TrustedDocument.document_id)
    .where(
        TrustedDocument.organization_id == _ORGANIZATION_ID,
        TrustedDocument.document_id == any_(bindparam("document_ids", type_=ARRAY(Text()))),
    )
    .order_by(TrustedDocument.id)
)
_OF_RELEASE = select(ReleasedDocument.trusted_document_id).where(
    ReleasedDocument.organization_id == _ORGANIZATION_ID,
    ReleasedDocument.release_id == bindparam("release_id", type_=Uuid()),
)


@dataclass(frozen=True, slots=True)
class DocumentsResult:
    """The release, the ids of all documents that were given, in their order, and of those that it did not have."""

    release_id: UUID
    document_ids: tuple[str, ...]
    added_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientReleaseResult:
    release_id: UUID


@action(Permission.DOCUMENT_PUBLISH, may_record_nothing=True)
async def publish_documents(
    work: Work, *, client: str, release: str, documents: tuple[CheckedDocument, ...]
) -> DocumentsResult:
    """Add documents to a release of a client, which begins with the first; they can be run by their ids from now on.

    What the release has already stays as it is, so a build that runs twice may publish twice. Raises InvalidInput, and
    WrongState for a release that is retired.
    """
    client = bounds.one_line(client, longest=rules.NAME_LENGTH, path="client")
    release = bounds.one_line(release, longest=rules.NAME_LENGTH, path="release")
    wanted = rules.distinct(documents)
    # One after the other in an organization: two builds may publish the same documents at once.
    await work.lock(ORGANIZATION, work.actor.organization_id)
    row, is_new = await _release(work, client, release)
    known = {found["document_id"]: found["id"] for found in await work.rows(_DOCUMENTS, document_ids=[*wanted])}
    has = {found["trusted_document_id"] for found in await work.rows(_OF_RELEASE, release_id=row.id)}
    added = [document for name, document in wanted.items() if known.get(name) not in has]
    for document in added:
        document_row = known.get(document.document_id) or _keep(work, document).id
        work.add(ReleasedDocument(release_id=row.id, trusted_document_id=document_row))
    added_ids = tuple(document.document_id for document in added)
    if added:
        changes = first_values(row, "client", "release") if is_new else ()
        record(work, DocumentsPublished(subject_id=row.id, changes=changes, count=len(added_ids)))
    return DocumentsResult(row.id, tuple(document.document_id for document in documents), added_ids)


@action(Permission.DOCUMENT_PUBLISH)
async def retire_documents(work: Work, *, release_id: UUID, expected_version: int | None = None) -> ClientReleaseResult:
    """Retire a release: those of its documents that no other release in use has can no longer be run by their ids.

    Raises AlreadyDone.
    """
    row = await work.lock(CLIENT_RELEASE, release_id, expected_version=expected_version)
    rules.check_retire(row.retired_at)
    changes = work.change(row, retired_at=work.now)
    record(work, DocumentsRetired(subject_id=row.id, changes=changes))
    return ClientReleaseResult(row.id)


async def _release(work: Work, client: str, release: str) -> tuple[ClientRelease, bool]:
    """The release, locked so that nobody retires it meanwhile, and whether it is new."""
    for row in await work.lock_all(_RELEASE, ClientRelease, client=client, release=release):
        rules.check_not_retired(row.retired_at)
        return row, False
    return work.add(ClientRelease(client=client, release=release, published_by_id=work.actor.member_id)), True


def _keep(work: Work, document: CheckedDocument) -> TrustedDocument:
    return work.add(
        TrustedDocument(document_id=document.document_id, text=document.text, operations=list(document.operations))
    )
