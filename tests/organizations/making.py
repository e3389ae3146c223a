"""Parts of an organization for tests of its structure, and a look at everything that its actions may write to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import OrganizationRole
from portal.errors import UserError
from portal.organizations.actions.departments import create_department
from portal.organizations.actions.locations import create_location
from portal.organizations.enums import WorkplaceType
from portal.organizations.rules import Place
from tests.refusals import refused
from tests.world import World

TABLES = (
    *("organization", "department", "location", "team_group", "team"),
    *("audit_event", "domain_event", "idempotency_key", "organization_access"),
)


async def snapshot(world: World) -> dict[str, list[dict[str, Any]]]:
    """All rows of every table that actions on the organization may write to."""
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


async def olga(world: World) -> Actor:
    """The organization's administrator."""
    return await world.actor("Olga", OrganizationRole.ORG_ADMIN)


async def a_department(world: World, name: str, parent_id: UUID | None = None) -> UUID:
    done = await world.perform(world.system, create_department, name=name, parent_id=parent_id)
    return UUID(str(done.department_id))


async def a_location(world: World, name: str, parent_id: UUID | None = None, **more: Any) -> UUID:
    place = Place(name=name, **{"workplace_type": WorkplaceType.ONSITE, **more})
    done = await world.perform(world.system, create_location, place=place, parent_id=parent_id)
    return UUID(str(done.location_id))


async def the_row(world: World, table: str, id: UUID) -> dict[str, Any]:
    (row,) = await world.rows(f"SELECT * FROM {table} WHERE id = $1", id)  # noqa: S608 - our tables
    return row


async def events(world: World, subject_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """The type and changes of all that happened to something, oldest first."""
    rows = await world.rows("SELECT type, changes FROM domain_event WHERE subject_id = $1 ORDER BY id", subject_id)
    return [(row["type"], row["changes"]) for row in rows]
