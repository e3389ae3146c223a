"""Closed sets of the portal as GraphQL enums: the same values, each with a description for client developers."""

import enum
from collections.abc import Mapping
from typing import TypeVar

import strawberry

EnumT = TypeVar("EnumT", bound=enum.StrEnum)


def described_enum(values: type[EnumT], description: str, meanings: Mapping[EnumT, str]) -> None:
    """Make a closed set a GraphQL enum of the same name.

    Raises ValueError when a value has no description, or too many.
    """
    if set(meanings) != set(values):
        raise ValueError(f"{values.__name__}: describe each value exactly once.")
    strawberry.enum(values, description=description)
    for value in values.__strawberry_definition__.values:  # type: ignore[attr-defined] # set by strawberry.enum
        value.description = meanings[values(value.value)]
