"""The pool hands out no more connections than it may, none that is dead, none in the middle of something."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from portal.database.connection import Bound, Database, StaleAccess
from portal.database.ids import new_id
from portal.database.pool import Pool, Raw
from tests.conftest import Postgres
from tests.world import World

ONE, THREE = 1, 3


@pytest.fixture
async def pool(postgres: Postgres, shared_database: str) -> AsyncIterator[Pool]:
    pool = Pool(postgres.app(shared_database), THREE)
    yield pool
    await pool.close()


@pytest.fixture
async def narrow(postgres: Postgres, shared_database: str) -> AsyncIterator[Database]:
    database = await Database.open(postgres.app(shared_database), size=ONE)
    yield database
    await database.close()


async def test_connections_are_opened_as_they_are_needed_and_used_again(pool: Pool) -> None:
    first = await pool.acquire()
    pool.release(first)
    again = await pool.acquire()

    assert again is first
    assert pool.size == 1
    pool.release(again)


async def test_whoever_finds_none_waits_in_line(pool: Pool) -> None:
    taken = [await pool.acquire() for _ in range(THREE)]
    order: list[int] = []

    async def wait(number: int) -> None:
        connection = await pool.acquire()
        order.append(number)
        pool.release(connection)

    waiting = [asyncio.create_task(wait(number)) for number in range(5)]
    await asyncio.sleep(0)
    for connection in taken:
        pool.release(connection)
    await asyncio.gather(*waiting)

    assert order == [0, 1, 2, 3, 4]
    assert pool.size == THREE


async def test_whoever_comes_later_takes_nothing_from_the_line(pool: Pool) -> None:
    taken = [await pool.acquire() for _ in range(THREE)]
    first = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)

    pool.release(taken.pop())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.acquire(), 0.05)
    connection = await first

    for held in [*taken, connection]:
        pool.release(held)
    assert pool.size == THREE


async def test_who_waits_for_a_connection_that_dies_gets_another(pool: Pool) -> None:
    taken = [await pool.acquire() for _ in range(THREE)]
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)

    taken[0].terminate()
    pool.release(taken.pop(0))
    fresh = await asyncio.wait_for(waiting, 5)

    assert await fresh.fetchval("SELECT 1") == 1
    assert pool.size == THREE
    for held in [*taken, fresh]:
        pool.release(held)


async def test_a_dead_connection_is_replaced(pool: Pool) -> None:
    connection = await pool.acquire()
    connection.terminate()
    pool.release(connection)

    fresh = await pool.acquire()

    assert await fresh.fetchval("SELECT 1") == 1
    assert pool.size == 1
    pool.release(fresh)


async def test_a_connection_that_died_while_idle_is_not_handed_out(pool: Pool) -> None:
    connection = await pool.acquire()
    pool.release(connection)
    connection.terminate()

    fresh = await pool.acquire()

    assert fresh is not connection
    assert pool.size == 1
    pool.release(fresh)


# What Postgres says of a session that it ends, before it closes the socket.
_FAREWELL = b"SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"


def is_told_of_its_end(raw: Raw) -> None:
    """The connection hears that its session is over, as from Postgres; its socket stays open."""
    protocol: Any = raw._protocol  # type: ignore[attr-defined] # where the socket hands on what it reads
    protocol.data_received(b"E" + (4 + len(_FAREWELL)).to_bytes(4, "big") + _FAREWELL)
    assert not raw.is_closed()


async def test_a_connection_that_was_told_of_its_end_fails_once(narrow: Database, acme: World) -> None:
    async with narrow.pool.connection() as raw:
        is_told_of_its_end(raw)
    with pytest.raises(asyncpg.InternalClientError):
        await narrow.read(acme.id, None, [("SELECT 1", [])])

    assert narrow.pool.size == 0
    assert await narrow.read(acme.id, None, [("SELECT 1", [])]) == [1]


async def test_a_transaction_that_was_told_of_its_end_leaves_room_for_another(narrow: Database, acme: World) -> None:
    async def fail() -> None:
        async with narrow.writing(acme.id, None) as connection:
            is_told_of_its_end(connection._raw)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert narrow.pool.size == 0
    assert await narrow.read(acme.id, None, [("SELECT 1", [])]) == [1]


async def test_a_waiter_that_gives_up_passes_its_turn(pool: Pool) -> None:
    taken = [await pool.acquire() for _ in range(THREE)]
    impatient, patient = asyncio.create_task(pool.acquire()), asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)

    pool.release(taken.pop())
    impatient.cancel()
    connection = await asyncio.wait_for(patient, 5)

    assert impatient.cancelled()
    for held in [*taken, connection]:
        pool.release(held)
    assert pool.size == THREE


async def test_a_statement_that_is_cancelled_leaves_no_connection_in_the_middle_of_it(
    narrow: Database, acme: World
) -> None:
    slow = asyncio.create_task(narrow.read(acme.id, None, [("SELECT pg_sleep(30)", [])]))
    await asyncio.sleep(0.1)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow

    answer = await asyncio.wait_for(narrow.read(acme.id, None, [("SELECT 1", [])]), 5)

    assert answer == [1]
    assert narrow.pool.size == ONE


async def test_a_transaction_that_fails_leaves_nothing_behind(narrow: Database, acme: World, globex: World) -> None:
    async def fail() -> None:
        async with narrow.writing(acme.id, None) as connection:
            await connection.rows(
                "UPDATE organization SET name = 'x' WHERE organization_id = $1 RETURNING 1", [acme.id]
            )
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    names = await narrow.read(acme.id, None, [("SELECT (SELECT name FROM organization)", [])])
    theirs = await narrow.read(globex.id, None, [("SELECT (SELECT name FROM organization)", [])])

    assert (names, theirs) == (["Acme"], ["Globex"])


async def test_reads_of_two_tenants_in_turn_see_their_own(narrow: Database, acme: World, globex: World) -> None:
    name: Bound = ("SELECT (SELECT name FROM organization)", [])

    seen = [
        await narrow.read(world.id, None, statements)
        for world in [acme, globex] * 3
        for statements in ([name], [name] * 2)
    ]

    assert seen == [["Acme"], ["Acme"] * 2, ["Globex"], ["Globex"] * 2] * 3


async def test_only_a_transaction_for_writing_can_write(narrow: Database, acme: World) -> None:
    change = "UPDATE organization SET name = 'x' WHERE organization_id = $1 RETURNING 1"

    async with narrow.pool.connection() as raw:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await raw.fetch(change, acme.id)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with narrow.reading(acme.id, None) as connection:
            await connection.rows(change, [acme.id])
    async with narrow.writing(acme.id, None) as connection:
        changed = await connection.rows(change, [acme.id])

    assert len(changed) == 1


async def test_a_transaction_needs_an_organization(narrow: Database) -> None:
    with pytest.raises(TypeError, match="organization's id"):
        await narrow.read("acme", None, [("SELECT 1", [])])  # type: ignore[arg-type] # the mistake of the test

    assert await narrow.read(new_id(), None, [("SELECT (SELECT count(*) FROM organization)", [])]) == [0]


async def test_rights_that_are_no_longer_current_are_told_at_once(narrow: Database, acme: World) -> None:
    with pytest.raises(StaleAccess):
        await narrow.read(acme.id, 10**9, [("SELECT 1", [])])

    assert await narrow.read(acme.id, None, [("SELECT 1", [])]) == [1]


async def test_a_connection_outside_of_a_transaction_sees_no_row(narrow: Database, acme: World) -> None:
    async with narrow.pool.connection() as raw:
        assert await raw.fetchval("SELECT (SELECT count(*) FROM organization)") == 0
