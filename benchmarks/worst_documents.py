"""Searches for the document that costs most to parse, measure and validate within the limits, as an attacker would.

    python -m benchmarks.worst_documents [ROUNDS]

A document is written from a recipe: how many operations, fragments, fields, values and so on. The search changes a few
numbers of the best recipe at a time and keeps what costs more. Tests let it count the interpreter's calls; here it
measures processor time, against the bar of 50 ms.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from time import process_time

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from benchmarks import bars
from portal.web.documents.limits import Limits
from portal.web.documents.preparing import prepare
from schema.root import GRAPHQL_SCHEMA

ROUNDS = 400
REPEATS = 3  # of each measurement: the least of them is the document's, the rest is the machine's

Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a document is made of. Each number is a wish: a document that is refused early is cheap, and loses."""

    seed: int = 0  # which fields and arguments
    operations: int = 1
    fragments: int = 3
    variables: int = 0  # of each operation, all used in its first list of texts
    width: int = 6  # fields of a selection
    depth: int = 4
    spreads: int = 1  # of each selection
    repeats: int = 1  # of each field
    aliases: int = 0
    inline: int = 0  # inline fragments around each selection
    values: int = 2  # of a list
    nesting: int = 1  # of input objects
    arguments: int = 1  # of a field


# How far each number may go; beyond it the limits refuse nearly everything.
MOST = Recipe(2**30, 10, 30, 60, 60, 14, 10, 20, 30, 8, 300, 12, 6)


# Beyond the limit of characters a document is refused by its length, whatever is in it.
_MOST_FIELDS = 5_000
_MOST_VALUES = 20_000
_MOST_CHARACTERS = 40_000


class TooLong(Exception):
    """What a recipe would grow to is far beyond the limits."""


class Writer:
    """Writes one document from a recipe. Raises TooLong."""

    def __init__(self, recipe: Recipe, schema: GraphQLSchema) -> None:
        self._recipe = recipe
        self._schema = schema
        self._random = random.Random(recipe.seed)
        self._aliases = 0
        self._fields = 0
        self._values = 0
        self._spread_on: dict[str, list[str]] = {}  # names of fragments by their type

    def document(self) -> str:
        query = self._schema.query_type
        if query is None:
            raise ValueError("A schema has queries.")
        fragments = [self._fragment(number, query) for number in range(self._recipe.fragments)]
        names = "".join(f"$v{number}: String " for number in range(self._recipe.variables))
        head = f"({names})" if names else ""
        operations = [
            f"query Q{number}{head} {self._selection(query, self._recipe.depth)}"
            for number in range(self._recipe.operations)
        ]
        return " ".join([*operations, *fragments])

    def _fragment(self, number: int, query: GraphQLObjectType) -> str:
        """A fragment that spreads those before it, so that there is no cycle."""
        types = [each for each in map(composite, query.fields.values()) if each is not None]
        on = self._random.choice(types)
        body = self._selection(on, max(1, self._recipe.depth // 2))
        self._spread_on.setdefault(on.name, []).append(f"F{number}")
        return f"fragment F{number} on {on.name} {body}"

    def _selection(self, on: Composite, depth: int) -> str:
        parts: list[str] = []
        names = sorted(on.fields)
        for name in self._random.choices(names, k=self._recipe.width):
            parts += [self._field(name, on.fields[name], depth)] * self._recipe.repeats
        spreads = self._spread_on.get(on.name, [])
        parts += [f"...{self._random.choice(spreads)}" for _ in range(self._recipe.spreads) if spreads]
        if sum(map(len, parts)) > _MOST_CHARACTERS:
            raise TooLong
        body = " ".join(part for part in parts if part) or "__typename"
        return f"{{ ... on {on.name} " * self._recipe.inline + f"{{ {body} }}" + " }" * self._recipe.inline

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        self._fields += 1
        if self._fields > _MOST_FIELDS:
            raise TooLong
        below = composite(field)
        if below is None and not is_leaf_type(get_named_type(field.type)):
            return ""
        if below is not None and depth <= 1:
            return ""
        alias = ""
        if self._aliases < self._recipe.aliases:
            self._aliases += 1
            alias = f"a{self._aliases}: "
        chosen = [
            (each, argument)
            for place, (each, argument) in enumerate(sorted(field.args.items()))
            if place < self._recipe.arguments or is_needed(argument)
        ]
        arguments = ", ".join(
            f"{each}: {self._value(argument.type, self._recipe.nesting)}" for each, argument in chosen
        )
        selection = f" {self._selection(below, depth - 1)}" if below is not None else ""
        return f"{alias}{name}{f'({arguments})' if arguments else ''}{selection}"

    def _value(self, type_: GraphQLInputType, nesting: int) -> str:
        self._values += 1
        if self._values > _MOST_VALUES:
            raise TooLong
        match type_:
            case GraphQLNonNull():
                return self._value(type_.of_type, nesting)
            case GraphQLList():
                return f"[{' '.join(self._value(type_.of_type, nesting) for _ in range(self._recipe.values))}]"
            case GraphQLEnumType():
                return str(self._random.choice(sorted(type_.values)))
            case GraphQLInputObjectType():
                return self._object(type_, nesting)
        if type_.name in {"String", "ID"}:
            return f"$v{self._random.randrange(self._recipe.variables)}" if self._recipe.variables else '"x"'
        return {"Int": "1", "Float": "1.5", "Boolean": "true"}.get(type_.name, '"2026-03-31"')

    def _object(self, type_: GraphQLInputObjectType, nesting: int) -> str:
        """An input object: one that holds itself again while it may nest, else one with a plain field."""
        inner = [(name, each) for name, each in sorted(type_.fields.items()) if get_named_type(each.type) is type_]
        plain = [(name, each) for name, each in sorted(type_.fields.items()) if (name, each) not in inner]
        chosen = [self._random.choice(inner)] if inner and nesting > 0 else plain[: 1 if type_.is_one_of else 2]
        return "{" + ", ".join(f"{name}: {self._value(each.type, nesting - 1)}" for name, each in chosen) + "}"


def composite(field: GraphQLField) -> Composite | None:
    type_ = get_named_type(field.type)
    return type_ if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else None


def is_needed(each: GraphQLArgument | GraphQLInputField) -> bool:
    return isinstance(each.type, GraphQLNonNull)


def changed(recipe: Recipe, chance: random.Random) -> Recipe:
    """A recipe with a few other numbers: slightly, by half, twofold, or anything."""
    new: dict[str, int] = {}
    for name in chance.sample([each.name for each in fields(Recipe)], chance.choice([1, 1, 2, 3])):
        old, most = getattr(recipe, name), getattr(MOST, name)
        new[name] = min(most, max(0, chance.choice([old - 1, old + 1, old // 2, old * 2, chance.randint(0, most)])))
    return replace(recipe, **new)


@dataclass(frozen=True, slots=True)
class Worst:
    """The dearest document that was found."""

    recipe: Recipe
    cost: float
    text: str


def search(
    cost_of: Callable[[str], float], rounds: int, *, seed: int = 0, schema: GraphQLSchema = GRAPHQL_SCHEMA
) -> Worst:
    """The dearest document of so many rounds, beginning anew four times so that no hill is taken for the mountain."""
    chance = random.Random(seed)
    found: list[Worst] = []
    for beginning in range(4):
        recipe = Recipe(seed=chance.randint(0, MOST.seed), operations=1 + beginning)
        best = Worst(recipe, 0.0, "")
        for _ in range(rounds // 4):
            candidate = changed(best.recipe, chance)
            text = written(candidate, schema)
            if text is not None and (cost := cost_of(text)) > best.cost:
                best = Worst(candidate, cost, text)
        found.append(best)
    return max(found, key=lambda each: each.cost)


def written(recipe: Recipe, schema: GraphQLSchema) -> str | None:
    """The document of a recipe; None where writing it would take longer than reading it."""
    leaves: int = max(1, recipe.width * recipe.repeats) ** min(recipe.depth, 3) * (recipe.operations + recipe.fragments)
    values: int = max(1, recipe.values) ** min(max(1, recipe.nesting), 2)
    if leaves >= 3_000 or leaves * values >= 100_000:
        return None
    try:
        return Writer(recipe, schema).document()
    except TooLong:
        return None


def processor_ms(text: str, limits: Limits = Limits()) -> float:  # noqa: B008 - frozen
    """What a document costs from its text to a valid document or a refusal."""
    least = float("inf")
    for _ in range(REPEATS):
        began = process_time()
        prepare(text, GRAPHQL_SCHEMA, limits)
        least = min(least, process_time() - began)
    return least * 1_000


def main(rounds: int) -> int:
    worst = search(processor_ms, rounds)
    held = worst.cost <= bars.DOCUMENT_MS
    print(f"The worst of {rounds:,} documents took {worst.cost:.1f} ms, the bar is {bars.DOCUMENT_MS:.0f} ms: ", end="")
    print("held" if held else "MISSED")
    print(f"{worst.recipe}\n{len(worst.text):,} characters: {worst.text[:400]} …")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
