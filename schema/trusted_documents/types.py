"""Trusted documents and the releases of clients that have them, as GraphQL types."""

from datetime import datetime

import strawberry

from schema.people.types import Membership
from schema.reading import Connection, Node, described, pages


@strawberry.type(description="A release of a client, with the documents that it was published with.")
class ClientRelease(Node):
    client: str = described("The client's name.")
    release: str = described("The client's version, unique among those of its name.")
    documents: Connection["ReleasedDocument"] = pages("Its documents, in the order in which they were published.")
    published_by: Membership | None = described(
        "The member who published its first documents; null when the operator or a machine did."
    )
    retired_at: datetime | None = described("When it was retired, in UTC; null while it is in use.")
    created_at: datetime = described("When its first documents were published, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(
    description="A document that is run by its id (`documentId` in a request) while a release that has it is in use."
)
class TrustedDocument(Node):
    document_id: str = described("What to send as `documentId`: `sha256:` and the SHA-256 of the text in hexadecimal.")
    text: str = described("The document.")
    operations: list[str] = described("The names of its operations; one without a name is left out.")
    releases: Connection["ReleasedDocument"] = pages("The releases that have it, the oldest first.")
    created_at: datetime = described("When it was first published, in UTC.")


@strawberry.type(description="One document of one release.")
class ReleasedDocument(Node):
    release: ClientRelease | None = described("The release.")
    document: TrustedDocument | None = described("The document.")
    created_at: datetime = described("When the document was published with the release, in UTC.")
