"""Role by field by way: whichever way a field is reached, each role is shown what the permission table says.

Ways are drawn: one to four steps from Query through rows, lists, pages in both forms, interfaces, fragments and
aliases. What answers is held against the oracle, whole. Ways through mutations and subscriptions: test_payloads.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from graphql import GraphQLObjectType

from portal.access.actor import Actor
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.records.recording import PEOPLE, PERSONAL, SENSITIVE
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.documents import ROOTS_LEFT_OUT
from tests.reading.reference import Reference, python_name
from tests.reading.rights import Rights
from tests.reading.test_property import differences
from tests.security.paths import QUERY, Path, Written, begins_with, ends, walks, written
from tests.security.test_fields import Board, a_board, check_redacted, selection, without
from tests.security.walking import readable_types

pytestmark = pytest.mark.proof

WAYS, WAYS_LONG = 3, 12  # to each type
# Who is shown most asks on every way; the others on one each in CI.
FULLEST = ("ORG_ADMIN", "RECRUITER_ALL")
ROWS = 6  # tried, to find one from which a way leads somewhere

TYPES = {type_.name: type_ for type_ in readable_types() if type_.name != QUERY}

# Whose rows are about a person; of members and whoever acts, what the records call personal.
OF_PERSONS = {"Candidate", "ContactPoint", "CandidateLink", "Employment", "Education", "CandidateSkill"}
NOT_ABOUT_A_PERSON = {"id", "redactedFields", "createdAt", "updatedAt", "version", "viewerCan"}


def personal_fields() -> dict[str, set[str]]:
    """The fields that hold somebody's personal data, pay or free text, by type."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, type_ in TYPES.items():
        if name not in CATALOG.by_name:
            continue
        for field_name in type_.fields:
            column = python_name(field_name)
            is_sensitive = column in SENSITIVE or (name in PEOPLE and column in PERSONAL)
            if is_sensitive or (name in OF_PERSONS and field_name not in NOT_ABOUT_A_PERSON):
                found[name].add(field_name)
    return found


@dataclass
class Seen:
    """What was asked and what came of it: (role, field) pairs, and by field the ways on which it was shown or not."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    shown: dict[str, set[Path]] = field(default_factory=lambda: defaultdict(set))
    hidden: dict[str, set[Path]] = field(default_factory=lambda: defaultdict(set))
    asked: int = 0

    def note(self, role: str, type_: GraphQLObjectType, path: Path, answer: Any) -> None:
        self.asked += 1
        self.pairs |= {(role, f"{type_.name}.{name}") for name in type_.fields}
        objects = [found for found in ends(answer, path) if found is not None and len(found) > 1]
        for name in type_.fields:
            redacted = [name in (found.get("redactedFields") or ()) for found in objects]
            if False in redacted:
                self.shown[f"{type_.name}.{name}"].add(path)
            if True in redacted or not objects:
                self.hidden[f"{type_.name}.{name}"].add(path)


@dataclass(frozen=True)
class Way:
    """A path to a type, and the ids from which it leads somewhere."""

    path: Path
    ids: list[str]

    def document(self, type_: GraphQLObjectType, seed: int, *, for_oracle: bool) -> tuple[str, dict[str, Any]]:
        return Written(self.path, selection(type_, for_oracle=for_oracle), self.ids, Random(seed)).document()


def ways(board: Board, type_: GraphQLObjectType, most: int) -> list[Way]:
    """So many ways on which there is something for whoever sees everything."""
    everything = Reference(board.world.system, Rights(board.world.system, board.tables))
    found: list[Way] = []
    for path in walks(type_.name, Random(type_.name)):
        way = _with_ids(board, everything, type_, path)
        if way is not None:
            found.append(way)
        if len(found) == most:
            break
    return found


def _with_ids(board: Board, everything: Reference, type_: GraphQLObjectType, path: Path) -> Way | None:
    begins = begins_with(path)
    if begins is None:
        return Way(path, []) if leads(everything, type_, Way(path, [])) else None
    entity = CATALOG.by_name[begins]
    ids = [f"{entity.prefix}_{row['id'].hex}" for row in board.tables[entity.model.__tablename__]]
    if path[0].name == "nodes":
        return Way(path, ids[:20]) if leads(everything, type_, Way(path, ids[:20])) else None
    return next((way for way in (Way(path, [named]) for named in ids[:ROWS]) if leads(everything, type_, way)), None)


def leads(everything: Reference, type_: GraphQLObjectType, way: Way) -> bool:
    text, variables = Written(way.path, "{ __typename }", way.ids, Random(0)).document()
    return any(found for found in ends(everything.answer(text, variables), way.path))


@pytest.fixture(scope="module")
async def board(database: Database) -> Board:
    return await a_board(database)


async def test_each_role_is_shown_the_same_whichever_way_it_asks(board: Board, count: Count, is_long: bool) -> None:
    seen = Seen()
    by_type = {name: ways(board, type_, WAYS_LONG if is_long else WAYS) for name, type_ in TYPES.items()}

    for turn, (role, actor) in enumerate(board.actors.items()):
        for name, listed in by_type.items():
            mine = listed if is_long or role in FULLEST else [listed[turn % len(listed)]]
            for way in mine:
                await compared(board, role, actor, TYPES[name], way, seen)

    fields = {f"{name}.{field}" for name, type_ in TYPES.items() for field in type_.fields}
    assert seen.pairs == {(role, field) for role in board.actors for field in fields}
    check_personal(seen)
    lengths = [len(way.path) for listed in by_type.values() for way in listed]
    count("2 matrix", "(role, field) pairs by a drawn way, of as many in the schema", len(seen.pairs))
    count("2 matrix", "fields of objects", len(fields))
    count("2 matrix", "ways of one to four steps", len(lengths))
    count("2 matrix", "queries held against the oracle", seen.asked)
    count("2 matrix", "personal fields, each shown on at least three ways and hidden on one", len(personal()))


async def compared(board: Board, role: str, actor: Actor, type_: GraphQLObjectType, way: Way, seen: Seen) -> None:
    seed = seen.asked
    text, variables = way.document(type_, seed, for_oracle=False)
    for_oracle, _ = way.document(type_, seed, for_oracle=True)
    expected = Reference(actor, Rights(actor, board.tables)).answer(for_oracle, variables)
    answer = await board.world.ask(actor, text, **variables)

    assert "errors" not in answer, f"{role}: {text} {answer['errors']}"
    check_redacted(answer["data"], f"{role}: {text}")
    found = list(differences(without(answer["data"]), expected))
    assert not found, f"{role} by {written(way.path)}:\n{text}\n{variables}\n" + "\n".join(found[:5])
    seen.note(role, type_, way.path, answer["data"])


def personal() -> list[str]:
    return [f"{name}.{field}" for name, fields in personal_fields().items() for field in fields]


def check_personal(seen: Seen) -> None:
    """Each was really there to see on three ways, and really kept from somebody: else equality proves little."""
    few = {name: len(seen.shown[name]) for name in personal() if len(seen.shown[name]) < 3}
    assert not few, f"Shown on fewer than three ways: {few}"
    assert [name for name in personal() if not seen.hidden[name]] == []


def test_every_type_is_reached(board: Board) -> None:
    """Where a field of Query is left out of the walks, it is one that the edge answers by itself."""
    roots: Mapping[str, Any] = getattr(GRAPHQL_SCHEMA.query_type, "fields", {})

    assert roots.keys() >= ROOTS_LEFT_OUT
    assert [name for name, type_ in TYPES.items() if not ways(board, type_, 1)] == []
