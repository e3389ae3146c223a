"""Tokens, grants and credentials for tests of people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.candidates.own_records import own_records
from portal.database.connection import Database
from portal.errors import UserError
from portal.people.credentials import Credentials
from portal.people.models import ApiToken, Grant, ServiceAccount
from portal.people.tokens import Token
from tests.refusals import refused
from tests.world import NOON, World

A_DAY = timedelta(days=1)


def credentials(database: Database, **options: Any) -> Credentials:
    """As a server opens them."""
    return Credentials(database, own_records, **options)


async def a_token(
    world: World,
    *,
    membership_id: UUID | None = None,
    service_account_id: UUID | None = None,
    scopes: list[str] | None = None,
    expires_at: datetime = NOON + A_DAY,
) -> tuple[Token, ApiToken]:
    """A token that is in the database, and its row."""
    token = Token.new(world.id)
    row = ApiToken(
        membership_id=membership_id,
        service_account_id=service_account_id,
        name="Test",
        key_id=token.key_id,
        secret_hash=token.secret_hash,
        scopes=scopes,
        expires_at=expires_at,
    )
    await world.plant(row)
    return token, row


async def a_service_account(world: World, name: str = "Careers page") -> ServiceAccount:
    row = ServiceAccount(name=name)
    await world.plant(row)
    return row


async def a_grant(
    world: World, role: GrantRole, scope_type: ScopeType = ScopeType.ORG, scope_id: UUID | None = None, **more: Any
) -> Grant:
    """A grant as it stands in the database; name its `membership_id` or `service_account_id`."""
    row = Grant(role=role, scope_type=scope_type, scope_id=scope_id, **more)
    await world.plant(row)
    return row


TABLES = (
    *("membership", "service_account", "role_grant", "api_token"),
    *("audit_event", "domain_event", "idempotency_key", "organization_access"),
)


async def snapshot(world: World) -> dict[str, list[dict[str, Any]]]:
    """All rows of every table that actions on people may write to."""
    return {table: await world.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}  # noqa: S608 - our tables


@asynccontextmanager
async def refused_whole(
    world: World, kind: type[UserError], message: str, *, path: tuple[str, ...] | None = None
) -> AsyncIterator[None]:
    """Passes only if the block raises exactly this refusal and leaves every table as it was."""
    before = await snapshot(world)
    with refused(kind, message, path=path):
        yield
    assert await snapshot(world) == before


async def olga(world: World, *grants: HeldGrant) -> Actor:
    """The organization's administrator."""
    return await world.actor("Olga", OrganizationRole.ORG_ADMIN, *grants)


async def the_row(world: World, table: str, row_id: UUID) -> dict[str, Any]:
    (row,) = await world.rows(f"SELECT * FROM {table} WHERE id = $1", row_id)  # noqa: S608 - our tables
    return row


async def events(world: World, subject_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """The type and changes of all that happened to something, oldest first."""
    rows = await world.rows("SELECT type, changes FROM domain_event WHERE subject_id = $1 ORDER BY id", subject_id)
    return [(row["type"], row["changes"]) for row in rows]
