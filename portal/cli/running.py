"""What commands share: the running server, its database, and steps that show that something is going on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import uvloop
from rich.console import Console

from portal import clock
from portal.access.actor import Actor
from portal.access.work import Call
from portal.database.connection import Database
from portal.database.migrate import applied_revision, current_head
from portal.database.migrate import migrate as migrate_database
from portal.database.roles import admin_connection_arguments, app_connection_arguments, prepare_database
from portal.database.server.running import Server, running_server
from portal.organizations.directory import find_organization
from portal.settings import Settings

T = TypeVar("T")


class CommandProblem(Exception):
    """Why a command can't do what it was asked for, as one sentence that says what to do."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@contextmanager
def step(what: str) -> Iterator[None]:
    """A step that may take a moment, with a spinner on a terminal and a line when it is done."""
    console = Console(stderr=True)
    with console.status(f"{what} …"):
        yield
    console.print(f"[green]✓[/] {what}", highlight=False)


@asynccontextmanager
async def ready_server(settings: Settings) -> AsyncIterator[Server]:
    """A Postgres with the portal's roles and its database, which may still lack tables."""
    async with running_server(settings) as server:
        await prepare_database(server, settings)
        yield server


@asynccontextmanager
async def migrated_database(settings: Settings, *, migrate: bool = False) -> AsyncIterator[Database]:
    """The portal's database as the application's role. Raises CommandProblem when its tables are not up to date."""
    async with ready_server(settings) as server:
        if migrate:
            await migrate_database(
                admin_connection_arguments(server, settings, settings.database_name), settings.partitions
            )
        arguments = app_connection_arguments(server, settings)
        await check_revision(arguments)
        database = await Database.open(arguments, size=settings.pool_size)
        try:
            yield database
        finally:
            await database.close()


async def check_revision(arguments: dict[str, Any]) -> None:
    """Raises CommandProblem unless the database is at the revision that this code needs."""
    connection = await asyncpg.connect(**arguments)
    try:
        applied = await applied_revision(connection)
    finally:
        await connection.close()
    if applied != current_head():
        raise CommandProblem("The database's tables are not up to date. Run: portal migrate")


async def organization_of(database: Database, slug: str) -> UUID:
    """The organization with this slug. Raises CommandProblem when there is none."""
    found = await find_organization(database, slug)
    if found is None:
        raise CommandProblem(f"There is no organization with the slug {slug!r}.")
    return found


def operators_call(organization_id: UUID, command: str, *, origin: str = "API") -> Call:
    """A call by whoever operates this installation."""
    return Call(Actor.system(organization_id), clock.now(), f"command:{command}", origin=origin)


# What a command does with an open database.
WithDatabase = Callable[[Database], Awaitable[T]]
