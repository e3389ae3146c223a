"""Connections: the one way to a transaction, which names its tenant in the same message that begins it.

The application's database role owns nothing and row-level security is forced, so a connection that skips this sees no
rows. The same message checks that what the actor's rights were derived from is still current (`enter` raises
otherwise), so a revoked token or grant has no effect from the next transaction on, in every process.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import UUID

import asyncpg
import orjson

STALE_ACCESS = "PT001"

# A listener is told every statement and its values, for tests and logs of slow statements.
Listener = Callable[[str, Sequence[object]], None]


class StaleAccess(Exception):
    """The rights that the actor was derived from have changed; derive it again from its credential."""


class Connection:
    """A connection inside a transaction. Only statements with bound values go through it."""

    __slots__ = ("_listener", "raw")

    def __init__(self, raw: Any, listener: Listener | None) -> None:  # Any: asyncpg's pool proxy is typed loosely
        self.raw = raw
        self._listener = listener

    async def value(self, sql: str, values: Sequence[object]) -> Any:
        """The first column of the first row, None when there is none."""
        if self._listener is not None:
            self._listener(sql, values)
        return await self.raw.fetchval(sql, *values)

    async def rows(self, sql: str, values: Sequence[object]) -> list[Mapping[str, Any]]:
        """All rows, in the statement's order."""
        if self._listener is not None:
            self._listener(sql, values)
        rows: list[Mapping[str, Any]] = await self.raw.fetch(sql, *values)
        return rows

    async def run_many(self, sql: str, values: Sequence[Sequence[object]]) -> None:
        """The same statement for many rows of values, in one go."""
        if self._listener is not None:
            for row in values:
                self._listener(sql, row)
        await self.raw.executemany(sql, values)


class Database:
    """A pool of connections as the application's role, and transactions on them."""

    def __init__(self, pool: "asyncpg.Pool[Any]", listener: Listener | None = None) -> None:
        self.pool = pool
        self.listener = listener

    @classmethod
    async def open(cls, arguments: Mapping[str, Any], *, size: int, listener: Listener | None = None) -> Self:
        """A database with `size` connections; `arguments` are asyncpg's."""
        pool = await asyncpg.create_pool(
            **arguments,
            min_size=min(1, size),
            max_size=size,
            init=_prepare,
            reset=_keep,
            # Plans are prepared statements: evicting them costs a parse of a long text at the next run.
            statement_cache_size=1_000,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            max_inactive_connection_lifetime=0,
        )
        return cls(pool, listener)

    async def close(self) -> None:
        await self.pool.close()

    @asynccontextmanager
    async def reading(self, organization_id: UUID, access_version: int | None) -> AsyncIterator[Connection]:
        """A read-only transaction of one tenant. Raises StaleAccess when `access_version` is no longer current."""
        async with self._transaction("BEGIN READ ONLY", organization_id, access_version) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, organization_id: UUID, access_version: int | None) -> AsyncIterator[Connection]:
        """A transaction of one tenant that commits when the block ends, and rolls back when it raises."""
        async with self._transaction("BEGIN", organization_id, access_version) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(
        self, begin: str, organization_id: UUID, access_version: int | None
    ) -> AsyncIterator[Connection]:
        raw = await self.pool.acquire()
        try:
            try:
                await raw.execute(f"{begin}; {_enter(organization_id, access_version)}")
            except asyncpg.PostgresError as problem:
                await raw.execute("ROLLBACK")
                if problem.sqlstate == STALE_ACCESS:
                    raise StaleAccess from problem
                raise
            try:
                yield Connection(raw, self.listener)
            except Exception:
                await raw.execute("ROLLBACK")
                raise
            await raw.execute("COMMIT")
        except BaseException as problem:
            # Cancelled in the middle of a statement, or the server is gone: what the connection is doing is unknown.
            if not isinstance(problem, Exception) or raw.is_closed():
                raw.terminate()
            raise
        finally:
            await self.pool.release(raw)


def _enter(organization_id: UUID, access_version: int | None) -> str:
    # Several commands in one message can't have bound values; a UUID and an int can't carry anything else.
    if not isinstance(organization_id, UUID):
        raise TypeError("A transaction needs the organization's id.")
    if access_version is None:
        return f"SELECT set_config('portal.organization_id', '{organization_id}', true)"
    return f"SELECT enter('{organization_id}', {access_version:d})"


async def _prepare(connection: "asyncpg.Connection[Any]") -> None:
    """JSON comes as the bytes that go into the answer; jsonb as Python values."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=_encode_bytes, decoder=_as_it_is, format="binary"
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_text, decoder=orjson.loads, format="text"
    )


async def _keep(connection: "asyncpg.Connection[Any]") -> None:
    """No round trip when a connection is given back: every setting is local to its transaction."""


def _as_it_is(value: bytes) -> bytes:
    return value


def _encode_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else orjson.dumps(value)


def _encode_text(value: object) -> str:
    return orjson.dumps(value).decode()
