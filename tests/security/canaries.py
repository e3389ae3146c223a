"""Globex as a trap: every text in its rows is a canary, which no answer, error or log line for others may hold."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ARRAY, Text
from typing_extensions import override  # in typing from Python 3.12

from portal.access.models import IdempotencyKey
from portal.candidates.enums import TermKind
from portal.candidates.models import CandidateTerm
from portal.database.base import Enumerated, TenantRow
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.organizations.models import Organization
from portal.records.models import ExternalId
from tests.reading.scenery import Scenery
from tests.world import NOON, World

STEM = "zqxcanary"
CANARY = re.compile(rf"{STEM}[0-9a-f]{{12}}")

# Columns that a CHECK keeps to a few letters, and lists of a closed set: nothing of anybody can stand in them.
CLOSED = {
    "country",
    "currency",
    "default_currency",
    "privileges",
    "scopes",
    "entity_type",
    "subject_type",
    "document_id",
    "hash",
}


def canary() -> str:
    """A new text that stands nowhere else. Attackers may search for its stem, so only the whole is a find."""
    return f"{STEM}{secrets.token_hex(6)}"


@dataclass(frozen=True)
class Trap(World):
    """A world in which every text that is planted becomes a canary."""

    @override
    async def plant(self, *rows: TenantRow) -> None:
        await super().plant(*(marked(row) for row in rows))


def marked(row: TenantRow) -> TenantRow:
    for column in row.__table__.c:
        if column.key in CLOSED or getattr(row, column.key, None) is None:
            continue
        value = mark(column.type, getattr(row, column.key))
        if value is not None:
            setattr(row, column.key, value)
    return row


def mark(type_: Any, value: Any) -> Any:
    """A canary of the same kind; None for what is no text."""
    match type_:
        case Enumerated():
            return None
        case Text():
            return canary()
        case ARRAY():
            return [canary()]
        case _ if isinstance(value, dict):
            return {"secret": canary()}
        case _ if isinstance(value, list):
            return [{"heading": canary(), "html": canary(), "text": canary()}]
        case _:
            return None


async def a_trap(database: Database) -> tuple[Trap, Scenery]:
    """Globex with something of everything."""
    world = Trap(database, new_id())
    await world.plant(
        Organization(id=world.id, slug="x", name="x", default_currency="USD", default_timezone="x", policies={})
    )
    scenery = Scenery(world, seed=11)
    await scenery.plant()
    someone = scenery.candidates[0].id
    await world.plant(
        *(CandidateTerm(candidate_id=someone, kind=kind, term="x") for kind in TermKind),
        ExternalId(system="x", entity_type="Candidate", external_id="x", entity_id=someone, raw={}, fingerprint="x"),
        IdempotencyKey(
            actor_id=new_id(), key="x", action="x", fingerprint="x", result={}, expires_at=NOON + timedelta(days=3)
        ),
    )
    return world, scenery
