"""kill -9 of the worker in the middle of the outbox: each event is published once, without a gap, in order."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from typing_extensions import override  # in typing from Python 3.12

from portal.access.enums import ActorKind
from portal.database.connection import Connection, Database
from portal.database.ids import new_id
from portal.database.roles import admin_connection
from portal.jobs import relay
from portal.jobs.relay import publish_waiting
from portal.records.enums import Origin
from portal.records.models import DomainEvent
from tests.conftest import Postgres
from tests.reliability.installation import WORK, Installation
from tests.reliability.ledger import faulty_feed
from tests.world import NOON, World, an_organization

ROUNDS, ROUNDS_LONG = 40, 1_000
ORGANIZATIONS = 3
SUBJECTS = 4
BATCH = 7  # events a round, so that a batch ends in the middle of everything

# More than a worker is through with before it is killed.
MANY = 20_000
_MANY_EVENTS = """
    INSERT INTO domain_event (organization_id, id, created_at, updated_at, version, type, subject_type, subject_id,
        occurred_at, recorded_at, actor_kind, request_id, origin, changes, data, payload_version)
    SELECT $1, gen_random_uuid(), now(), now(), 1, 'application.moved', 'Application',
        md5((n % 50)::text)::uuid, now(), now(), 'SYSTEM', 'test', 'API', '{}', '{}', 1
    FROM generate_series(1, $2::int) AS n
"""
_PUBLISHED = "SELECT count(*) FILTER (WHERE published_at IS NOT NULL) AS published, count(*) AS all FROM domain_event"
_WHOLE_READS = "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relname LIKE 'domain\\_event%'"
_FEED = "SELECT subject_id, position, sequence FROM domain_event"


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours handles it."""


class Dying(Database):
    """A database whose user is killed at one of its transactions, just before or just after the commit."""

    transactions_left = 0
    before_commit = False

    @override
    @asynccontextmanager
    async def writing(self, organization_id: UUID, access_version: int | None) -> AsyncIterator[Connection]:
        self.transactions_left -= 1
        async with super().writing(organization_id, access_version) as connection:
            yield connection
            if self.transactions_left == 0 and self.before_commit:
                raise Killed
        if self.transactions_left == 0:
            raise Killed


def an_event(subject_id: UUID) -> DomainEvent:
    return DomainEvent(
        type="application.moved",
        subject_type="Application",
        subject_id=subject_id,
        occurred_at=NOON,
        recorded_at=NOON,
        actor_kind=ActorKind.SYSTEM,
        request_id="test",
        origin=Origin.API,
    )


@pytest.fixture
async def own_database(postgres: Postgres) -> AsyncIterator[str]:
    """The name of a database in which no other test's events wait."""
    name = await postgres.clone()
    yield name
    await postgres.drop(name)


async def feeds_are_whole(worlds: Sequence[World]) -> bool:
    """Whether every event of these organizations is published, and their feeds are as they should be."""
    return [faulty_feed(await world.rows(_FEED)) for world in worlds] == [[] for _ in worlds]


async def test_a_worker_killed_at_any_transaction_loses_and_doubles_nothing(
    postgres: Postgres, own_database: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(relay, "BATCH", BATCH)
    rng, killed = Random(9), 0
    rounds = ROUNDS_LONG if request.config.getoption("--long") else ROUNDS
    database = await Database.open(postgres.app(own_database), size=2)
    worlds = [await an_organization(database) for _ in range(ORGANIZATIONS)]
    subjects = [new_id() for _ in range(SUBJECTS)]

    for _ in range(rounds):
        for world in worlds:
            await world.plant(*(an_event(rng.choice(subjects)) for _ in range(rng.randint(0, 5))))
        worker = await Dying.open(postgres.app(own_database), size=2)
        worker.transactions_left, worker.before_commit = rng.randint(1, 5), rng.random() < 0.5
        try:
            while await publish_waiting(worker, NOON):
                pass
        except Killed:
            killed += 1
        await worker.close()
    while await publish_waiting(database, NOON):
        pass

    assert killed > rounds / 4
    assert await feeds_are_whole(worlds)
    await database.close()


async def test_what_a_dead_worker_still_commits_is_not_published_again(postgres: Postgres, own_database: str) -> None:
    """Its lock ends with one connection, while its last commit is still under way on the other."""
    database = await Database.open(postgres.app(own_database), size=4)
    world = await an_organization(database)
    events = [an_event(new_id()) for _ in range(3)]
    await world.plant(*events[:2])

    async with database.writing(world.id, None) as last_commit:
        await last_commit.rows(relay._PUBLISH, [world.id, [event.id for event in events[:2]], NOON])
        await world.plant(events[2])
        successor = asyncio.create_task(publish_waiting(database, NOON + timedelta(hours=1)))
        await somebody_waits(world)
    await successor

    rows = await world.rows("SELECT id, sequence, published_at, version FROM domain_event ORDER BY sequence")
    assert [tuple(row.values()) for row in rows] == [
        (events[0].id, 1, NOON, 2),
        (events[1].id, 2, NOON, 2),
        (events[2].id, 3, NOON + timedelta(hours=1), 2),
    ]
    await database.close()


async def test_a_look_reads_no_published_event_whatever_the_planner_believes(
    postgres: Postgres, own_database: str
) -> None:
    """Its statistics may be of a moment when all events waited: after a burst, or hours without a worker."""
    database = await Database.open(postgres.app(own_database), size=2)
    world = await an_organization(database)
    async with database.writing(world.id, None) as connection:
        await connection.rows(_MANY_EVENTS, [world.id, 5_000])
    async with admin_connection(postgres.server, postgres.settings, own_database) as admin:
        await admin.execute("ANALYZE portal.domain_event")
    while await publish_waiting(database, NOON):
        pass

    async with database.pool.connection() as raw, raw.transaction():
        assert await raw.fetch(relay._UNPUBLISHED, relay.BATCH) == []
        assert await raw.fetchval(_WHOLE_READS) == 0
    await database.close()


async def somebody_waits(world: World) -> None:
    """Until a transaction waits for another."""
    deadline = time.monotonic() + 10
    while True:
        if await world.rows("SELECT FROM pg_locks WHERE NOT granted"):
            return
        assert time.monotonic() < deadline, "nobody waits for anybody"
        await asyncio.sleep(0.01)


async def published(world: World, enough: Callable[[int, int], bool]) -> int:
    """How many events are published, once that is enough; the test is given the number and that of all."""
    deadline = time.monotonic() + 60
    while True:
        (row,) = await world.rows(_PUBLISHED)
        if enough(row["published"], row["all"]):
            return int(row["published"])
        assert time.monotonic() < deadline, "the worker publishes nothing"
        await asyncio.sleep(0.01)


async def test_a_worker_that_is_killed_with_its_process_is_succeeded_by_the_next(installation: Installation) -> None:
    database = await installation.database()
    world = await an_organization(database)
    async with database.writing(world.id, None) as connection:
        await connection.rows(_MANY_EVENTS, [world.id, MANY])

    first = installation.start(WORK)
    await published(world, lambda done, _: done > 0)
    first.kill()
    await asyncio.to_thread(first.wait)
    (left,) = await world.rows(_PUBLISHED)
    second = installation.start(WORK)
    await published(world, lambda done, all_: done == all_)
    second.kill()
    await asyncio.to_thread(second.wait)

    assert 0 < left["published"] < MANY
    assert await feeds_are_whole([world])
    await database.close()
