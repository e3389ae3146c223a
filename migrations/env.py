"""Alembic's environment: how a migration reaches the database, and what autogenerate compares it with.

The portal migrates through portal.database.migrate, which hands a prepared connection over. Run from a shell, as
`alembic revision --autogenerate`, this takes the database of the settings instead.
"""

import asyncio
import re

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

from portal.database.migrate import PREPARATION, owner_connection
from portal.database.protect import PARTITIONS
from portal.database.roles import admin_connection_arguments
from portal.database.server.running import running_server
from portal.settings import Settings
from portal.tables import metadata

_PARTITION = re.compile(r"_p\d{3}$")


def read_from_database(name: str | None, kind: str, parents: object) -> bool:
    """Whether autogenerate reads something of the database: not partitions, which follow their table."""
    del parents
    return kind != "table" or not _PARTITION.search(name or "")


def compared(item: SchemaItem, name: str | None, kind: str, reflected: bool, counterpart: SchemaItem | None) -> bool:
    """Whether autogenerate compares something: Postgres repeats a foreign key for each partition that it leads to."""
    del name, counterpart
    if reflected and kind == "foreign_key_constraint":
        return not _PARTITION.search(item.referred_table.name)  # type: ignore[attr-defined] # the kind says what it is
    return True


def run(connection: Connection) -> None:
    """Run what alembic was asked for on a connection that acts as portal_owner."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema="directory",
        # A revision's locks are released before the next one; with partitions all of them at once are too many.
        transaction_per_migration=True,
        include_name=read_from_database,
        include_object=compared,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_the_database_of_the_settings() -> None:
    """Find the database as the portal does, for a developer's alembic commands."""
    settings = Settings.from_environment()
    context.config.attributes[PARTITIONS] = settings.partitions
    async with running_server(settings) as server:
        arguments = admin_connection_arguments(server, settings, settings.database_name)
        async with owner_connection(arguments) as connection:
            await connection.run_sync(run)


def print_sql() -> None:
    """Write the statements out instead of running them (`--sql`), as squawk and careful operators want them."""
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, version_table_schema="directory", literal_binds=True
    )
    with context.begin_transaction():
        for statement in PREPARATION:
            context.execute(statement)
        context.run_migrations()


if context.is_offline_mode():
    print_sql()
elif "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
else:
    asyncio.run(run_on_the_database_of_the_settings())
