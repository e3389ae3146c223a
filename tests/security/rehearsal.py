"""A database on which nothing lasts: what succeeds is undone, so that one scene serves thousands of mutations.

What fails goes the way it always goes: whether a refusal leaves everything as it was is the real transaction's doing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from typing_extensions import override  # in typing from Python 3.12

from portal.database.connection import Connection, Database


class _Undo(Exception):
    """Ends a transaction that would have committed."""


class Rehearsal(Database):
    """Transactions that check everything a commit checks, and then roll back."""

    @override
    @asynccontextmanager
    async def writing(self, organization_id: UUID, access_version: int | None) -> AsyncIterator[Connection]:
        try:
            async with super().writing(organization_id, access_version) as connection:
                yield connection
                await connection.value("SET CONSTRAINTS ALL IMMEDIATE", ())
                raise _Undo  # noqa: TRY301 - the only way to end it
        except _Undo:
            return


def rehearsal_of(database: Database) -> Rehearsal:
    """The same connections, without lasting effect."""
    return Rehearsal(database.pool, database.listener)
