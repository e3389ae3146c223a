"""What can be read of the audit log and the feed of events, and by whom."""

from sqlalchemy import and_

from portal.access.permissions import Permission
from portal.reading import filters
from portal.reading.entity import Connection, Entity, Order, columns, organization_wide
from portal.reading.roots import Root
from portal.reading.rows import Predicate, Row, Viewer
from portal.records.models import AuditEvent, DomainEvent

# What the openings area knows and this one does not: whether a right reaches the opening that a record is about. It is
# added there (see Entity.extend); until then, and for whoever has no right on that opening, only records without one show.


def _about_no_opening(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
    return and_(organization_wide(viewer, permission, row), row.table.c.opening_id.is_(None))


AUDIT_EVENT = Entity(
    "AuditEvent",
    AuditEvent,
    "aud",
    Permission.AUDIT_READ,
    _about_no_opening,
    columns(
        AuditEvent.occurred_at,
        AuditEvent.actor_kind,
        AuditEvent.request_id,
        AuditEvent.operation,
        AuditEvent.entity_type,
        AuditEvent.before,
        AuditEvent.after,
    ),
)

DOMAIN_EVENT = Entity(
    "DomainEvent",
    DomainEvent,
    "evt",
    Permission.EVENT_READ,
    _about_no_opening,
    columns(
        DomainEvent.type,
        DomainEvent.subject_type,
        DomainEvent.occurred_at,
        DomainEvent.recorded_at,
        DomainEvent.actor_kind,
        DomainEvent.origin,
        DomainEvent.sequence,
        DomainEvent.payload_version,
        DomainEvent.changes,
        DomainEvent.data,
    ),
)

ENTITIES = (AUDIT_EVENT, DOMAIN_EVENT)

ROOTS: dict[str, Root] = {
    "audit_events": Connection(
        lambda: AUDIT_EVENT,
        orders={"OCCURRED_AT": Order(AuditEvent.occurred_at, descending=True)},
        default_order="OCCURRED_AT",
        filters={
            "operation": filters.text(AuditEvent.operation),
            "entityType": filters.text(AuditEvent.entity_type),
            "occurredAt": filters.instant(AuditEvent.occurred_at),
        },
    ),
    "domain_events": Connection(
        lambda: DOMAIN_EVENT,
        orders={"OCCURRED_AT": Order(DomainEvent.occurred_at, descending=True)},
        default_order="OCCURRED_AT",
        filters={"type": filters.text(DomainEvent.type), "occurredAt": filters.instant(DomainEvent.occurred_at)},
    ),
}
