"""A client that costs little: raw HTTP/1.1 over kept connections, one request at a time on each, loopback only."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

from typing_extensions import override  # in typing from Python 3.12

from benchmarks.operations import Asked

HOST = "127.0.0.1"
_LENGTH = b"content-length: "
_MOST_ERRORS_KEPT = 3
_SETTLE_SECONDS = 15.0


def request_bytes(asked: Asked) -> bytes:
    """A request as it goes over the wire."""
    body = asked.body()
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\naccept: application/json\r\n"
        f"authorization: Bearer {asked.token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class Outcome:
    """What came of some seconds of load."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # seconds, of the requests that ended within these seconds
    answered: int = 0  # those that ended afterwards included
    errors: int = 0
    examples: list[bytes] = field(default_factory=list)
    received: int = 0  # bytes


class _Connection(asyncio.Protocol):
    """One connection: sends a request, reads its answer, tells `done`, and again, until there is nothing to send."""

    def __init__(self, requests: Iterator[bytes], outcome: Outcome) -> None:
        self._requests = requests
        self._outcome = outcome
        self._pieces: list[bytes] = []
        self._missing = 0  # bytes of the body; 0 while the head is not complete
        self._is_ok = True
        self._sent_at = 0.0
        self.is_counting = False
        self.is_stopping = False
        self.idle = asyncio.get_running_loop().create_future()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        request = None if self.is_stopping else next(self._requests, None)
        if request is None:
            if not self.idle.done():
                self.idle.set_result(None)
            self._transport.close()
            return
        self._sent_at = perf_counter()
        self._transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        if self._missing:
            self._missing -= len(data)
        else:
            head = data if len(self._pieces) == 1 else b"".join(self._pieces)
            end = head.find(b"\r\n\r\n")
            if end < 0:
                return
            start = head.find(_LENGTH) + len(_LENGTH)
            length = int(head[start : head.find(b"\r", start)])
            self._is_ok = head.startswith(b"HTTP/1.1 200")
            self._missing = end + 4 + length - len(head)
        if self._missing <= 0:
            self._answered()

    def _answered(self) -> None:
        now = perf_counter()
        outcome = self._outcome
        whole = b"".join(self._pieces)
        self._pieces.clear()
        self._missing = 0
        outcome.answered += 1
        outcome.received += len(whole)
        # Refusals of moves and errors of reads; no name or headline of ours holds these words.
        if not self._is_ok or b'"errors":' in whole or b'"__typename"' in whole or b'":null}}' in whole[-8:]:
            outcome.errors += 1
            if len(outcome.examples) < _MOST_ERRORS_KEPT:
                outcome.examples.append(whole[-300:])
        if self.is_counting:
            outcome.latencies.append(now - self._sent_at)
        self._send()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.idle.done():
            self._outcome.errors += 1
            self._outcome.examples.append(b"connection lost")
            self.idle.set_result(None)


@dataclass
class Load:
    """Load on one server, from beginning to end. Counting begins when told, and ends by itself when it is stopped."""

    port: int
    requests: Iterator[bytes]
    connections: int
    outcome: Outcome = field(default_factory=Outcome)
    _open: list[_Connection] = field(default_factory=list, init=False)
    _began: float = field(default=0.0, init=False)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(self.connections):
            _, connection = await loop.create_connection(
                lambda: _Connection(self.requests, self.outcome), HOST, self.port
            )
            self._open.append(connection)

    async def run_for(self, seconds: float) -> None:
        """Let it go on; a server that answers nothing at all any more is noticed by `stop`."""
        await asyncio.sleep(seconds)

    def count(self) -> None:
        """From now on."""
        self.outcome.answered = 0
        for connection in self._open:
            connection.is_counting = True
        self._began = perf_counter()

    async def finish(self) -> Outcome:
        """Wait until there is nothing more to send. Raises RuntimeError for any error."""
        await asyncio.gather(*(connection.idle for connection in self._open))
        if self.outcome.errors:
            raise RuntimeError(f"{self.outcome.errors} requests failed: {self.outcome.examples}.")
        return self.outcome

    async def stop(self) -> Outcome:
        """Send nothing more, and wait for what is in flight, so that it does not burden whoever is measured next."""
        self.outcome.seconds = perf_counter() - self._began
        for connection in self._open:
            connection.is_counting = False
            connection.is_stopping = True
        async with asyncio.timeout(_SETTLE_SECONDS):
            await asyncio.gather(*(connection.idle for connection in self._open))
        return self.outcome


async def ask(port: int, asked: Asked) -> bytes:
    """One request and the body of its answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request_bytes(asked))
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    start = lowered.find(_LENGTH) + len(_LENGTH)
    body = await reader.readexactly(int(lowered[start : lowered.find(b"\r", start)]))
    writer.close()
    return body
