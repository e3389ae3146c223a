"""How subscriptions end by themselves: by the clock, by the budget, or because nobody reads; what is told then, and
that nothing is lost by it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal import clock
from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.records import feed
from portal.web.app import WebOptions
from portal.web.costs.budget import Points
from tests.applications.making import Pipeline, a_pipeline, an_application, move
from tests.people.making import a_grant, a_token
from tests.subscriptions.watching import Portal, a_portal, failure, payload
from tests.web.talking import Talk
from tests.world import World

TOLD = "subscription($id: ID!, $after: String) { pipelineChanged(openingId: $id, after: $after) { cursor } }"
A_MOMENT = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)


def sequences(cursors: Iterable[str]) -> list[int]:
    return [int(cursor[:16], 16) for cursor in cursors]


async def moved(portal: Portal, world: World, pipeline: Pipeline, many: int) -> list[int]:
    """So many moves, published at once; the sequences of all events of the opening."""
    application = await an_application(world, pipeline)
    places = [pipeline.stages["Screen"], pipeline.stages["Offer"]]
    for _ in range(many):
        await move(world, world.system, application, *places)
        places.reverse()
    await portal.publish()
    rows = await world.rows("SELECT sequence FROM domain_event WHERE opening_id = $1 ORDER BY sequence", pipeline.id)
    return [row["sequence"] for row in rows]


async def cursors_until_the_end(talk: Talk) -> tuple[list[str], dict[str, Any]]:
    """What a subscription tells, and with which error it ends."""
    cursors = []
    while (message := await talk.hear())["type"] == "next":
        (value,) = message["payload"]["data"].values()
        cursors.append(value["cursor"])
    (error,) = message["payload"]
    return cursors, error


async def test_who_falls_behind_is_told_where_to_go_on_and_loses_nothing(
    database: Database, acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_WAITING", 5)
    pipeline = await a_pipeline(acme)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    opening = public_id("opn", pipeline.id)
    async with a_portal(database) as portal:
        talk = await portal.watch(acme, rita, TOLD, id=opening)

        expected = await moved(portal, acme, pipeline, 20)
        heard, error = await cursors_until_the_end(talk)

        assert error["extensions"] == {"code": "FELL_BEHIND", "cursor": heard[-1]}
        assert len(heard) == 5
        # What has been stored already is read when it is its turn, and waits for nobody.
        await talk.subscribe("2", TOLD, id=opening, after=error["extensions"]["cursor"])
        heard += [(await payload(talk.hear()))["cursor"] for _ in range(15)]
    assert sequences(heard) == expected


async def test_a_spent_budget_ends_a_subscription_that_can_go_on_in_the_next_minute(
    database: Database, acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    pipeline = await a_pipeline(acme)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    opening = public_id("opn", pipeline.id)
    # One for subscribing, and one for each event.
    options = WebOptions(points=Points(credential=4, organization=None, preparation=None))
    async with a_portal(database, options) as portal:
        talk = await portal.watch(acme, rita, TOLD, id=opening)

        expected = await moved(portal, acme, pipeline, 5)
        heard, error = await cursors_until_the_end(talk)
        await talk.subscribe("2", TOLD, id=opening, after=heard[-1])
        at_once = failure(await talk.hear())
        now += A_MINUTE
        await talk.subscribe("3", TOLD, id=opening, after=error["extensions"]["cursor"])
        rest = [await talk.hear() for _ in range(2)]

    extensions = error["extensions"]
    assert (extensions["code"], extensions["budget"], extensions["limit"]) == ("RATE_LIMITED", "credential", 4)
    assert 1 <= extensions["retryAfter"] <= 60
    assert (len(heard), extensions["cursor"]) == (3, heard[-1])
    assert at_once[0] == "RATE_LIMITED"
    assert {str(message["payload"]["extensions"]["cost"]) for message in rest} == {"{'requested': 1, 'actual': 1}"}
    heard += [message["payload"]["data"]["pipelineChanged"]["cursor"] for message in rest]
    assert sequences(heard) == expected


async def test_a_grant_that_ends_by_the_clock_takes_its_subscription_along(database: Database, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    hugo = await acme.member("Hugo")
    ends_at = clock.now() + A_MOMENT
    await a_grant(
        acme,
        GrantRole.HIRING_MANAGER,
        ScopeType.OPENING,
        pipeline.id,
        membership_id=hugo.id,
        expires_at=ends_at,
    )
    async with a_portal(database) as portal:
        talk = await portal.talk_as(acme, membership_id=hugo.id)
        await talk.subscribe("1", TOLD, id=public_id("opn", pipeline.id))

        assert failure(await talk.hear()) == ("NOT_FOUND", "No such opening.")
        assert has_passed(ends_at)
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}


async def test_a_token_that_expires_closes_its_socket(database: Database, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    expires_at = clock.now() + 3 * A_MOMENT
    token, _ = await a_token(acme, membership_id=rita.id, expires_at=expires_at)
    async with a_portal(database) as portal:
        talk = await portal.talk_with(token.text)
        await talk.subscribe("1", TOLD, id=public_id("opn", pipeline.id))

        assert failure(await talk.hear())[0] == "UNAUTHENTICATED"
        assert has_passed(expires_at)
        assert await talk.closed() == (4403, "Forbidden")


def has_passed(moment: datetime) -> bool:
    return clock.now() >= moment
