"""A pool of connections, as small as it can be.

asyncpg's own pool wraps each connection in a proxy and asks the server to reset it when it comes back. Ours come back
clean: every setting is local to its transaction, and a connection that was left in the middle of something is closed
instead. That is worth a quarter of the processor time of a small read (docs/decisions/pool.md).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
import orjson

Raw: TypeAlias = "asyncpg.Connection[Any]"
# What somebody in line is given: a connection, or None where there is room to open one.
Given: TypeAlias = "asyncpg.Connection[Any] | None"


class Pool:
    """At most `size` connections, opened when they are first needed; whoever finds none waits in line.

    A connection that comes back is handed to the first in line: whoever comes later can't take it from under them.
    """

    def __init__(self, arguments: Mapping[str, Any], size: int) -> None:
        self._arguments = arguments
        self._size = size
        self._open = 0
        self._idle: list[Raw] = []
        self._waiting: deque[asyncio.Future[Given]] = deque()
        self._is_closed = False

    async def acquire(self) -> Raw:
        """A connection that nobody else uses. The one that came back last is the first to go out again."""
        while True:
            if self._is_closed:
                raise RuntimeError("The pool is closed.")
            if self._idle:
                connection: Given = self._idle.pop()
            elif self._open < self._size:
                return await self._connect()
            else:
                connection = await self._wait()
            if connection is None:
                continue
            if not connection.is_closed():
                return connection
            self._open -= 1

    def release(self, connection: Raw) -> None:
        """Give a connection back, or what is left of it."""
        if self._is_closed or connection.is_closed() or connection.is_in_transaction():
            self._open -= 1
            connection.terminate()
            self._hand_on(None)
        elif not self._hand_on(connection):
            self._idle.append(connection)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Raw]:
        """A connection for the length of a block, outside of any tenant. A block that fails leaves it closed: nobody
        knows in the middle of what, and a lock of its session goes with it.
        """
        connection = await self.acquire()
        try:
            yield connection
        except BaseException:
            connection.terminate()
            raise
        finally:
            self.release(connection)

    async def close(self) -> None:
        """Close what is idle now, and the rest as it comes back."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        self._open -= len(idle)
        for connection in idle:
            await connection.close()

    @property
    def size(self) -> int:
        """How many connections are open, idle or not."""
        return self._open

    async def _connect(self) -> Raw:
        self._open += 1
        try:
            connection: Raw = await asyncpg.connect(
                **self._arguments,
                # Plans are prepared statements: evicting them costs a parse of a long text at the next run.
                statement_cache_size=1_000,
                max_cached_statement_lifetime=0,
                max_cacheable_statement_size=0,
            )
            await _prepare(connection)
        except BaseException:
            self._open -= 1
            self._hand_on(None)
            raise
        return connection

    async def _wait(self) -> Given:
        turn: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment: it passes to the next in line.
            if turn.done() and not turn.cancelled():
                connection = turn.result()
                if connection is None:
                    self._hand_on(None)
                else:
                    self.release(connection)
            raise

    def _hand_on(self, connection: Given) -> bool:
        """Give the first in line a connection, or room for one; False when there is nobody."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False


async def _prepare(connection: Raw) -> None:
    """JSON comes as the bytes that go into the answer; jsonb as Python values."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=_encode_bytes, decoder=_as_it_is, format="binary"
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_text, decoder=orjson.loads, format="text"
    )


def _as_it_is(value: bytes) -> bytes:
    return value


def _encode_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else orjson.dumps(value)


def _encode_text(value: object) -> str:
    return orjson.dumps(value).decode()
