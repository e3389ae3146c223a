"""`portal doctor`: says what is wrong with an installation, and how to mend it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import typer
from rich.console import Console

from portal.cli.running import ready_server, run
from portal.database.migrate import applied_revision, current_head
from portal.database.roles import APP, admin_connection, app_connection_arguments
from portal.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing that was checked. `mend` says what to do when it is not well."""

    what: str
    is_well: bool
    mend: str = ""


def doctor() -> None:
    """Check the server, its roles, row-level security and migrations; say what is wrong and how to mend it."""
    if not run(_examine(Settings.from_environment())):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> bool:
    console = Console()
    is_well = True
    async with ready_server(settings) as server:
        console.print(f"Postgres {server.version} ({server.kind})", highlight=False)
        async with admin_connection(server, settings, settings.database_name) as connection:
            arguments = app_connection_arguments(server, settings)
            async for finding in findings(connection, arguments):
                mark = "[green]✓[/]" if finding.is_well else "[bold red]✗[/]"
                mend = "" if finding.is_well else f"\n    {finding.mend}"
                console.print(f"{mark} {finding.what}{mend}", highlight=False)
                is_well = is_well and finding.is_well
    return is_well


_ROLE = "SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = $1"
_OWNED = "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)"
_UNPROTECTED = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'portal'::regnamespace AND relkind IN ('r', 'p')
      AND NOT (relrowsecurity AND relforcerowsecurity
               AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
    ORDER BY relname
"""


async def findings(connection: "asyncpg.Connection[Any]", app_arguments: dict[str, Any]) -> AsyncIterator[Finding]:
    """What there is to say about a database, in the order in which to mend it."""
    applied, head = await applied_revision(connection), current_head()
    yield Finding(f"tables at revision {applied or 'none'}", applied == head, "Run: portal migrate")
    if applied is None:
        return
    role = await connection.fetchrow(_ROLE, APP)
    plain = role is not None and role["rolcanlogin"] and not role["rolsuper"] and not role["rolbypassrls"]
    yield Finding(
        f"role {APP} can log in and is bound by row-level security",
        plain,
        "Run portal migrate: it sets the role right.",
    )
    owned = await connection.fetchval(_OWNED, APP)
    yield Finding(
        f"role {APP} owns nothing",
        owned == 0,
        f"Give what it owns to portal_owner: REASSIGN OWNED BY {APP} TO portal_owner",
    )
    open_tables = [row["relname"] for row in await connection.fetch(_UNPROTECTED)]
    yield Finding(
        "row-level security is forced on every table",
        not open_tables,
        f"Unprotected: {', '.join(open_tables)}. Somebody changed them by hand: restore, or enable and force it again.",
    )
    yield await _blind_without_tenant(app_arguments)


async def _blind_without_tenant(arguments: dict[str, Any]) -> Finding:
    """Whether the application's role, with no tenant set, sees no row at all."""
    try:
        connection = await asyncpg.connect(**arguments)
    except (OSError, asyncpg.PostgresError) as problem:
        return Finding(f"role {APP} can connect", is_well=False, mend=f"{problem}. Check PORTAL_APP_PASSWORD.")
    try:
        seen = await connection.fetchval("SELECT count(*) FROM organization")
    finally:
        await connection.close()
    return Finding(
        "without a tenant no row is visible", seen == 0, "Row-level security does not bind portal_app: see above."
    )
