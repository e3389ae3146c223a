"""Statements as text: SQLAlchemy compiles each once, and asyncpg runs the text with bound values.

Selects come from SQLAlchemy Core as they are. Writes of whole rows are composed from the tables' own names, so that
several can travel in one message (see `batch`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from typing import Any, ParamSpec

from sqlalchemy import Executable, Table
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.orm import class_mapper

from portal.database.base import Enumerated, ModelT, TenantRow

P = ParamSpec("P")

DIALECT = asyncpg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call] # SQLAlchemy's dialects are untyped
_quote = DIALECT.identifier_preparer.quote
_PLACEHOLDER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Text:
    """A compiled statement: its text, the names of its values in order, and the constants among them."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]

    def bound(self, values: Mapping[str, object]) -> list[object]:
        """The values in order. Raises KeyError for one that is missing."""
        return [values[name] if name in values else self._constant(name) for name in self.names]

    def _constant(self, name: str) -> object:
        value = self.constants[name]
        if value is None:
            raise KeyError(f"The statement needs a value for {name!r}.")
        return value


@lru_cache(maxsize=2_000)
def text_of(statement: Executable) -> Text:
    """The text of a statement, compiled at its first use; keep statements in module constants, so that they are found
    again.
    """
    compiled = statement.compile(dialect=DIALECT)  # type: ignore[attr-defined] # every executable of Core has it
    return Text(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one write: which table, what is done, and to which columns."""

    kind: str  # insert, update or delete
    table: Table
    columns: tuple[str, ...]


@lru_cache(maxsize=2_000)
def batch(writes: tuple[tuple[Shape, int], ...]) -> str:
    """Several writes as one statement, whose value is how many rows were updated or deleted.

    Each pair is a shape and how many rows are written in it; only inserts write more than one, and in the order given.
    Each shape is a data-modifying CTE: one message and one plan instead of one each. All see the same snapshot and run
    in no particular order, so no two of them may touch the same row.
    """
    parts: list[str] = []
    used = 0
    for index, (shape, rows) in enumerate(writes):
        parts.append(f"w{index} AS ({_shifted(_many(shape, rows), used)} RETURNING 1)")
        used += len(shape.columns) * rows
    counted = " + ".join(
        f"(SELECT count(*) FROM w{index})"  # noqa: S608 - a name of ours
        for index, (shape, _) in enumerate(writes)
        if shape.kind != "insert"
    )
    return f"WITH {', '.join(parts)} SELECT {counted or '0'}"


def _many(shape: Shape, rows: int) -> str:
    """One statement for several rows of one shape."""
    first = _single(shape)
    if rows == 1:
        return first
    values = first[first.index("VALUES ") + len("VALUES ") :]
    more = [_shifted(values, len(shape.columns) * row) for row in range(1, rows)]
    return ", ".join([first, *more])


def _shifted(sql: str, by: int) -> str:
    """The statement with its placeholders numbered from a later one on."""
    return _PLACEHOLDER.sub(lambda match: f"${int(match[1]) + by}", sql)


@lru_cache(maxsize=2_000)
def single(shape: Shape) -> str:
    """One write as a statement of its own."""
    return _single(shape)


def _single(shape: Shape) -> str:
    table = _quote(shape.table.name)
    values = {name: f"${index}::{_cast(shape.table, name)}" for index, name in enumerate(shape.columns, start=1)}
    if shape.kind == "insert":
        names = ", ".join(_quote(name) for name in values)
        return f"INSERT INTO {table} ({names}) VALUES ({', '.join(values.values())})"  # noqa: S608 - names of our own tables
    key = f"organization_id = {values.pop('organization_id')} AND id = {values.pop('id')}"
    if shape.kind == "delete":
        return f"DELETE FROM {table} WHERE {key}"  # noqa: S608 - names of our own tables
    assignments = ", ".join(f"{_quote(name)} = {value}" for name, value in values.items())
    return f"UPDATE {table} SET {assignments} WHERE {key}"  # noqa: S608 - names of our own tables


def _cast(table: Table, column: str) -> str:
    return str(table.c[column].type.compile(dialect=DIALECT))


@lru_cache(maxsize=200)
def _columns(model: type[TenantRow]) -> tuple[tuple[str, Any], ...]:
    """A model's columns and, for closed sets, their enum."""
    table = model.__table__
    return tuple(
        (column.key, column.type.values if isinstance(column.type, Enumerated) else None) for column in table.c
    )


@lru_cache(maxsize=200)
def _written(model: type[TenantRow]) -> tuple[str, ...]:
    """The columns of a model that its rows bring with them, and not the database."""
    return tuple(column.key for column in model.__table__.c if column.server_default is None)


def values_of(row: TenantRow) -> dict[str, object]:
    """A row's values by column name, without the columns that the database fills."""
    # What was set is read past SQLAlchemy's instruments, which cost a microsecond each; the default of what was not set
    # is found only through them.
    state = row.__dict__
    return {name: state[name] if name in state else getattr(row, name) for name in _written(type(row))}


@lru_cache(maxsize=200)
def _manager(model: type[TenantRow]) -> Any:  # Any: SQLAlchemy's, which makes rows of a model
    # Not inspect(): a process that has made no row by itself yet has not told the mappers of each other either.
    return class_mapper(model).class_manager


@lru_cache(maxsize=200)
def _factories(model: type[TenantRow]) -> tuple[tuple[str, Callable[[], object]], ...]:
    """What makes the values of a model's columns that differ from row to row, such as its id."""
    return tuple((each.name, each.default_factory) for each in fields(model) if each.default_factory is not MISSING)


def made(model: Callable[P, ModelT], *_nothing: P.args, **values: P.kwargs) -> ModelT:
    """A new row, as the model's constructor makes it, for the rows that every change writes.

    It is past SQLAlchemy's instruments, which cost ten microseconds a row. Values go by name.
    """
    row: ModelT = _manager(model).new_instance()
    row.__dict__.update({name: make() for name, make in _factories(type(row)) if name not in values}, **values)
    return row


def loaded(model: type[ModelT], record: Mapping[str, Any]) -> ModelT:
    """A row of a model from what the database answered; closed sets become members of their enums."""
    row: ModelT = _manager(model).new_instance()
    state = row.__dict__
    for name, closed_set in _columns(model):
        value = record[name]
        state[name] = closed_set(value) if closed_set is not None and value is not None else value
    return row
