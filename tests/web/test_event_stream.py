"""Server-Sent Events, byte by byte, on a real server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from portal import clock
from portal.web.app import WebOptions
from portal.web.errors import Unauthenticated
from portal.web.execution import Told
from portal.web.live.open import LiveLimits
from portal.web.server.connection import ConnectionLimits
from tests.web.conftest import GRAPHQL, JSON
from tests.web.events import STREAM, Event, streaming
from tests.web.sockets import served as served_with_limits
from tests.web.sockets import until
from tests.web.talking import Served, a_served_library

ADDED = "subscription { bookAdded { id } }"
URQL = f"{GRAPHQL}, application/graphql+json, {JSON}, {STREAM}, multipart/mixed"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with a_served_library() as one:
        yield one


async def subscribed(served: Served, count: int = 1) -> None:
    """Until so many subscriptions run."""
    await until(lambda: len(served.executor.shelves) == count)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_subscription_is_a_stream_of_events_with_their_cursors(served: Served, method: str) -> None:
    async with streaming(served.port, ADDED, method=method) as stream:
        first = await stream.block()
        await subscribed(served)
        told = []
        for number in (1, 2):
            served.executor.add(number)
            told.append(await stream.hear())

        headers = stream.response.headers
        assert stream.response.status_code == 200
        assert first == b":"
        assert told == [
            Event("next", f"{number:032x}", {"data": {"bookAdded": {"id": str(number)}}}) for number in (1, 2)
        ]
        assert (headers["content-type"], headers["cache-control"]) == ("text/event-stream; charset=utf-8", "no-store")
        assert (headers["x-accel-buffering"], headers["vary"]) == ("no", "Accept")
        assert headers["x-content-type-options"] == "nosniff"
        assert "x-request-id" in headers
        assert "content-length" not in headers


async def test_a_query_and_a_mutation_have_one_result_and_are_complete(served: Served) -> None:
    for query, data in (
        ("{ hello }", b'{"hello":"Hello world"}'),
        ('mutation { addBook(title: "X") { title } }', b'{"addBook":{"title":"X"}}'),
    ):
        async with streaming(served.port, query) as stream:
            answer = await stream.rest()

        expected = b'event: next\ndata: {"data":%s,"extensions":{"caller":"Ada"}}\n\nevent: complete\ndata:\n\n' % data
        assert answer == b":\n\n" + expected


async def test_what_is_wrong_with_an_operation_is_told_in_the_stream(served: Served) -> None:
    for query, code in (
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("{ brokenAndNeeded }", "INTERNAL_SERVER_ERROR"),
    ):
        async with streaming(served.port, query) as stream:
            failed, complete = await stream.hear(), await stream.hear()

            assert stream.response.status_code == 200
            assert failed.data["errors"][0]["extensions"]["code"] == code
            assert complete == Event("complete", None, None)
            assert await stream.rest() == b""


async def test_what_is_no_request_is_refused_before_a_stream_begins(served: Served) -> None:
    mutation = 'mutation { addBook(title: "X") { title } }'
    refusals: list[tuple[dict[str, Any], int]] = [
        ({"query": mutation, "method": "GET"}, 405),
        ({"query": "{ hello }", "token": None}, 401),
        ({"query": "{ __typename }", "token": None}, 401),
        ({"query": ADDED, "token": "wrong"}, 401),
        ({"query": ADDED, "variables": [1]}, 400),
        ({"query": ADDED, "headers": {"content-type": "text/plain"}}, 415),
    ]
    for asked, status in refusals:
        async with streaming(served.port, **asked) as stream:
            answer = orjson.loads(await stream.rest())

            assert (stream.response.status_code, list(answer)) == (status, ["errors"]), asked
            assert stream.response.headers["content-type"].startswith(GRAPHQL)


@pytest.mark.parametrize("accept", [URQL, f"{JSON}, {STREAM};q=0.1", f"*/*, {STREAM}", f"{STREAM}, {JSON}"])
async def test_who_likes_json_as_much_has_a_stream_for_subscriptions_only(served: Served, accept: str) -> None:
    async with streaming(served.port, "{ hello }", accept=accept) as stream:
        assert orjson.loads(await stream.rest())["data"] == {"hello": "Hello world"}
    async with streaming(served.port, "{ nope }", accept=accept) as stream:
        assert "json" in stream.response.headers["content-type"]
    async with streaming(served.port, ADDED, accept=accept) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("accept", [JSON, GRAPHQL, "*/*", f"{JSON}, {STREAM};q=0"])
async def test_who_names_no_stream_has_none(served: Served, accept: str) -> None:
    async with streaming(served.port, ADDED, accept=accept) as stream:
        answer = orjson.loads(await stream.rest())

        assert answer["errors"][0]["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"
        assert "text/event-stream" in answer["errors"][0]["message"]


async def test_line_breaks_between_the_members_of_a_payload_end_no_event(served: Served) -> None:
    async with streaming(served.port, ADDED) as stream:
        await subscribed(served)
        for shelf in served.executor.shelves:
            shelf.put_nowait(Told(b'{"bookAdded":\r\n{"id":\n"a\\nb"}}', "c", clock.now()))

        assert (await stream.hear()).data == {"data": {"bookAdded": {"id": "a\nb"}}}


async def test_a_client_that_goes_away_leaves_nothing(served: Served) -> None:
    async with streaming(served.port, ADDED):
        await subscribed(served)

    await subscribed(served, 0)


async def test_a_mutation_is_finished_though_its_client_has_gone(served: Served) -> None:
    async with streaming(served.port, 'mutation { addSlowly(title: "X") { title } }') as stream:
        await stream.block()

    await until(lambda: served.executor.resolvers.added == ["X"])


async def test_who_hears_nothing_is_told_that_the_stream_is_still_there() -> None:
    async with (
        a_served_library(WebOptions(live=LiveLimits(silent_seconds=0.01))) as served,
        streaming(served.port, ADDED) as stream,
    ):
        assert [await stream.block() for _ in range(4)] == [b":"] * 4


async def test_open_streams_take_no_place_of_requests() -> None:
    async with (
        a_served_library(WebOptions(max_in_flight=1)) as served,
        streaming(served.port, ADDED),
        streaming(served.port, ADDED),
    ):
        await subscribed(served, 2)
        async with streaming(served.port, "{ hello }", accept=JSON) as answer:
            assert answer.response.status_code == 200
        async with streaming(served.port, "{ hello }") as answer:
            assert (await answer.hear()).data["data"] == {"hello": "Hello world"}


@pytest.mark.parametrize(
    "limits",
    [LiveLimits(connections_of_credential=1), LiveLimits(connections_of_organization=1), LiveLimits(connections=1)],
)
async def test_streams_are_limited_by_credential_by_organization_and_in_all(limits: LiveLimits) -> None:
    async with a_served_library(WebOptions(live=limits)) as served:
        async with streaming(served.port, ADDED), streaming(served.port, ADDED) as second:
            answer = orjson.loads(await second.rest())

            assert (second.response.status_code, second.response.headers["retry-after"]) == (503, "5")
            assert answer["errors"][0]["extensions"]["code"] == "OVERLOADED"
        await subscribed(served, 0)
        async with streaming(served.port, ADDED) as third:  # what has ended counts no more
            assert third.response.status_code == 200


async def test_a_server_that_is_to_stop_takes_no_new_ones_and_cuts_off_the_others_when_its_door_closes() -> None:
    async with a_served_library() as served:
        context = streaming(served.port, ADDED)
        stream = await context.__aenter__()
        await subscribed(served)
        served.app.drain.begun = True
        async with streaming(served.port, ADDED) as late:
            assert late.response.status_code == 503
        served.executor.add(1)
        assert (await stream.hear()).name == "next"

    assert await stream.rest() == b": The server stops. Connect again.\n\n"
    assert served.executor.shelves == []
    await context.__aexit__(None, None, None)


async def test_a_credential_that_ends_ends_the_stream(served: Served) -> None:
    async with streaming(served.port, ADDED) as stream:
        await subscribed(served)
        served.executor.end(Unauthenticated())

        assert (await stream.hear()).data["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await stream.hear()).name == "complete"
        assert await stream.rest() == b""


async def test_a_client_that_reads_nothing_is_given_up() -> None:
    async with served_with_limits(ConnectionLimits(taking_seconds=0.3)) as served:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", served.port))
        body = orjson.dumps({"query": ADDED})
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: portal\r\nContent-Type: {JSON}\r\nAccept: {STREAM}\r\n"
            f"Authorization: Bearer card\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        await loop.sock_sendall(raw, head.encode() + body)
        await until(lambda: len(served.executor.shelves) == 1)
        (shelf,) = served.executor.shelves
        for _ in range(300):
            shelf.put_nowait(Told(b'{"bookAdded":{"id":"%s"}}' % (b"x" * 100_000), "c", clock.now()))

        await until(lambda: served.ended == {"answer_not_taken": 1})
        await until(lambda: served.executor.shelves == [])
        assert shelf.qsize() > 0  # the rest was not even looked at
        raw.close()
