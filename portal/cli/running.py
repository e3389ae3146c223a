"""What commands share: the running server, its database, and steps that show that something is going on."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import uvloop
from rich.console import Console

from portal import clock
from portal.access.actor import Actor
from portal.access.work import Call
from portal.cli.problems import CommandProblem
from portal.database.connection import Database
from portal.database.migrate import applied_revision, current_head
from portal.database.migrate import migrate as migrate_database
from portal.database.roles import APP, admin_connection_arguments, app_connection_arguments, prepare_database
from portal.database.server.running import Server, running_server
from portal.organizations.directory import find_organization
from portal.settings import Settings

T = TypeVar("T")

_NOT_MIGRATED = "The database's tables are not up to date. Run: portal migrate"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end. SIGTERM ends it as Ctrl-C does: what it has started is stopped first."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_ending_on_sigterm(work))
        except asyncio.CancelledError:
            sys.exit(128 + signal.SIGTERM)


async def _ending_on_sigterm(work: Coroutine[Any, Any, T]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    # Not loop.add_signal_handler: while it serves, the server puts its own handler in this one's place.
    before = signal.signal(signal.SIGTERM, end)
    try:
        return await work
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def step(what: str) -> Iterator[None]:
    """A step that may take a moment, with a spinner on a terminal and a line when it is done."""
    with Console(stderr=True).status(f"{what} …"):
        yield
    say(what)


def say(what: str) -> None:
    """A line about something that is done, beside what a command puts out."""
    Console(stderr=True).print(f"[green]✓[/] {what}", highlight=False, soft_wrap=True)


@asynccontextmanager
async def migrated_database(
    settings: Settings, *, migrate: bool = False, patience_seconds: float | None = None
) -> AsyncIterator[Database]:
    """The portal's database as the application's role. Raises CommandProblem when its tables are not up to date.

    `patience_seconds` is how long one may wait for one of its connections.

    Roles are made, and portal_app's password set, only with `migrate`: else whoever lists tokens from a folder with
    another password would lock out the servers that run.
    """
    async with running_server(settings, make=migrate) as server:
        if migrate:
            await prepare_database(server, settings)
            await migrate_database(
                admin_connection_arguments(server, settings, settings.database_name), settings.partitions
            )
        arguments = app_connection_arguments(server, settings)
        await _check_revision(server, arguments)
        database = await Database.open(arguments, size=settings.pool_size, patience_seconds=patience_seconds)
        try:
            yield database
        finally:
            await database.close()


async def _check_revision(server: Server, arguments: dict[str, Any]) -> None:
    """Raises CommandProblem unless the database is at the revision that this code needs."""
    try:
        connection = await asyncpg.connect(**arguments)
    except asyncpg.InvalidCatalogNameError as problem:
        raise CommandProblem(_NOT_MIGRATED) from problem
    except asyncpg.InvalidAuthorizationSpecificationError as problem:
        if server.kind != "url":  # nobody is asked for a password there: the role is missing
            raise CommandProblem(_NOT_MIGRATED) from problem
        raise CommandProblem(
            f"{APP} can't sign in ({problem}): PORTAL_APP_PASSWORD must be what it was at portal migrate, "
            "which makes the role and sets its password."
        ) from problem
    try:
        applied = await applied_revision(connection)
    finally:
        await connection.close()
    if applied != current_head():
        raise CommandProblem(_NOT_MIGRATED)


async def organization_of(database: Database, slug: str) -> UUID:
    """The organization with this slug. Raises CommandProblem when there is none."""
    found = await find_organization(database, slug)
    if found is None:
        raise CommandProblem(f"There is no organization with the slug {slug!r}.")
    return found


def operators_call(organization_id: UUID, command: str, *, origin: str = "API") -> Call:
    """A call by whoever operates this installation."""
    return Call(Actor.system(organization_id), clock.now(), f"command:{command}", origin=origin)
