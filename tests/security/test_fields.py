"""Role by field: what each role reads of each field of the schema, through the API, is what the oracle says.

Every field of every readable type is asked for by everybody, on rows where the right to it is held and on rows where
it is not: allowed is the value; else the field is null and named in `redactedFields`, or the row is not there at all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.reading.entity import AnyEntity
from schema.root import GRAPHQL_SCHEMA
from tests.reading.documents import ROOTS_LEFT_OUT
from tests.reading.reference import Reference, python_name
from tests.reading.rights import Rights
from tests.reading.scenery import Scenery
from tests.reading.test_property import differences
from tests.security.walking import readable_types
from tests.world import World, an_organization, grant

# What the oracle does not work out: the clock, opaque cursors and the matching of duplicates. They are asked for, their
# redaction is compared, and their values have tests of their own.
NOT_WORKED_OUT = frozenset({"daysInStage", "cursor", "startCursor", "endCursor", "possibleDuplicates"})

# On one worker, so that the last test sees what the others did.
pytestmark = pytest.mark.xdist_group("fields")

Tables = Mapping[str, list[dict[str, Any]]]
Pair = tuple[str, str]


@dataclass
class Board:
    """The organization, everybody in it, and which (role, field) pairs were exercised, and how."""

    world: World
    tables: Tables
    actors: dict[str, Actor]
    asked: set[Pair] = field(default_factory=set)
    shown: dict[Pair, int] = field(default_factory=lambda: defaultdict(int))
    hidden: dict[Pair, int] = field(default_factory=lambda: defaultdict(int))


@pytest.fixture(scope="module")
async def board(database: Database) -> Board:
    world = await an_organization(database, "Matrix")
    scenery = Scenery(world, seed=7)
    await scenery.plant()
    return Board(world, await scenery.tables(), dict(everybody(world, scenery)))


def everybody(world: World, scenery: Scenery) -> Iterator[tuple[str, Actor]]:
    """An actor for each role, grant role, privilege, and a service account."""
    for role, member in scenery.members.items():
        yield role.value, world.acting(member.id, role)
    member, agency = scenery.members[OrganizationRole.MEMBER], scenery.members[OrganizationRole.AGENCY]
    department = (ScopeType.DEPARTMENT, scenery.departments[0].id, scenery.departments[1].id)
    scopes: dict[GrantRole, tuple[Any, ...]] = {
        GrantRole.TEAM_MANAGER: (ScopeType.TEAM, scenery.teams[0].id),
        GrantRole.AGENCY: (ScopeType.OPENING, *(opening.id for opening in scenery.openings[:4])),
        GrantRole.VIEWER: (ScopeType.ORG,),
    }
    for granted in GrantRole:
        who = agency if granted is GrantRole.AGENCY else member
        yield f"grant {granted.value}", world.acting(who.id, who.role, grant(granted, *scopes.get(granted, department)))
    for privilege in Privilege:
        given = grant(GrantRole.RECRUITER, *department, privileges=frozenset({privilege}))
        yield f"privilege {privilege.value}", world.acting(member.id, member.role, given)
    given = grant(GrantRole.RECRUITER, ScopeType.OPENING, *(opening.id for opening in scenery.openings[1:4]))
    yield "service account", Actor(world.id, ActorKind.SERVICE, scenery.account.id, grants=(given,))
    # It reaches whom it may contact, and whom it may see, through the same relation; but it sees others by searching.
    sourcing = grant(GrantRole.SOURCER)
    yield "service account SOURCER", Actor(world.id, ActorKind.SERVICE, scenery.account.id, grants=(sourcing,))


def is_worked_out(name: str) -> bool:
    return name not in NOT_WORKED_OUT


def selection(type_: GraphQLNamedType, *, for_oracle: bool) -> str:
    """Every field of a type, and below each just enough to know what is there."""
    assert isinstance(type_, GraphQLObjectType)
    parts = []
    for name, declared in type_.fields.items():
        if for_oracle and not is_worked_out(name):
            continue
        named = get_named_type(declared.type)
        parts.append(name if is_leaf_type(named) else f"{name} {_below(named, for_oracle=for_oracle)}")
    return f"{{ {' '.join(parts)} }}"


def _below(type_: GraphQLNamedType, *, for_oracle: bool) -> str:
    """An id of what has one, the ids of a page, and everything of an object without an id."""
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    if "id" in type_.fields:
        return "{ id }"
    if "pageInfo" in type_.fields:
        return "{ nodes { id } }"
    assert isinstance(type_, GraphQLObjectType)
    return selection(type_, for_oracle=for_oracle)


def whole(type_: GraphQLNamedType, *, for_oracle: bool) -> str:
    """What a root is asked for: of a page everything, of a row its id, of other objects all of their fields."""
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    if "pageInfo" not in type_.fields:
        return _below(type_, for_oracle=for_oracle)
    cursor, cursors = ("", "") if for_oracle else ("cursor", "startCursor endCursor")
    page = f"pageInfo {{ hasNextPage hasPreviousPage {cursors} }}"
    return f"{{ edges {{ {cursor} node {{ id }} }} nodes {{ id }} {page} totalCount }}"


def entities() -> list[AnyEntity]:
    return [entity for entity in CATALOG.entities if entity.name in GRAPHQL_SCHEMA.type_map]


@pytest.mark.parametrize("entity", entities(), ids=lambda entity: entity.name)
async def test_each_role_reads_of_an_entity_what_the_oracle_says(entity: AnyEntity, board: Board) -> None:
    type_ = GRAPHQL_SCHEMA.type_map[entity.name]
    rows = board.tables[entity.model.__tablename__][:100]
    ids = [f"{entity.prefix}_{row['id'].hex}" for row in rows]
    assert ids, "The scenery has one of each."

    for name, actor in board.actors.items():
        texts = (
            f"query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {entity.name} {selection(type_, for_oracle=o)} }} }}"
            for o in (False, True)
        )
        await compared(board, name, actor, *texts, ids=ids)
        note(board, name, actor, entity, rows)


@pytest.mark.parametrize(
    "root",
    sorted(set(GRAPHQL_SCHEMA.query_type.fields) - ROOTS_LEFT_OUT),  # type: ignore[union-attr] # there is one
)
async def test_each_role_reads_of_a_root_what_the_oracle_says(root: str, board: Board) -> None:
    assert GRAPHQL_SCHEMA.query_type is not None
    declared = GRAPHQL_SCHEMA.query_type.fields[root]
    named = get_named_type(declared.type)
    of_type = python_name(root)
    entity = getattr(CATALOG.roots[of_type], "entity", None)
    variables: dict[str, Any] = {}
    head, arguments = "", ""
    if "id" in declared.args:
        head, arguments = "($id: ID!)", "(id: $id)"
        chosen = entity if entity is not None else CATALOG.by_name["Candidate"]
        variables["id"] = f"{chosen.prefix}_{board.tables[chosen.model.__tablename__][0]['id'].hex}"
    elif "ids" in declared.args:
        head, arguments = "($ids: [ID!]!)", "(ids: $ids)"
        variables["ids"] = []

    for name, actor in board.actors.items():
        texts = (f"query Q{head} {{ {root}{arguments} {whole(named, for_oracle=o)} }}" for o in (False, True))
        await compared(board, name, actor, *texts, **variables)
        board.asked.add((name, f"Query.{root}"))
        for inside in walked(named):
            board.asked |= {(name, f"{inside.name}.{field_name}") for field_name in inside.fields}


def walked(type_: GraphQLNamedType) -> Iterator[GraphQLObjectType]:
    """The types without rows of their own whose fields a selection of a type names: connections, edges, groups."""
    if isinstance(type_, GraphQLObjectType) and type_.name not in CATALOG.by_name:
        yield type_
        for declared in type_.fields.values():
            yield from walked(get_named_type(declared.type))


async def compared(board: Board, name: str, actor: Actor, text: str, for_oracle: str, **variables: Any) -> None:
    expected = Reference(actor, Rights(actor, board.tables)).answer(for_oracle, variables)
    answer = await board.world.ask(actor, text, **variables)
    assert "errors" not in answer, f"{name}: {answer['errors']}"
    check_redacted(answer["data"], f"{name}: {text}")
    found = list(differences(without(answer["data"]), expected))
    assert not found, f"{name}:\n{text}\n" + "\n".join(found[:5])


def check_redacted(value: Any, what: str) -> None:
    """What is named as hidden is not there."""
    if isinstance(value, list):
        for item in value:
            check_redacted(item, what)
    elif isinstance(value, dict):
        hidden = value.get("redactedFields") or ()
        leaked = {name: value[name] for name in hidden if value.get(name) not in (None, [])}
        assert not leaked, f"{leaked} of {what}"
        for item in value.values():
            check_redacted(item, what)


def without(value: Any) -> Any:
    """An answer without what the oracle does not work out."""
    if isinstance(value, list):
        return [without(item) for item in value]
    if isinstance(value, dict):
        return {name: without(item) for name, item in value.items() if is_worked_out(name)}
    return value


def note(board: Board, name: str, actor: Actor, entity: AnyEntity, rows: list[dict[str, Any]]) -> None:
    """Write down which fields were shown, and which hidden, to this role."""
    type_ = GRAPHQL_SCHEMA.type_map[entity.name]
    assert isinstance(type_, GraphQLObjectType)
    rights = Rights(actor, board.tables)
    for field_name, declared_field in type_.fields.items():
        pair = (name, f"{entity.name}.{field_name}")
        board.asked.add(pair)
        for inside in walked(get_named_type(declared_field.type)):
            board.asked |= {(name, f"{inside.name}.{inner}") for inner in inside.fields}
        permission = getattr(entity.fields.get(python_name(field_name)), "permission", None)
        for row in rows:
            seen = is_shown(rights, entity, permission, row)
            counted = board.shown if seen else board.hidden
            counted[pair] += 1


def is_shown(rights: Rights, entity: AnyEntity, permission: Permission | None, row: dict[str, Any]) -> bool:
    needed = [held for held in (entity.permission, permission) if held is not None]
    return rights.shows(entity.name, row) and all(
        rights.held(held) and rights.may(entity.name, held, row) for held in needed
    )


# What every actor of the organization may see of everything in it (SERVICE_ACCOUNT and AGENCY included).
FOR_EVERYBODY = {"Organization", "CloseReason", "RejectionReason", "Source"}


def test_every_role_was_held_against_every_field(board: Board) -> None:
    """Last: after the tests above have asked. 100 % of the pairs, and each field both shown and hidden."""
    types = readable_types()
    fields = {
        f"{type_.name}.{name}"
        for type_ in types
        for name in type_.fields
        if not (type_.name == "Query" and name in ROOTS_LEFT_OUT)
    }
    missing = {(actor, name) for actor in board.actors for name in fields} - board.asked
    of_entities = {name for name in fields if name.partition(".")[0] in CATALOG.by_name}
    shown, hidden = ({name for _, name in counted} for counted in (board.shown, board.hidden))
    print(f"\n{len(board.actors)} roles x {len(fields)} fields = {len(board.actors) * len(fields)} pairs")  # noqa: T201

    assert not missing, sorted(missing)[:10]
    assert of_entities == shown
    assert {name.partition(".")[0] for name in of_entities - hidden} == FOR_EVERYBODY
