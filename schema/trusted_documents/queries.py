"""Where reads of trusted documents start."""

import strawberry

from schema.reading import Connection, pages, root
from schema.trusted_documents.lists import ClientReleaseFilter, TrustedDocumentFilter
from schema.trusted_documents.types import ClientRelease, TrustedDocument


@strawberry.type
class TrustedDocumentQueries:
    client_release: ClientRelease | None = root(
        "A client's release by id; takes `document:publish`.", "client_release", id="The release's id."
    )
    client_releases: Connection[ClientRelease] = pages(
        "The clients' releases with which documents were published, the latest first. Empty without "
        "`document:publish`.",
        filter=ClientReleaseFilter,
        root="client_releases",
    )
    trusted_document: TrustedDocument | None = root(
        "A trusted document by its id as a node; takes `document:publish`.", "trusted_document", id="The node's id."
    )
    trusted_documents: Connection[TrustedDocument] = pages(
        "The trusted documents, the latest first. Empty without `document:publish`.",
        filter=TrustedDocumentFilter,
        root="trusted_documents",
    )
