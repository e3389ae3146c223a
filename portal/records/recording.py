"""Recording: every action says what happened, and that becomes an audit entry and an outbox event in its own commit.

An event names its type, its subject and the fields that changed. Facts for consumers go into `data`: ids, states and
numbers, never personal data, pay or free text. Whoever wants those reads them, with rights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from portal.access.enums import ActorKind
from portal.access.work import Change, Work
from portal.database.base import TenantRow
from portal.database.statements import made
from portal.records.enums import Origin
from portal.records.models import AuditEvent, DomainEvent

REDACTED = "[redacted]"

# Fields whose values are personal data, pay or free text: the record says that they changed, not from what to what.
SENSITIVE = frozenset(
    {
        "accommodation_contact",
        "backfill_for",
        "body_html",
        "body_text",
        "description",
        "eeo_statement",
        "email",
        "email_normalised",
        "first_name",
        "headline",
        "last_name",
        "location",
        "maximum_basis_points",
        "maximum_minor",
        "minimum_basis_points",
        "minimum_minor",
        "note",
        "preferred_name",
        "rejection_note",
        "secret_hash",
        "sections",
        "summary",
        "tags",
        "url",
        "url_normalised",
        "value",
        "value_normalised",
    }
)

# Subjects that are people: their name and time zone are personal data, an opening's name or an office's zone is not.
PEOPLE = frozenset({"Candidate", "Membership"})
PERSONAL = frozenset(
    {"name", "timezone", "user_name", "user_name_normalised", "given_name", "family_name", "directory_id"}
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a subject. Subclasses are past tense, name their type and add their facts."""

    type: ClassVar[str]
    subject_type: ClassVar[str]

    subject_id: UUID
    opening_id: UUID | None = None
    batch_id: UUID | None = None
    changes: Sequence[Change] = field(default=())

    def data(self) -> Mapping[str, object]:
        """Facts for consumers, by snake_case name."""
        return {}


def first_values(row: TenantRow, *fields: str) -> tuple[Change, ...]:
    """What a new row begins with, as changes from nothing."""
    return tuple(Change(name, None, getattr(row, name)) for name in fields if getattr(row, name) is not None)


def record(work: Work, event: Event, *, occurred_at: datetime | None = None) -> None:
    """Write down what happened; `occurred_at` is given for what happened earlier and is only imported now."""
    call = work.call
    who: dict[str, Any] = {
        "actor_kind": ActorKind(call.actor.kind),
        "actor_id": call.actor.id,
        "on_behalf_of_id": call.actor.on_behalf_of.id if call.actor.on_behalf_of else None,
        "request_id": call.request_id,
    }
    when = occurred_at or work.now
    work.add(
        made(
            AuditEvent,
            **who,
            occurred_at=when,
            operation=work.operation,
            entity_type=event.subject_type,
            entity_id=event.subject_id,
            opening_id=event.opening_id,
            before=_side(event, "before"),
            after=_side(event, "after"),
        )
    )
    work.add(
        made(
            DomainEvent,
            **who,
            type=event.type,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            opening_id=event.opening_id,
            occurred_at=when,
            recorded_at=work.now,
            origin=Origin(call.origin),
            batch_id=event.batch_id,
            changes={
                change.field: [_shown(event, change, "before"), _shown(event, change, "after")]
                for change in event.changes
            },
            data={name: _plain(value) for name, value in event.data().items()},
        )
    )
    work.recorded += 1


def _side(event: Event, side: str) -> dict[str, Any] | None:
    return {change.field: _shown(event, change, side) for change in event.changes} or None


def _shown(event: Event, change: Change, side: str) -> object:
    value = getattr(change, side)
    if value is None:
        return None
    personal = change.field in PERSONAL and event.subject_type in PEOPLE
    return REDACTED if personal or change.field in SENSITIVE else _plain(value)


def _plain(value: object) -> object:
    """A value as it stands in JSON."""
    match value:
        case UUID():
            return value.hex
        case datetime() | date():
            return value.isoformat()
        case list() | tuple() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return value
