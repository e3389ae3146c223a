"""Inputs as resolvers get them, made without asking Strawberry for the type of each field at each request."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLSchema, get_nullable_type, is_leaf_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

# What Strawberry calls to make an input that it does not make itself: its class, its coerced value, and where it is.
Maker = Callable[[type, Mapping[str, Any], InputContext], Any]

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


def prepare_inputs(schema: GraphQLSchema) -> None:
    """Let each input type make its inputs. What they are made of is settled once the schema is built."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType) and _DEFINITION in type_.extensions:
            definition: StrawberryObjectDefinition = type_.extensions[_DEFINITION]
            definition.from_input = _maker(type_, definition)


def _maker(type_: GraphQLInputObjectType, definition: StrawberryObjectDefinition) -> Maker:
    leaves: list[tuple[str, str]] = []  # names in GraphQL and in Python
    others: list[tuple[str, str, Any]] = []  # with the type as Strawberry knows it
    for name, field in type_.fields.items():
        declared: StrawberryField = field.extensions[_DEFINITION]
        if is_leaf_type(get_nullable_type(field.type)):
            leaves.append((name, declared.python_name))
        else:
            others.append((name, declared.python_name, declared.resolve_type(type_definition=definition)))
    # Required in Python, optional in GraphQL: null where it is not given.
    absent = {each.python_name: None for each in definition.fields if _has_no_default(each)}

    def make(class_: type, value: Mapping[str, Any], context: InputContext) -> Any:
        values: dict[str, Any] = dict(absent)
        for name, python_name in leaves:
            if name in value:
                values[python_name] = value[name]
        for name, python_name, nested in others:
            if name in value:
                values[python_name] = context.convert(value[name], nested, name)
        return class_(**values)

    return make


def _has_no_default(field: StrawberryField) -> bool:
    return field.default_value is MISSING and field.default_factory is MISSING
