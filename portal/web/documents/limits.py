"""How large a document may be, and the one pass that measures it before anything slower than linear looks at it.

Fragments are measured once each and never expanded: what a document would grow to is a sum over its spreads.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NoReturn

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from portal.web.errors import ErrorCode, Refused


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document that we accept.

    The standard introspection query just fits (229 fields, 15 levels); a pipeline board takes a third of it.
    """

    source_length: int = 20_000  # characters: long texts belong in variables
    tokens: int = 1_000  # five times the introspection query's
    operations: int = 10
    fragments: int = 30
    fields: int = 300  # as written, and again with every fragment spread in place
    aliases: int = 30
    repeats: int = 20  # of one response name in one selection
    directives: int = 10
    root_fields: int = 10
    mutations: int = 10  # root fields of one mutation: each is a transaction
    depth: int = 15  # fields inside fields
    # Units of work in graphql-core's check that equal response names agree. It is quadratic; a comparison costs two.
    comparisons: int = 8_000


@dataclass(slots=True)
class Level:
    """One selection, inline fragments included: its response names with their counts, and what is spread into it."""

    depth: int  # of its fields; those of the operation itself have 1
    names: Counter[str] = field(default_factory=Counter)
    spreads: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """One operation or fragment as written."""

    levels: list[Level] = field(default_factory=list)
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def take_field(self, node: FieldNode, level: Level) -> None:
        self.fields += 1
        if node.alias is not None:
            self.aliases += 1
        level.names[(node.alias or node.name).value] += 1


@dataclass(slots=True)
class Expanded:
    """One operation or fragment with its fragments in place."""

    fields: int
    depth: int
    repeats: int
    root: Counter[str]


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuses a document that is larger than `limits`, in time linear in its size."""
    definitions = document.definitions
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in definitions if isinstance(node, FragmentDefinitionNode)]
    check("operations", len(operations), limits.operations)
    check("fragments", len(fragments), limits.fragments)

    written = {node.name.value: survey(node) for node in fragments}
    surveys = [survey(node) for node in operations]
    everything = [*written.values(), *surveys]
    # As written first: what follows costs spreads times names.
    check(
        "fields",
        sum(each.fields + sum(len(level.spreads) for level in each.levels) for each in everything),
        limits.fields,
    )
    check("aliases", sum(each.aliases for each in everything), limits.aliases)
    check("directives", sum(each.directives for each in everything), limits.directives)

    expanded: dict[str, Expanded | None] = {}
    for name in written:
        expand(name, written, expanded)
    for node, own in zip(operations, surveys, strict=True):
        check_operation(node, combine(own, expanded), limits)


def check_operation(node: OperationDefinitionNode, operation: Expanded, limits: Limits) -> None:
    root_fields = operation.root.total()
    if node.operation is OperationType.MUTATION:
        check("mutations", root_fields, limits.mutations)
    check("root fields", root_fields, limits.root_fields)
    check("fields", operation.fields, limits.fields)
    check("levels of fields", operation.depth, limits.depth)
    check("repeats of one field", operation.repeats, limits.repeats)


def check(what: str, count: int, maximum: int) -> None:
    if count > maximum:
        too_large(what, maximum)


def too_large(what: str, maximum: int) -> NoReturn:
    raise Refused(
        ErrorCode.GRAPHQL_VALIDATION_FAILED,
        f"The document is too large: at most {maximum} {what} are allowed.",
        extensions={"limit": what, "maximum": maximum},
    )


def survey(definition: OperationDefinitionNode | FragmentDefinitionNode) -> Written:
    """Counts one definition without following its spreads. Iterative, so no nesting can exhaust the stack."""
    top = Level(depth=1)
    written = Written(levels=[top], directives=len(definition.directives or ()))
    stack: list[tuple[SelectionSetNode, Level]] = [(definition.selection_set, top)]
    while stack:
        selection_set, level = stack.pop()
        if not selection_set.selections:
            # graphql-core lets it pass, as a later specification may; no answer of ours would have a shape for it.
            raise Refused(ErrorCode.GRAPHQL_PARSE_FAILED, "A selection can't be empty: {} selects nothing.")
        for node in selection_set.selections:
            written.directives += len(node.directives or ())
            match node:
                case FieldNode():
                    written.take_field(node, level)
                    if node.selection_set is not None:
                        below = Level(depth=level.depth + 1)
                        written.levels.append(below)
                        stack.append((node.selection_set, below))
                case InlineFragmentNode():
                    stack.append((node.selection_set, level))
                case FragmentSpreadNode():
                    level.spreads.append(node.name.value)
    return written


def expand(name: str, written: dict[str, Written], expanded: dict[str, Expanded | None]) -> None:
    """Measures a fragment once, those that it spreads first. Recurses at most once per fragment: there are few."""
    if name in expanded or name not in written:
        return
    expanded[name] = None  # being measured: a cycle adds nothing here, and validation refuses it
    for level in written[name].levels:
        for spread in level.spreads:
            expand(spread, written, expanded)
    expanded[name] = combine(written[name], expanded)


def combine(own: Written, expanded: dict[str, Expanded | None]) -> Expanded:
    """A definition with the fragments it spreads. One that doesn't exist adds nothing: validation refuses it."""
    fields, depth, repeats = own.fields, 0, 0
    for level in own.levels:
        depth = max(depth, level.depth)
        for spread in level.spreads:
            fragment = expanded.get(spread)
            if fragment is None:
                continue
            fields += fragment.fields
            depth = max(depth, level.depth - 1 + fragment.depth)
            repeats = max(repeats, fragment.repeats)
            level.names.update(fragment.root)
        repeats = max(repeats, max(level.names.values(), default=0))
    return Expanded(fields=fields, depth=depth, repeats=repeats, root=own.levels[0].names)
