"""Tokens, grants and credentials for tests of people."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.access.enums import GrantRole, ScopeType
from portal.candidates.own_records import own_records
from portal.database.connection import Database
from portal.people.credentials import Credentials
from portal.people.models import ApiToken, Grant, ServiceAccount
from portal.people.tokens import Token
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
