"""A document once it is prepared: its operations, or what is wrong with it."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

from portal.web.documents.uses import Uses
from portal.web.errors import ErrorCode, Refused

# Shapes of variables, lengths of lists and kinds of actors; more than that is an attempt to fill our memory.
MOST_REMEMBERED = 150


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    """One operation of a document."""

    name: str | None
    type: str  # query, mutation or subscription
    node: OperationDefinitionNode
    uses: Uses
    warnings: list[dict[str, Any]]  # for `extensions.warnings`, which each answer carries when there are any


@dataclass(eq=False, slots=True)
class Document:
    """A valid document. The store has one object per key for as long as it keeps it, so plans can be kept on it."""

    id: str  # SHA-256 of its key, hexadecimal: what is made for a document, its plans too, goes by it
    node: DocumentNode
    operations: dict[str, Operation]  # by name; an anonymous one has the name ""
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    # For whoever executes it: what is worth computing once per document. It goes when the document goes.
    scratch: dict[Any, Any] = field(default_factory=dict)  # Any: each user brings keys of its own type

    def remember(self, key: Hashable, value: Any) -> None:
        """Keep something in `scratch`; when there is too much, it begins anew."""
        if len(self.scratch) >= MOST_REMEMBERED:
            self.scratch.clear()
        self.scratch[key] = value

    def operation(self, name: str | None) -> Operation:
        """The operation to run; without a name there must be only one."""
        if name is not None:
            chosen = self.operations.get(name) if name else None
            if chosen is None:
                raise Refused(ErrorCode.OPERATION_RESOLUTION_FAILURE, "The document has no operation of that name.")
            return chosen
        if len(self.operations) == 1:
            return next(iter(self.operations.values()))
        # Not none: a document of fragments only is not valid, since nothing uses them.
        raise Refused(
            ErrorCode.OPERATION_RESOLUTION_FAILURE,
            "The document has several operations: say which one in operationName.",
        )


@dataclass(frozen=True, slots=True)
class InvalidDocument:
    """A document that can't be run, and the errors to say so with."""

    errors: list[dict[str, Any]]
    code: ErrorCode
