"""When there is more to do than can be done: who waits, who is told to come back, who is forgotten."""

import asyncio
import json
from typing import Any

import orjson
import pytest
from starlette.types import Message

from portal.web.app import WebOptions
from portal.web.errors import Overloaded
from portal.web.requests import BodyRoom
from portal.web.server.admission import Admission
from tests.web.conftest import a_client, code
from tests.web.sockets import Served, Wire, post, served, until

ONE = WebOptions(max_in_flight=1)
SLOW = "{ slow(seconds: 0.6) }"
LONG = "{ slow(seconds: 60) }"


def outcomes(library: Served) -> list[str]:
    return [line["outcome"] for line in map(json.loads, library.log.getvalue().splitlines()) if "outcome" in line]


async def begun(library: Served, wire: Wire, query: str, number: int = 1) -> None:
    """Send a request and wait until it is being worked on."""
    wire.send(post(query))
    await until(lambda: len(library.executor.seen) == number)


async def test_whoever_waits_in_vain_is_told_when_to_come_back() -> None:
    async with (
        served(options=ONE) as library,
        library.connected() as first,
        library.connected() as second,
    ):
        await begun(library, first, SLOW)
        second.send(post())

        head, body = await second.whole_answer()

        assert head.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 1" in head
        assert orjson.loads(body)["errors"][0]["extensions"]["code"] == "OVERLOADED"
        assert (await first.answer())[0] == 200
        assert len(library.executor.seen) == 1


async def test_whoever_waits_for_a_moment_is_answered() -> None:
    async with served(options=ONE) as library, library.connected() as first, library.connected() as second:
        await begun(library, first, "{ slow(seconds: 0.05) }")
        second.send(post())

        assert (await second.answer())[0] == 200


async def test_a_refusal_looks_neither_at_the_token_nor_at_the_body() -> None:
    async with served(options=ONE) as library, library.connected() as first, library.connected() as second:
        await begun(library, first, SLOW)
        second.send(post("{ hello", "X: 1").replace(b"card", b"nobody's").replace(b'{"query"', b'["query"'))

        assert (await second.answer())[0] == 503


async def test_a_slow_body_keeps_nobody_waiting() -> None:
    async with served(options=ONE) as library, library.connected() as slow, library.connected() as quick:
        request = post()
        slow.send(request[:-5])
        await until(lambda: library.open == 2)
        quick.send(post())
        assert (await quick.answer())[0] == 200

        slow.send(request[-5:])
        assert (await slow.answer())[0] == 200


async def test_bodies_in_pieces_share_a_bounded_room() -> None:
    async with a_client() as client:
        client.app._endpoint._body_room = BodyRoom(100)  # type: ignore[attr-defined] # a GraphQLEndpoint
        pieces = [b'{"query":', b'"{ hello }"', b"," + b" " * 200, b'"extensions":null}']
        answer = await posted(client.app, pieces)
        again = await posted(client.app, [b'{"query":', b'"{ hello }"', b"}"])

    assert (answer[0], orjson.loads(answer[1])["errors"][0]["extensions"]["code"]) == (503, "OVERLOADED")
    assert again[0] == 200


async def posted(app: Any, pieces: list[bytes]) -> tuple[int, bytes]:
    """What is answered to a body that comes in pieces."""
    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer card")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    coming = iter(enumerate(pieces, 1))
    sent: list[Message] = []

    async def receive() -> Message:
        number, piece = next(coming)
        return {"type": "http.request", "body": piece, "more_body": number < len(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def test_a_client_that_leaves_ends_its_query() -> None:
    async with served(options=ONE) as library:
        async with library.connected() as wire:
            await begun(library, wire, LONG)
        async with library.connected() as next_one:
            await until(lambda: outcomes(library) == ["gone"])
            next_one.send(post())

            assert (await next_one.answer())[0] == 200


async def test_a_client_that_leaves_leaves_the_line() -> None:
    async with served(options=WebOptions(max_in_flight=1)) as library, library.connected() as first:
        await begun(library, first, "{ slow(seconds: 0.1) }")
        async with library.connected() as second:
            second.send(post("{ books { id } }"))
            await until(lambda: library.server.server_state.tasks.__len__() == 2)
        assert (await first.answer())[0] == 200
        await until(lambda: not library.server.server_state.tasks)

        assert len(library.executor.seen) == 1


async def test_a_mutation_that_has_begun_is_finished() -> None:
    async with served(options=ONE) as library:
        async with library.connected() as wire:
            await begun(library, wire, 'mutation { addSlowly(title: \\"Notes\\") { id } }')
        await until(lambda: outcomes(library) == ["ok"])

        assert library.executor.resolvers.added == ["Notes"]


async def test_the_one_that_is_answered_first_leaves_first() -> None:
    admission = Admission(1, wait_seconds=0.05, jam_wait_seconds=0.05)
    await admission.enter()
    order: list[int] = []

    async def come(number: int) -> None:
        await admission.enter()
        order.append(number)
        admission.leave()

    waiting = [asyncio.create_task(come(number)) for number in range(3)]
    await asyncio.sleep(0)
    admission.leave()
    await asyncio.gather(*waiting)

    assert order == [0, 1, 2]
    assert (admission.running, admission.waiting) == (0, 0)


async def test_a_refusal_takes_no_place() -> None:
    admission = Admission(1, wait_seconds=0.01)
    await admission.enter()
    refused = await asyncio.gather(admission.enter(), admission.enter(), return_exceptions=True)

    admission.leave()

    assert [type(each) for each in refused] == [Overloaded] * 2
    assert admission.running == 0


async def test_in_a_jam_who_finds_a_line_is_refused_at_once() -> None:
    admission = Admission(1, wait_seconds=0.01, jam_wait_seconds=60.0)
    await admission.enter()
    await asyncio.gather(admission.enter(), return_exceptions=True)
    patient = asyncio.create_task(admission.enter())
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await admission.enter()
    admission.leave()
    await patient
    admission.leave()
    await admission.enter()

    assert (admission.running, admission.waiting) == (1, 0)


async def test_an_overloaded_server_is_told_by_its_code() -> None:
    async with a_client() as client:
        client.executor.failure = Overloaded()

        assert code(await client.ask("{ hello }")) == "OVERLOADED"
