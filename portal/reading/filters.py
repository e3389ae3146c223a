"""Filters: which fields of a list clients may compare, and with what.

A filter input is an object of comparators, each a oneOf input, and of `and`, `or` and `not`. The names here are those
of the declarations (snake_case); the input's own names are their camelCase.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Date, DateTime, Text, Uuid, any_, not_
from sqlalchemy.orm import InstrumentedAttribute

from portal.database.ids import parse_public_id
from portal.reading.arguments import Leaf, Tree, as_leaf
from portal.reading.problems import BadInput
from portal.reading.rows import Predicate, Row, Viewer

Bind: TypeAlias = Callable[[Any, Any, Callable[[Any], object]], ColumnElement[Any]]
Attribute: TypeAlias = InstrumentedAttribute[Any]  # Any: attributes of all types stand in the same declarations

MOST_CONDITIONS = 50  # in one filter; each is a part of the statement, which is compiled anew for each number of them
MOST_VALUES = 100  # in one comparison; bound as one array, so their number never changes the statement


@dataclass(frozen=True)
class Filter:
    """One field of a filter input: turns a comparator and its value into a predicate on the row.

    `attribute` is the column it compares, None for a meaning of its own. Rows on which the viewer may not see that
    column never match (see `connections`): a filter must not tell what a field hides. `weight` is how many conditions
    it counts for: one that looks into other tables takes as long to compile as many that compare a column.
    """

    compare: Callable[[Viewer, Row, str, Any, Bind], Predicate]
    attribute: Attribute | None = None
    weight: int = 1


def _comparison(column: ColumnElement[Any], type_: Any, decode: Callable[[Any], object]) -> Any:
    """Predicates by comparator for one column; Any, because SQLAlchemy's operators are typed per column type."""
    array = ARRAY(type_)

    def decoded(values: list[Any]) -> list[object]:
        return [decode(value) for value in few_enough(values)]

    return {
        "eq": lambda value, bind: column == bind(value, type_, decode),
        "in": lambda value, bind: column == any_(bind(value, array, decoded)),
        "notIn": lambda value, bind: not_(column == any_(bind(value, array, decoded))),
        "gt": lambda value, bind: column > bind(value, type_, decode),
        "gte": lambda value, bind: column >= bind(value, type_, decode),
        "lt": lambda value, bind: column < bind(value, type_, decode),
        "lte": lambda value, bind: column <= bind(value, type_, decode),
        "startsWith": lambda value, bind: column.like(bind(value, type_, lambda text: f"{_escaped(text)}%")),
        "contains": lambda value, bind: column.like(bind(value, type_, lambda text: f"%{_escaped(text)}%")),
    }


def few_enough(values: list[Any]) -> list[Any]:
    """The values of one comparison. Raises BadInput for more than may be compared at once."""
    if len(values) > MOST_VALUES:
        raise BadInput(f"Compare with at most {MOST_VALUES} values at once, not {len(values)}.")
    return values


def check_size(given: Mapping[str, Tree], filters: Mapping[str, Filter]) -> None:
    """Raises BadInput for a filter of more conditions than one may have, before any of them is compiled."""
    weight, waiting = 0, [given]
    while waiting:
        for name, value in waiting.pop().items():
            inner = value if name in ("and", "or") and isinstance(value, list) else [value] if name == "not" else []
            waiting += [each for each in inner if isinstance(each, dict)]
            weight += len(inner) or (filters[name].weight if name in filters else 1)
        if weight > MOST_CONDITIONS:
            raise BadInput(
                f"A filter has at most {MOST_CONDITIONS} conditions; one that looks into other lists counts as several."
            )


def _escaped(text: str) -> str:
    """The text with LIKE's own characters taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _field(attribute: Attribute, type_: Any, decode: Callable[[Any], object]) -> Filter:
    def compare(viewer: Viewer, row: Row, comparator: str, value: Any, bind: Bind) -> Predicate:  # noqa: ARG001
        column = row[attribute]
        if comparator == "isNull":
            return column.is_(None) if as_leaf(value).known() else column.is_not(None)
        predicate: Predicate = _comparison(column, type_, decode)[comparator](value, bind)
        return predicate

    return Filter(compare, attribute)


def _same(value: Any) -> object:
    return value


def text(attribute: Attribute) -> Filter:
    """Compares a text: eq, in, startsWith, contains, isNull. Case matters."""
    return _field(attribute, Text(), _same)


def choice(attribute: Attribute) -> Filter:
    """Compares a closed set's value: eq, in, notIn."""
    return _field(attribute, Text(), lambda value: value.value)


def instant(attribute: Attribute) -> Filter:
    """Compares an instant: gt, gte, lt, lte, isNull."""

    def decode(value: datetime) -> datetime:
        return value

    return _field(attribute, DateTime(timezone=True), decode)


def day(attribute: Attribute) -> Filter:
    """Compares a date: eq, gt, gte, lt, lte, isNull."""

    def decode(value: date) -> date:
        return value

    return _field(attribute, Date(), decode)


def number(attribute: Attribute) -> Filter:
    """Compares a number: eq, in, gt, gte, lt, lte."""
    return _field(attribute, BigInteger(), _same)


def flag(attribute: Attribute) -> Filter:
    """Compares a boolean: eq."""
    return _field(attribute, Boolean(), _same)


def id_of(prefix: str, attribute: Attribute) -> Filter:
    """Compares an id: eq, in, isNull. An id that is malformed or of another type matches nothing."""

    def decode(value: str) -> UUID | None:
        return parse_public_id(prefix, value)

    return _field(attribute, Uuid(), decode)


def custom(build: Callable[[Viewer, Row, Leaf, Bind], Predicate], weight: int = 10) -> Filter:
    """A filter with a single value and a meaning of its own (a search, a membership in a list)."""

    def compare(viewer: Viewer, row: Row, comparator: str, value: Any, bind: Bind) -> Predicate:  # noqa: ARG001
        return build(viewer, row, as_leaf(value), bind)

    return Filter(compare, weight=weight)
