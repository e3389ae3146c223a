"""Inputs are made as Strawberry makes them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
)
from strawberry.types.arguments import convert_argument

from schema.root import GRAPHQL_SCHEMA, SCHEMA

INPUTS = [
    type_
    for name, type_ in sorted(GRAPHQL_SCHEMA.type_map.items())
    if isinstance(type_, GraphQLInputObjectType) and "strawberry-definition" in type_.extensions
]
DEPTH = 4  # filters hold filters


def value_of(type_: GraphQLInputType, chosen: Callable[[GraphQLInputType], bool], depth: int = 0) -> Any:
    """A coerced value, of the fields that are chosen and those that must be. What a leaf is makes no difference."""
    bare = get_nullable_type(type_)
    if is_list_type(bare):
        return [value_of(bare.of_type, chosen, depth) for _ in range(2)]
    if not isinstance(bare, GraphQLInputObjectType):
        return f"a {bare}"
    return {
        name: value_of(field.type, chosen, depth + 1)
        for name, field in bare.fields.items()
        if is_required_input_field(field) or (depth < DEPTH and chosen(field.type))
    }


def values_of(type_: GraphQLInputObjectType) -> Iterator[dict[str, Any]]:
    """One with all fields, one with those that must be, one with null wherever it may be."""
    everything = value_of(type_, lambda _: True)
    yield everything
    yield value_of(type_, lambda _: False)
    yield {
        name: value if isinstance(type_.fields[name].type, GraphQLNonNull) else None
        for name, value in everything.items()
    }


def made(type_: GraphQLInputObjectType, value: dict[str, Any]) -> Any:
    definition = type_.extensions["strawberry-definition"]
    return convert_argument(value, definition.origin, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)


@pytest.mark.parametrize("type_", INPUTS, ids=str)
def test_an_input_is_what_strawberry_would_make_of_it(
    type_: GraphQLInputObjectType, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = list(values_of(type_))
    ours = [made(type_, value) for value in values]
    for each in INPUTS:
        monkeypatch.setattr(each.extensions["strawberry-definition"], "from_input", None)
    theirs = [made(type_, value) for value in values]

    assert ours == theirs
    assert list(map(repr, ours)) == list(map(repr, theirs))  # UNSET is not null


def test_all_inputs_are_made_by_ours() -> None:
    assert len(INPUTS) > 100
    assert all(callable(each.extensions["strawberry-definition"].from_input) for each in INPUTS)
