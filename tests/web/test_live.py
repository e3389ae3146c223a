"""What operations over WebSockets and event streams share with those over plain HTTP: counts, warnings, admission."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from portal.web.app import WebOptions
from tests.web.conftest import JSON
from tests.web.events import streaming
from tests.web.sockets import until
from tests.web.talking import GOOD, Served, a_served_library

OLD_NAME = '{ book(id: "1") { name } }'
OLD_NAMES = "subscription { bookAdded { name } }"
WARNING = {
    "code": "DEPRECATED",
    "message": "Book.name is deprecated: Use title. Removal on 2027-07-01.",
    "coordinate": "Book.name",
}
ONE = WebOptions(max_in_flight=1)
SLOW = "{ slow(seconds: 0.5) }"


@asynccontextmanager
async def under_way(served: Served, query: str) -> AsyncIterator[None]:
    """A request by HTTP that is being worked on for the length of a block."""

    async def ask() -> None:
        async with streaming(served.port, query, accept=JSON) as answer:
            await answer.rest()

    task = asyncio.create_task(ask())
    await until(lambda: len(served.executor.seen) == 1)
    yield
    await task


async def counted(served: Served) -> set[str]:
    """The lines about operations in the metrics."""
    async with httpx.AsyncClient() as http:
        text = (await http.get(f"http://127.0.0.1:{served.port}/metrics")).text
    return {line for line in text.splitlines() if line.startswith("portal_graphql_operations_total")}


async def test_operations_are_counted_by_the_client_that_asked() -> None:
    name = {"graphql-client-name": "board", "graphql-client-version": "7"}
    async with a_served_library() as served:
        async with served.talk(init=False) as talk:
            await talk.say({"type": "connection_init", "payload": {**GOOD, **name}})
            await talk.hear()
            await talk.subscribe("1", "query Hi { hello }")
            await talk.hear()
            await talk.subscribe("2", "subscription Added { bookAdded { id } }")
            await until(lambda: len(served.executor.shelves) == 1)
        async with streaming(served.port, "query Hi { hello }", headers=name) as stream:
            await stream.rest()

        lines = await counted(served)

    labels = 'client="board",operation="{}",type="{}",version="7"'
    assert lines == {
        f"portal_graphql_operations_total{{{labels.format('Hi', 'query')}}} 2.0",
        f"portal_graphql_operations_total{{{labels.format('Added', 'subscription')}}} 1.0",
    }


async def test_who_uses_what_is_deprecated_is_told_in_each_result() -> None:
    async with a_served_library() as served, served.talk() as talk:
        await talk.subscribe("1", OLD_NAME)
        over_socket = [(await talk.hear())["payload"]]
        await talk.hear()
        await talk.subscribe("2", OLD_NAMES)
        async with streaming(served.port, OLD_NAMES) as stream:
            await until(lambda: len(served.executor.shelves) == 2)
            served.executor.add(1)
            over_socket.append((await talk.hear())["payload"])
            over_stream = [(await stream.hear()).data]
        async with streaming(served.port, OLD_NAME) as stream:
            over_stream.append((await stream.hear()).data)

    assert [result["extensions"]["warnings"] for result in over_socket + over_stream] == [[WARNING]] * 4


@pytest.mark.parametrize("transport", ["websocket", "event stream"])
async def test_a_query_waits_for_its_place_as_over_http_and_not_for_long(transport: str) -> None:
    async def answer(served: Served) -> Any:
        if transport == "event stream":
            async with streaming(served.port, "{ hello }") as stream:
                return stream.response.status_code
        async with served.talk() as talk:
            await talk.subscribe("1", "{ hello }")
            return (await talk.hear())["payload"][0]["extensions"]["code"]

    async with a_served_library(ONE) as served, under_way(served, SLOW):
        refused = await answer(served)

    assert refused == (503 if transport == "event stream" else "OVERLOADED")


async def test_a_query_over_a_socket_holds_a_place_that_requests_wait_for() -> None:
    async with a_served_library(ONE) as served, served.talk() as talk:
        await talk.subscribe("1", SLOW)
        await until(lambda: len(served.executor.seen) == 1)
        async with streaming(served.port, "{ hello }", accept=JSON) as refused:
            assert refused.response.status_code == 503
        assert (await talk.hear())["payload"]["data"] == {"slow": "done"}
        async with streaming(served.port, "{ hello }", accept=JSON) as answered:
            assert answered.response.status_code == 200


async def test_a_mutation_that_has_begun_is_finished_and_gives_its_place_back() -> None:
    """Whoever leaves its socket learns by the idempotency key what became of it."""
    async with a_served_library(ONE) as served:
        async with served.talk() as talk:
            await talk.subscribe("1", 'mutation { addSlowly(title: "Notes") { id } }')
            await until(lambda: len(served.executor.seen) == 1)
            await talk.say({"id": "1", "type": "complete"})
            await talk.subscribe("2", "{ hello }")
            await talk.hear()
        await until(lambda: served.executor.resolvers.added == ["Notes"])
        async with streaming(served.port, "{ hello }", accept=JSON) as answered:
            assert answered.response.status_code == 200
