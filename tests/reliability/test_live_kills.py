"""kill -9 of the server and of the worker while people watch: every event is told, once, and in order."""

import asyncio
import logging
import subprocess
from random import Random
from uuid import UUID

import httpx
import pytest

from portal.applications.streams import PIPELINE, PIPELINE_CHANGES
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.records.streams import cursor
from tests.reliability.clients import ANSWERED_WITHIN_SECONDS, Fleet
from tests.reliability.installation import SERVE_ALONE, WORK, Installation
from tests.reliability.ledger import faulty_feed
from tests.reliability.scene import CLIENTS, SEED, a_scene, events_once_published
from tests.reliability.watchers import SocketWatcher, StreamWatcher, Watcher
from tests.world import World

WATCHERS = 2  # over each transport
# Of each kind.
KILLS, KILLS_LONG = 2, 10
MUTATIONS, MUTATIONS_LONG = 200, 2_000
TOLD_WITHIN_SECONDS = 60.0

_SEQUENCES = "SELECT sequence FROM domain_event WHERE opening_id = $1 AND type = ANY($2) ORDER BY sequence"

logger = logging.getLogger(__name__)


def watchers(fleet: Fleet, world: World, opening_id: UUID) -> list[Watcher]:
    """Subscribers from before the first event."""
    beginning = cursor(world.id, PIPELINE, opening_id, 0)
    opening = public_id("opn", opening_id)
    kinds: list[type[Watcher]] = [SocketWatcher, StreamWatcher] * WATCHERS
    return [kind(fleet.address, fleet.token, opening, beginning) for kind in kinds]


async def kill_in_turn(
    installation: Installation, fleet: Fleet, watching: list[Watcher], mutations: int, kills: int
) -> None:
    """Kill the server and the worker, each so many times, at moments drawn from the seed; each is started again.

    A server is not killed before everybody watches it: otherwise the kill would cut off nobody.
    """
    rng = Random(SEED)
    programs = [SERVE_ALONE, WORK] * kills
    rng.shuffle(programs)
    running = {SERVE_ALONE: installation.process, WORK: installation.start(WORK)}
    servers = 0
    moments = sorted(rng.sample(range(mutations // 10, mutations * 9 // 10), len(programs)))
    for program, moment in zip(programs, moments, strict=True):
        await fleet.reached(moment)
        await asyncio.sleep(rng.uniform(0, 0.05))
        if program == SERVE_ALONE:
            servers += 1
            await connected(watching, servers)
        await asyncio.to_thread(kill, running[program])
        running[program] = installation.start(program)
        if program == SERVE_ALONE:
            installation.process = running[program]
            await asyncio.to_thread(installation.wait_until_ready)


async def connected(watching: list[Watcher], times: int) -> None:
    """Until everybody has connected so many times."""
    async with asyncio.timeout(TOLD_WITHIN_SECONDS):
        while any(watcher.connections < times for watcher in watching):  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(0.01)


def kill(process: "subprocess.Popen[bytes] | None") -> None:
    assert process is not None
    process.kill()
    process.wait()


async def test_whoever_watches_is_told_everything_once_and_in_order(
    installation: Installation, request: pytest.FixtureRequest
) -> None:
    is_long = request.config.getoption("--long")
    mutations, kills = (MUTATIONS_LONG, KILLS_LONG) if is_long else (MUTATIONS, KILLS)
    database: Database = await installation.database()
    fleet = Fleet(installation.address, "")
    world, opening_id, clients = await a_scene(database, fleet, mutations)
    await database.close()
    installation.process = installation.start(SERVE_ALONE)
    await asyncio.to_thread(installation.wait_until_ready)
    watching = watchers(fleet, world, opening_id)
    tasks = [asyncio.create_task(watcher.watch()) for watcher in watching]

    async with httpx.AsyncClient(timeout=ANSWERED_WITHIN_SECONDS) as http, asyncio.TaskGroup() as working:
        working.create_task(kill_in_turn(installation, fleet, watching, mutations, kills))
        for number, client in enumerate(clients):
            working.create_task(client.work(http, len(range(number, mutations, CLIENTS))))
    world = World(await installation.database(), world.id)
    feed = await events_once_published(world)
    rows = await world.rows(_SEQUENCES, opening_id, list(PIPELINE_CHANGES))
    expected = [row["sequence"] for row in rows]
    heard = await heard_until(watching, expected[-1])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await world.database.close()

    logger.info(
        "%d kills, %d events, %s connections, ended by %s",
        *(2 * kills, len(expected), [watcher.connections for watcher in watching], [w.ends for w in watching]),
    )
    assert len(expected) > mutations / 2
    assert faulty_feed(feed) == []
    assert [len(set(expected) - set(each)) for each in heard] == [0] * len(heard)  # lost
    assert [len(each) - len(set(each)) for each in heard] == [0] * len(heard)  # told twice
    assert heard == [expected] * len(heard)  # out of order
    assert all(watcher.connections > kills for watcher in watching)
    assert not {"BAD_USER_INPUT", "INTERNAL_SERVER_ERROR"} & {end for watcher in watching for end in watcher.ends}


async def heard_until(watching: list[Watcher], last: int) -> list[list[int]]:
    """What each was told, once everybody was told of the last event."""
    async with asyncio.timeout(TOLD_WITHIN_SECONDS):
        while any(sequence(watcher.last) < last for watcher in watching):  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(0.05)
    return [[sequence(each) for each in watcher.cursors] for watcher in watching]


def sequence(cursor_: str) -> int:
    return int(cursor_[:16], 16)
