"""Every table keeps organizations apart, by what the database's own catalog says; and each check is shown to fail."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from portal.database.wall import WALL, holes
from tests.architecture.tenancy_holes import HOLES, HOLES_OF_PARTITIONS, WELL_MADE
from tests.conftest import Postgres
from tests.database.making import Arguments, MakeDatabase, databases

# What takes more than a statement.
BY_HAND = (
    "No migration makes such a table: take what it holds elsewhere, then drop it.",
    "Run portal migrate: it sets the role right.",
    "It is gone: restore a backup.",
)


@pytest.fixture(scope="module")
async def fresh_database(postgres: Postgres) -> AsyncIterator[MakeDatabase]:
    async with databases(postgres) as make:
        yield make


@pytest.fixture(scope="module")
async def plain(fresh_database: MakeDatabase) -> Arguments:
    return await fresh_database(0)


@pytest.fixture(scope="module")
async def partitioned(fresh_database: MakeDatabase) -> Arguments:
    return await fresh_database(16)


@asynccontextmanager
async def changed(database: Arguments, change: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection while a change is in force, which is then taken back."""
    connection = await asyncpg.connect(**database, server_settings={"search_path": "portal"})
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(change)
        yield connection
        await transaction.rollback()
    finally:
        await connection.close()


async def holes_after(database: Arguments, change: str) -> list[str]:
    async with changed(database, change) as connection:
        return [hole.sentence for hole in await holes(connection)]


def _each(breaches: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """(what is done, the sentence that tells of it) for every breach."""
    return [(change, f"{named}: {words}") for words, cases in breaches.items() for named, change in cases]


async def test_nothing_is_wrong_with_plain_tables(plain: Arguments) -> None:
    assert await holes_after(plain, "SELECT 1") == []


async def test_nothing_is_wrong_with_partitioned_tables(partitioned: Arguments) -> None:
    assert await holes_after(partitioned, "SELECT 1") == []


@pytest.mark.parametrize("kind", WELL_MADE)
async def test_what_is_well_made_is_no_hole(plain: Arguments, kind: str) -> None:
    assert await holes_after(plain, WELL_MADE[kind]) == []


@pytest.mark.parametrize(("change", "hole"), _each(HOLES))
async def test_a_hole_is_found(plain: Arguments, change: str, hole: str) -> None:
    assert hole in await holes_after(plain, change)


@pytest.mark.parametrize(("change", "hole"), _each(HOLES_OF_PARTITIONS))
async def test_a_hole_in_a_partition_is_found(partitioned: Arguments, change: str, hole: str) -> None:
    assert await holes_after(partitioned, change) == [hole]


@pytest.mark.parametrize(("change", "hole"), _each(HOLES))
async def test_what_is_said_to_mend_a_hole_mends_it(plain: Arguments, change: str, hole: str) -> None:
    async with changed(plain, change) as connection:
        (mend,) = [found.mend for found in await holes(connection) if found.sentence == hole]
        if mend.endswith(";"):
            await connection.execute(mend)
            assert hole not in [found.sentence for found in await holes(connection)]
        else:
            assert mend in BY_HAND


def test_every_check_is_shown_to_fail() -> None:
    assert list(HOLES) == [check.name for check in WALL]
