"""Nothing is lost, told twice or out of order, whatever breaks: connections, notifications, subscribers, servers."""

import asyncio
from contextlib import AsyncExitStack
from random import Random

import asyncpg
import pytest

from portal.access.enums import OrganizationRole
from portal.applications.models import Application
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.people.models import Membership
from tests.applications.making import Pipeline, a_pipeline, an_application, move
from tests.subscriptions.watching import Portal, a_portal, payload
from tests.web.talking import PATIENCE_SECONDS
from tests.world import World

TOLD = "subscription($id: ID!, $after: String) { pipelineChanged(openingId: $id, after: $after) { cursor } }"
MOVES, MOVES_LONG = 60, 2_000
WATCHERS = 4

_SEQUENCES = "SELECT sequence FROM domain_event WHERE opening_id = $1 AND sequence IS NOT NULL ORDER BY sequence"
_CUT_LISTENERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND query LIKE 'LISTEN%'
"""


async def moved_back_and_forth(portal: Portal, world: World, pipeline: Pipeline, many: int) -> None:
    """So many moves, each of its own commit, published as a worker would: now and then, several at once."""
    application: Application = await an_application(world, pipeline)
    places = [pipeline.stages["Screen"], pipeline.stages["Offer"]]
    rng = Random(many)
    for _ in range(many):
        await move(world, world.system, application, *places)
        places.reverse()
        if rng.random() < 0.5:
            await portal.publish()
    await portal.publish()


async def told_in_pieces(
    portal: Portal, world: World, member: Membership, opening: str, many: int, seed: int
) -> list[str]:
    """The cursors that a member is told, who leaves now and then and goes on from the last one."""
    rng, cursors = Random(seed), list[str]()
    while len(cursors) < many:
        async with AsyncExitStack() as talks:
            portal_of_piece = Portal(portal.database, portal.port, portal.app, portal.feed, portal.log, talks)
            talk = await portal_of_piece.talk_as(world, membership_id=member.id)
            await talk.subscribe("1", TOLD, id=opening, **({"after": cursors[-1]} if cursors else {}))
            for _ in range(min(rng.randint(1, 12), many - len(cursors))):
                cursors.append((await payload(talk.hear()))["cursor"])
    return cursors


async def test_whoever_leaves_and_comes_back_misses_nothing(
    database: Database, acme: World, request: pytest.FixtureRequest
) -> None:
    many = MOVES_LONG if request.config.getoption("--long") else MOVES
    pipeline = await a_pipeline(acme)
    opening = public_id("opn", pipeline.id)
    member = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    async with a_portal(database) as portal:
        # Everybody begins at the same place: a cursor that the first one was told.
        first = await portal.watch(acme, member, TOLD, id=opening)
        watchers = [
            asyncio.create_task(told_in_pieces(portal, acme, member, opening, many, seed)) for seed in range(WATCHERS)
        ]
        await portal.running(1 + WATCHERS)
        await moved_back_and_forth(portal, acme, pipeline, many)
        whole = [(await payload(first.hear()))["cursor"] for _ in range(many)]
        pieces = await asyncio.gather(*watchers)

    rows = await acme.rows(_SEQUENCES, pipeline.id)
    assert [int(cursor[:16], 16) for cursor in whole] == [row["sequence"] for row in rows]
    assert pieces == [whole] * WATCHERS
    assert b'"bug"' not in portal.log.getvalue()


async def test_a_lost_connection_for_notifications_costs_no_event(database: Database, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    member = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    async with a_portal(database) as portal:
        talk = await portal.watch(acme, member, TOLD, id=public_id("opn", pipeline.id))
        cut = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not cut:
                cut = len(await acme.rows(_CUT_LISTENERS))
        await moved_back_and_forth(portal, acme, pipeline, 5)
        told = [(await payload(talk.hear()))["cursor"] for _ in range(5)]

    assert [int(cursor[:16], 16) for cursor in told] == [
        row["sequence"] for row in await acme.rows(_SEQUENCES, pipeline.id)
    ]


@pytest.mark.parametrize("failure", [asyncpg.InternalClientError, LookupError])
async def test_a_look_that_fails_costs_no_event(
    database: Database, acme: World, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    pipeline = await a_pipeline(acme)
    member = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    async with a_portal(database) as portal:
        talk = await portal.watch(acme, member, TOLD, id=public_id("opn", pipeline.id))
        look, failed = portal.feed.look, asyncio.Event()

        async def fail_once() -> None:
            monkeypatch.setattr(portal.feed, "look", look)
            failed.set()
            raise failure

        monkeypatch.setattr(portal.feed, "look", fail_once)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await failed.wait()
        await moved_back_and_forth(portal, acme, pipeline, 5)
        told = [(await payload(talk.hear()))["cursor"] for _ in range(5)]

    assert [int(cursor[:16], 16) for cursor in told] == [
        row["sequence"] for row in await acme.rows(_SEQUENCES, pipeline.id)
    ]
    assert failure.__name__.encode() in portal.log.getvalue()


async def test_a_new_server_goes_on_where_the_last_one_stopped(database: Database, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    opening = public_id("opn", pipeline.id)
    member = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    async with a_portal(database) as portal:
        talk = await portal.watch(acme, member, TOLD, id=opening)
        await moved_back_and_forth(portal, acme, pipeline, 1)
        told = [(await payload(talk.hear()))["cursor"]]
    async with a_portal(database) as portal:
        await moved_back_and_forth(portal, acme, pipeline, 3)
        again = await portal.talk_as(acme, membership_id=member.id)
        await again.subscribe("1", TOLD, id=opening, after=told[0])
        told += [(await payload(again.hear()))["cursor"] for _ in range(3)]

    assert [int(cursor[:16], 16) for cursor in told] == [
        row["sequence"] for row in await acme.rows(_SEQUENCES, pipeline.id)
    ]
