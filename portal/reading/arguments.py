"""Argument values of a selection, with where each of them comes from.

A plan is compiled once and run with many variables. So an argument is not a value but a tree whose leaves know their
source: a literal of the document, or a path into the variables. What shapes the statement (structure, enums, booleans,
nulls) is part of the plan's key (`shape`); everything else is bound when the plan runs (`resolve`).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    value_from_ast,
)

# Any: variables are JSON values and whatever the custom scalars parse them to.
Variables: TypeAlias = Mapping[str, Any]
Tree: TypeAlias = "Leaf | list[Any] | dict[str, Any] | None"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value at the end of an argument: from the document when `variable` is None, else from the variables."""

    value: Any
    variable: str | None = None
    path: tuple[str | int, ...] = ()
    is_default: bool = False

    def known(self) -> Any:
        """The value, for deciding the statement's shape. Only enums and booleans are part of the plan's key."""
        if not isinstance(self.value, enum.Enum | bool):
            raise TypeError("Only an enum or a boolean may shape a statement.")
        return self.value

    def resolve(self, variables: Variables) -> Any:
        """The value for one request."""
        if self.variable is None:
            return self.value
        value = variables[self.variable]
        for key in self.path:
            value = value[key]
        return value


def resolve(tree: Tree, variables: Variables) -> Any:
    """The plain value of an argument for one request."""
    if isinstance(tree, Leaf):
        return tree.resolve(variables)
    if isinstance(tree, list):
        return [resolve(item, variables) for item in tree]
    if isinstance(tree, dict):
        return {key: resolve(item, variables) for key, item in tree.items()}
    return None


def as_leaf(tree: Tree) -> Leaf:
    """The tree where only a single value can stand."""
    if not isinstance(tree, Leaf):
        raise TypeError(f"A single value was expected, not {tree!r}.")
    return tree


def shape(value: Any) -> object:
    """What of a variable's value may change a statement's text: structure, enums, booleans, nulls and the type of an
    id.
    """
    if value is None or isinstance(value, enum.Enum | bool):
        return value
    if isinstance(value, dict):
        return tuple((key, shape(item)) for key, item in value.items())
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return tuple(shape(item) for item in value)
        return ("[]", bool(value), frozenset(id_prefix(item) for item in value))
    return id_prefix(value)


# A prefix, an underscore and 32 hex digits: see database/ids.py.
_DIGITS_AND_UNDERSCORE = 33


def id_prefix(value: Any) -> str:
    """The type prefix of what looks like a public id, else the empty text: `node` reads only the table that an id
    names.
    """
    if isinstance(value, str) and _DIGITS_AND_UNDERSCORE < len(value) < 40 and value[-_DIGITS_AND_UNDERSCORE] == "_":
        return value[:-_DIGITS_AND_UNDERSCORE]
    return ""


def argument_trees(
    nodes: Mapping[str, ValueNode], arguments: Mapping[str, GraphQLArgument], variables: Variables
) -> dict[str, Tree]:
    """The arguments of one field by GraphQL name, defaults applied; absent ones are left out."""
    trees: dict[str, Tree] = {}
    for name, argument in arguments.items():
        tree = _given_or_default(nodes.get(name), argument, variables)
        if tree is not Undefined:
            trees[name] = tree
    return trees


def _given_or_default(
    node: ValueNode | None, declared: GraphQLArgument | GraphQLInputField, variables: Variables
) -> Any:
    tree = Undefined if node is None else _tree(node, declared.type, variables)
    if tree is Undefined and declared.default_value is not Undefined:
        tree = _from_value(declared.default_value, None, ())
        return replace(tree, is_default=True) if isinstance(tree, Leaf) else tree
    return tree


def _tree(node: ValueNode, type_: GraphQLInputType, variables: Variables) -> Any:
    if isinstance(node, VariableNode):
        name = node.name.value
        return _from_value(variables[name], name, ()) if name in variables else Undefined
    if isinstance(node, NullValueNode):
        return None
    nullable = get_nullable_type(type_)
    if is_list_type(nullable):
        items = node.values if isinstance(node, ListValueNode) else (node,)
        trees = [_tree(item, nullable.of_type, variables) for item in items]
        return [None if tree is Undefined else tree for tree in trees]
    if is_input_object_type(nullable) and isinstance(node, ObjectValueNode):
        return _object(node, nullable, variables)
    return Leaf(value_from_ast(node, type_))


def _object(node: ObjectValueNode, type_: GraphQLInputObjectType, variables: Variables) -> dict[str, Tree]:
    given = {field.name.value: field.value for field in node.fields}
    trees: dict[str, Tree] = {}
    for name, declared in type_.fields.items():
        tree = _given_or_default(given.get(name), declared, variables)
        if tree is not Undefined:
            trees[name] = tree
    return trees


def _from_value(value: Any, variable: str | None, path: tuple[str | int, ...]) -> Tree:
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: _from_value(item, variable, (*path, key)) for key, item in value.items()}
    if isinstance(value, list) and (not value or isinstance(value[0], dict)):
        return [_from_value(item, variable, (*path, index)) for index, item in enumerate(value)]
    return Leaf(value, variable, path)
