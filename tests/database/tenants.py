"""Organizations with rows of every kind, written past the doors: for tests of what the tables themselves hold."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from portal.database.ids import new_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Tenant:
    """One organization, and a connection of the application's role inside a transaction that has entered it."""

    def __init__(self, connection: "asyncpg.Connection[Any]", id: UUID) -> None:
        self.connection = connection
        self.id = id

    async def enter(self) -> None:
        await self.connection.execute("SELECT set_config('portal.organization_id', $1, true)", str(self.id))

    async def add(self, table: str, **values: object) -> UUID:
        """Insert a row of this organization, or of the one that `values` name; returns its id."""
        row = {
            "organization_id": self.id,
            "id": new_id(),
            **values,
            "created_at": NOW,
            "updated_at": NOW,
            "version": 1,
        }
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await self.connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())  # noqa: S608
        made = row["id"]
        assert isinstance(made, UUID)
        return made

    async def found(self) -> None:
        await self.enter()
        organization = {"name": "Acme", "default_currency": "USD", "default_timezone": "UTC", "policies": "{}"}
        await self.add("organization", id=self.id, slug=self.id.hex, **organization)

    async def access_version(self) -> int:
        version: int = await self.connection.fetchval("SELECT access_version FROM organization_access")
        return version


async def an_audit_event(tenant: Tenant) -> UUID:
    return await tenant.add(
        "audit_event",
        occurred_at=NOW,
        actor_kind="SYSTEM",
        request_id="r1",
        operation="open",
        entity_type="opening",
        entity_id=new_id(),
    )


async def an_event(tenant: Tenant, **values: object) -> UUID:
    event = {"type": "OpeningOpened", "subject_type": "opening", "subject_id": new_id(), "request_id": "r1"}
    times = {"occurred_at": NOW, "recorded_at": NOW}
    how = {"actor_kind": "SYSTEM", "origin": "API", "changes": "{}", "data": "{}", "payload_version": 1}
    return await tenant.add("domain_event", **event, **times, **how, **values)


async def a_member(tenant: Tenant, email: str = "ada@acme.example") -> UUID:
    return await tenant.add(
        "membership", name="Ada", email=email, email_normalised=email, status="ACTIVE", role="MEMBER"
    )


async def everything_that_rights_depend_on(tenant: Tenant) -> None:
    member = await a_member(tenant)
    await tenant.add("service_account", name="Sync")
    rights = {"role": "RECRUITER", "scope_type": "ORG", "include_confidential": False, "privileges": []}
    await tenant.add("role_grant", membership_id=member, **rights)
    secret = {"name": "cli", "key_id": "k1", "secret_hash": b"0" * 32, "documents": "ALLOW", "expires_at": NOW}
    await tenant.add("api_token", membership_id=member, **secret)
    engineering = await tenant.add("department", name="Engineering")
    await tenant.add("department", name="Backend", parent_id=engineering)
    place = {"workplace_type": "ONSITE", "remote_regions": []}
    norway = await tenant.add("location", name="Norway", **place)
    await tenant.add("location", name="Oslo", parent_id=norway, **place)
    flags = {"is_private": False, "is_internal": True, "can_email": True, "tags": []}
    await tenant.add("candidate", name="Ada", linked_membership_id=member, **flags)
