"""Subscriptions over Server-Sent Events: the same rights, cursors and ends as over WebSockets."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from portal import clock
from portal.access.enums import OrganizationRole
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.people.actions.tokens import revoke_token
from tests.applications.making import a_pipeline, an_application, move
from tests.people.making import A_DAY, a_token
from tests.subscriptions.watching import Portal, a_portal
from tests.web.events import Event, streaming
from tests.world import World

MOVES = """subscription($id: ID!, $after: String) { pipelineChanged(openingId: $id, after: $after) {
    cursor ... on ApplicationMoved { toStage { name } } } }"""


@pytest.fixture
async def portal(database: Database) -> AsyncIterator[Portal]:
    async with a_portal(database) as one:
        yield one


def told(event: Event) -> tuple[str, str]:
    """The cursor and the stage of a move, which is also the event's id."""
    assert event.name == "next", event
    change = event.data["data"]["pipelineChanged"]
    assert event.id == change["cursor"]
    return change["cursor"], change["toStage"]["name"]


async def test_an_event_source_that_connects_again_goes_on_where_it_was(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    token, _ = await a_token(acme, membership_id=rita.id, expires_at=clock.now() + A_DAY)
    asked: dict[str, Any] = {"token": token.text, "variables": {"id": public_id("opn", pipeline.id)}, "method": "GET"}
    places = ["Screen", "Offer", "Interview", "Screen", "Offer"]
    stages = [pipeline.stages[name] for name in places]

    async with streaming(portal.port, MOVES, **asked) as stream:
        await portal.running(1)
        for before, after in pairwise(stages[:3]):
            await move(acme, acme.system, application, before, after)
        await portal.publish()
        heard = [told(await stream.hear()) for _ in range(2)]
    await portal.running(0)
    for before, after in pairwise(stages[2:]):
        await move(acme, acme.system, application, before, after)
    await portal.publish()
    asked["headers"] = {"last-event-id": heard[-1][0]}
    async with streaming(portal.port, MOVES, **asked) as again:
        heard += [told(await again.hear()) for _ in range(2)]
    # Its address has the cursor with which it began, and its header the one to which it came.
    asked["variables"]["after"] = heard[0][0]
    asked["headers"] = {"last-event-id": heard[2][0]}
    async with streaming(portal.port, MOVES, **asked) as again:
        last_heard = told(await again.hear())

    assert [stage for _, stage in heard] == places[1:]
    assert [cursor for cursor, _ in heard] == sorted({cursor for cursor, _ in heard})
    assert last_heard == heard[3]


async def test_a_last_event_of_another_stream_is_refused(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    token, _ = await a_token(acme, membership_id=rita.id, expires_at=clock.now() + A_DAY)
    asked: dict[str, Any] = {"token": token.text, "variables": {"id": public_id("opn", pipeline.id)}}

    async with streaming(portal.port, MOVES, **asked, headers={"last-event-id": "7"}) as stream:
        refused, complete = await stream.hear(), await stream.hear()

    assert refused.data["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert complete.name == "complete"


async def test_what_is_not_visible_and_what_is_unknown_are_refused_in_the_same_bytes(
    portal: Portal, acme: World, globex: World
) -> None:
    theirs, secret = await a_pipeline(globex), await a_pipeline(acme, confidential=True)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    token, _ = await a_token(acme, membership_id=rita.id, expires_at=clock.now() + A_DAY)

    answers = set()
    for id_ in (theirs.id, secret.id, rita.id):
        variables = {"id": public_id("opn", id_)}
        async with streaming(portal.port, MOVES, token=token.text, variables=variables) as stream:
            answers.add(await stream.rest())

    (answer,) = answers
    assert b'"NOT_FOUND"' in answer
    assert answer.endswith(b"event: complete\ndata:\n\n")


async def test_a_revoked_token_ends_the_stream(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    token, row = await a_token(acme, membership_id=rita.id, expires_at=clock.now() + A_DAY)
    variables = {"id": public_id("opn", pipeline.id)}

    async with streaming(portal.port, MOVES, token=token.text, variables=variables) as stream:
        await portal.running(1)
        await acme.perform(acme.system, revoke_token, token_id=row.id)

        assert (await stream.hear()).data["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await stream.hear()).name == "complete"
        assert await stream.rest() == b""
    await portal.running(0)
