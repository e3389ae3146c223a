"""The read door answers what the slow reference executor answers: random selections, every entity, every role."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.catalog import CATALOG
from portal.database.connection import Database
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.documents import Writer
from tests.reading.reference import Reference
from tests.reading.rights import Rights, RightsOfBoth
from tests.reading.scenery import Scenery
from tests.world import World, an_organization, grant

SELECTIONS = 200
SELECTIONS_LONG = 2_000


@pytest.fixture(scope="session")
async def scene(database: Database) -> tuple[World, Scenery, Mapping[str, list[dict[str, Any]]]]:
    world = await an_organization(database, "Scene")
    scenery = Scenery(world, seed=7)
    await scenery.plant()
    return world, scenery, await scenery.tables()


def actors(world: World, scenery: Scenery) -> Iterator[Actor]:
    """Everybody: each role, each grant role in each scope, privileges, the system itself, a token without scopes."""
    own = frozenset({scenery.candidates[0].id})
    for role, member in scenery.members.items():
        mine = own if role is OrganizationRole.RECRUITER_ALL else frozenset()
        yield world.acting(member.id, role, own_candidate_ids=mine)
    member = scenery.members[OrganizationRole.MEMBER]
    agency = scenery.members[OrganizationRole.AGENCY]
    scopes: list[tuple[ScopeType, tuple[Any, ...]]] = [
        (ScopeType.ORG, ()),
        (ScopeType.DEPARTMENT, (scenery.departments[0].id, scenery.departments[1].id)),
        (ScopeType.OFFICE, (scenery.locations[0].id,)),
        (ScopeType.TEAM, (scenery.teams[0].id, scenery.teams[1].id)),
        (ScopeType.OPENING, tuple(opening.id for opening in scenery.openings[1:4])),
    ]
    for given_role in GrantRole:
        for scope_type, ids in scopes:
            who = agency if given_role is GrantRole.AGENCY else member
            for confidential in (False, True) if scope_type in (ScopeType.ORG, ScopeType.OPENING) else (False,):
                given = grant(given_role, scope_type, *ids, confidential=confidential)
                yield world.acting(who.id, who.role, given)
    for privilege in Privilege:
        for scope_type, ids in scopes:
            given = grant(GrantRole.RECRUITER, scope_type, *ids, privileges=frozenset({privilege}))
            yield world.acting(member.id, OrganizationRole.MEMBER, given)
    yield from some_of_everything(world, scenery, scopes)
    yield world.system
    yield world.acting(member.id, OrganizationRole.RECRUITER_ALL, scopes=frozenset())


def some_of_everything(
    world: World, scenery: Scenery, scopes: list[tuple[ScopeType, tuple[Any, ...]]]
) -> Iterator[Actor]:
    """Members and service accounts with several grants and privileges, and tokens narrowed to some permissions."""
    rng = Random(23)
    for number in range(60):
        given = []
        for _ in range(rng.randint(0, 3)):
            scope_type, ids = rng.choice(scopes)
            confidential = scope_type in (ScopeType.ORG, ScopeType.OPENING) and rng.random() < 0.3
            privileges = frozenset(rng.sample(list(Privilege), rng.choice([0, 0, 1, 2])))
            given.append(
                grant(rng.choice(list(GrantRole)), scope_type, *ids, confidential=confidential, privileges=privileges)
            )
        narrowed = frozenset(rng.sample(list(Permission), rng.randint(1, 12))) if rng.random() < 0.5 else None
        if number % 3 == 0:
            yield replace(world.acting(scenery.account.id, None, *given, scopes=narrowed), kind=ActorKind.SERVICE)
            continue
        role, member = rng.choice(list(scenery.members.items()))
        yield world.acting(member.id, role, *given, scopes=narrowed)


def acting_for_members(world: World, scenery: Scenery) -> Iterator[Actor]:
    """A service account with each of many sets of rights on behalf of members with each of many others."""
    rng = Random(29)
    everybody = list(actors(world, scenery))
    members = [actor for actor in everybody if actor.kind is ActorKind.USER and actor.scopes is None]
    for _ in range(150):
        one, member = rng.choice(everybody), rng.choice(members)
        narrowed = frozenset(rng.sample(list(Permission), rng.randint(8, 30))) if rng.random() < 0.3 else None
        # As much as an organization's role gives: a grant of the same.
        wide = grant(GrantRole.RECRUITER, confidential=rng.random() < 0.5, privileges=frozenset(Privilege))
        given = one.grants or (wide,)
        integration = world.acting(scenery.account.id, None, *given, scopes=narrowed)
        yield replace(integration, kind=ActorKind.SERVICE, on_behalf_of=member)


def ids_in(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {
        entity.prefix: [f"{entity.prefix}_{row['id'].hex}" for row in tables[entity.model.__tablename__]]
        for entity in CATALOG.entities
    }


@pytest.mark.proof
async def test_random_selections_read_what_the_reference_reads(
    scene: tuple[World, Scenery, Mapping[str, list[dict[str, Any]]]], request: pytest.FixtureRequest, count: Count
) -> None:
    world, scenery, tables = scene
    everybody = [(actor, Rights(actor, tables)) for actor in actors(world, scenery)]
    selections = SELECTIONS_LONG if request.config.getoption("--long") else SELECTIONS

    await compare(world, tables, everybody, range(selections))
    count("2 matrix", "random selections of random actors, as the oracle says", selections)


@pytest.mark.proof
async def test_on_behalf_of_a_member_random_selections_read_what_both_may(
    scene: tuple[World, Scenery, Mapping[str, list[dict[str, Any]]]], request: pytest.FixtureRequest, count: Count
) -> None:
    world, scenery, tables = scene
    pairs = [(actor, RightsOfBoth(actor, tables)) for actor in acting_for_members(world, scenery)]
    selections = SELECTIONS_LONG if request.config.getoption("--long") else SELECTIONS

    await compare(world, tables, pairs, range(10_000, 10_000 + selections))
    count("2 matrix", "random selections on behalf of members, as the oracle says of both", selections)


async def compare(
    world: World,
    tables: Mapping[str, list[dict[str, Any]]],
    everybody: Sequence[tuple[Actor, Rights]],
    seeds: Iterable[int],
) -> None:
    ids = ids_in(tables)
    for seed in seeds:
        actor, rights = everybody[seed % len(everybody)]
        text, variables = Writer(GRAPHQL_SCHEMA, ids, Random(seed)).operation()

        expected = Reference(actor, rights).answer(text, variables)
        answer = await world.ask(actor, text, **variables)

        found = list(differences(answer.get("data", answer), expected))
        assert not found, f"seed {seed}, {actor}:\n{text}\n{variables}\n" + "\n".join(found[:5])


@pytest.mark.parametrize(
    "text",
    [
        "{ departments { nodes { id children { archivedAt @skip(if: true) } } } }",
        "{ departments { nodes { name @skip(if: true) } } }",
        "{ departments { edges { node { name @skip(if: true) } } } }",
        "{ departments(last: 1) { nodes { parent { name @skip(if: true) } } pageInfo { endCursor @skip(if: true) } } }",
    ],
)
async def test_objects_of_which_every_field_is_skipped_are_empty(
    scene: tuple[World, Scenery, Mapping[str, list[dict[str, Any]]]], text: str
) -> None:
    world, scenery, tables = scene
    member = scenery.members[OrganizationRole.EXECUTIVE_VIEWER]
    actor = world.acting(member.id, member.role)

    expected = Reference(actor, Rights(actor, tables)).answer(text, {})
    answer = await world.ask(actor, text)

    assert "{}" in repr(expected)
    assert list(differences(answer.get("data", answer), expected)) == []


def differences(answer: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Where two answers are not the same."""
    if isinstance(answer, dict) and isinstance(expected, dict) and answer.keys() == expected.keys():
        for key, value in answer.items():
            yield from differences(value, expected[key], f"{path}.{key}")
    elif isinstance(answer, list) and isinstance(expected, list) and len(answer) == len(expected):
        if "redactedFields" in path:
            answer, expected = sorted(answer), sorted(expected)  # their order means nothing
        for index, (one, other) in enumerate(zip(answer, expected, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif answer != expected or type(answer) is not type(expected):
        yield f"{path}: the door says {answer!r}, the reference {expected!r}"
