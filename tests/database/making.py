"""Migrated databases for the tests of tables, cloned from one template for each number of partitions."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from portal.database.migrate import migrate
from portal.database.roles import admin_connection, prepare_database
from tests.conftest import TEMPLATE, Postgres

# Keyword arguments for asyncpg.connect, as the administrator.
Arguments = dict[str, Any]
MakeDatabase = Callable[[int], Awaitable[Arguments]]


@asynccontextmanager
async def databases(postgres: Postgres) -> AsyncIterator[MakeDatabase]:
    """A function that makes an empty migrated database with so many partitions; all are dropped at the end."""
    made: list[str] = []

    async def make(partitions: int) -> Arguments:
        made.append(await postgres.clone(await _template(postgres, partitions)))
        return postgres.admin(made[-1])

    yield make
    for name in made:
        await postgres.drop(name)


async def _template(postgres: Postgres, partitions: int) -> str:
    # Sixteen partitions of every table take some ten seconds to migrate, and one to copy.
    if partitions == postgres.settings.partitions:
        return TEMPLATE
    name = f"{TEMPLATE}_{partitions}"
    async with admin_connection(postgres.server, postgres.settings) as connection:
        if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            return name
    await prepare_database(postgres.server, postgres.settings, name)
    await migrate(postgres.admin(name), partitions)
    return name


async def execute(arguments: Arguments, *statements: str) -> None:
    """Run statements as the administrator, for what a test does to a database."""
    connection = await asyncpg.connect(**arguments)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
