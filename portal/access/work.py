"""What an action works with: the rows that its actor may see, locked where it decides on them, and the changes it
makes.

Reads are awaited; writes are not: they are collected in order and sent together, as one statement where they fit one.
They are sent before the next read, so an action always sees its own changes, and at the latest before the commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Executable, Select, Table

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.database.base import ModelT, TenantRow
from portal.database.connection import Connection
from portal.database.statements import Shape, batch, loaded, single, text_of, values_of
from portal.errors import Forbidden, NotFound, StaleVersion

ModelT_co = TypeVar("ModelT_co", bound=TenantRow, covariant=True)

# Above this many writes, one statement per kind of write with many rows is cheaper than one statement for all.
MOST_IN_ONE_STATEMENT = 12


class Lookup(Protocol):
    """A SELECT of one row by id with the actor's rights in it; its column `may$`: whether the permission is held."""

    @property
    def sql(self) -> str: ...

    def values(self, actor: Actor, id: UUID) -> list[object]: ...


class Guarded(Protocol[ModelT_co]):
    """An entity with a visibility rule, as the read door declares it."""

    name: str

    @property
    def model(self) -> type[ModelT_co]: ...

    def lookup(self, actor: Actor, permission: Permission, *, lock: bool) -> Lookup: ...


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an action: by whom, when, and how it reached us."""

    actor: Actor
    now: datetime
    request_id: str
    origin: str = "API"
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field's value before and after."""

    field: str
    before: object
    after: object


@dataclass
class _Write:
    shape: Shape
    values: list[object]
    key: tuple[str, UUID]


@dataclass
class Work:
    """One action's transaction, as the action sees it."""

    call: Call
    permission: Permission
    operation: str
    connection: Connection
    recorded: int = 0
    _pending: list[_Write] = field(default_factory=list)
    _locked: set[tuple[str, UUID]] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """The instant at which all of this happens."""
        return self.call.now

    @property
    def actor(self) -> Actor:
        return self.call.actor

    async def lock(
        self,
        entity: Guarded[ModelT],
        id: UUID | None,
        *,
        permission: Permission | None = None,
        expected_version: int | None = None,
    ) -> ModelT:
        """The row, locked until the commit, for an action that decides on it or changes it.

        Raises NotFound for what the actor can't see, Forbidden where it is visible but the permission (the action's
        own, if none is given) is not held on it, StaleVersion when it is not at the expected version.
        """
        row = await self._look_up(entity, id, permission or self.permission, lock=True)
        if expected_version is not None and row.version != expected_version:
            raise StaleVersion(row.version)
        self._locked.add((row.__tablename__, row.id))
        return row

    async def find(self, entity: Guarded[ModelT], id: UUID | None, *, permission: Permission | None = None) -> ModelT:
        """A row that the action only refers to.

        Raises NotFound, and Forbidden where a permission is given and not held.
        """
        return await self._look_up(entity, id, permission, lock=False)

    async def holds(self, entity: Guarded[ModelT], id: UUID, permission: Permission) -> bool:
        """Whether the actor holds a permission on a row; not on one that it can't see."""
        await self.flush()
        lookup = entity.lookup(self.actor, permission, lock=False)
        rows = await self.connection.rows(lookup.sql, lookup.values(self.actor, id))
        return bool(rows and rows[0]["may$"])

    async def _look_up(
        self, entity: Guarded[ModelT], id: UUID | None, permission: Permission | None, *, lock: bool
    ) -> ModelT:
        await self.flush()
        if id is None:
            raise NotFound(_words(entity.name))
        lookup = entity.lookup(self.actor, permission or self.permission, lock=lock)
        rows = await self.connection.rows(lookup.sql, lookup.values(self.actor, id))
        if not rows:
            raise NotFound(_words(entity.name))
        if permission is not None and not rows[0]["may$"]:
            raise Forbidden(f"You may see this {_words(entity.name)}, but not do this to it.")
        return loaded(entity.model, rows[0])

    async def require(self, entity: Guarded[ModelT], row: ModelT, permission: Permission | None = None) -> None:
        """Check that the permission is held on a row that this action has just added.

        Raises Forbidden: the row lies outside of what the actor's rights reach.
        """
        if not await self.holds(entity, row.id, permission or self.permission):
            raise Forbidden(f"Your rights do not reach this {_words(entity.name)}.")

    async def all(self, statement: Select[ModelT], model: type[ModelT], **values: object) -> list[ModelT]:
        """The rows of a SELECT of a model's columns. The statement bounds them by `organization_id` (see `tenant`)."""
        return [loaded(model, record) for record in await self.rows(statement, **values)]

    async def lock_all(self, statement: Select[ModelT], model: type[ModelT], **values: object) -> list[ModelT]:
        """The same for a SELECT … FOR NO KEY UPDATE in id order: rows that the action may change."""
        return [row for row, _ in await self.lock_with(statement, model, **values)]

    async def lock_with(
        self, statement: Select[Any], model: type[ModelT], **values: object
    ) -> list[tuple[ModelT, Mapping[str, Any]]]:
        """The same, each row with the whole record: for a statement that brings more than the rows that it locks."""
        found = [(loaded(model, record), record) for record in await self.rows(statement, **values)]
        self._locked.update((row.__tablename__, row.id) for row, _ in found)
        return found

    async def rows(self, statement: Executable, **values: object) -> list[Mapping[str, Any]]:
        """The rows of any statement; `organization_id` is bound by itself."""
        await self.flush()
        text = text_of(statement)
        return await self.connection.rows(
            text.sql, text.bound({"organization_id": self.actor.organization_id, **values})
        )

    async def value(self, statement: Executable, **values: object) -> Any:
        """The first value of the first row of any statement, None when there is none."""
        rows = await self.rows(statement, **values)
        return rows[0][0] if rows else None  # type: ignore[index] # asyncpg's records are indexed by position too

    def add(self, row: ModelT) -> ModelT:
        """Insert a row; its tenant, times and version are filled in here."""
        row.__dict__.update(
            organization_id=self.actor.organization_id, created_at=self.now, updated_at=self.now, version=1
        )
        values = values_of(row)
        self._locked.add((row.__tablename__, row.id))
        self._push("insert", row, values)
        return row

    def change(self, row: TenantRow, **values: object) -> tuple[Change, ...]:
        """Update columns of a row that is locked; its version and updated_at follow.

        Returns what is different; nothing is written when nothing is.
        """
        if (row.__tablename__, row.id) not in self._locked:
            raise RuntimeError(f"A {row.__tablename__} is changed that was not locked first.")
        changes = tuple(
            Change(name, getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value
        )
        if changes:
            new = {change.field: change.after for change in changes} | {
                "version": row.version + 1,
                "updated_at": self.now,
            }
            row.__dict__.update(new)
            self._push("update", row, new)
        return changes

    def touch(self, row: TenantRow) -> None:
        """Count a change of what belongs to a row that is locked, but lies in rows of its own, such as who is in a
        group: its version and updated_at follow.
        """
        if (row.__tablename__, row.id) not in self._locked:
            raise RuntimeError(f"A {row.__tablename__} is changed that was not locked first.")
        new = {"version": row.version + 1, "updated_at": self.now}
        row.__dict__.update(new)
        self._push("update", row, new)

    def write(self, model: type[TenantRow], id: UUID, **values: object) -> None:
        """Update a row that this very transaction has inserted by a statement of its own."""
        key = {"organization_id": self.actor.organization_id, "id": id}
        everything = {**values, **key}
        shape = Shape("update", model.__table__, tuple(everything))  # type: ignore[arg-type] # declared models have a Table
        self._pending.append(_Write(shape, list(everything.values()), (model.__tablename__, id)))

    def remove(self, row: TenantRow) -> None:
        """Delete a row that is locked."""
        if (row.__tablename__, row.id) not in self._locked:
            raise RuntimeError(f"A {row.__tablename__} is removed that was not locked first.")
        self._push("delete", row, {})

    def _push(self, kind: str, row: TenantRow, values: Mapping[str, object]) -> None:
        key = {} if kind == "insert" else {"organization_id": row.organization_id, "id": row.id}
        everything = {**values, **key}
        shape = Shape(kind, type(row).__table__, tuple(everything))  # type: ignore[arg-type] # declared models have a Table
        self._pending.append(_Write(shape, list(everything.values()), (row.__tablename__, row.id)))

    async def flush(self) -> None:
        """Send the collected writes."""
        writes, self._pending = self._pending, []
        while writes:
            together = _disjoint(writes)
            writes = writes[len(together) :]
            await self._send(together)

    async def _send(self, writes: Sequence[_Write]) -> None:
        if len(writes) > MOST_IN_ONE_STATEMENT:
            for same in _runs(writes):
                await self.connection.run_many(single(same[0].shape), [write.values for write in same])
            return
        runs = [
            part for run in _runs(writes) for part in ([run] if run[0].shape.kind == "insert" else [[w] for w in run])
        ]
        sql = batch(tuple((run[0].shape, len(run)) for run in runs))
        written = await self.connection.value(sql, [value for run in runs for write in run for value in write.values])
        expected = sum(write.shape.kind != "insert" for write in writes)
        if written != expected:
            raise RuntimeError(f"{written} rows were updated where {expected} are locked.")


def _disjoint(writes: Sequence[_Write]) -> Sequence[_Write]:
    """The longest head of the writes in which no row is touched twice: one statement sees one snapshot."""
    seen: set[tuple[str, UUID]] = set()
    for index, write in enumerate(writes):
        if write.key in seen:
            return writes[:index]
        seen.add(write.key)
    return writes


def _runs(writes: Sequence[_Write]) -> list[list[_Write]]:
    """Writes of the same shape together, in the order of the first of each."""
    runs: list[list[_Write]] = []
    for write in writes:
        run = _joinable(runs, write.shape)
        if run is None:
            runs.append([write])
        else:
            run.append(write)
    return runs


def _joinable(runs: Sequence[list[_Write]], shape: Shape) -> list[_Write] | None:
    """The last run of a shape; None where its own table, or one that it refers to, is written after that run."""
    before = _own_and_referred(shape.table)
    for run in reversed(runs):
        if run[0].shape == shape:
            return run
        if run[0].shape.table in before:
            return None
    return None


@lru_cache(maxsize=200)
def _own_and_referred(table: Table) -> frozenset[object]:
    """A table and those that its foreign keys lead to."""
    return frozenset({table, *(key.referred_table for key in table.foreign_key_constraints)})


def _words(name: str) -> str:
    """An entity's name as it stands in a sentence: HiringTeamMember is a hiring team member."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
