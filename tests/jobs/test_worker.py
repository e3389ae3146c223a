"""The worker does what is due, in every organization, and goes on after a failure of the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from portal.database.connection import Database
from portal.jobs import relay
from portal.jobs import worker as worker_module
from portal.jobs.worker import Worker
from portal.openings.actions.postings import publish_posting
from portal.openings.enums import PostingStatus
from tests.conftest import Postgres
from tests.openings.making import a_posting, an_open_opening
from tests.world import NOON, World, an_organization

PATIENCE_SECONDS = 30.0
LATER = NOON + timedelta(days=4)


@pytest.fixture
async def own_database(
    postgres: Postgres, fresh_database: Callable[..., Awaitable[Mapping[str, Any]]]
) -> AsyncIterator[Database]:
    arguments = await fresh_database()
    database = await Database.open(postgres.app(arguments["database"]), size=3)
    yield database
    await database.close()


async def a_known_organization(database: Database, name: str) -> World:
    """An organization that has a slug, as all that were founded have: the worker serves those."""
    world = await an_organization(database, name)
    async with database.writing(world.id, None) as connection:
        await connection.value("SELECT directory.claim_slug($1, $2)", [name.lower(), world.id])
    return world


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 - a change of the database tells nobody
            await asyncio.sleep(0.02)


async def work_until(worker: Worker, holds: Callable[[], Awaitable[bool]]) -> None:
    task = asyncio.create_task(worker.run())
    try:
        await until(holds)
    finally:
        worker.stop()
        await task


async def a_posting_until(world: World, last: datetime) -> UUID:
    posting_id = await a_posting(world, await an_open_opening(world), valid_through=last)
    await world.perform(world.system, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)
    return posting_id


async def test_it_takes_down_postings_and_forgets_keys_in_every_organization(own_database: Database) -> None:
    worlds = [await a_known_organization(own_database, name) for name in ("Acme", "Globex")]
    for world in worlds:
        await a_posting_until(world, NOON + timedelta(days=1))
        opening_id = await an_open_opening(world)
        posting_id = await a_posting(world, opening_id)
        await world.perform(
            world.system, publish_posting, posting_id=posting_id, to=PostingStatus.UNLISTED, key="published"
        )
    reported: list[Exception] = []

    async def is_done() -> bool:
        expired = [await world.rows("SELECT 1 FROM posting WHERE status = 'EXPIRED'") for world in worlds]
        keys = [await world.rows("SELECT 1 FROM idempotency_key") for world in worlds]
        unpublished = [await world.rows("SELECT 1 FROM domain_event WHERE published_at IS NULL") for world in worlds]
        return [len(each) for each in expired] == [1, 1] and not any([*keys, *unpublished])

    worker = Worker(own_database, lambda: LATER, lambda _what, problem: reported.append(problem))
    await work_until(worker, is_done)

    assert reported == []
    for world in worlds:
        statuses = await world.rows("SELECT status FROM posting ORDER BY status")
        assert [row["status"] for row in statuses] == ["EXPIRED", "UNLISTED"]


async def test_an_opening_that_is_held_waits_for_the_next_time(own_database: Database) -> None:
    world = await a_known_organization(own_database, "Acme")
    await a_posting_until(world, NOON + timedelta(days=1))
    worker = Worker(own_database, lambda: LATER, lambda _what, problem: None)

    async with own_database.writing(world.id, None) as holder:
        await holder.rows("SELECT 1 FROM opening FOR UPDATE", [])
        await worker._expire_postings(world.id, LATER)
    (held,) = await world.rows("SELECT status FROM posting")
    await worker._expire_postings(world.id, LATER)

    assert held["status"] == "PUBLISHED"
    assert [row["status"] for row in await world.rows("SELECT status FROM posting")] == ["EXPIRED"]


async def test_what_fails_in_one_organization_waits_for_no_other(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = {world.id: world for world in [await a_known_organization(own_database, name) for name in ("A", "B", "C")]}
    for world in worlds.values():
        await a_posting_until(world, NOON + timedelta(days=1))
    reported: list[Exception] = []
    worker = Worker(own_database, lambda: LATER, lambda _what, problem: reported.append(problem))
    expire, served = worker._expire_postings, []

    async def broken_for_the_first(organization_id: UUID, now: datetime) -> None:
        served.append(organization_id)
        if organization_id == served[0]:
            raise LookupError
        await expire(organization_id, now)

    monkeypatch.setattr(worker._duties[-1], "do", broken_for_the_first)
    await worker._do_what_is_due()

    assert [type(problem) for problem in reported] == [LookupError]
    assert set(served) == set(worlds)
    for organization_id, world in worlds.items():
        (posting,) = await world.rows("SELECT status FROM posting")
        assert posting["status"] == ("PUBLISHED" if organization_id == served[0] else "EXPIRED")


# The second is what asyncpg raises in the moment between the end of a session and the end of its socket.
@pytest.mark.parametrize("failure", [asyncpg.ConnectionDoesNotExistError, asyncpg.InternalClientError, LookupError])
async def test_a_failure_is_reported_and_tried_again(
    own_database: Database, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    monkeypatch.setattr(worker_module, "AFTER_FAILURE_SECONDS", 0.01)
    reported: list[Exception] = []
    publish, failures = relay.publish_waiting, 2

    async def unreliable(database: Database, now: datetime) -> int:
        nonlocal failures
        # Workers of other fixtures may run in this process meanwhile, and theirs must not fail.
        if failures and database is own_database:
            failures -= 1
            raise failure
        return await publish(database, now)

    monkeypatch.setattr(worker_module, "publish_waiting", unreliable)
    world = await a_known_organization(own_database, "Acme")
    await a_posting_until(world, LATER)

    async def is_done() -> bool:
        return not failures and not await world.rows("SELECT 1 FROM domain_event WHERE published_at IS NULL")

    await work_until(Worker(own_database, lambda: NOON, lambda _what, problem: reported.append(problem)), is_done)

    assert [type(problem) for problem in reported] == [failure] * 2
