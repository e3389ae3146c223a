"""Clients that are slow, endless or malformed, on real sockets: each is ended, and told why where it can be."""

import asyncio
from dataclasses import replace

import pytest

from portal.web.server.connection import MOST_PIPELINED, ConnectionLimits
from tests.web.sockets import post, served, until

# So long that only the deadline that a test sets can be what ends a connection.
NEVER = 3_600.0
PATIENT = ConnectionLimits(
    head_seconds=NEVER, body_seconds=NEVER, body_grace_seconds=NEVER, taking_seconds=NEVER, idle_seconds=NEVER
)
SHORT = 0.3

HEAD = b"POST /graphql HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\n"


async def test_whoever_connects_and_says_nothing_is_let_go() -> None:
    async with served(replace(PATIENT, head_seconds=SHORT)) as library, library.connected() as wire:
        assert await wire.rest() == b""
        assert library.ended == {"silent": 1}


async def test_headers_that_do_not_end_are_answered_408() -> None:
    async with served(replace(PATIENT, head_seconds=SHORT)) as library, library.connected() as wire:
        wire.send(HEAD)

        assert await wire.answer() == (408, b"The request's headers did not come in time.\n")
        assert await wire.rest() == b""
        assert library.ended == {"head_too_slow": 1}


async def test_headers_that_drip_have_no_more_time() -> None:
    async with served(replace(PATIENT, head_seconds=SHORT)) as library, library.connected() as wire:
        wire.send(HEAD)
        answer = asyncio.create_task(wire.answer())
        while not answer.done():
            wire.send(b"X-More: 1\r\n")
            await asyncio.sleep(0.01)

        assert (await answer)[0] == 408
        assert library.ended == {"head_too_slow": 1}


async def test_the_time_of_the_first_headers_begins_with_the_connection() -> None:
    """Not with their first byte: whoever waits with it would have twice the time."""
    async with served(replace(PATIENT, head_seconds=SHORT)) as library, library.connected() as wire:
        await until(lambda: library.open == 1)
        (connection,) = library.server.server_state.connections
        first_seen = connection._seen_at  # type: ignore[union-attr] # one of ours
        wire.send(HEAD)
        await until(lambda: connection._received > 0)  # type: ignore[union-attr]

        assert connection._seen[0] is None  # type: ignore[union-attr]
        assert (await wire.answer())[0] == 408
        assert first_seen is None or connection._seen_at == first_seen  # type: ignore[union-attr]


async def test_a_body_that_does_not_come_is_answered_408() -> None:
    async with served(replace(PATIENT, body_seconds=SHORT)) as library, library.connected() as wire:
        wire.send(HEAD + b"Content-Length: 100\r\n\r\n{")

        assert await wire.answer() == (408, b"The request's body did not come in time.\n")
        assert await wire.rest() == b""
        await until(lambda: library.open == 0)
        assert library.ended == {"body_too_slow": 1}
        assert library.executor.seen == []


async def test_a_body_that_drips_is_answered_408() -> None:
    limits = replace(PATIENT, body_grace_seconds=SHORT, body_bytes_per_second=1e6)
    async with served(limits) as library, library.connected() as wire:
        wire.send(HEAD + b"Content-Length: 100000\r\n\r\n")
        answer = asyncio.create_task(wire.answer())
        while not answer.done():
            wire.send(b" ")
            await asyncio.sleep(0.01)

        assert (await answer)[0] == 408
        assert library.ended == {"body_too_slow": 1}


async def test_a_connection_that_is_not_used_any_more_is_closed() -> None:
    async with served(replace(PATIENT, idle_seconds=SHORT)) as library, library.connected() as wire:
        wire.send(post())

        assert (await wire.answer())[0] == 200
        assert await wire.rest() == b""
        assert library.ended == {"idle": 1}


async def test_what_is_on_its_way_when_the_door_closes_is_answered() -> None:
    async with served(PATIENT) as library, library.connected() as fresh, library.connected() as begun:
        request = post()
        begun.send(request[:50])
        async with library.connected() as used:
            used.send(post())
            assert (await used.answer())[0] == 200
            await until(lambda: library.open == 3)
            library.server.should_exit = True
            assert await used.rest() == b""

        fresh.send(request)
        begun.send(request[50:])

        for wire in (fresh, begun):
            assert (await wire.answer())[0] == 200
            assert await wire.rest() == b""


async def test_whoever_has_connected_and_asks_nothing_does_not_hold_up_the_end() -> None:
    async with served(PATIENT) as library, library.connected() as silent:
        await until(lambda: library.open == 1)
        library.server.should_exit = True

        assert await silent.rest() == b""
        await until(lambda: library.open == 0)


async def test_an_operation_may_take_its_time() -> None:
    """The deadlines are the client's; an operation has its own."""
    limits = ConnectionLimits(
        head_seconds=SHORT, body_seconds=SHORT, body_grace_seconds=SHORT, taking_seconds=SHORT, idle_seconds=NEVER
    )
    async with served(limits) as library, library.connected() as wire:
        wire.send(post("{ slow(seconds: 1.0) }"))

        assert (await wire.answer())[0] == 200
        assert library.ended == {}


async def test_a_client_that_does_not_take_its_answer_is_cut_off() -> None:
    async with served(replace(PATIENT, taking_seconds=SHORT)) as library, library.connected() as wire:
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined] # a transport of sockets
        # One answer after the other, until neither side's system takes any more of them.
        for _ in range(200):
            wire.send(b"GET /graphiql/graphiql.js HTTP/1.1\r\nHost: portal\r\n\r\n" * MOST_PIPELINED)
            await asyncio.sleep(0.01)
            if library.ended:
                break
        await until(lambda: "answer_not_taken" in library.ended)

        await until(lambda: library.open == 0)


async def test_endless_headers_are_answered_431() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(HEAD + b"X-Long: " + b"x" * 70_000)

        status, _ = await wire.answer()
        assert status == 431
        await until(lambda: library.open == 0)
        assert library.ended == {"head_too_long": 1}


async def test_headers_are_too_long_however_they_come() -> None:
    async with served(replace(PATIENT, head_bytes=1_000)) as library, library.connected() as wire:
        wire.send(HEAD)
        answer = asyncio.create_task(wire.answer())
        sent = 0
        while not answer.done():
            wire.send(b"X-More: 1\r\n")
            sent += 11
            await asyncio.sleep(0.001)

        assert (await answer)[0] == 431
        assert library.ended == {"head_too_long": 1}


async def test_trailers_are_neither_headers_nor_endless() -> None:
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n"
    body = b'{"query":"{ hello }"}'
    async with served(replace(PATIENT, body_bytes=10_000)) as library:
        async with library.connected() as wire:
            wire.send(chunks % (len(body), body) + b"Authorization: Bearer card\r\n\r\n")
            assert (await wire.answer())[0] == 401
        async with library.connected() as wire:
            wire.send(chunks % (len(body), body) + b"X: 1\r\n" * 20_000)
            assert (await wire.answer())[0] == 413
            assert library.ended == {"message_too_long": 1}


async def test_a_body_without_an_end_is_answered_413() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 17)

        assert (await wire.answer())[0] == 413
        wire.send((b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 17)
        assert await wire.rest() == b""
        assert library.ended == {"message_too_long": 1}
        assert library.executor.seen == []


async def test_whoever_sends_too_much_sees_the_answer_and_may_go_on() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(HEAD + b"Content-Length: 1500000\r\n\r\n")
        assert (await wire.answer())[0] == 413
        for _ in range(15):
            wire.send(b"x" * 100_000)
            await asyncio.sleep(0.001)
        wire.send(post())

        assert (await wire.answer())[0] == 200
        assert library.ended == {}


async def test_whoever_sends_too_much_too_slowly_is_let_go_without_another_answer() -> None:
    async with served(replace(PATIENT, body_seconds=SHORT)) as library, library.connected() as wire:
        wire.send(HEAD + b"Content-Length: 1500000\r\n\r\n{")

        assert (await wire.answer())[0] == 413
        assert await wire.rest() == b""
        assert library.ended == {"body_too_slow": 1}


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n12345",
        HEAD + b"Content-Length: +4\r\n\r\n1234",
        HEAD + b"Content-Length: 4, 4\r\n\r\n1234",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n1234",
        CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\nx\r\n0\r\n\r\n",
        CHUNKED + b"\r\n0x1\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\r\nxY0\r\n\r\n",
        b"GET / HTTP/1.1\nHost: portal\n\n",
        b"GET / HTTP/1.1\r\nHost: portal\nX: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: portal\rX: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: portal\r\nX: y\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : portal\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: por\0tal\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: portal\r\nHost: other\r\n\r\n",
        b"GET / HTTP/1.9\r\nHost: portal\r\n\r\n",
        b"GET /\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT portal:80 HTTP/1.1\r\nHost: portal\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    ],
)
async def test_what_two_servers_could_read_in_two_ways_is_answered_400(request_bytes: bytes) -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(request_bytes)

        status, _ = await wire.answer()
        assert status == 400
        assert await wire.rest() == b""
        assert library.executor.seen == []


async def test_requests_in_a_row_are_answered_in_their_order() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(post("{ slow(seconds: 0.1) }") + post() + post("{ book { id } }"))

        answers = [await wire.answer() for _ in range(3)]

    assert [status for status, _ in answers] == [200] * 3
    assert [b"done" in answers[0][1], b"Hello world" in answers[1][1], b'"book"' in answers[2][1]] == [True] * 3
    assert library.ended == {}


async def test_what_is_malformed_behind_a_request_does_not_spoil_its_answer() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(post("{ slow(seconds: 0.1) }") + b"nonsense\r\n\r\n")

        head, body = await wire.whole_answer()

        assert head.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in head
        assert b"done" in body
        assert await wire.rest() == b""
        assert library.ended == {"malformed": 1}


async def test_no_more_requests_may_wait_in_a_row_than_are_bounded() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(post("{ slow(seconds: 0.1) }") + post() * (MOST_PIPELINED + 1))

        assert (await wire.answer())[0] == 200
        assert await wire.rest() == b""
        assert len(library.executor.seen) == 1


async def test_a_wish_for_another_protocol_is_answered_in_this_one() -> None:
    wish = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
    async with served(PATIENT) as library:
        async with library.connected() as wire:
            wire.send(b"GET /schema.graphql HTTP/1.1\r\nHost: portal\r\n" + wish + b"\r\n")
            head, _ = await wire.whole_answer()
            assert head.startswith(b"HTTP/1.1 401")
            assert b"connection: close" in head
            assert await wire.rest() == b""
        async with library.connected() as wire:
            wire.send(HEAD + wish + b"Content-Length: 2\r\n\r\n{}")
            status, reason = await wire.answer()
            assert (status, reason) == (400, b"This is HTTP/1.1: send the request without an Upgrade header.\n")
            assert await wire.rest() == b""

        assert b"pgrade" not in library.log.getvalue()


async def test_a_body_that_nobody_reads_does_not_spoil_the_next_request() -> None:
    async with served(PATIENT) as library, library.connected() as wire:
        wire.send(b"POST /livez HTTP/1.1\r\nHost: portal\r\nContent-Length: 5\r\n\r\n12")
        first, _ = await wire.answer()
        wire.send(b"345" + post())
        second, _ = await wire.answer()

    assert (first, second) == (405, 200)


async def test_when_there_are_too_many_the_one_that_has_waited_longest_makes_room() -> None:
    async with (
        served(replace(PATIENT, connections=2)) as library,
        library.connected() as busy,
        library.connected() as idle,
    ):
        busy.send(post("{ slow(seconds: 0.5) }"))
        idle.send(post())
        await idle.answer()
        async with library.connected() as newcomer:
            newcomer.send(post())

            assert (await newcomer.answer())[0] == 200
            assert await idle.rest() == b""
            assert (await busy.answer())[0] == 200
            assert library.ended == {"made_room": 1}


async def test_when_all_are_being_answered_there_is_no_room() -> None:
    async with served(replace(PATIENT, connections=1)) as library, library.connected() as busy:
        busy.send(post("{ slow(seconds: 1.0) }"))
        await until(lambda: len(library.executor.seen) == 1)
        async with library.connected() as newcomer:
            assert (await newcomer.answer())[0] == 503
            assert await newcomer.rest() == b""

        assert (await busy.answer())[0] == 200
        assert library.ended == {"too_many": 1}


async def test_the_metrics_tell_why_connections_ended() -> None:
    async with served(PATIENT) as library:
        async with library.connected() as wire:
            wire.send(b"nonsense\r\n\r\n")
            await wire.rest()
        async with library.connected() as wire:
            wire.send(b"GET /metrics HTTP/1.1\r\nHost: portal\r\n\r\n")
            _, body = await wire.answer()

    assert b'portal_connections_ended_total{reason="malformed"} 1.0' in body
    assert b"portal_connections " in body
