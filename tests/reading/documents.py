"""Random operations over the whole schema: any root, fields, arguments, variables, fragments and directives."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

# What the oracle does not work out: the clock, opaque cursors and the matching of duplicates have tests of their own.
LEFT_OUT = {
    "daysInStage",
    "cursor",
    "startCursor",
    "endCursor",
    "possibleDuplicates",
}
# Filters with a meaning of their own; each has tests of its own.
FILTERS_LEFT_OUT = {
    "search",
    "email",
    "skill",
    "tag",
    "team",
    "location",
    "hiringTeamMember",
    "entity",
    "actor",
    "subject",
}
ROOTS_LEFT_OUT = {"rateLimit"}

MOST_FIELDS = 40
MOST_ALIASES = 25
DEEPEST = 5
TEXTS = ["", "a", "S", "Eng", "Ada", "%", "_", "Ω", "zzz"]
INSTANTS = ["2026-11-20T00:00:00+00:00", "2026-11-22T12:00:00+02:00", "2030-01-01T00:00:00Z"]


@dataclass
class Writer:
    """Writes one operation; everything is drawn from one seed."""

    schema: GraphQLSchema
    ids: Mapping[str, list[str]]
    rng: random.Random
    fields_left: int = MOST_FIELDS
    aliases_left: int = MOST_ALIASES
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)

    def operation(self) -> tuple[str, dict[str, Any]]:
        query = self.schema.query_type
        assert query is not None
        roots = [name for name in query.fields if name not in ROOTS_LEFT_OUT]
        chosen = self.rng.sample(roots, self.rng.choice([1, 1, 1, 2, 3]))
        body = " ".join(f"r{index}: {self.selected(name, query.fields[name], 1)}" for index, name in enumerate(chosen))
        head = f"query Q({', '.join(self.declared)})" if self.declared else "query Q"
        return f"{head} {{ {body} }} {' '.join(self.fragments)}", self.variables

    def selected(self, name: str, declared: GraphQLField, depth: int) -> str:
        """A field with its arguments and what is selected below it, without its alias."""
        self.fields_left -= 1
        type_ = get_named_type(declared.type)
        below = "" if is_leaf_type(type_) else f" {self.selection(type_, depth + 1)}"
        return f"{name}{self.arguments(declared.args)}{self.directive()}{below}"

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        if isinstance(type_, GraphQLInterfaceType):
            return self.on_interface(type_, depth)
        assert isinstance(type_, GraphQLObjectType)
        parts = self.fields(type_, depth)
        if self.rng.random() < 0.15 and depth < DEEPEST:
            parts.append(f"... on {type_.name} {{ {' '.join(self.fields(type_, depth + 1))} }}")
        if self.rng.random() < 0.1:
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            inside = " ".join(self.fields(type_, DEEPEST))
            self.fragments[int(name[1:])] = f"fragment {name} on {type_.name} {{ {inside} }}"
            parts.append(f"...{name}")
        return f"{{ {' '.join(parts)} }}"

    def on_interface(self, type_: GraphQLInterfaceType, depth: int) -> str:
        concrete = self.rng.sample(self.schema.get_possible_types(type_), 2)
        fragments = [f"... on {item.name} {{ {' '.join(self.fields(item, depth + 1))} }}" for item in concrete]
        return f"{{ __typename id {' '.join(fragments)} }}"

    def fields(self, type_: GraphQLObjectType, depth: int) -> list[str]:
        """Some fields of a type; fields with arguments get response names of their own, so that all of them merge."""
        candidates = [
            (name, declared)
            for name, declared in type_.fields.items()
            if name not in LEFT_OUT and (depth < DEEPEST or is_leaf_type(get_named_type(declared.type)))
        ]
        parts = ["__typename"] if self.rng.random() < 0.2 or not candidates else []
        for name, declared in self.rng.sample(candidates, min(len(candidates), self.rng.randint(1, 5))):
            if self.fields_left <= 0:
                break
            is_leaf = is_leaf_type(get_named_type(declared.type))
            if self.aliases_left <= 0 and not is_leaf:
                continue
            plain = is_leaf and (self.aliases_left <= 0 or self.rng.random() < 0.8)
            self.aliases_left -= not plain
            alias = "" if plain else f"{name}_{self.rng.randrange(10**9)}: "
            parts.append(alias + (name if plain else self.selected(name, declared, depth)))
        return parts or ["__typename"]

    def directive(self) -> str:
        if self.rng.random() > 0.06:
            return ""
        kind, value = self.rng.choice(["skip", "include"]), self.rng.random() < 0.5
        return f" @{kind}(if: {self.value(value, 'Boolean!')})"

    def value(self, value: Any, type_: str, literal: str | None = None) -> str:
        """A value, as a literal or as a variable."""
        if self.rng.random() < 0.5:
            return json.dumps(value, ensure_ascii=False) if literal is None else literal
        name = f"v{len(self.variables)}"
        self.variables[name] = value
        self.declared.append(f"${name}: {type_}")
        return f"${name}"

    def arguments(self, declared: Mapping[str, GraphQLArgument]) -> str:
        given: list[str] = []
        direction = self.rng.choice(["first", "first", "last"])
        for name, argument in declared.items():
            if name in ("first", "last") and name != direction:
                continue
            text = self.argument(name, argument)
            if text is not None:
                given.append(f"{name}: {text}")
        return f"({', '.join(given)})" if given else ""

    def argument(self, name: str, argument: GraphQLArgument) -> str | None:
        match name:
            case "id":
                return self.value(self.any_id(), "ID!")
            case "ids":
                return self.value([self.any_id() for _ in range(self.rng.randint(0, 4))], "[ID!]!")
            case _ if is_required_argument(argument) or self.rng.random() > 0.35:
                return None
            case "first" | "last":
                return self.value(self.rng.choice([0, 1, 2, 3, 20, 100]), "Int")
            case "filter":
                type_ = get_named_type(argument.type)
                assert isinstance(type_, GraphQLInputObjectType)
                given = self.filter(type_, 1)
                return self.value(given, type_.name, literal_of(given))
            case "orderBy":
                type_ = get_named_type(argument.type)
                assert isinstance(type_, GraphQLInputObjectType)
                given_order = self.order(type_)
                return self.value(given_order, f"[{type_.name}!]", literal_of(given_order))
            case _:
                return None

    def any_id(self) -> str:
        listed = self.ids[self.rng.choice(sorted(self.ids))]
        return self.rng.choice([*listed, "nonsense", "opn_00000000000000000000000000000000"])

    def filter(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        names = [name for name in type_.fields if name not in FILTERS_LEFT_OUT]
        given: dict[str, Any] = {}
        for name in self.rng.sample(names, min(len(names), self.rng.randint(0, 2))):
            inner = get_named_type(type_.fields[name].type)
            assert isinstance(inner, GraphQLInputObjectType)
            if name in ("and", "or"):
                if depth < 3:
                    given[name] = [self.filter(type_, depth + 1) for _ in range(self.rng.randint(0, 2))]
            elif name == "not":
                if depth < 3:
                    given[name] = self.filter(type_, depth + 1)
            else:
                given[name] = self.comparator(inner)
        return given

    def comparator(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        how = self.rng.choice(list(type_.fields))
        if how == "isNull":
            return {how: self.rng.random() < 0.5}
        inner = get_named_type(type_.fields[how].type)
        if how in ("in", "notIn"):
            return {how: [self.scalar(inner) for _ in range(self.rng.randint(0, 3))]}
        return {how: self.scalar(inner)}

    def scalar(self, type_: GraphQLNamedType) -> Any:
        if isinstance(type_, GraphQLEnumType):
            return Name(self.rng.choice(list(type_.values)))
        match type_.name:
            case "Boolean":
                return self.rng.random() < 0.5
            case "ID":
                return self.any_id()
            case "DateTime":
                return self.rng.choice(INSTANTS)
            case "Date":
                return "2026-11-22"
            case "Int":
                return self.rng.randint(0, 3)
            case _:
                return self.rng.choice(TEXTS)

    def order(self, type_: GraphQLInputObjectType) -> list[dict[str, Any]]:
        fields = get_named_type(type_.fields["field"].type)
        assert isinstance(fields, GraphQLEnumType)
        return [
            {"field": Name(name)}
            | ({"direction": Name(self.rng.choice(["ASC", "DESC"]))} if self.rng.random() < 0.7 else {})
            for name in self.rng.sample(list(fields.values), self.rng.randint(0, len(fields.values)))
        ]


class Name(str):
    """An enum's value: quoted in variables, bare in a document."""

    __slots__ = ()


def literal_of(value: Any) -> str:
    """A value as a GraphQL literal."""
    match value:
        case Name():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{name}: {literal_of(item)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(literal_of(item) for item in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
