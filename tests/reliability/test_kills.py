"""kill -9 of the server and of Postgres while clients write: nothing acknowledged is lost, nothing is done twice."""

import asyncio
import logging
import time
from collections import Counter
from random import Random

import httpx
import pytest

from tests.reliability.clients import ANSWERED_WITHIN_SECONDS, Fleet
from tests.reliability.installation import Installation, Victim
from tests.reliability.ledger import Tables, faulty_feed, faulty_paths, judge
from tests.reliability.scene import CLIENTS, SEED, a_scene, events_once_published
from tests.world import World

# Of each kind.
KILLS, KILLS_LONG = 1, 10
MUTATIONS, MUTATIONS_LONG = 150, 2_000

logger = logging.getLogger(__name__)


async def kill_now_and_then(installation: Installation, fleet: Fleet, mutations: int, kills: int) -> list[float]:
    """Kill the server and Postgres in turn, at moments drawn from the seed; how long each was away, in seconds."""
    rng = Random(SEED)
    victims = list(Victim) * kills
    moments = sorted(rng.sample(range(mutations // 10, mutations * 9 // 10), len(victims)))
    away = []
    for victim, moment in zip(victims, moments, strict=True):
        await fleet.reached(moment)
        await asyncio.sleep(rng.uniform(0, 0.02))
        killed_at = time.monotonic()
        await asyncio.to_thread(installation.kill, victim)
        await asyncio.to_thread(installation.restart, victim)
        away.append(time.monotonic() - killed_at)
        logger.info("%s was killed after %d answers, back after %.1f s", victim, fleet.answered, away[-1])
    return away


async def test_no_acknowledged_write_is_lost_and_none_is_done_twice(
    installation: Installation, request: pytest.FixtureRequest
) -> None:
    is_long = request.config.getoption("--long")
    mutations = MUTATIONS_LONG if is_long else MUTATIONS
    database = await installation.database()
    fleet = Fleet(installation.address, "")
    world, opening_id, clients = await a_scene(database, fleet, mutations)
    await database.close()
    await asyncio.to_thread(installation.serve)

    async with httpx.AsyncClient(timeout=ANSWERED_WITHIN_SECONDS) as http, asyncio.TaskGroup() as tasks:
        killer = tasks.create_task(kill_now_and_then(installation, fleet, mutations, KILLS_LONG if is_long else KILLS))
        for number, client in enumerate(clients):
            tasks.create_task(client.work(http, len(range(number, mutations, CLIENTS))))

    world = World(await installation.database(), world.id)
    feed = await events_once_published(world)
    tables = await Tables.of(world, opening_id)
    await world.database.close()
    verdict = judge(fleet, tables)
    outcomes = Counter(mutation.outcome for mutation in fleet.log)
    logger.info(
        "%d kills, away %.1f to %.1f s; %s; %d tries without an answer; %s",
        *(len(killer.result()), min(killer.result()), max(killer.result())),
        *(dict(outcomes), fleet.unknown, verdict),
    )
    assert outcomes.total() == mutations
    assert set(outcomes) <= {"done", "STAGE_CHANGED", "ALREADY_DONE"}
    assert (verdict.lost, verdict.doubled, verdict.unacknowledged) == (0, 0, 0)
    assert fleet.unknown > 0  # otherwise the kills have not hit anybody
    assert faulty_paths(fleet, tables) == []
    assert faulty_feed(feed) == []
