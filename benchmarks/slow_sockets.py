"""Five hundred clients that hold on to their connections, and what the others notice of them."""

import asyncio
from contextlib import suppress
from statistics import mean
from time import perf_counter

from benchmarks import bars
from benchmarks.bars import Bar, at_most
from benchmarks.client import HOST, Load
from benchmarks.measuring import Requests, loaded
from benchmarks.targets import Target

SOCKETS = 500
_GOOD_CONNECTIONS = 8
_OPERATION = "viewer"
_HEAD = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
_GIVE_UP_SECONDS = 40.0
_DRIP_SECONDS = 1.0
_LOOKS_EVERY_SECONDS = 1.0  # at the server's memory: to look takes a millisecond, in which nobody is answered
_LEAST_SECONDS = 10.0  # as long as the slow ones last: both p99 are of as many requests

# What each sends at first, and then again and again.
_ATTACKS = {
    "connects and says nothing": (b"", b""),
    "begins its headers": (_HEAD, b""),
    "drips headers": (_HEAD, b"X-More: 1\r\n"),
    "begins a body": (_HEAD + b"Content-Length: 1000\r\n\r\n{", b""),
    "drips a body": (_HEAD + b"Content-Length: 1000\r\n\r\n{", b" "),
    "sends endless headers": (_HEAD + b"X-Long: ", b"x" * 65_536),
}


async def slow_sockets(portal: Target, requests: Requests, seconds: float) -> list[Bar]:
    """What good clients, memory and the sockets themselves are like with five hundred of these."""
    seconds = max(seconds, _LEAST_SECONDS)
    before = await loaded(portal, requests.of(_OPERATION, "before"), _GOOD_CONNECTIONS, seconds)
    memory_before = most_memory = portal.memory_bytes()
    load = Load(portal.port, requests.of(_OPERATION, "beside"), _GOOD_CONNECTIONS)
    await load.start()
    load.count()
    began = perf_counter()
    attacks = list(_ATTACKS.values())
    slow = [asyncio.create_task(_closed_after(portal.port, *attacks[n % len(attacks)])) for n in range(SOCKETS)]
    while not all(each.done() for each in slow):
        await asyncio.sleep(_LOOKS_EVERY_SECONDS)
        most_memory = max(most_memory, portal.memory_bytes())
    await load.run_for(max(0.0, seconds - (perf_counter() - began)))
    outcome = await load.stop()
    after = await loaded(portal, requests.of(_OPERATION, "after"), _GOOD_CONNECTIONS, seconds)
    ordered = sorted(outcome.latencies)
    p99_ms = ordered[len(ordered) * 99 // 100] * 1e3
    what = f"{SOCKETS} slow sockets"
    return [
        at_most(f"{what}: until the last is closed", max(each.result() for each in slow), bars.CLOSED_SECONDS, " s"),
        at_most(
            f"{what}: p99 of {_OPERATION}, times that without",
            p99_ms / mean((before.p99_ms, after.p99_ms)),
            bars.SLOW_SOCKETS_P99,
        ),
        at_most(f"{what}: more memory", (most_memory - memory_before) / 1e6, bars.SLOW_SOCKETS_MEGABYTES, " MB"),
        at_most(f"{what}: good requests with errors", outcome.errors, 0),
    ]


async def _closed_after(port: int, first: bytes, again: bytes) -> float:
    """Seconds from connecting until the server has closed the connection."""
    began = perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    closed = asyncio.create_task(_until_closed(reader))
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            writer.write(first)
            while again and not closed.done():
                writer.write(again)
                await writer.drain()
                if len(again) < 100:  # else as fast as it is taken
                    await asyncio.wait([closed], timeout=_DRIP_SECONDS)
            await closed
    took = perf_counter() - began
    closed.cancel()
    writer.close()
    return took


async def _until_closed(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(65_536):
            pass
