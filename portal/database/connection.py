"""Transactions: the one way to the data, which names its tenant in the same message that begins it.

The application's database role owns nothing and row-level security is forced, so a connection that skips this sees no
rows. The same message checks that what the actor's rights were derived from is still current (`enter` raises
otherwise), so a revoked token or grant has no effect from the next transaction on, in every process.

A read of one statement is a transaction by itself, and enters its tenant in its FROM
(docs/decisions/a-read-is-one-message.md).
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

import asyncpg

from portal.database.pool import LOST, Pool, Raw

STALE_ACCESS = "PT001"

# A listener is told every statement and its values, for tests and logs of slow statements.
Listener = Callable[[str, Sequence[object]], None]

# A statement as text, and its values in order.
Bound = tuple[str, Sequence[object]]


class StaleAccess(Exception):
    """The rights that the actor was derived from have changed; derive it again from its credential."""


class Connection:
    """A connection that a transaction has to itself. Only statements with bound values go through it."""

    __slots__ = ("_listener", "_raw")

    def __init__(self, raw: Raw, listener: Listener | None) -> None:
        self._raw = raw
        self._listener = listener

    async def value(self, sql: str, values: Sequence[object]) -> Any:
        """The first column of the first row, None when there is none."""
        if self._listener is not None:
            self._listener(sql, values)
        return await self._raw.fetchval(sql, *values)

    async def rows(self, sql: str, values: Sequence[object]) -> list[Mapping[str, Any]]:
        """All rows, in the statement's order."""
        if self._listener is not None:
            self._listener(sql, values)
        rows: list[Mapping[str, Any]] = await self._raw.fetch(sql, *values)
        return rows

    async def run_many(self, sql: str, values: Sequence[Sequence[object]]) -> None:
        """The same statement for many rows of values, in one go."""
        if self._listener is not None:
            for row in values:
                self._listener(sql, row)
        await self._raw.executemany(sql, values)


class Database:
    """Transactions on a pool of connections."""

    def __init__(self, pool: Pool, listener: Listener | None = None) -> None:
        self.pool = pool
        self.listener = listener

    @classmethod
    async def open(
        cls,
        arguments: Mapping[str, Any],
        *,
        size: int,
        patience_seconds: float | None = None,
        listener: Listener | None = None,
    ) -> Self:
        """A database with up to `size` connections; `arguments` are asyncpg's. Fails at once when none can be had.

        Whoever waits for one for longer than `patience_seconds` is told NoConnection; None: as long as it takes.
        A statement outside of a transaction that was begun for writing can write nothing.
        """
        settings = {**arguments.get("server_settings", {}), "default_transaction_read_only": "on"}
        pool = Pool({**arguments, "server_settings": settings}, size, patience_seconds=patience_seconds)
        pool.release(await pool.acquire())
        return cls(pool, listener)

    async def close(self) -> None:
        await self.pool.close()

    def apart(self, size: int, *, patience_seconds: float | None = None) -> "Database":
        """The same database by connections of its own, for work that must neither starve nor be starved."""
        return Database(self.pool.apart(size, patience_seconds=patience_seconds), self.listener)

    async def read(self, organization_id: UUID, access_version: int | None, statements: Sequence[Bound]) -> list[Any]:
        """The value of each statement, all in one read-only transaction of one tenant.

        A statement is a SELECT of one expression without a FROM; its tenant is entered there. Raises StaleAccess when
        `access_version` is no longer current (None: not checked).
        """
        tenant = _tenant(organization_id, access_version)
        is_checked = access_version is not None
        entering = [(_entering(sql, len(bound), is_checked), [*bound, *tenant]) for sql, bound in statements]
        raw = await self.pool.acquire()
        try:
            values = await self._values(raw, entering)
        except BaseException as problem:
            await self._leave(raw, problem)
            raise
        self.pool.release(raw)
        return values

    async def _values(self, raw: Raw, statements: Sequence[Bound]) -> list[Any]:
        connection = Connection(raw, self.listener)
        if len(statements) == 1:
            return [await connection.value(*statements[0])]
        # One look at the data for all of them.
        await raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        values = [await connection.value(sql, bound) for sql, bound in statements]
        await raw.execute("COMMIT")
        return values

    @asynccontextmanager
    async def listening(self, channel: str, told: Callable[[], None]) -> AsyncIterator[None]:
        """Call `told` at each notification, while the block runs; on a connection of its own, beside the pool.

        Also when the connection is lost: whoever is told looks, and learns of it there.
        """
        raw = await self.pool.beside()
        try:
            raw.add_termination_listener(lambda _connection: told())
            await raw.add_listener(channel, lambda *_: told())
            yield
        finally:
            raw.terminate()

    @asynccontextmanager
    async def reading(self, organization_id: UUID, access_version: int | None) -> AsyncIterator[Connection]:
        """A read-only transaction of one tenant, for whoever needs one answer to ask for the next."""
        async with self._transaction("BEGIN READ ONLY", organization_id, access_version) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, organization_id: UUID, access_version: int | None) -> AsyncIterator[Connection]:
        """A transaction of one tenant that commits when the block ends, and rolls back when it raises."""
        async with self._transaction("BEGIN READ WRITE", organization_id, access_version) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(
        self, begin: str, organization_id: UUID, access_version: int | None
    ) -> AsyncIterator[Connection]:
        raw = await self.pool.acquire()
        try:
            await _begin(raw, begin, organization_id, access_version)
            yield Connection(raw, self.listener)
            await raw.execute("COMMIT")
        except BaseException as problem:
            await self._leave(raw, problem)
            raise
        self.pool.release(raw)

    async def _leave(self, raw: Raw, problem: BaseException) -> None:
        """Roll back what failed; raises StaleAccess where that is why. Where a task was cancelled, nobody knows in the
        middle of what: the pool clears up.
        """
        if not isinstance(problem, Exception):
            self.pool.clear_up(raw)
            return
        try:
            if raw.is_in_transaction():
                await raw.execute("ROLLBACK")
        except LOST:
            raw.terminate()
        except BaseException:
            self.pool.clear_up(raw)
            raise
        self.pool.release(raw)
        if isinstance(problem, asyncpg.PostgresError) and problem.sqlstate == STALE_ACCESS:
            raise StaleAccess from problem


def _tenant(organization_id: UUID, access_version: int | None) -> list[object]:
    """The values with which a statement enters a tenant."""
    if not isinstance(organization_id, UUID):
        raise TypeError("A transaction needs the organization's id.")
    return [str(organization_id)] if access_version is None else [organization_id, access_version]


@lru_cache(maxsize=1_000)  # as many statements as a connection keeps prepared
def _entering(sql: str, count: int, is_checked: bool) -> str:
    """A SELECT of one expression, with so many values, that enters its tenant before it looks at any row.

    FROM is run first: only its row makes the expression be worked out. Were that ever otherwise, no tenant would be set
    and there would be no rows.
    """
    if is_checked:
        return f"{sql} FROM enter(${count + 1}, ${count + 2})"
    return f"{sql} FROM set_config('portal.organization_id', ${count + 1}, true)"


async def _begin(raw: Raw, begin: str, organization_id: UUID, access_version: int | None) -> None:
    # Several commands in one message can't have bound values; a UUID and an int can't carry anything else.
    if not isinstance(organization_id, UUID):
        raise TypeError("A transaction needs the organization's id.")
    if access_version is None:
        enter = f"SELECT set_config('portal.organization_id', '{organization_id}', true)"
    else:
        enter = f"SELECT enter('{organization_id}', {access_version:d})"
    await raw.execute(f"{begin}; {enter}")
