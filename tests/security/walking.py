"""Where the schema takes input and gives answers: every position, found by walking, so that nothing is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
)

from schema.root import GRAPHQL_SCHEMA

# A path into an argument: names of input fields, and 0 for the only item of a list.
Path: TypeAlias = tuple[str | int, ...]

# Filters contain themselves through these; what holds one level down holds at every level.
COMBINERS = frozenset({"and", "or", "not"})


@dataclass(frozen=True)
class Position:
    """One place for a value: an argument of a field, or an input field somewhere inside one."""

    parent: str
    field: str
    path: Path  # the first part is the argument's name
    type: GraphQLInputType
    holder: str  # the input type that declares it, or Type.field for an argument

    @property
    def named(self) -> GraphQLNamedType:
        return get_named_type(self.type)

    @property
    def name(self) -> str:
        """For messages: Query.openings(filter.department.eq)."""
        return f"{self.parent}.{self.field}({'.'.join(str(part) for part in self.path)})"

    @property
    def declared(self) -> str:
        """Where the schema declares it: IdFilter.eq, or Query.opening(id)."""
        return f"{self.holder}.{[part for part in self.path if isinstance(part, str)][-1]}"


def positions(type_: GraphQLObjectType) -> Iterator[Position]:
    """Every position for a leaf value in the arguments of a type's fields."""
    for name, field in type_.fields.items():
        yield from positions_of(type_.name, name, field)


def positions_of(parent: str, name: str, field: GraphQLField) -> Iterator[Position]:
    for argument_name, argument in field.args.items():
        holder = f"{parent}.{name}"
        yield from _inside(Position(parent, name, (argument_name,), argument.type, holder))


def _inside(position: Position) -> Iterator[Position]:
    nullable = get_nullable_type(position.type)
    path, type_ = position.path, position.type
    if is_list_type(nullable):
        path, type_ = (*path, 0), nullable.of_type
    named = get_named_type(type_)
    if not is_input_object_type(named):
        yield Position(position.parent, position.field, path, position.type, position.holder)
        return
    for name, inner in named.fields.items():
        if name not in COMBINERS:
            yield from _inside(Position(position.parent, position.field, (*path, name), inner.type, named.name))


# What the edge answers of the request itself; nothing of it is read from the organization.
OF_THE_EDGE = {"RateLimit"}


def readable_types() -> list[GraphQLObjectType]:
    """The object types that a query can reach; what only a mutation answers with is not among them."""
    query = GRAPHQL_SCHEMA.query_type
    assert query is not None
    found: dict[str, GraphQLObjectType] = {}
    waiting: list[GraphQLNamedType] = [query]
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, GraphQLInterfaceType):
            waiting.extend(GRAPHQL_SCHEMA.get_possible_types(type_))
        elif isinstance(type_, GraphQLObjectType) and type_.name not in found and type_.name not in OF_THE_EDGE:
            found[type_.name] = type_
            waiting.extend(get_named_type(field.type) for field in type_.fields.values())
    return list(found.values())


def mutations() -> dict[str, GraphQLField]:
    """Every mutation by name."""
    type_ = GRAPHQL_SCHEMA.mutation_type
    assert type_ is not None
    return dict(type_.fields)


def input_type_of(mutation: str) -> GraphQLInputObjectType:
    """The type of a mutation's one argument."""
    type_ = get_named_type(mutations()[mutation].args["input"].type)
    assert isinstance(type_, GraphQLInputObjectType)
    return type_


def leaves(type_: GraphQLNamedType, depth: int) -> str:
    """A selection of everything of a type that takes no argument, down to a depth; `__typename` where that ends."""
    if isinstance(type_, GraphQLInterfaceType):
        return "{ __typename id }" if "id" in type_.fields else "{ __typename code message path }"
    assert isinstance(type_, GraphQLObjectType)
    parts = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            parts.append(name)
        elif depth > 1 and name != "query":
            parts.append(f"{name} {leaves(named, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"
