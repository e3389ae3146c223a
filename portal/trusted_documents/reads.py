"""What can be read of trusted documents and of the releases that have them: all of it by those who publish them."""

from portal.access.permissions import Permission
from portal.people.reads import MEMBERSHIP
from portal.reading import filters
from portal.reading.entity import Connection, Entity, One, Order, columns, organization_wide
from portal.reading.roots import ById, Root
from portal.trusted_documents.models import ClientRelease, ReleasedDocument, TrustedDocument

CLIENT_RELEASE: Entity[ClientRelease] = Entity(
    "ClientRelease",
    ClientRelease,
    "rel",
    Permission.DOCUMENT_PUBLISH,
    organization_wide,
    {
        **columns(
            ClientRelease.client,
            ClientRelease.release,
            ClientRelease.retired_at,
            ClientRelease.created_at,
            ClientRelease.updated_at,
            ClientRelease.version,
        ),
        "published_by": One(lambda: MEMBERSHIP, ClientRelease.published_by_id),
        "documents": Connection(
            lambda: RELEASED_DOCUMENT,
            orders={"CREATED_AT": Order(ReleasedDocument.created_at)},
            default_order="CREATED_AT",
            foreign_key=ReleasedDocument.release_id,
        ),
    },
)

TRUSTED_DOCUMENT: Entity[TrustedDocument] = Entity(
    "TrustedDocument",
    TrustedDocument,
    "doc",
    Permission.DOCUMENT_PUBLISH,
    organization_wide,
    {
        **columns(
            TrustedDocument.document_id,
            TrustedDocument.text,
            TrustedDocument.operations,
            TrustedDocument.created_at,
        ),
        "releases": Connection(
            lambda: RELEASED_DOCUMENT,
            orders={"CREATED_AT": Order(ReleasedDocument.created_at)},
            default_order="CREATED_AT",
            foreign_key=ReleasedDocument.trusted_document_id,
        ),
    },
)

RELEASED_DOCUMENT: Entity[ReleasedDocument] = Entity(
    "ReleasedDocument",
    ReleasedDocument,
    "rdo",
    Permission.DOCUMENT_PUBLISH,
    organization_wide,
    {
        **columns(ReleasedDocument.created_at),
        "release": One(lambda: CLIENT_RELEASE, ReleasedDocument.release_id),
        "document": One(lambda: TRUSTED_DOCUMENT, ReleasedDocument.trusted_document_id),
    },
)

ENTITIES = (CLIENT_RELEASE, TRUSTED_DOCUMENT, RELEASED_DOCUMENT)

ROOTS: dict[str, Root] = {
    "client_release": ById(CLIENT_RELEASE),
    "client_releases": Connection(
        lambda: CLIENT_RELEASE,
        orders={"CREATED_AT": Order(ClientRelease.created_at, descending=True)},
        default_order="CREATED_AT",
        filters={
            "client": filters.text(ClientRelease.client),
            "release": filters.text(ClientRelease.release),
            "retiredAt": filters.instant(ClientRelease.retired_at),
        },
    ),
    "trusted_document": ById(TRUSTED_DOCUMENT),
    "trusted_documents": Connection(
        lambda: TRUSTED_DOCUMENT,
        orders={"CREATED_AT": Order(TrustedDocument.created_at, descending=True)},
        default_order="CREATED_AT",
        filters={"documentId": filters.text(TrustedDocument.document_id)},
    ),
}
