"""Three times as much as the server can do: what it still does, how soon it refuses the rest, and how it recovers.

Requests come at a fixed rate, whether or not earlier ones have been answered; at most so many are out at once, and one
that finds them all out is not sent.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean
from time import perf_counter
from typing import cast

from typing_extensions import override  # in typing from Python 3.12

from benchmarks import bars
from benchmarks.bars import Bar, at_least, at_most
from benchmarks.client import HOST
from benchmarks.measuring import Requests, loaded
from benchmarks.targets import Target
from portal.web.server.admission import WAIT_SECONDS

TIMES = 3
_PEAK_CONNECTIONS = 32
_LEAST_PEAK_SECONDS = 8.0
_CONNECTIONS = 400
_OVERLOAD_SECONDS = 20.0
_RECOVERY_SECONDS = 8.0
_RECOVERY_LOAD = 0.5  # of the capacity
_BEAT_SECONDS = 0.002
_SETTLE_SECONDS = 15.0


@dataclass
class Answers:
    """What came of requests, each with when it was sent and how long it took, in seconds."""

    accepted: list[tuple[float, float]] = field(default_factory=list)
    refused: list[tuple[float, float]] = field(default_factory=list)
    failed: int = 0
    not_sent: int = 0


class _Caller(asyncio.Protocol):
    """One connection with one request out at a time."""

    def __init__(self, answers: Answers, idle: "list[_Caller]") -> None:
        self._answers = answers
        self._idle = idle
        self._received = bytearray()
        self._missing = 0  # bytes of the body
        self._status = b""
        self._sent_at: float | None = None
        self.is_lost = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._idle.append(self)

    def ask(self, request: bytes) -> None:
        self._sent_at = perf_counter()
        self.transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._received += data
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            start = self._received.find(b"content-length: ") + len(b"content-length: ")
            length = int(self._received[start : self._received.find(b"\r", start)])
            self._status = bytes(self._received[9:12])
            self._missing = end + 4 + length - len(self._received)
            self._received.clear()
        if self._missing <= 0:
            self._answered()

    def _answered(self) -> None:
        self._missing = 0
        sent_at = cast("float", self._sent_at)
        self._sent_at = None
        outcome = (sent_at, perf_counter() - sent_at)
        if self._status == b"200":
            self._answers.accepted.append(outcome)
        elif self._status == b"503":
            self._answers.refused.append(outcome)
        else:
            self._answers.failed += 1
        self._idle.append(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        if self._sent_at is not None:
            self._answers.failed += 1
        elif self in self._idle:
            self._idle.remove(self)


class Pacing:
    """Connections over which requests are sent at a rate."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self._idle: list[_Caller] = []
        self._callers: list[_Caller] = []
        self.answers = Answers()

    async def connect(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_CONNECTIONS):
            _, caller = await loop.create_connection(lambda: _Caller(self.answers, self._idle), HOST, port)
            self._callers.append(caller)

    async def offer(self, per_second: float, seconds: float) -> None:
        """Send so many requests a second, evenly."""
        began, sent = perf_counter(), 0
        while (passed := perf_counter() - began) < seconds:
            for _ in range(int(passed * per_second) - sent):
                sent += 1
                if self._idle:
                    self._idle.pop().ask(next(self._requests))
                else:
                    self.answers.not_sent += 1
            await asyncio.sleep(_BEAT_SECONDS)

    async def close(self) -> None:
        """Wait for what is out."""
        async with asyncio.timeout(_SETTLE_SECONDS):
            while len(self._idle) < sum(not caller.is_lost for caller in self._callers):  # noqa: ASYNC110 - cheap
                await asyncio.sleep(_BEAT_SECONDS)
        for caller in self._callers:
            caller.transport.close()


async def overload(portal: Target, requests: Requests, operation: str, seconds: float) -> list[Bar]:
    """What three times the server's peak rate does to it."""
    seconds = max(seconds, _LEAST_PEAK_SECONDS)
    before = await loaded(portal, requests.of(operation, "peak"), _PEAK_CONNECTIONS, seconds)
    pacing = Pacing(requests.of(operation, "overload"))
    await pacing.connect(portal.port)
    began = perf_counter()
    await pacing.offer(TIMES * before.requests_per_second, _OVERLOAD_SECONDS)
    ended = perf_counter()
    await pacing.offer(_RECOVERY_LOAD * before.requests_per_second, _RECOVERY_SECONDS)
    await pacing.close()
    # On both sides: what the machine itself can do changes by a third within minutes.
    after = await loaded(portal, requests.of(operation, "peak-again"), _PEAK_CONNECTIONS, seconds)
    per_second = mean((before.requests_per_second, after.requests_per_second))
    return list(_judged(operation, pacing.answers, (began, ended), per_second, mean((before.p99_ms, after.p99_ms))))


def _judged(
    operation: str, answers: Answers, during: tuple[float, float], per_second: float, p99_ms: float
) -> Iterator[Bar]:
    began, ended = during
    good = [took for sent, took in answers.accepted if sent < ended and sent + took <= ended]
    refused = [took for sent, took in answers.refused if sent < ended]
    goodput = len(good) / (ended - began)
    what = f"{operation} at {TIMES} times the peak of {per_second:,.0f} req/s"
    yield at_least(f"{what}: answered, of the peak", goodput / per_second, bars.GOODPUT_OF_PEAK)
    if refused:
        yield at_most(f"{what}: p99 of those answered, times the peak's", _p99(good) * 1e3 / p99_ms, bars.OVERLOAD_P99)
    else:
        # As many as there are connections wait, none of them for longer than the line has patience.
        longest = WAIT_SECONDS * 1e3 + p99_ms
        yield at_most(f"{what}: p99 of those answered, where none is refused", _p99(good) * 1e3, longest, " ms")
    late = sorted(refused)[len(refused) // 2] if refused else 0.0
    yield at_most(f"{what}: median until one of {len(refused):,} is refused", late * 1e3, bars.REFUSED_MS, " ms")
    last = max((sent for sent, _ in answers.refused), default=ended)
    yield at_most(f"{what}: until nobody is refused any more", max(last - ended, 0.0), bars.RECOVERY_SECONDS, " s")
    yield at_most(f"{what}: neither answered nor refused", answers.failed, 0)


def _p99(seconds: list[float]) -> float:
    ordered = sorted(seconds) or [0.0]
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
