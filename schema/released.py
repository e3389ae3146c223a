"""The schema that clients were last given, and what may differ from it: a release breaks nobody without saying so, and
says what is new.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)
from graphql.utilities import find_breaking_changes

from schema.root import GRAPHQL_SCHEMA

# Replaced by schema.graphql with each release; nothing else changes it.
RELEASED = Path(__file__).parent / "released.graphql"
CHANGELOG = Path(__file__).parents[1] / "docs" / "api" / "changelog.md"

# One that is listed in the changelog, with why: - `Field Opening.title was removed.` It was …
LISTED = re.compile(r"^- `([^`]+)` \S", re.MULTILINE)

# What has come since the last release, up to the next heading, and the names in it.
UNRELEASED = re.compile(r"^## Unreleased$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(\w+)`")


def unlisted_breaking_changes(released: str, changelog: str, schema: GraphQLSchema = GRAPHQL_SCHEMA) -> list[str]:
    """What breaks clients of the released schema and is not listed in the changelog with a reason, as graphql-core says
    it; in alphabetical order.
    """
    listed = set(LISTED.findall(changelog))
    changes = {change.description for change in find_breaking_changes(build_schema(released), schema)}
    return sorted(changes - listed)


def unlisted_additions(released: str, changelog: str, schema: GraphQLSchema = GRAPHQL_SCHEMA) -> list[str]:
    """What clients of the released schema can't know and the changelog does not name, as `Type.field`,
    `Type.field(argument:)` or `@directive`; in alphabetical order. Types that are new are found by what leads to them.
    """
    section = UNRELEASED.search(changelog)
    named = set(NAMED.findall(section[1])) if section else set()
    before = _places(build_schema(released))
    return sorted(
        place
        for place, (part_of, name) in _places(schema).items()
        if place not in before and part_of in {"", *before} and name not in named
    )


def _places(schema: GraphQLSchema) -> dict[str, tuple[str, str]]:
    """Whatever a client can name: what it is part of, "" where anybody may look for it, and its name there."""
    places = {f"@{directive.name}": ("", directive.name) for directive in schema.directives}
    for type_ in schema.type_map.values():
        places[type_.name] = (type_.name, type_.name)
        part_of = "" if type_ is schema.subscription_type else type_.name
        for name, part in _parts(type_).items():
            place = f"{type_.name}.{name}"
            places[place] = (part_of, name)
            if isinstance(part, GraphQLField):
                places |= {f"{place}({argument}:)": (place, argument) for argument in part.args}
    return places


def _parts(type_: GraphQLNamedType) -> Mapping[str, object]:
    parts: Mapping[str, object] = {}
    match type_:
        case GraphQLEnumType():
            parts = type_.values
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLInputObjectType():
            parts = type_.fields
    return parts
