"""Finding an organization by its slug, before there is an organization to be in: for commands, and for people
who are not signed in yet."""

from uuid import UUID

from portal.database.connection import Database

# No organization has it: a transaction in its name sees no tenant's row.
_NOWHERE = UUID(int=0)


async def find_organization(database: Database, slug: str) -> UUID | None:
    """The id of the organization with this slug; None when there is none."""
    async with database.reading(_NOWHERE, None) as connection:
        found: UUID | None = await connection.value("SELECT directory.organization_by_slug($1)", [slug])
        return found
