"""Selections: what a client asks for at one level of a document, fragments and directives applied.

Follows CollectFields of the GraphQL specification (section 6.3.2), for one concrete or abstract type at a time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)

from portal.reading.arguments import Tree, Variables, argument_trees, as_leaf

TYPENAME = "__typename"


@dataclass(frozen=True)
class Selected:
    """One field that a client selected: under which name it answers, with which arguments, and what is selected below
    it.
    """

    response_name: str
    name: str  # as declared: snake_case
    graphql_name: str
    arguments: Mapping[str, Tree]
    type: GraphQLNamedType
    below: tuple[SelectionSetNode, ...]


@dataclass(frozen=True)
class Document:
    """What is needed of a parsed document to follow its selections with one request's variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables

    def fields(self, type_: GraphQLNamedType, sets: Iterable[SelectionSetNode]) -> list[Selected]:
        """The fields selected on a type, in order, with nodes of the same response name merged."""
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            return []
        merged: dict[str, list[FieldNode]] = {}
        for selections in sets:
            for node in self._field_nodes(type_, selections, set()):
                merged.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return [self._selected(type_, response_name, nodes) for response_name, nodes in merged.items()]

    def arguments(self, declared: GraphQLField, node: FieldNode) -> dict[str, Tree]:
        """The arguments of a field as the client gave them, defaults applied."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        return argument_trees(given, declared.args, self.variables)

    def _condition(self, node: SelectionNode) -> str | None:
        if isinstance(node, FragmentSpreadNode):
            return self.fragments[node.name.value].type_condition.name.value
        if isinstance(node, InlineFragmentNode) and node.type_condition:
            return node.type_condition.name.value
        return None

    def _selections(self, node: SelectionNode) -> SelectionSetNode:
        if isinstance(node, FragmentSpreadNode):
            return self.fragments[node.name.value].selection_set
        if isinstance(node, InlineFragmentNode):
            return node.selection_set
        raise TypeError(f"A fragment was expected, not {node.kind}.")

    def _field_nodes(
        self, type_: GraphQLNamedType, selections: SelectionSetNode, visited: set[str]
    ) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in visited:
                    continue
                visited.add(node.name.value)
            if self._applies(type_, self._condition(node)):
                yield from self._field_nodes(type_, self._selections(node), visited)

    def _applies(self, type_: GraphQLNamedType, condition: str | None) -> bool:
        if condition is None or condition == type_.name:
            return True
        named = self.schema.type_map[condition]
        return is_abstract_type(named) and self.schema.is_sub_type(named, type_)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                declared = self.schema.get_directive(name)
                if declared is None:
                    continue
                given = {argument.name.value: argument.value for argument in directive.arguments or ()}
                condition = as_leaf(argument_trees(given, declared.args, self.variables)["if"])
                if condition.known() is (name == "skip"):
                    return False
        return True

    def _selected(
        self, type_: GraphQLObjectType | GraphQLInterfaceType, response_name: str, nodes: list[FieldNode]
    ) -> Selected:
        first = nodes[0]
        below = tuple(node.selection_set for node in nodes if node.selection_set)
        if first.name.value == TYPENAME:
            return Selected(response_name, TYPENAME, TYPENAME, {}, type_, ())
        if first.name.value.startswith("__"):
            # Introspection is no read: whoever follows selections sees its name and leaves it to graphql-core.
            return Selected(response_name, first.name.value, first.name.value, {}, type_, below)
        declared = type_.fields[first.name.value]
        trees = self.arguments(declared, first)
        return Selected(
            response_name,
            declared_name(declared, first.name.value),
            first.name.value,
            trees,
            get_named_type(declared.type),
            below,
        )


def declared_name(field: GraphQLField, graphql_name: str) -> str:
    """A field's name in the declarations: the Python name that Strawberry derived the GraphQL name from."""
    definition = field.extensions.get("strawberry-definition")
    return definition.python_name if definition is not None else graphql_name


def camel(name: str) -> str:
    """A declared name as clients write it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
