"""Role by field: what each role reads of each field of the schema, through the API, is what the oracle says.

Every field of every readable type is asked for by everybody, on rows where the right to it is held and on rows where
it is not: allowed is the value; else the field is null and named in `redactedFields`, or the row is not there at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    GraphQLField,
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
from tests.counting import Count
from tests.reading.documents import ROOTS_LEFT_OUT
from tests.reading.reference import Reference, python_name
from tests.reading.rights import Rights
from tests.reading.scenery import Scenery
from tests.reading.test_property import differences
from tests.security.walking import readable_types
from tests.world import World, an_organization, grant

pytestmark = pytest.mark.proof

# What the oracle does not work out: the clock, opaque cursors and the matching of duplicates. They are asked for, their
# redaction is compared, and their values have tests of their own.
NOT_WORKED_OUT = frozenset({"daysInStage", "cursor", "startCursor", "endCursor", "possibleDuplicates"})

# What every actor of the organization may see of everything in it (SERVICE_ACCOUNT and AGENCY included).
FOR_EVERYBODY = {"Organization", "CloseReason", "RejectionReason", "Source"}

# Everybody who asks: a test that asks as all of them has the whole row of the matrix.
ROLES = {
    *(role.value for role in OrganizationRole),
    *(f"grant {role.value}" for role in GrantRole),
    *(f"privilege {privilege.value}" for privilege in Privilege),
    "service account",
    "service account SOURCER",
}

ENTITIES: list[AnyEntity] = [entity for entity in CATALOG.entities if entity.name in GRAPHQL_SCHEMA.type_map]
assert GRAPHQL_SCHEMA.query_type is not None
QUERY: GraphQLObjectType = GRAPHQL_SCHEMA.query_type
ROOTS = sorted(set(QUERY.fields) - ROOTS_LEFT_OUT)

Tables = Mapping[str, list[dict[str, Any]]]


@dataclass
class Board:
    """The organization, what its tables hold, and everybody in it."""

    world: World
    tables: Tables
    actors: dict[str, Actor]


async def a_board(database: Database) -> Board:
    world = await an_organization(database, "Matrix")
    scenery = Scenery(world, seed=7)
    await scenery.plant()
    actors = dict(everybody(world, scenery))
    assert actors.keys() == ROLES
    return Board(world, await scenery.tables(), actors)


@pytest.fixture(scope="module")
async def board(database: Database) -> Board:
    return await a_board(database)


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


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
async def test_each_role_reads_of_an_entity_what_the_oracle_says(entity: AnyEntity, board: Board) -> None:
    type_ = GRAPHQL_SCHEMA.type_map[entity.name]
    rows = board.tables[entity.model.__tablename__][:100]
    ids = [f"{entity.prefix}_{row['id'].hex}" for row in rows]
    assert ids, "The scenery has one of each."
    asked: set[str] = set()

    for name, actor in board.actors.items():
        texts = (
            f"query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {entity.name} {selection(type_, for_oracle=o)} }} }}"
            for o in (False, True)
        )
        await compared(board, name, actor, *texts, ids=ids)
        asked.add(name)

    assert asked == ROLES
    check_both_sides(board, entity, rows)


@pytest.mark.parametrize("root", ROOTS)
async def test_each_role_reads_of_a_root_what_the_oracle_says(root: str, board: Board) -> None:
    declared = QUERY.fields[root]
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
    asked: set[str] = set()

    for name, actor in board.actors.items():
        texts = (f"query Q{head} {{ {root}{arguments} {whole(named, for_oracle=o)} }}" for o in (False, True))
        await compared(board, name, actor, *texts, **variables)
        asked.add(name)

    assert asked == ROLES


def test_all_roles_are_held_against_all_fields(count: Count) -> None:
    """100 % of the pairs: each test above asks as every role, and together they ask for every field."""
    fields = {
        f"{type_.name}.{name}"
        for type_ in readable_types()
        for name in type_.fields
        if not (type_.name == "Query" and name in ROOTS_LEFT_OUT)
    }
    asked_for = {f"Query.{root}" for root in ROOTS}
    for entity in ENTITIES:
        type_ = GRAPHQL_SCHEMA.type_map[entity.name]
        assert isinstance(type_, GraphQLObjectType)
        asked_for |= {f"{type_.name}.{name}" for name in type_.fields}
        asked_for |= {name for declared in type_.fields.values() for name in inside(declared)}
    for root in ROOTS:
        asked_for |= set(inside(QUERY.fields[root]))

    assert asked_for == fields
    count("2 matrix", "(role, field) pairs by root and by id, of as many in the schema", len(ROLES) * len(fields))


def inside(declared: GraphQLField) -> Iterator[str]:
    """The fields of the types without rows of their own that a selection of a field names."""
    for type_ in walked(get_named_type(declared.type)):
        yield from (f"{type_.name}.{name}" for name in type_.fields)


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


def check_both_sides(board: Board, entity: AnyEntity, rows: list[dict[str, Any]]) -> None:
    """Each field was shown to somebody, and hidden from somebody unless everybody may see the entity."""
    type_ = GRAPHQL_SCHEMA.type_map[entity.name]
    assert isinstance(type_, GraphQLObjectType)
    everybodys = [Rights(actor, board.tables) for actor in board.actors.values()]
    for name in type_.fields:
        permission = getattr(entity.fields.get(python_name(name)), "permission", None)
        sides = {is_shown(rights, entity, permission, row) for rights in everybodys for row in rows}
        is_for_everybody = entity.name in FOR_EVERYBODY and permission is None
        assert sides == ({True} if is_for_everybody else {True, False}), name


def is_shown(rights: Rights, entity: AnyEntity, permission: Permission | None, row: dict[str, Any]) -> bool:
    needed = [held for held in (entity.permission, permission) if held is not None]
    return rights.shows(entity.name, row) and all(
        rights.held(held) and rights.may(entity.name, held, row) for held in needed
    )
