"""What an operation uses of the schema, worked out once while its document is validated: its fields, and among them
and their arguments and values those that are deprecated.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputObjectType,
    ObjectFieldNode,
    OperationDefinitionNode,
    get_named_type,
)
from graphql.validation import ValidationContext, ValidationRule

# A client mends one, then sees the next.
MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class Uses:
    """What one operation uses, by schema coordinate: `Opening.title`, `Query.openings(first:)`, `OpeningStatus.OPEN`.

    Introspection is left out. What stands in variables is not known here: it may be another at each request.
    """

    fields: frozenset[str]
    deprecated: dict[str, str]  # to the reason that the schema gives, in the order of the document

    def warnings(self) -> list[dict[str, Any]]:
        """`extensions.warnings` of each answer; empty for an operation that uses nothing deprecated."""
        return [
            {"code": "DEPRECATED", "message": f"{coordinate} is deprecated: {reason}", "coordinate": coordinate}
            for coordinate, reason in list(self.deprecated.items())[:MOST_WARNINGS]
        ]


@dataclass(slots=True)
class Written:
    """What one operation or fragment uses by itself, and which fragments it spreads."""

    fields: set[str] = field(default_factory=set)
    deprecated: dict[str, str] = field(default_factory=dict)
    spreads: list[str] = field(default_factory=list)


class CollectUses(ValidationRule):
    """Walks along with the rules of validation, and finds nothing wrong."""

    written: defaultdict[str, Written]  # by the operation's name, "" for a nameless one; fragments as they are spread

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._in = Written()
        self._field = ""  # the coordinate of the one whose arguments come next

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        self._in = self.written[node.name.value if node.name else ""]

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: object) -> None:
        self._in = self.written[f"...{node.name.value}"]

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self._in.spreads.append(f"...{node.name.value}")

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, declared = self.context.get_parent_type(), self.context.get_field_def()
        if parent is None or declared is None or node.name.value.startswith("__") or parent.name.startswith("__"):
            return
        self._field = f"{parent.name}.{node.name.value}"
        self._in.fields.add(self._field)
        self._note(self._field, declared.deprecation_reason)

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        declared = self.context.get_argument()
        # A directive's argument is none of the field's, and none of ours is deprecated.
        if declared is not None and self.context.get_directive() is None:
            self._note(f"{self._field}({node.name.value}:)", declared.deprecation_reason)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        parent = get_named_type(self.context.get_parent_input_type())
        if isinstance(parent, GraphQLInputObjectType) and (declared := parent.fields.get(node.name.value)):
            self._note(f"{parent.name}.{node.name.value}", declared.deprecation_reason)

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        declared, type_ = self.context.get_enum_value(), get_named_type(self.context.get_input_type())
        if declared is not None and type_ is not None:
            self._note(f"{type_.name}.{node.value}", declared.deprecation_reason)

    def _note(self, coordinate: str, reason: str | None) -> None:
        if reason is not None:
            self._in.deprecated.setdefault(coordinate, reason)


class UsesCollector:
    """The uses of one document, once it was validated with `rule` among the rules."""

    def __init__(self) -> None:
        self._written: defaultdict[str, Written] = defaultdict(Written)
        self.rule: type[ValidationRule] = type("CollectUses", (CollectUses,), {"written": self._written})

    def of(self, operation: str | None) -> Uses:
        """The uses of the operation of this name, with those of the fragments that it spreads."""
        seen: dict[str, Written] = {}
        waiting = [operation or ""]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen[name] = self._written[name]
                waiting.extend(reversed(seen[name].spreads))
        return Uses(
            fields=frozenset().union(*(each.fields for each in seen.values())),
            deprecated={name: reason for each in seen.values() for name, reason in each.deprecated.items()},
        )
