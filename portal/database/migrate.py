"""Bringing a database to the newest revision, and telling which revision one is at."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from portal.database.protect import PARTITIONS

# A migration that waits for a lock makes all behind it wait too: it soon gives up, lets them pass and tries again.
_LOCK_TIMEOUT = "2s"
_TRIES = 6
_FIRST_DELAY_SECONDS = 0.5

# Long enough for an index of a few million rows; a revision that needs longer says so itself.
_STATEMENT_TIMEOUT = "120s"

# How long one process waits for another that is migrating the same database.
_TURN_TIMEOUT = "60s"
_TURN_LOCK = 0x706F7274616D

_LOCK_NOT_AVAILABLE = "55P03"

PREPARATION = (
    "SET ROLE portal_owner",
    "SET search_path TO portal, pg_temp",
    f"SET lock_timeout TO '{_LOCK_TIMEOUT}'",
    f"SET statement_timeout TO '{_STATEMENT_TIMEOUT}'",
    "CREATE SCHEMA IF NOT EXISTS portal",
    "CREATE SCHEMA IF NOT EXISTS directory",
)
"""What makes a connection of the administrator fit for migrating."""


async def migrate(connection_arguments: Mapping[str, Any], partitions: int = 0) -> None:
    """Bring a database to the newest revision; does nothing when it is there already.

    `connection_arguments` are the administrator's, for asyncpg.connect. `partitions` (0: none) counts for an empty
    database only: one that has tables keeps the number that it was made with. Several processes may do this at once.
    """
    await run_alembic(connection_arguments, lambda configuration: command.upgrade(configuration, "head"), partitions)


async def migrate_down(connection_arguments: Mapping[str, Any], revision: str) -> None:
    """Take a database back to an older revision; `base` is the empty one. What the newer ones added is lost."""
    await run_alembic(connection_arguments, lambda configuration: command.downgrade(configuration, revision))


async def run_alembic(
    connection_arguments: Mapping[str, Any], action: Callable[[Config], None], partitions: int = 0
) -> None:
    """Run one of alembic's commands on a database; again, a few times, when others hold a lock for too long."""
    for attempt in range(1, _TRIES + 1):
        try:
            await _run_once(connection_arguments, action, alembic_configuration(partitions))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE or attempt == _TRIES:
                raise
            await asyncio.sleep(_FIRST_DELAY_SECONDS * 2**attempt)
        else:
            return


@cache
def current_head() -> str:
    """The newest revision that this code knows. Read once: it loads every revision, and /readyz asks for it."""
    head = ScriptDirectory.from_config(alembic_configuration()).get_current_head()
    if head is None:
        raise LookupError("The package migrations has no revisions: the installation is incomplete.")
    return head


async def applied_revision(connection: asyncpg.Connection) -> str | None:
    """The revision that a database is at, None when it was never migrated. Any role may ask, outside a transaction."""
    try:
        revision: str | None = await connection.fetchval("SELECT directory.applied_revision()")
    except (asyncpg.InvalidSchemaNameError, asyncpg.UndefinedFunctionError, asyncpg.InsufficientPrivilegeError):
        return None
    return revision


@asynccontextmanager
async def owner_connection(connection_arguments: Mapping[str, Any]) -> AsyncIterator[AsyncConnection]:
    """A connection that acts as portal_owner in the schema portal, alone in migrating until it is closed."""
    engine = create_async_engine(
        # Not cached: a revision changes the tables that an earlier statement was prepared for.
        "postgresql+asyncpg://?prepared_statement_cache_size=0",
        async_creator=partial(asyncpg.connect, **connection_arguments),
        poolclass=NullPool,
    )
    async with engine.connect() as connection:
        await connection.execute(text(f"SET lock_timeout TO '{_TURN_TIMEOUT}'"))
        await connection.execute(text(f"SELECT pg_advisory_lock({_TURN_LOCK})"))
        for statement in PREPARATION:
            await connection.execute(text(statement))
        await connection.commit()
        yield connection
    await engine.dispose()


def alembic_configuration(partitions: int = 0) -> Config:
    """Alembic's configuration, wherever the portal is installed; pyproject.toml is only there in a checkout."""
    specification = find_spec("migrations")
    if specification is None or not specification.submodule_search_locations:
        raise LookupError("The package migrations is missing: the installation is incomplete.")
    folder = specification.submodule_search_locations[0]
    configuration = Config()
    configuration.set_main_option("script_location", folder.replace("%", "%%"))
    configuration.attributes[PARTITIONS] = partitions
    return configuration


async def _run_once(
    connection_arguments: Mapping[str, Any], action: Callable[[Config], None], configuration: Config
) -> None:
    def run(connection: Connection) -> None:
        configuration.attributes["connection"] = connection
        action(configuration)

    async with owner_connection(connection_arguments) as connection:
        await connection.run_sync(run)
