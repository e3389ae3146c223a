"""What happened and what is told to others: audit entries, the outbox of domain events, and ids in other systems.

Subjects are named by type and id, without a foreign key: records are below every area, and outlive what they are about.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.enums import ActorKind
from portal.database.base import Base, Enumerated, TenantRow, bounded, bounded_json, closed_set, indexed, unique
from portal.records.enums import Origin

_POSITION = Sequence("event_position", metadata=Base.metadata)


class AuditEvent(TenantRow, kw_only=True):
    """Who did what, when, with the values before and after; sensitive values are redacted. Insert-only."""

    __tablename__ = "audit_event"
    __table_args__ = (
        closed_set("actor_kind", ActorKind),
        bounded("request_id", 200),
        bounded("operation", 100),
        bounded("entity_type", 100),
        indexed("occurred_at", "id"),
        indexed("entity_type", "entity_id", "occurred_at", "id", name="ix_audit_event_entity"),
    )

    occurred_at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(Enumerated(ActorKind))
    actor_id: Mapped[UUID | None] = mapped_column(default=None)
    on_behalf_of_id: Mapped[UUID | None] = mapped_column(default=None)
    request_id: Mapped[str]
    operation: Mapped[str]
    entity_type: Mapped[str]
    entity_id: Mapped[UUID]
    opening_id: Mapped[UUID | None] = mapped_column(default=None)
    before: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    after: Mapped[dict[str, Any] | None] = mapped_column(default=None)


class DomainEvent(TenantRow, kw_only=True):
    """Something that others may want to know, written in the same commit as the change itself.

    `position` orders events of one subject as they happened. The relay gives each its place in the organization's feed
    (`sequence`) after the commit, and marks it published.
    """

    __tablename__ = "domain_event"
    __table_args__ = (
        bounded("type", 100),
        bounded("subject_type", 100),
        bounded("request_id", 200),
        closed_set("actor_kind", ActorKind),
        closed_set("origin", Origin),
        unique("sequence"),
        Index(
            "ix_domain_event_unpublished", "organization_id", "position", postgresql_where=text("published_at IS NULL")
        ),
    )

    type: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    opening_id: Mapped[UUID | None] = mapped_column(default=None)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(Enumerated(ActorKind))
    actor_id: Mapped[UUID | None] = mapped_column(default=None)
    on_behalf_of_id: Mapped[UUID | None] = mapped_column(default=None)
    request_id: Mapped[str]
    origin: Mapped[Origin] = mapped_column(Enumerated(Origin))
    batch_id: Mapped[UUID | None] = mapped_column(default=None)
    changes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    data: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    payload_version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(BigInteger, server_default=_POSITION.next_value(), init=False)
    sequence: Mapped[int | None] = mapped_column(BigInteger, default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class ExternalId(TenantRow, kw_only=True):
    """What another system calls one of our rows, so that a second import finds it again.

    `fingerprint` is a hash of the source record, `raw` what of it we have no field for.
    """

    __tablename__ = "external_id"
    __table_args__ = (
        bounded("system", 100),
        bounded("entity_type", 100),
        bounded("external_id", 200),
        bounded("fingerprint", 100),
        bounded_json("raw", 1_000_000),
        unique("system", "entity_type", "external_id", name="uq_external_id_external_id"),
        indexed("entity_type", "entity_id"),
    )

    system: Mapped[str]
    entity_type: Mapped[str]
    external_id: Mapped[str]
    entity_id: Mapped[UUID]
    raw: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    fingerprint: Mapped[str | None] = mapped_column(default=None)
