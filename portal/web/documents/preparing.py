"""Preparing a document: from a text to what can be run, or to what is wrong with it."""

import hashlib

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

from portal.reading.selection import TYPENAME
from portal.web.documents.document import Document, InvalidDocument, Operation
from portal.web.documents.limits import Limits, check_limits, too_large
from portal.web.documents.uses import UsesCollector
from portal.web.errors import ErrorCode, Refused, shown

# Below this a document can't cost more than a few tens of microseconds to parse, so strangers may make us do it.
MAX_ANONYMOUS_LENGTH = 200  # characters

MAX_VALIDATION_ERRORS = 5


def prepare(text: str, schema: GraphQLSchema, limits: Limits, key: str | None = None) -> Document | InvalidDocument:
    """Parses, measures and validates, in this order: each step is safe only on what the one before has passed.

    `key` is what the store keeps the document by, and what its id is made from: its text where none is given.
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
        id=hashlib.sha256((key or text).encode()).hexdigest(),
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
