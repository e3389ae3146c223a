"""The benchmark's database: made once by COPY, and kept as long as scale, schema and this program stay the same."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.rows_pipeline import Pipeline
from benchmarks.rows_staff import LATEST, Organization, Row, Table
from benchmarks.rows_tables import tables as pipeline_tables
from benchmarks.sizes import OrganizationSize, organization_sizes
from portal.database.migrate import current_head, migrate
from portal.database.roles import admin_connection, admin_connection_arguments, prepare_database
from portal.database.server.running import Server
from portal.settings import Settings

DATABASE = "portal_benchmark"

# What fills the database: when one of these changes, so does the data.
_MAKERS = ("data.py", "rows_pipeline.py", "rows_staff.py", "rows_tables.py", "sizes.py", "words.py")
_MOST_ROWS_TABLES = ("candidate", "application", "stage_transition")


@dataclass(frozen=True)
class Wanted:
    """What data there should be."""

    scale: float
    revision: str
    makers: str

    @classmethod
    def at(cls, scale: float) -> "Wanted":
        folder = Path(__file__).parent
        makers = hashlib.sha256(b"".join((folder / name).read_bytes() for name in _MAKERS)).hexdigest()
        return cls(scale, current_head(), makers)

    @property
    def mark(self) -> str:
        """Kept as the database's comment, once the data is complete."""
        return json.dumps({"scale": self.scale, "revision": self.revision, "makers": self.makers})


async def prepare(server: Server, settings: Settings, scale: float) -> list[Organization]:
    """Make the data unless it is there. Returns the organizations, the largest first."""
    wanted = Wanted.at(scale)
    sizes = organization_sizes(scale)
    if not await _is_there(server, settings, wanted):
        await _make(server, settings, sizes)
        async with admin_connection(server, settings) as connection:
            await connection.execute(f"COMMENT ON DATABASE {DATABASE} IS '{wanted.mark}'")
    return [Organization(size) for size in sizes]


async def _is_there(server: Server, settings: Settings, wanted: Wanted) -> bool:
    async with admin_connection(server, settings) as connection:
        mark = await connection.fetchval(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", DATABASE
        )
    return bool(mark == wanted.mark)


async def _make(server: Server, settings: Settings, sizes: list[OrganizationSize]) -> None:
    async with admin_connection(server, settings) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await prepare_database(server, settings, DATABASE)
    await migrate(admin_connection_arguments(server, settings, DATABASE))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn()) as progress:
        async with admin_connection(server, settings, DATABASE) as connection:
            await _fill(connection, sizes, progress)


async def _fill(connection: asyncpg.Connection, sizes: list[OrganizationSize], progress: Progress) -> None:
    # Foreign keys hold by construction, and checking five million of them takes longer than all the rest.
    await connection.execute("SET session_replication_role = replica; SET search_path = portal, pg_catalog")
    indexes = await _set_indexes_aside(connection)
    task = progress.add_task("Applications", total=sum(size.applications for size in sizes))
    for size in sizes:
        organization = Organization(size)
        for table in organization.tables():
            await _copy(connection, organization, table)
        for table in pipeline_tables(Pipeline(organization)):
            await _copy(connection, organization, table)
        await connection.execute(
            "INSERT INTO directory.organization_slug (slug, organization_id) SELECT slug, id FROM organization"
            " WHERE id = $1",
            organization.id,
        )
        progress.advance(task, size.applications)
    await _with_progress(connection, progress, "Indexes", indexes)
    await _with_progress(connection, progress, "Vacuum", ["VACUUM (ANALYZE)", "CHECKPOINT"])


async def _with_progress(
    connection: asyncpg.Connection, progress: Progress, what: str, statements: Iterable[str]
) -> None:
    listed = list(statements)
    task = progress.add_task(what, total=len(listed))
    for statement in listed:
        await connection.execute(statement, timeout=1_800)
        progress.advance(task)


async def _set_indexes_aside(connection: asyncpg.Connection) -> list[str]:
    """Drop the plain indexes of the large tables; returns the statements that make them again, sorted and compact."""
    rows = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'portal' AND tablename = ANY($1)"
        " AND indexdef NOT LIKE 'CREATE UNIQUE%'",
        list(_MOST_ROWS_TABLES),
    )
    for row in rows:
        await connection.execute(f'DROP INDEX "{row["indexname"]}"')
    return [row["indexdef"] for row in rows]


async def _copy(connection: asyncpg.Connection, organization: Organization, table: Table) -> None:
    name, columns, rows = table
    await connection.copy_records_to_table(
        name,
        columns=[*columns, "organization_id", "created_at", "updated_at", "version"],
        records=_completed(organization, name, rows),
        timeout=1_800,
    )


def _completed(organization: Organization, table: str, rows: Iterator[Row]) -> Iterator[Row]:
    """With what every row of a tenant has; openings were changed at different times, by which their list is ordered."""
    for row in rows:
        changed = organization.changed_at() if table == "opening" else LATEST
        yield (*row, organization.id, LATEST, changed, 1)
