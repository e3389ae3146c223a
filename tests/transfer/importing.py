"""Importing into a test's organization, and what its tables hold."""

from typing import Any
from uuid import UUID

from portal.access.work import Call
from portal.records.enums import Origin
from portal.transfer.actions.importing import Import
from portal.transfer.documents import Json
from portal.transfer.greenhouse_board import board_of
from portal.transfer.json_resume import resumes_of
from portal.transfer.outcomes import ImportReport
from tests.world import NOON, World

# Every table that an import may write.
TABLES = (
    "department",
    "location",
    "opening",
    "opening_location",
    "seat",
    "stage",
    "compensation_band",
    "posting",
    "skill",
    "candidate",
    "contact_point",
    "candidate_link",
    "employment",
    "education",
    "candidate_skill",
    "candidate_term",
    "application",
    "stage_transition",
    "external_id",
    "audit_event",
    "domain_event",
)


def an_import(world: World, *, is_dry_run: bool = False) -> Import:
    call = Call(world.system, NOON, "import:test", origin=Origin.IMPORT)
    return Import(world.database, call, is_dry_run=is_dry_run)


async def import_board(world: World, document: Json, *, is_dry_run: bool = False) -> ImportReport:
    return await an_import(world, is_dry_run=is_dry_run).board(board_of(document))


async def import_resumes(
    world: World, *documents: Json, opening_id: UUID | None = None, is_dry_run: bool = False
) -> ImportReport:
    return await an_import(world, is_dry_run=is_dry_run).resumes(resumes_of(documents), opening_id)


async def everything(world: World) -> dict[str, list[dict[str, Any]]]:  # Any: columns of all types
    """All rows of the organization, by table."""
    return {table: await world.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}  # noqa: S608


async def counts(world: World) -> dict[str, int]:
    """How many rows each table holds, without the empty ones."""
    return {table: len(rows) for table, rows in (await everything(world)).items() if rows}
