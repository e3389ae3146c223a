"""Whoever is cancelled leaves no statement running, and takes no connection along: real statements, real races."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from portal.database.connection import Database
from portal.database.pool import NoConnection
from portal.database.roles import admin_connection
from tests.conftest import Postgres
from tests.world import World

THREE = 3
PATIENCE_SECONDS = 30.0


class Watched:
    """A database of few connections, and what the server says of them."""

    def __init__(self, database: Database, postgres: Postgres, name: str) -> None:
        self.database = database
        self._postgres = postgres
        self._name = name

    async def backends(self, state: str = "%") -> int:
        async with admin_connection(self._postgres.server, self._postgres.settings) as admin:
            count: int = await admin.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND state LIKE $2", self._name, state
            )
            return count

    async def until_nothing_runs(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.backends("active") or await self.backends("idle in transaction%"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def until_active(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.backends("active") < count:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)


@pytest.fixture
async def watched(postgres: Postgres, shared_database: str) -> AsyncIterator[Watched]:
    name = "test of cancellation"
    arguments = {**postgres.app(shared_database), "server_settings": {"application_name": name}}
    database = await Database.open(arguments, size=THREE)
    yield Watched(database, postgres, name)
    await database.close()


async def test_a_cancelled_statement_ends_in_the_database_and_its_connection_goes_on(
    watched: Watched, acme: World
) -> None:
    database = watched.database
    statements = [asyncio.create_task(database.read(acme.id, None, [("SELECT pg_sleep(60)", [])])) for _ in range(3)]
    await watched.until_active(THREE)

    for statement in statements:
        statement.cancel()
    await asyncio.wait(statements)
    answers = [await database.read(acme.id, None, [("SELECT 1", [])]) for _ in range(THREE)]

    await watched.until_nothing_runs()
    assert answers == [[1]] * THREE
    assert await watched.backends() == THREE
    assert database.pool.size == THREE


async def test_who_comes_and_goes_has_no_more_statements_running_than_there_are_connections(
    watched: Watched, acme: World
) -> None:
    database = watched.database
    most = 0
    for _ in range(20):
        statement = asyncio.create_task(database.read(acme.id, None, [("SELECT pg_sleep(60)", [])]))
        await asyncio.sleep(0.005)
        statement.cancel()
        await asyncio.wait([statement])
        most = max(most, await watched.backends())

    await watched.until_nothing_runs()
    assert most <= THREE


async def test_a_transaction_that_is_cancelled_between_statements_is_rolled_back(watched: Watched, acme: World) -> None:
    changed = asyncio.Event()

    async def change() -> None:
        async with watched.database.writing(acme.id, None) as connection:
            await connection.rows(
                "UPDATE organization SET name = 'x' WHERE organization_id = $1 RETURNING 1", [acme.id]
            )
            changed.set()
            await asyncio.Event().wait()

    changing = asyncio.create_task(change())
    await changed.wait()
    changing.cancel()
    await asyncio.wait([changing])

    await watched.until_nothing_runs()
    name = await watched.database.read(acme.id, None, [("SELECT (SELECT name FROM organization)", [])])
    assert name == ["Acme"]
    assert watched.database.pool.size == 1


@pytest.mark.parametrize("seed", range(4))
async def test_no_connection_is_lost_or_mixed_up_under_random_cancellations(
    watched: Watched, acme: World, seed: int
) -> None:
    random, database = Random(seed), watched.database
    answers: list[tuple[int, object]] = []

    async def ask(number: int) -> None:
        if number % 3:
            statement = ("SELECT (SELECT $1::int FROM pg_sleep($2::float))", [number, number % 7 / 2_000])
            answers.append((number, (await database.read(acme.id, None, [statement]))[0]))
        else:
            async with database.writing(acme.id, None) as connection:
                await connection.value("SELECT pg_sleep($1::float)", [number % 5 / 2_000])
                answers.append((number, await connection.value("SELECT $1::int", [number])))

    asking = [asyncio.create_task(ask(number)) for number in range(400)]
    for each in asking:
        if random.random() < 0.5:
            asyncio.get_running_loop().call_later(random.random() * 0.8, each.cancel)
    outcomes = await asyncio.gather(*asking, return_exceptions=True)

    await watched.until_nothing_runs()
    assert {type(outcome) for outcome in outcomes} <= {type(None), asyncio.CancelledError}
    assert all(asked == answered for asked, answered in answers)
    taken = [await database.pool.acquire() for _ in range(THREE)]
    assert [await each.fetchval("SELECT 1") for each in taken] == [1] * THREE
    assert await watched.backends() == THREE
    for connection in taken:
        database.pool.release(connection)


async def test_whoever_waits_too_long_for_a_connection_is_told(watched: Watched) -> None:
    pool = watched.database.pool.apart(1, patience_seconds=0.05)
    held = await pool.acquire()

    with pytest.raises(NoConnection):
        await pool.acquire()

    pool.release(held)
    assert await pool.acquire() is held
    pool.release(held)
    await pool.close()


async def test_a_database_apart_has_connections_of_its_own(watched: Watched, acme: World) -> None:
    taken = [await watched.database.pool.acquire() for _ in range(THREE)]
    apart = watched.database.apart(1)

    assert await apart.read(acme.id, None, [("SELECT 1", [])]) == [1]

    await apart.close()
    for each in taken:
        watched.database.pool.release(each)


async def test_a_pool_that_closes_waits_for_what_is_being_cleared_up(watched: Watched, acme: World) -> None:
    apart = watched.database.apart(1)
    statement = asyncio.create_task(apart.read(acme.id, None, [("SELECT pg_sleep(60)", [])]))
    await watched.until_active(1)
    statement.cancel()
    await asyncio.wait([statement])

    await apart.close()

    assert apart.pool.size == 0
    await watched.until_nothing_runs()
