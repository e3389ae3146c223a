"""While there is a crowd, who comes is refused by the connection itself: with the same answer, and nothing is upset."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from portal.web.app import WebOptions
from portal.web.server.connection import MOST_PIPELINED
from tests.web.sockets import Served, Wire, post, served, until

HELLO = "{ hello }"
LONG = "{ slow(seconds: 60) }"
GET = b"GET /graphql?query={hello} HTTP/1.1\r\nHost: portal\r\nAuthorization: Bearer card\r\n\r\n"


@asynccontextmanager
async def a_crowd(library: Served) -> AsyncIterator[tuple[Wire, bytes]]:
    """One is being answered, another waits in a line that is a jam: a connection to come by, and what a refusal by the
    endpoint looks like.
    """
    line = library.endpoint.admission._line
    async with library.connected() as first, library.connected() as second, library.connected() as third:
        first.send(post(LONG))
        await until(lambda: len(library.executor.seen) == 1)
        third.send(post())
        refusal = b"".join(await third.whole_answer())
        # So that the jam lasts, and whoever is in line stays there, for as long as a test takes.
        line._jam_patience = line._jam_seconds = 3_600.0
        library.endpoint.admission.turn_away()
        second.send(post())
        await until(lambda: library.endpoint.admission.is_crowded)
        yield third, refusal


def without(answer: bytes, *names: bytes) -> bytes:
    """An answer less some headers."""
    head, body = answer.split(b"\r\n\r\n")
    return b"\r\n".join(sorted(each for each in head.split(b"\r\n") if each.split(b":")[0] not in names)) + body


def lines(library: Served) -> list[dict[str, object]]:
    return [json.loads(line) for line in library.log.getvalue().splitlines()]


async def test_the_answer_is_the_endpoints() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, a_crowd(library) as (wire, refusal):
        wire.send(post())
        head, body = await wire.whole_answer()

        assert without(head + body, b"x-request-id", b"date") == without(refusal, b"x-request-id", b"date")
        assert len(library.executor.seen) == 1


@pytest.mark.parametrize("accept", ["application/graphql-response+json", "application/json", "text/html", "*/*;q=0"])
async def test_it_is_in_the_media_type_that_was_asked_for(accept: str) -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, a_crowd(library) as (wire, _):
        wire.send(post(HELLO, f"Accept: {accept}"))
        head, _ = await wire.whole_answer()

        expected = accept if accept.startswith("application/") else "application/json"
        assert f"content-type: {expected}; charset=utf-8".encode() in head


async def test_it_names_the_request() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, a_crowd(library) as (wire, _):
        wire.send(post(HELLO, "X-Request-Id: seen-by-a-proxy"))
        named, _ = await wire.whole_answer()
        wire.send(post(HELLO, "X-Request-Id: no"))
        unnamed, _ = await wire.whole_answer()

        assert b"x-request-id: seen-by-a-proxy\r\n" in named
        assert b"x-request-id" not in unnamed


async def test_the_connection_is_as_good_as_before() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library:
        async with a_crowd(library) as (wire, _):
            for piece in (post()[:40], post()[40:-3], post()[-3:]):
                wire.send(piece)
                await asyncio.sleep(0.01)
            assert (await wire.answer())[0] == 503
            wire.send(post(HELLO, "X-Long: " + "x" * 20_000) * 3)
            assert [(await wire.answer())[0] for _ in range(3)] == [503] * 3
            wire.send(GET * (MOST_PIPELINED + 1))
            assert [(await wire.answer())[0] for _ in range(MOST_PIPELINED + 1)] == [503] * (MOST_PIPELINED + 1)
            wire.send(b"GET /livez HTTP/1.1\r\nHost: portal\r\n\r\n")
            assert (await wire.answer())[0] == 200
        assert library.ended == {}

        await until(lambda: not library.endpoint.admission.running)
        async with library.connected() as wire:
            wire.send(post())
            assert (await wire.answer())[0] == 200


async def test_what_is_not_http_is_refused_as_ever() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, a_crowd(library) as (wire, _):
        wire.send(post() + b"nonsense\r\n\r\n")

        assert (await wire.answer())[0] == 503
        assert (await wire.answer())[0] == 400
        assert await wire.rest() == b""


async def test_who_wants_the_connection_closed_has_it_closed() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, a_crowd(library) as (wire, _):
        wire.send(post(HELLO, "Connection: close"))

        assert (await wire.answer())[0] == 503
        assert await wire.rest() == b""


async def test_they_are_counted_and_have_one_line_together() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, a_crowd(library) as (wire, _):
        wire.send(post() * 5)
        assert [(await wire.answer())[0] for _ in range(5)] == [503] * 5
        await until(lambda: any(line["event"] == "turned_away" for line in lines(library)))

        (line,) = [line for line in lines(library) if line["event"] == "turned_away"]
        assert line["requests"] == 5
        counted = library.observer.registry.get_sample_value(
            "portal_graphql_requests_total", {"operation": "none", "outcome": "OVERLOADED"}
        )
        assert counted == 6  # and the one that the endpoint refused
