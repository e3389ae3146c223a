"""Through what an import writes: the write door, or for a dry run a rehearsal that is undone as a whole."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

from portal.access.actions import Action
from portal.access.constraints import refusal_of
from portal.access.work import Call, Work
from portal.database.connection import Connection, Database
from portal.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R")


class Door(Protocol):
    """What performs actions."""

    async def perform(self, call: Call, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R: ...


class Rehearsal:
    """Performs actions one after the other in one transaction, each of which sees what those before it have done.

    One that is refused is undone by itself, as it would be in a transaction of its own.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def perform(self, call: Call, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """As WriteDoor.perform, but nothing of it lasts."""
        if not call.actor.may(action.permission):
            raise Forbidden("You may not do this.")
        await self._connection.value("SAVEPOINT action", ())
        try:
            work = Work(call, action.permission, action.name, self._connection)
            result = await action.function(work, *args, **kwargs)
            await work.flush()
        except Exception as problem:
            await self._connection.value("ROLLBACK TO SAVEPOINT action", ())
            raise _refused(problem) from problem
        await self._connection.value("RELEASE SAVEPOINT action", ())
        return result


def _refused(problem: Exception) -> Exception:
    """What the caller is told, as the write door tells it; partitions' constraints are named after their table's."""
    name: str | None = getattr(problem, "constraint_name", None)
    return refusal_of(_PARTITION.sub("", name or "")) or problem


_PARTITION = re.compile(r"_p\d{3}$")


class _Over(Exception):
    """Ends the rehearsal's transaction without keeping anything of it."""


@asynccontextmanager
async def rehearsing(database: Database, organization_id: UUID) -> AsyncIterator[Rehearsal]:
    """A rehearsal, which is undone at the end of the block."""
    try:
        async with database.writing(organization_id, None) as connection:
            yield Rehearsal(connection)
            raise _Over  # noqa: TRY301 - what ends the transaction is this very raise
    except _Over:
        return
