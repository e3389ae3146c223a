"""Where reads of the audit log and of events start."""

import strawberry

from schema.reading import Connection, pages
from schema.records.lists import AuditEventFilter, DomainEventFilter, RecordOrder
from schema.records.types import AuditEvent, DomainEvent


@strawberry.type
class RecordQueries:
    audit_events: Connection[AuditEvent] = pages(
        "The audit log. Takes `audit:read`.", filter=AuditEventFilter, order=RecordOrder, root="audit_events"
    )
    domain_events: Connection[DomainEvent] = pages(
        "What happened, as feeds and webhooks deliver it. Takes `event:read`.",
        filter=DomainEventFilter,
        order=RecordOrder,
        root="domain_events",
    )
