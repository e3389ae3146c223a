"""`portal doctor`: says what is wrong with an installation, and how to mend it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import typer
from rich.console import Console
from rich.text import Text

from portal.cli.running import run
from portal.database.migrate import applied_revision, current_head
from portal.database.roles import APP, APP_SETTINGS, admin_connection, app_connection_arguments
from portal.database.server.running import Server, running_server
from portal.database.wall import WALL, Hole, holes
from portal.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing that was checked. `mend` says what to do when it is not well."""

    what: str
    is_well: bool
    mend: str = ""


def doctor() -> None:
    """Check the database, its migrations, its roles and the wall between organizations; say how to mend what is wrong.

    Nothing is changed.
    """
    if not run(_examine(Settings.from_environment())):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> bool:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    is_well = True
    async with running_server(settings, make=False) as server:
        console.print(f"Postgres {server.version} ({server.kind})")
        async for finding in findings(server, settings):
            console.print(Text("✓ " if finding.is_well else "✗ ", "green" if finding.is_well else "bold red"), end="")
            console.print(finding.what if finding.is_well else f"{finding.what}\n    {finding.mend}")
            is_well = is_well and finding.is_well
    return is_well


_ROLE = "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1"
_ROLE_SETTINGS = """
    SELECT lower(unnest(setconfig)) FROM pg_db_role_setting
    WHERE setdatabase = 0 AND setrole = (SELECT oid FROM pg_roles WHERE rolname = $1)
"""
_MIGRATE = "Run: portal migrate"


async def findings(server: Server, settings: Settings) -> AsyncIterator[Finding]:
    """What there is to say about an installation, in the order in which to mend it."""
    try:
        async with admin_connection(server, settings, settings.database_name) as connection:
            async for finding in _findings_inside(connection, app_connection_arguments(server, settings)):
                yield finding
    except asyncpg.InvalidCatalogNameError:
        yield Finding(f"there is no database {settings.database_name}", is_well=False, mend=_MIGRATE)


async def _findings_inside(connection: asyncpg.Connection, arguments: dict[str, Any]) -> AsyncIterator[Finding]:
    applied = await applied_revision(connection)
    yield Finding(f"tables at revision {applied or 'none'}", applied == current_head(), _MIGRATE)
    can_log_in = await connection.fetchval(_ROLE, APP)
    yield Finding(f"role {APP} can log in", bool(can_log_in), _MIGRATE)
    if applied is None or can_log_in is None:
        return
    given = {row[0] for row in await connection.fetch(_ROLE_SETTINGS, APP)}
    wanted = {f"{name}={value}".lower() for name, value in APP_SETTINGS.items()}
    yield Finding(f"role {APP} has its settings, such as how long a statement may take", wanted <= given, _MIGRATE)
    breaches = await holes(connection)
    for hole in breaches:
        yield Finding(hole.sentence, is_well=False, mend=_told(hole))
    if not breaches:
        yield Finding(f"the wall between organizations stands ({len(WALL)} checks of every table)", is_well=True)
    if can_log_in:
        yield await _blind_without_tenant(arguments)


def _told(hole: Hole) -> str:
    return f"As the administrator: {hole.mend}" if hole.mend.endswith(";") else hole.mend


async def _blind_without_tenant(arguments: dict[str, Any]) -> Finding:
    """Whether the application's role, with no tenant set, sees no row at all."""
    try:
        connection = await asyncpg.connect(**arguments)
        try:
            seen = await connection.fetchval("SELECT count(*) FROM portal.organization")
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as problem:
        return Finding(
            f"role {APP} can't connect and read: {problem}",
            is_well=False,
            mend="If it is its password, correct PORTAL_APP_PASSWORD; else run: portal migrate",
        )
    return Finding("without a tenant no row is visible", seen == 0, "Row-level security does not bind it: see above.")
