"""Scalars beyond GraphQL's own five."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

MinorUnits = NewType("MinorUnits", int)

# What a double holds exactly: JSON numbers above this change on their way through most clients.
_LARGEST = 2**53 - 1


def _whole(value: Any) -> int:  # Any: whatever a client sent
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError("Minor units are a whole number.")
    return value


def _instant(value: Any) -> datetime:  # Any: whatever a client sent
    """An instant in UTC: an offset may carry the first and the last day out of the years that there are."""
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("Write a time in the years 1 to 9999 with its offset, such as 2026-03-31T09:30:00Z.")


def _day(value: Any) -> date:  # Any: whatever a client sent
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("Write a day in the years 1 to 9999, such as 2026-03-31.") from None


def _written(value: date) -> str:
    return value.isoformat()


SCALARS: Mapping[object, ScalarDefinition] = {
    # In the places of Strawberry's own, which take times without an offset and name no day that they would take.
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, in ISO 8601 with its offset: 2026-03-31T09:30:00Z. Answers are in UTC.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_written,
        parse_value=_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day without a time, in ISO 8601: 2026-03-31.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=_written,
        parse_value=_day,
    ),
    MinorUnits: strawberry.scalar(
        name="MinorUnits",
        description="A whole number of a currency's smallest unit: 17250000 USD are 172,500.00 dollars, 5000000 JPY "
        "are five million yen. A JSON number that may be larger than an Int.",
        serialize=_whole,
        parse_value=_whole,
    ),
}
