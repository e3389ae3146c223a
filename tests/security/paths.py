"""Ways to a type: random walks from Query of at most four steps, through everything that a selection can go through."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, get_named_type
from typing_extensions import override  # in typing from Python 3.12

from portal.catalog import CATALOG
from schema.root import GRAPHQL_SCHEMA
from tests.reading.documents import LEFT_OUT, ROOTS_LEFT_OUT
from tests.security.walking import readable_types

DEEPEST = 4
QUERY = "Query"

# The fields by which an item of a page is reached.
FORMS = ("nodes", "edges")


@dataclass(frozen=True)
class Step:
    """From a type to another by a field; through a page in one of two forms, through an interface by `onto`."""

    source: str
    name: str
    target: str
    form: str = ""
    onto: str = ""

    @override
    def __str__(self) -> str:
        return ".".join(part for part in (self.name, self.form, f"<{self.onto}>" if self.onto else "") if part)


Path = tuple[Step, ...]


def written(path: Path) -> str:
    """A path for messages: openings.nodes.applications.edges.candidate."""
    return ".".join(str(step) for step in path)


@cache
def steps() -> Mapping[str, Sequence[Step]]:
    """Every step there is, by the type that it leads to."""
    found: dict[str, list[Step]] = {}
    for type_ in readable_types():
        for name, declared in type_.fields.items():
            if name not in LEFT_OUT and not (type_.name == QUERY and name in ROOTS_LEFT_OUT):
                for step in _steps(type_.name, name, declared):
                    found.setdefault(step.target, []).append(step)
    return found


def _steps(source: str, name: str, declared: GraphQLField) -> Iterator[Step]:
    target = get_named_type(declared.type)
    if isinstance(target, GraphQLInterfaceType):
        yield from (
            Step(source, name, entity.name, onto=entity.name)
            for entity in CATALOG.entities
            if entity.name in GRAPHQL_SCHEMA.type_map
        )
    elif isinstance(target, GraphQLObjectType):
        yield Step(source, name, target.name)
        if "pageInfo" in target.fields:
            item = get_named_type(target.fields["nodes"].type).name
            yield from (Step(source, name, item, form=form) for form in FORMS)


def walk(target: str, rng: Random) -> Path | None:
    """One random way to a type, backwards; None where it became too long or went in a circle."""
    path: list[Step] = []
    at, depth = target, rng.randint(1, DEEPEST)
    while len(path) < DEEPEST:
        into = steps()[at]
        from_query = [step for step in into if step.source == QUERY]
        wants_query = len(path) + 1 >= depth and from_query
        step = rng.choice(from_query if wants_query else into)
        path.insert(0, step)
        at = step.source
        if at == QUERY:
            return tuple(path)
        if any(later.source == at for later in path[1:]):
            return None
    return None


def walks(target: str, rng: Random, tries: int = 400) -> Iterator[Path]:
    """Distinct ways to a type, in random order."""
    seen: set[Path] = set()
    for _ in range(tries):
        path = walk(target, rng)
        if path is not None and path not in seen:
            seen.add(path)
            yield path


@dataclass
class Written:
    """One path as a document: with aliases, fragments of both kinds, and ids as variables, as drawn."""

    path: Path
    selection: str  # what is asked for at its end
    ids: Sequence[str]  # of rows to begin with, where it begins with an id
    rng: Random
    fragments: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def document(self) -> tuple[str, dict[str, Any]]:
        body = self._from(0)
        heads = {"id": "$id: ID!", "ids": "$ids: [ID!]!"}
        head = f"({', '.join(heads[name] for name in self.variables)})" if self.variables else ""
        return f"query P{head} {{ {body} }} {' '.join(self.fragments)}", self.variables

    def _from(self, index: int) -> str:
        step = self.path[index]
        inside = self.selection if index == len(self.path) - 1 else f"{{ {self._from(index + 1)} }}"
        inside = self._dressed(inside, step.target)
        if step.onto:
            inside = f"{{ __typename ... on {step.onto} {inside} }}"
        if step.form:
            inside = f"{{ nodes {inside} }}" if step.form == "nodes" else f"{{ edges {{ node {inside} }} }}"
        alias = f"a{index}: " if self.rng.random() < 0.5 else ""
        return f"{alias}{step.name}{self._arguments(step)} {inside}"

    def _arguments(self, step: Step) -> str:
        type_ = GRAPHQL_SCHEMA.type_map[step.source]
        assert isinstance(type_, GraphQLObjectType)
        arguments = type_.fields[step.name].args
        if "ids" in arguments:
            self.variables["ids"] = list(self.ids)
            return "(ids: $ids)"
        if "id" in arguments:
            self.variables["id"] = self.ids[0]
            return "(id: $id)"
        return ""

    def _dressed(self, inside: str, type_name: str) -> str:
        """The same selection, as it is or in a fragment."""
        match self.rng.randrange(3):
            case 0:
                return f"{{ ... on {type_name} {inside} }}"
            case 1:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {type_name} {inside}")
                return f"{{ ...{name} }}"
            case _:
                return inside


def ends(answer: Any, path: Path) -> Iterator[Any]:
    """The objects at the end of a path in an answer, whatever the aliases."""
    if not path:
        yield from answer if isinstance(answer, list) else [answer]
        return
    step, *rest = path
    for item in answer if isinstance(answer, list) else [answer]:
        if item is None:
            continue
        found = next((value for name, value in item.items() if name != "__typename"), None)
        if step.form == "nodes" and found is not None:
            found = found["nodes"]
        elif step.form == "edges" and found is not None:
            found = [edge["node"] for edge in found["edges"]]
        yield from ends(found, tuple(rest))


def begins_with(path: Path) -> str | None:
    """The type of row whose id a path begins with; None where it begins with none."""
    type_ = GRAPHQL_SCHEMA.type_map[QUERY]
    assert isinstance(type_, GraphQLObjectType)
    declared = type_.fields[path[0].name]
    return path[0].target if {"id", "ids"} & declared.args.keys() else None
