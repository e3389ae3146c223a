"""Filters and orders of the audit log and the feed of events."""

import enum

import strawberry

from schema.filters import ChoiceFilter, IdFilter, InstantFilter, OrderDirection, TextFilter
from schema.reading import described
from schema.records.enums import ActorKind, Origin


@strawberry.enum(description="What audit entries and events can be ordered by.")
class RecordOrderField(enum.Enum):
    OCCURRED_AT = strawberry.enum_value("OCCURRED_AT", description="By when it happened.")


@strawberry.input(description="One key of an order of audit entries or events.")
class RecordOrder:
    field: RecordOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; the latest if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which audit entries.")
class AuditEventFilter:
    operation: TextFilter | None = described("By what was done.", default=strawberry.UNSET)
    entity_type: TextFilter | None = described("By the type of what it was done to.", default=strawberry.UNSET)
    entity: IdFilter | None = described("By what it was done to.", default=strawberry.UNSET)
    opening: IdFilter | None = described("By the opening that it is about.", default=strawberry.UNSET)
    actor: IdFilter | None = described("By who did it: a member or service account.", default=strawberry.UNSET)
    actor_kind: ChoiceFilter[ActorKind] | None = described("By what kind of actor did it.", default=strawberry.UNSET)
    request_id: TextFilter | None = described("By the request that it came with.", default=strawberry.UNSET)
    occurred_at: InstantFilter | None = described("By when it happened.", default=strawberry.UNSET)
    and_: list["AuditEventFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["AuditEventFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "AuditEventFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.input(description="Which events.")
class DomainEventFilter:
    type: TextFilter | None = described("By what happened.", default=strawberry.UNSET)
    subject: IdFilter | None = described("By what it happened to.", default=strawberry.UNSET)
    opening: IdFilter | None = described("By the opening that it is about.", default=strawberry.UNSET)
    actor: IdFilter | None = described("By who did it: a member or service account.", default=strawberry.UNSET)
    origin: ChoiceFilter[Origin] | None = described("By through what it came about.", default=strawberry.UNSET)
    occurred_at: InstantFilter | None = described("By when it happened.", default=strawberry.UNSET)
    and_: list["DomainEventFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["DomainEventFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "DomainEventFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")
