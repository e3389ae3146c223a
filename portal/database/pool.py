"""A pool of connections, as small as it can be.

asyncpg's own pool wraps each connection in a proxy and asks the server to reset it when it comes back. Ours come back
clean: every setting is local to its transaction, and a connection that was left in the middle of something is cleared
up first, or closed. That is worth a quarter of the processor time of a small read (docs/decisions/pool.md).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import asyncpg
import orjson

from portal.line import Line, WaitedTooLong

Raw: TypeAlias = "asyncpg.Connection[Any]"
# What somebody in line is given: a connection, or None where there is room to open one.
Given: TypeAlias = "asyncpg.Connection[Any] | None"

# For a statement to be cancelled and a transaction to be rolled back, before the connection is given up. What is
# left of it then ends by itself (client_connection_check_interval, portal/database/roles.py).
CLEARS_UP_WITHIN_SECONDS = 2.0

# What a statement on a connection that was lost raises. The last is asyncpg's when Postgres has told that it ends the
# session, and the socket is not closed yet: such a connection does not know that it is dead.
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, asyncpg.InternalClientError)


class NoConnection(Exception):
    """All connections were in use for as long as one may wait for one."""


class Pool:
    """At most `size` connections, opened when they are first needed; whoever finds none waits in line.

    A connection that comes back is handed to the first in line: whoever comes later can't take it from under them.
    With `patience_seconds` whoever has waited for so long is told NoConnection.
    """

    def __init__(self, arguments: Mapping[str, Any], size: int, *, patience_seconds: float | None = None) -> None:
        self._arguments = arguments
        self._most = size
        self._open = 0
        self._idle: list[Raw] = []
        self._line: Line[Given] = Line(self._give_back, patience_seconds=patience_seconds)
        self._clearing: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def apart(self, size: int, *, patience_seconds: float | None = None) -> "Pool":
        """Another pool of connections to the same database, which takes none of these."""
        return Pool(self._arguments, size, patience_seconds=patience_seconds)

    async def acquire(self) -> Raw:
        """A connection that nobody else uses. The one that came back last is the first to go out again.

        Raises NoConnection.
        """
        while True:
            if self._is_closed:
                raise RuntimeError("The pool is closed.")
            if self._idle:
                connection: Given = self._idle.pop()
            elif self._open < self._most:
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
            self._line.serve(None)
        elif not self._line.serve(connection):
            self._idle.append(connection)

    def clear_up(self, connection: Raw) -> None:
        """Take back a connection whose user was cancelled, in the middle of whatever.

        Its place stays taken until the server has stopped too: who comes and goes would have more statements running
        than there are connections otherwise. asyncpg has asked the server to cancel the statement.
        """
        if connection.is_closed():
            self.release(connection)
            return
        task = asyncio.get_running_loop().create_task(self._clear_up(connection))
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _clear_up(self, connection: Raw) -> None:
        try:
            async with asyncio.timeout(CLEARS_UP_WITHIN_SECONDS):
                # Waits until the cancelled statement has ended.
                with suppress(asyncpg.InFailedSQLTransactionError):
                    await connection.execute("SELECT")
                if connection.is_in_transaction():
                    await connection.execute("ROLLBACK")
        except (TimeoutError, *LOST):
            connection.terminate()
        except BaseException:
            connection.terminate()
            raise
        finally:
            self.release(connection)

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

    async def beside(self) -> Raw:
        """A new connection that is not the pool's, for who keeps one for good."""
        connection: Raw = await asyncpg.connect(**self._arguments)
        return connection

    async def close(self) -> None:
        """Close what is idle now, and the rest as it comes back."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        self._open -= len(idle)
        for connection in idle:
            await connection.close()
        if self._clearing:
            await asyncio.wait(self._clearing)

    @property
    def most(self) -> int:
        """How many connections there may be."""
        return self._most

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
            self._line.serve(None)
            raise
        return connection

    async def _wait(self) -> Given:
        try:
            return await self._line.wait()
        except WaitedTooLong as problem:
            raise NoConnection from problem

    def _give_back(self, given: Given) -> None:
        if given is None:
            self._line.serve(None)
        else:
            self.release(given)


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
