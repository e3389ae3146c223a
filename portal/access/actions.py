"""The write door: actions, and `perform`, the only thing that commits.

An action is a plain async function, one per use case, that declares the permission it needs. `perform` opens its
transaction, supplies the time and the actor, retries it when the database asks for that, and stores an idempotency
key's result with it.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

import asyncpg
from pydantic import TypeAdapter

from portal.access import idempotency
from portal.access.actor import Actor
from portal.access.constraints import refusal_of
from portal.access.permissions import Permission
from portal.access.work import Call, Work
from portal.database.connection import Database
from portal.errors import BeingChanged, Forbidden, IdempotencyInProgress, UserError

P = ParamSpec("P")
R = TypeVar("R")

# Serialization failure and deadlock: the database has undone everything and asks to try again.
RETRIED = frozenset({"40001", "40P01"})
LOCK_TIMEOUT = "55P03"
MOST_TRIES = 3


@dataclass(frozen=True)
class Action(Generic[P, R]):
    """A use case: what it does, and the permission it takes."""

    function: Callable[Concatenate[Work, P], Awaitable[R]]
    permission: Permission
    may_record_nothing: bool

    @property
    def name(self) -> str:
        return self.function.__name__

    @cached_property
    def result(self) -> TypeAdapter[R]:
        """Turns a result to JSON and back, for idempotency keys."""
        return TypeAdapter(get_type_hints(self.function)["return"])

    async def within(self, work: Work, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run as part of another action, in its transaction; the actor needs this action's permission as well."""
        outer = work.permission
        work.permission = self.permission
        try:
            if not work.actor.may(self.permission):
                raise Forbidden("You may not do this.")
            return await self.function(work, *args, **kwargs)
        finally:
            work.permission = outer


def action(
    permission: Permission, *, may_record_nothing: bool = False
) -> Callable[[Callable[Concatenate[Work, P], Awaitable[R]]], Action[P, R]]:
    """Declare a use case. Every action records what happened, unless it says that there may be nothing to record."""

    def declare(function: Callable[Concatenate[Work, P], Awaitable[R]]) -> Action[P, R]:
        return Action(function, permission, may_record_nothing)

    return declare


class WriteDoor:
    """Performs actions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def allow(self, actor: Actor, action: Action[P, R]) -> None:
        """Raises Forbidden where an actor may not do it; StaleAccess when the actor's rights have changed meanwhile."""
        if actor.may(action.permission):
            return
        # No transaction follows that would find out, so that a refusal would stay one for whoever was granted it since.
        async with self._database.reading(actor.organization_id, actor.access_version):
            raise Forbidden("You may not do this.")

    async def perform(self, call: Call, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an action in its own transaction and commit.

        Raises the action's UserErrors, with nothing changed; StaleAccess when the actor's rights have changed
        meanwhile.
        """
        await self.allow(call.actor, action)
        idempotency.check(call.idempotency_key)
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return await self._attempt(call, action, *args, **kwargs)
            except asyncpg.PostgresError as problem:
                if problem.sqlstate not in RETRIED or attempt == MOST_TRIES:
                    raise self._refused(call, problem) from problem
            # Jitter, so that two that met once do not meet again in step.
            await asyncio.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - no secret
        raise AssertionError("The last attempt returns or raises.")

    async def _attempt(self, call: Call, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        key = call.idempotency_key
        print_ = "" if key is None else idempotency.fingerprint(action.name, kwargs, call.actor)
        try:
            async with self._database.writing(call.actor.organization_id, call.actor.access_version) as connection:
                work = Work(call, action.permission, action.name, connection)
                result = await action.function(work, *args, **kwargs)
                if not work.recorded and not action.may_record_nothing:
                    raise RuntimeError(f"{action.name} recorded nothing.")
                if key is not None:
                    idempotency.keep(work, key, print_, action.result.dump_python(result, mode="json"))
                await work.flush()
                return result
        except (UserError, asyncpg.UniqueViolationError):
            if key is None:
                raise
            stored = await self._stored(call, action, key, print_)
            if stored is None:
                raise
            return action.result.validate_python(stored)

    async def _stored(self, call: Call, action: Action[P, R], key: str, print_: str) -> Mapping[str, Any] | None:
        """What the same call was answered before: then its repeat is not refused, however things stand now."""
        async with self._database.reading(call.actor.organization_id, call.actor.access_version) as connection:
            return await idempotency.kept(Work(call, action.permission, action.name, connection), key, print_)

    def _refused(self, call: Call, problem: asyncpg.PostgresError) -> Exception:
        """What the caller is told of a violated constraint or a lock that was not had in time."""
        if problem.sqlstate == LOCK_TIMEOUT:
            return BeingChanged() if call.idempotency_key is None else IdempotencyInProgress()
        name: str | None = getattr(problem, "constraint_name", None)
        return refusal_of(_PARTITION.sub("", name or "")) or problem


# A partition's key is named after its table's (database/protect.py), so refusals know one name for all.
_PARTITION = re.compile(r"_p\d{3}$")
