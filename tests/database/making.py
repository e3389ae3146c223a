"""Migrated databases for the tests of tables, made from one template for each number of partitions."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from portal.database.migrate import migrate
from portal.database.roles import admin_connection, admin_connection_arguments, prepare_database
from portal.database.server.running import Server, running_server
from portal.settings import Settings

# Keyword arguments for asyncpg.connect, as the administrator.
Arguments = dict[str, Any]
MakeDatabase = Callable[[int], Awaitable[Arguments]]


@asynccontextmanager
async def databases() -> AsyncIterator[MakeDatabase]:
    """A server of its own, and a function that makes an empty migrated database with so many partitions on it."""
    folder = _folder()
    settings = Settings(data_directory=folder, root_directory=folder)
    numbers = count()
    try:
        async with running_server(settings) as server:

            async def make(partitions: int) -> Arguments:
                template = await _template(server, settings, partitions)
                name = f"fresh_{next(numbers)}"
                async with admin_connection(server, settings) as connection:
                    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER portal_owner")
                return admin_connection_arguments(server, settings, name)

            yield make
    finally:
        shutil.rmtree(folder)


def _folder() -> Path:
    # Root's server runs as another user, who must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="portal-tables-"))
    folder.chmod(0o755)
    return folder


async def _template(server: Server, settings: Settings, partitions: int) -> str:
    name = f"template_{partitions}"
    async with admin_connection(server, settings) as connection:
        if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            return name
    await prepare_database(server, settings, name)
    await migrate(admin_connection_arguments(server, settings, name), partitions)
    return name


async def execute(arguments: Arguments, *statements: str) -> None:
    """Run statements as the administrator, for what a test does to a database."""
    connection = await asyncpg.connect(**arguments)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
