"""The tables of trusted documents: which documents there are, and which releases of which clients brought them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.base import TenantRow, bounded, bounded_list, indexed, reference, unique


class ClientRelease(TenantRow, kw_only=True):
    """A release of a client, with which documents are published; once it is retired, none of its documents is accepted
    on its account.
    """

    __tablename__ = "client_release"
    __table_args__ = (
        bounded("client", 100),
        bounded("release", 100),
        reference("membership", "published_by_id"),
        unique("client", "release"),
        indexed("published_by_id"),
        indexed("created_at"),
    )

    client: Mapped[str]
    release: Mapped[str]
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by_id: Mapped[UUID | None] = mapped_column(default=None)


class TrustedDocument(TenantRow, kw_only=True):
    """A document by the SHA-256 of its exact text, as clients ask for it: `sha256:` and 64 hexadecimal digits. It never
    changes. `operations` are the names of those that have one.
    """

    __tablename__ = "trusted_document"
    __table_args__ = (
        CheckConstraint("document_id ~ '^sha256:[0-9a-f]{64}$'", name="document_id"),
        bounded("text", 20_000),
        bounded_list("operations", 10, 20_000),
        unique("document_id"),
        indexed("created_at"),
    )

    document_id: Mapped[str]
    text: Mapped[str]
    operations: Mapped[list[str]] = mapped_column(default_factory=list)


class ReleasedDocument(TenantRow, kw_only=True):
    """That a document belongs to a release; to how many others it does is no matter of theirs."""

    __tablename__ = "released_document"
    __table_args__ = (
        reference("client_release", "release_id"),
        reference("trusted_document", "trusted_document_id"),
        # The convention's name would be too long for that of a partition.
        unique("release_id", "trusted_document_id", name="uq_released_document"),
        indexed("release_id", "created_at", name="ix_released_document_release"),
        indexed("trusted_document_id", "created_at", name="ix_released_document_document"),
    )

    release_id: Mapped[UUID]
    trusted_document_id: Mapped[UUID]
