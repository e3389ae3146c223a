"""What can be read of the audit log and the feed of events, and by whom.

Records name what they are about by type and id. Areas above add what this one does not know: where a right reaches the
opening that a record is about (Entity.extend), which further records are hidden (`show_only`), and how each type's
public ids begin (`name_subjects`).
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, all_, and_, any_, case, true

from portal.access.enums import ActorKind
from portal.access.permissions import Permission
from portal.database.ids import parse_public_id
from portal.reading import filters
from portal.reading.arguments import Tree, as_leaf, id_prefix
from portal.reading.entity import (
    AnyEntity,
    Attribute,
    Computed,
    Connection,
    Entity,
    Order,
    columns,
    organization_wide,
)
from portal.reading.expressions import literal, public_id
from portal.reading.filters import Bind, Filter, few_enough
from portal.reading.roots import Root
from portal.reading.rows import Predicate, Row, Viewer, constant
from portal.records.models import AuditEvent, DomainEvent

_PREFIXES: dict[str, str] = {}
# Given a record and the column with the id of what it is about.
ShownRule: TypeAlias = Callable[[Viewer, Row, ColumnElement[UUID]], Predicate]
_SHOWN: list[ShownRule] = []

# A batch has no row of its own; its id looks like the others, so that `undoBatch` takes it.
BATCH = "bat"


def name_subjects(entities: Iterable[AnyEntity]) -> None:
    """Tell how the public ids of each type begin; called once, when all areas are put together."""
    _PREFIXES.update((entity.name, entity.prefix) for entity in entities)


def show_only(rule: ShownRule) -> None:
    """Hide records that don't satisfy a rule, whatever right they are read with; for areas above."""
    _SHOWN.append(rule)


# What the openings area knows and this one does not is added there; until then, and for whoever has no right on the
# opening that a record is about, only records about none show.
def _about_no_opening(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
    return and_(organization_wide(viewer, permission, row), row.table.c.opening_id.is_(None))


def _shown(viewer: Viewer, row: Row) -> Predicate:
    """R22: nobody reads what was done to the record of themselves."""
    subject_id = row[AuditEvent.entity_id if row.entity.model is AuditEvent else DomainEvent.subject_id]
    shown = [rule(viewer, row, subject_id) for rule in _SHOWN]
    if viewer.actor.own_candidate_ids:
        shown.append(subject_id != all_(viewer.fact("own_candidate_ids", ARRAY(Uuid()))))
    return and_(true(), *shown)


def _subject(type_: Attribute, id: Attribute) -> Computed:
    def expression(viewer: Viewer, row: Row) -> ColumnElement[str]:  # noqa: ARG001 - an Expression
        prefixes = [(row[type_] == literal(name), literal(prefix)) for name, prefix in sorted(_PREFIXES.items())]
        return public_id(case(*prefixes), row[id])

    return Computed(expression, nullable=True)


def _actor(kind: Attribute, id: Attribute) -> Computed:
    def expression(viewer: Viewer, row: Row) -> ColumnElement[str]:  # noqa: ARG001 - an Expression
        prefixes = (
            (row[kind] == constant(ActorKind.USER), literal(_PREFIXES["Membership"])),
            (row[kind] == constant(ActorKind.SERVICE), literal(_PREFIXES["ServiceAccount"])),
        )
        return public_id(case(*prefixes), row[id])

    return Computed(expression, nullable=True)


def _of_type(name: str, id: Attribute) -> Computed:
    return Computed(lambda _viewer, row: public_id(_PREFIXES[name], row[id]), nullable=True)


AUDIT_EVENT: Entity[AuditEvent] = Entity(
    "AuditEvent",
    AuditEvent,
    "aud",
    Permission.AUDIT_READ,
    _about_no_opening,
    {
        **columns(
            AuditEvent.occurred_at,
            AuditEvent.actor_kind,
            AuditEvent.request_id,
            AuditEvent.operation,
            AuditEvent.entity_type,
            AuditEvent.before,
            AuditEvent.after,
        ),
        "actor_id": _actor(AuditEvent.actor_kind, AuditEvent.actor_id),
        "on_behalf_of_id": _of_type("Membership", AuditEvent.on_behalf_of_id),
        "entity_id": _subject(AuditEvent.entity_type, AuditEvent.entity_id),
        "opening_id": _of_type("Opening", AuditEvent.opening_id),
    },
    unless=_shown,
)

DOMAIN_EVENT: Entity[DomainEvent] = Entity(
    "DomainEvent",
    DomainEvent,
    "evt",
    Permission.EVENT_READ,
    _about_no_opening,
    {
        **columns(
            DomainEvent.type,
            DomainEvent.subject_type,
            DomainEvent.occurred_at,
            DomainEvent.recorded_at,
            DomainEvent.actor_kind,
            DomainEvent.request_id,
            DomainEvent.origin,
            DomainEvent.sequence,
            DomainEvent.payload_version,
            DomainEvent.changes,
            DomainEvent.data,
        ),
        "actor_id": _actor(DomainEvent.actor_kind, DomainEvent.actor_id),
        "on_behalf_of_id": _of_type("Membership", DomainEvent.on_behalf_of_id),
        "subject_id": _subject(DomainEvent.subject_type, DomainEvent.subject_id),
        "opening_id": _of_type("Opening", DomainEvent.opening_id),
        "batch_id": Computed(lambda _viewer, row: public_id(BATCH, row[DomainEvent.batch_id]), nullable=True),
    },
    unless=_shown,
)

ENTITIES = (AUDIT_EVENT, DOMAIN_EVENT)


def _any_id(attribute: Attribute, type_: Attribute | None = None) -> Filter:
    """Compares an id of any type: eq, in, isNull. `type_` is the column that says of which type it has to be."""

    def names(values: list[str]) -> list[str]:
        prefixes = {id_prefix(value) for value in values}
        return [name for name, prefix in _PREFIXES.items() if prefix in prefixes]

    def compare(viewer: Viewer, row: Row, comparator: str, value: Tree, bind: Bind) -> Predicate:  # noqa: ARG001
        if comparator == "isNull":
            return row[attribute].is_(None) if as_leaf(value).known() else row[attribute].is_not(None)
        listed = few_enough if comparator == "in" else (lambda given: [given])
        wanted = bind(value, ARRAY(Uuid()), lambda given: [_id(text) for text in listed(given)])
        found = row[attribute] == any_(wanted)
        if type_ is None:
            return found
        return and_(found, row[type_] == any_(bind(value, ARRAY(Text()), lambda given: names(listed(given)))))

    return Filter(compare)


def _id(text: str) -> object:
    prefix = id_prefix(text)
    return parse_public_id(prefix, text) if prefix in _PREFIXES.values() else None


ROOTS: dict[str, Root] = {
    "audit_events": Connection(
        lambda: AUDIT_EVENT,
        orders={"OCCURRED_AT": Order(AuditEvent.occurred_at, descending=True)},
        default_order="OCCURRED_AT",
        filters={
            "operation": filters.text(AuditEvent.operation),
            "entityType": filters.text(AuditEvent.entity_type),
            "entity": _any_id(AuditEvent.entity_id, AuditEvent.entity_type),
            "opening": _any_id(AuditEvent.opening_id),
            "actor": _any_id(AuditEvent.actor_id),
            "actorKind": filters.choice(AuditEvent.actor_kind),
            "requestId": filters.text(AuditEvent.request_id),
            "occurredAt": filters.instant(AuditEvent.occurred_at),
        },
    ),
    "domain_events": Connection(
        lambda: DOMAIN_EVENT,
        orders={"OCCURRED_AT": Order(DomainEvent.occurred_at, descending=True)},
        default_order="OCCURRED_AT",
        filters={
            "type": filters.text(DomainEvent.type),
            "subject": _any_id(DomainEvent.subject_id, DomainEvent.subject_type),
            "opening": _any_id(DomainEvent.opening_id),
            "actor": _any_id(DomainEvent.actor_id),
            "origin": filters.choice(DomainEvent.origin),
            "occurredAt": filters.instant(DomainEvent.occurred_at),
        },
    ),
}
