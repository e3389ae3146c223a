"""The document store: each query text is parsed, measured and validated once. Failures are kept too."""

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    TokenKind,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule, ValidationContext

from portal.web.documents.limits import Limits, check_limits, too_large
from portal.web.documents.uses import Uses, UsesCollector
from portal.web.errors import ErrorCode, Refused, shown

TYPENAME: Final = "__typename"

# Below this a document can't cost more than a few tens of microseconds to parse, so strangers may make us do it.
MAX_ANONYMOUS_LENGTH = 200  # characters

MAX_VALIDATION_ERRORS = 5

# Shapes of variables, lengths of lists and kinds of actors; more than that is an attempt to fill our memory.
MOST_REMEMBERED = 150

V = TypeVar("V")


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
    """A valid document. One object per text for as long as it is in the store, so plans can be kept on it."""

    id: str  # SHA-256 of what the store knows it by, hexadecimal
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


@dataclass(slots=True)
class StoreCounts:
    """How the store is doing, for the metrics."""

    hits: int = 0
    misses: int = 0
    published: int = 0  # requests by the id of a published document
    unpublished: int = 0  # and by an id that none of the organization's documents has


class DocumentStore:
    """Bounded by entries and by bytes.

    Failures have a store of their own, so that no flood of them drives good documents out.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: Limits | None = None,
        max_documents: int = 1_000,
        max_bytes: int = 32 * 1024 * 1024,
        max_failures: int = 500,
    ) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self.counts = StoreCounts()
        self._documents: Bounded[Document] = Bounded(max_documents, max_bytes)
        # By id. No text that anybody sends drives one out.
        self._published: Bounded[Document] = Bounded(max_documents, max_bytes)
        # Failures keep no syntax tree: their text is nearly all they weigh.
        self._failures: Bounded[InvalidDocument] = Bounded(max_failures, max_bytes // 8)

    def get(self, text: str, whose: Hashable = None) -> Document | InvalidDocument:
        """The document of this text, from the store or made now; `whose` is the organization that asks."""
        return self.find(text, whose) or self.make(text, whose)

    def find(self, text: str, whose: Hashable) -> Document | InvalidDocument | None:
        """The document of this text if it is in the store."""
        kept_as = _kept_as(text, whose)
        found = self._documents.get(kept_as) or self._failures.get(kept_as)
        if found is not None:
            self.counts.hits += 1
        return found

    def make(self, text: str, whose: Hashable) -> Document | InvalidDocument:
        """The document of a text that is not in the store; it is from now on."""
        self.counts.misses += 1
        kept_as = _kept_as(text, whose)
        outcome = prepare(text, self.schema, self.limits, kept_as)
        if isinstance(outcome, Document):
            self._documents.put(kept_as, outcome, weight(text, outcome))
        else:
            self._failures.put(kept_as, outcome, len(text) + 500 * len(outcome.errors))
        return outcome

    def published(self, document_id: str, text: str) -> Document | InvalidDocument:
        """The document that was published under an id, parsed and validated once. It was valid then; it may not be any
        more.
        """
        self.counts.published += 1
        found = self._published.get(document_id)
        if found is not None:
            return found
        outcome = self.get(text)
        if isinstance(outcome, Document):
            self._published.put(document_id, outcome, weight(text, outcome))
        return outcome

    def __len__(self) -> int:
        return len(self._documents) + len(self._failures)


def _kept_as(text: str, whose: Hashable) -> str:
    """What a document is known by. One that has texts written into it, an e-mail address say, is kept for one
    organization: how fast it is answered must not tell others that somebody has asked it. Any other is a client's code.
    """
    return f"{whose} {text}" if '"' in text else text


def weight(text: str, document: Document) -> int:
    """How many bytes a document takes, with what is kept on it."""
    # A token weighs about 370 bytes in the tree (measured: 67 kB for 183 tokens); the rest is for a plan.
    return len(text) + 500 * (document.node.token_count or 0)


class Bounded(Generic[V]):
    """The values used most recently, by text."""

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()

    def get(self, text: str) -> V | None:
        entry = self._entries.get(text)
        if entry is None:
            return None
        self._entries.move_to_end(text)
        return entry[0]

    def put(self, text: str, value: V, size: int) -> None:
        """Keeps a value of about `size` bytes, at the expense of the ones that were not used for longest."""
        self._entries[text] = (value, size)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            _, (_, freed) = self._entries.popitem(last=False)
            self._bytes -= freed

    def __len__(self) -> int:
        return len(self._entries)


def prepare(text: str, schema: GraphQLSchema, limits: Limits, kept_as: str | None = None) -> Document | InvalidDocument:
    """Parses, measures and validates, in this order: each step is safe only on what the one before has passed.

    What is made for a document, its plans too, goes by its id, and that by `kept_as`; its text where nothing is said.
    """
    try:
        node = parse_text(text, limits)
        check_limits(node, limits)
    except GraphQLSyntaxError as error:
        return InvalidDocument([shown(error, ErrorCode.GRAPHQL_PARSE_FAILED)], ErrorCode.GRAPHQL_PARSE_FAILED)
    except Refused as refusal:
        return InvalidDocument([refusal.as_error()], refusal.code)

    uses = UsesCollector()
    rules: list[type[ASTValidationRule]] = [*validation_rules(limits), uses.rule]
    errors = validate(schema, node, rules, MAX_VALIDATION_ERRORS, hide_suggestions=True)
    if errors:
        return InvalidDocument(
            [shown(error, ErrorCode.GRAPHQL_VALIDATION_FAILED) for error in errors], ErrorCode.GRAPHQL_VALIDATION_FAILED
        )
    operations = [definition for definition in node.definitions if isinstance(definition, OperationDefinitionNode)]
    return Document(
        id=hashlib.sha256((kept_as or text).encode()).hexdigest(),
        node=node,
        operations={operation.name or "": operation for operation in (an_operation(each, uses) for each in operations)},
        fragments={
            definition.name.value: definition
            for definition in node.definitions
            if isinstance(definition, FragmentDefinitionNode)
        },
    )


def an_operation(node: OperationDefinitionNode, collector: UsesCollector) -> Operation:
    name = node.name.value if node.name else None
    uses = collector.of(name)
    return Operation(name=name, type=node.operation.value, node=node, uses=uses, warnings=uses.warnings())


def parse_text(text: str, limits: Limits) -> DocumentNode:
    """The syntax tree. Refuses a text that is too long, or too deep (graphql-core's own limit), or holds a NUL.

    Postgres can't store a NUL, so no text of ours has one.
    """
    if len(text) > limits.source_length:
        too_large("characters", limits.source_length)
    if "\0" in text:
        raise Refused(ErrorCode.GRAPHQL_PARSE_FAILED, "The document holds a NUL character.")
    node = parse(text, max_tokens=limits.tokens)
    # Strings can also spell it as an escape.
    if "\\u" in text and holds_nul(node):
        raise Refused(ErrorCode.GRAPHQL_PARSE_FAILED, "The document holds a NUL character.")
    return node


def holds_nul(node: DocumentNode) -> bool:
    token = node.loc.start_token if node.loc else None
    while token is not None:
        if token.kind in (TokenKind.STRING, TokenKind.BLOCK_STRING) and "\0" in (token.value or ""):
            return True
        token = token.next
    return False


def validation_rules(limits: Limits) -> list[type[ASTValidationRule]]:
    """The specification's rules, with the quadratic one on a budget."""

    class BudgetedOverlap(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = limits.comparisons

    return [BudgetedOverlap if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules]


def is_bare_typename(text: str) -> bool:
    """Whether the document is `{ __typename }` and nothing else: all that an anonymous caller may ask.

    It looks at the text alone, so the refusal tells nothing about the schema.
    """
    if len(text) > MAX_ANONYMOUS_LENGTH:
        return False
    try:
        definitions = parse(text, max_tokens=20, no_location=True).definitions
    except GraphQLError:
        return False
    match definitions:
        case [OperationDefinitionNode(selection_set=SelectionSetNode(selections=[FieldNode() as field_node]))]:
            return field_node.name.value == TYPENAME and not field_node.directives
        case _:
            return False
