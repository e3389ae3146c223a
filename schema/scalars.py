"""Scalars beyond GraphQL's own five and dates."""

from collections.abc import Mapping
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


SCALARS: Mapping[object, ScalarDefinition] = {
    MinorUnits: strawberry.scalar(
        name="MinorUnits",
        description="A whole number of a currency's smallest unit: 17250000 USD are 172,500.00 dollars, 5000000 JPY "
        "are five million yen. A JSON number that may be larger than an Int.",
        serialize=_whole,
        parse_value=_whole,
    ),
}
