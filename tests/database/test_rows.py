"""Rows that are made past SQLAlchemy's instruments are as their constructor makes them."""

from typing import Any
from uuid import uuid4

import pytest

from portal.access.enums import ActorKind
from portal.access.models import IdempotencyKey
from portal.applications.enums import ApplicationStatus, TransitionCause
from portal.applications.models import StageTransition
from portal.database.base import TenantRow
from portal.database.statements import made, values_of
from portal.records.enums import Origin
from portal.records.models import AuditEvent, DomainEvent
from tests.world import NOON

WHO: dict[str, Any] = {"actor_kind": ActorKind.SYSTEM, "request_id": "r1"}
ROWS: dict[type[TenantRow], dict[str, Any]] = {
    AuditEvent: {**WHO, "occurred_at": NOON, "operation": "move", "entity_type": "Opening", "entity_id": uuid4()},
    DomainEvent: {
        **WHO,
        "type": "opening.updated",
        "subject_type": "Opening",
        "subject_id": uuid4(),
        "occurred_at": NOON,
        "recorded_at": NOON,
        "origin": Origin.API,
    },
    StageTransition: {
        "application_id": uuid4(),
        "to_stage_id": uuid4(),
        "to_status": ApplicationStatus.ACTIVE,
        "occurred_at": NOON,
        "actor_kind": ActorKind.SYSTEM,
        "cause": TransitionCause.MANUAL,
    },
    IdempotencyKey: {
        "actor_id": uuid4(),
        "key": "k",
        "action": "move",
        "fingerprint": "f",
        "result": {},
        "expires_at": NOON,
    },
}


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__tablename__)
def test_a_row_is_made_with_the_defaults_of_its_constructor(model: type[TenantRow]) -> None:
    tenant = {"organization_id": uuid4(), "created_at": NOON, "updated_at": NOON, "version": 1, "id": uuid4()}
    by_constructor, past_it = model(**ROWS[model]), made(model, **ROWS[model])

    assert past_it.id != made(model, **ROWS[model]).id
    for row in (by_constructor, past_it):
        row.__dict__.update(tenant)
    assert values_of(past_it) == values_of(by_constructor)


def test_rows_share_no_default() -> None:
    one, other = (made(DomainEvent, **ROWS[DomainEvent]) for _ in range(2))

    assert one.changes == {}
    assert one.changes is not other.changes
