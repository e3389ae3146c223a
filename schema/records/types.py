"""Audit entries and domain events as GraphQL types."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from schema.reading import Node, described
from schema.records.enums import ActorKind, Origin


@strawberry.type(description="Who did what, when: an entry of the audit log, which is only ever added to.")
class AuditEvent(Node):
    occurred_at: datetime = described("When it happened, in UTC.")
    actor_kind: ActorKind = described("What kind of actor did it.")
    actor_id: strawberry.ID | None = described("The member or service account that did it; null for the system itself.")
    on_behalf_of_id: strawberry.ID | None = described(
        "The member in whose name it was done; null if in the actor's own."
    )
    request_id: str = described("The request that it came with, as in our logs and in `X-Request-Id`.")
    operation: str = described("What was done: the mutation's name in snake_case.")
    entity_type: str = described("The type of what it was done to.")
    entity_id: strawberry.ID | None = described("What it was done to; `node` finds it if the viewer may see it.")
    opening_id: strawberry.ID | None = described("The opening that it is about; null if about none.")
    before: JSON | None = described("The changed fields before, as an object. Sensitive values are `[redacted]`.")
    after: JSON | None = described("The changed fields after, as an object. Sensitive values are `[redacted]`.")


@strawberry.type(
    description="Something that happened and that others may want to know: what a feed or a webhook delivers."
)
class DomainEvent(Node):
    type: str = described("What happened, such as `candidate.created`.")
    subject_type: str = described("The type of what it happened to.")
    subject_id: strawberry.ID | None = described("What it happened to; `node` finds it if the viewer may see it.")
    opening_id: strawberry.ID | None = described("The opening that it is about; null if about none.")
    occurred_at: datetime = described("When it happened, in UTC.")
    recorded_at: datetime = described("When it was recorded, in UTC: later than it happened if it was imported.")
    actor_kind: ActorKind = described("What kind of actor did it.")
    actor_id: strawberry.ID | None = described("The member or service account that did it; null for the system itself.")
    on_behalf_of_id: strawberry.ID | None = described(
        "The member in whose name it was done; null if in the actor's own."
    )
    request_id: str = described("The request that it came with.")
    origin: Origin = described("Through what it came about.")
    batch_id: strawberry.ID | None = described("The bulk action that it was part of, for `undoBatch`; null for none.")
    sequence: int | None = described(
        "Its place in the organization's feed, without gaps; null until it is published, shortly after it happened."
    )
    payload_version: int = described("The version of the shape of `data`.")
    changes: JSON = described("The changed fields, each as [before, after]. Sensitive values are `[redacted]`.")
    data: JSON = described("Facts by name: ids, states and numbers; never personal data, pay or free text.")
