"""The comparators of filter inputs. Each is a oneOf input: give exactly one of its fields."""

import enum
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import strawberry

ChoiceT = TypeVar("ChoiceT", bound=enum.Enum)


def _comparator(description: str, name: str | None = None) -> Any:  # what a dataclass field's default is typed as
    return strawberry.field(description=description, default=strawberry.UNSET, name=name)


@strawberry.input(one_of=True, description="Compares a text. Case matters.")
class TextFilter:
    eq: str | None = _comparator("Is exactly this.")
    in_: list[str] | None = _comparator("Is one of these, at most 100.", "in")
    starts_with: str | None = _comparator("Begins with this.")
    contains: str | None = _comparator("Contains this.")
    is_null: bool | None = _comparator("Is absent (true) or present (false).")


@strawberry.input(one_of=True, description="Compares an id. An id that does not exist matches nothing.")
class IdFilter:
    eq: strawberry.ID | None = _comparator("Is exactly this.")
    in_: list[strawberry.ID] | None = _comparator("Is one of these, at most 100.", "in")
    is_null: bool | None = _comparator("Is absent (true) or present (false).")


@strawberry.input(one_of=True, description="Compares a value of a closed set.")
class ChoiceFilter(Generic[ChoiceT]):
    eq: ChoiceT | None = _comparator("Is exactly this.")
    in_: list[ChoiceT] | None = _comparator("Is one of these.", "in")
    not_in: list[ChoiceT] | None = _comparator("Is none of these.")


@strawberry.input(one_of=True, description="Compares an instant. Combine two with `and` for a range.")
class InstantFilter:
    gt: datetime | None = _comparator("Is after this.")
    gte: datetime | None = _comparator("Is at or after this.")
    lt: datetime | None = _comparator("Is before this.")
    lte: datetime | None = _comparator("Is at or before this.")
    is_null: bool | None = _comparator("Is absent (true) or present (false).")


@strawberry.input(one_of=True, description="Compares a date. Combine two with `and` for a range.")
class DayFilter:
    eq: date | None = _comparator("Is this day.")
    gt: date | None = _comparator("Is after this day.")
    gte: date | None = _comparator("Is this day or later.")
    lt: date | None = _comparator("Is before this day.")
    lte: date | None = _comparator("Is this day or earlier.")
    is_null: bool | None = _comparator("Is absent (true) or present (false).")


@strawberry.input(one_of=True, description="Compares a yes or no.")
class FlagFilter:
    eq: bool | None = _comparator("Is this.")


@strawberry.enum(description="Which end of an order comes first.")
class OrderDirection(enum.Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest, earliest or first letter first.")
    DESC = strawberry.enum_value("DESC", description="Largest, latest or last letter first.")
