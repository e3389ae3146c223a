"""A row that is reached again below itself is read as it is alone: rights worked out on the way count only there.

Random selections rarely come back to where they began, and that is where a statement is tempted to share what it knows.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from portal.access.actor import Actor
from portal.access.enums import OrganizationRole
from portal.catalog import CATALOG
from schema.root import GRAPHQL_SCHEMA
from tests.reading.documents import LEFT_OUT
from tests.reading.reference import Reference
from tests.reading.rights import Rights
from tests.reading.scenery import Scenery
from tests.reading.test_property import actors, differences, ids_in, scene
from tests.world import World

__all__ = ["scene"]

ROWS = 4
ACTORS, ACTORS_LONG = 4, 60  # others that ask for each way
LONGEST_WAY = 3  # relations
WAYS_OF_ALL = 4  # of the longest ones, one in so many


def entity_type(declared: GraphQLField) -> tuple[GraphQLObjectType, str] | None:
    """The entity that a field leads to, and what to write around a selection of it."""
    type_ = get_named_type(declared.type)
    if not isinstance(type_, GraphQLObjectType) or any(map(is_required_argument, declared.args.values())):
        return None
    if type_.name.endswith("Connection"):
        node = get_named_type(type_.fields["nodes"].type)
        assert isinstance(node, GraphQLObjectType)
        return node, "{ nodes %s }"
    return (type_, "%s") if type_.name in CATALOG.by_name else None


def all_leaves(type_: GraphQLObjectType) -> str:
    """Every field of a type that is read in the row itself, its rights included."""
    names = [
        name
        for name, declared in type_.fields.items()
        if is_leaf_type(get_named_type(declared.type)) and name not in LEFT_OUT and not declared.args
    ]
    can = type_.fields.get("viewerCan")
    if can is not None:
        names.append(f"viewerCan {all_leaves_in_braces(get_named_type(can.type))}")
    return " ".join(names)


def all_leaves_in_braces(type_: Any) -> str:
    return f"{{ {all_leaves(type_)} }}"


def ways_back(start: GraphQLObjectType, at: GraphQLObjectType, steps: int) -> Iterator[str]:
    """Selections on `at` that come back to `start` after at most so many relations."""
    for name, declared in at.fields.items():
        reached = None if name in LEFT_OUT else entity_type(declared)
        if reached is None:
            continue
        type_, around = reached
        if type_ is start:
            yield f"{name} {around % all_leaves_in_braces(type_)}"
        elif steps > 1:
            for way in ways_back(start, type_, steps - 1):
                inside = f"{{ {all_leaves(type_)} {way} }}"
                yield f"{name} {around % inside}"


def ways() -> Iterator[tuple[str, str]]:
    """Each entity's name, with each way from it back to it; of the longest ones a sample."""
    rng = Random(7)
    for entity in CATALOG.entities:
        type_ = GRAPHQL_SCHEMA.get_type(entity.name)
        if not isinstance(type_, GraphQLObjectType):
            continue
        short = list(ways_back(type_, type_, LONGEST_WAY - 1))
        longest = [way for way in ways_back(type_, type_, LONGEST_WAY) if way not in short]
        for way in [*short, *rng.sample(longest, len(longest) // WAYS_OF_ALL)]:
            leaves = all_leaves(type_)
            yield entity.name, f"{{ node(id: %s) {{ ... on {entity.name} {{ {way} {leaves} }} }} }}"


@pytest.fixture(scope="module")
def everybody(scene: tuple[World, Scenery, Mapping[str, list[dict[str, Any]]]]) -> list[Actor]:
    world, scenery, _ = scene
    return list(actors(world, scenery))


async def test_what_is_reached_again_is_read_as_it_is_alone(
    scene: tuple[World, Scenery, Mapping[str, list[dict[str, Any]]]],
    everybody: list[Actor],
    request: pytest.FixtureRequest,
) -> None:
    """By somebody whose rights all follow from single rows, of several rows; by some others, of one."""
    world, scenery, tables = scene
    ids, rng = ids_in(tables), Random(11)
    member = scenery.members[OrganizationRole.MEMBER]
    plain = world.acting(member.id, member.role)
    others = ACTORS_LONG if request.config.getoption("--long") else ACTORS
    asked = 0

    for name, template in ways():
        listed = ids[CATALOG.by_name[name].prefix]
        asking = [(plain, row) for row in rng.sample(listed, min(len(listed), ROWS))]
        asking += [(actor, rng.choice(listed)) for actor in rng.sample(everybody, others) if listed]
        for actor, row in asking:
            text = template % f'"{row}"'
            expected = Reference(actor, Rights(actor, tables)).answer(text, {})

            answer = await world.ask(actor, text)

            found = list(differences(answer.get("data", answer), expected))
            assert not found, f"{actor.role} {actor.grants}:\n{text}\n" + "\n".join(found[:5])
            asked += 1

    assert asked > 100
