"""What a filter means, in Python, for the filters that compare a column of the row itself."""

import operator
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.catalog import CATALOG
from portal.reading.entity import Connection

if TYPE_CHECKING:
    from tests.reading.reference import Ref, Reference


def matches(reference: "Reference", declared: Connection, ref: "Ref", given: dict[str, Any]) -> bool:
    """Whether a row satisfies a filter. A null comparator says nothing."""
    for name, value in given.items():
        if value is None:
            continue
        if name == "and" and not all(matches(reference, declared, ref, item) for item in value):
            return False
        if name == "or" and value and not any(matches(reference, declared, ref, item) for item in value):
            return False
        if name == "not" and matches(reference, declared, ref, value):
            return False
        if name not in ("and", "or", "not") and not _compared(reference, declared, ref, name, value):
            return False
    return True


def _compared(reference: "Reference", declared: Connection, ref: "Ref", name: str, given: dict[str, Any]) -> bool:
    attribute = declared.filters[name].attribute
    # A filter must not tell what a field hides.
    if attribute is not None and not reference.holds(ref, ref.entity.permission_of(attribute)):
        return False
    value = ref.row[ANY_ID[name] if attribute is None else attribute.key]
    return all(_holds(value, how, what) for how, what in given.items() if what is not None)


def _holds(value: Any, how: str, what: Any) -> bool:
    if how == "isNull":
        return (value is None) is what
    if value is None:
        return False
    if hasattr(value, "hex") and not isinstance(value, float):
        value = value.hex
        what = [_digits(item) for item in what] if isinstance(what, list) else _digits(what)
    if isinstance(value, datetime):
        what = datetime.fromisoformat(what)
    return bool(COMPARATORS[how](value, what))


# Filters of records by an id of any type, and the column that they compare.
ANY_ID = {"opening": "opening_id"}

COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "in": lambda value, what: value in what,
    "notIn": lambda value, what: value not in what,
    "startsWith": lambda value, what: value.startswith(what),
    "contains": lambda value, what: what in value,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _digits(text: str) -> str:
    prefix, _, digits = text.rpartition("_")
    return digits if prefix in CATALOG.by_prefix else ""
