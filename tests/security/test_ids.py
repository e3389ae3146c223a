"""Ids of others: every position for an id in the schema answers to a foreign one exactly as to one that nothing has.

Unknown ids, those of another organization, malformed ones and those of another type all look the same (code, message
and path), and nothing changes where the foreign id comes from.
"""

import copy
import itertools
import zlib
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from portal.access.enums import OrganizationRole
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.database.ids import new_id
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.scenery import Scenery
from tests.security.asking import Outcome, called
from tests.security.cast import owner
from tests.security.plans import PLACES, PLANS, Input, id_of, row
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Place, Scene, Where
from tests.security.walking import Position, mutations, positions, positions_of, readable_types
from tests.subscriptions.watching import a_portal, failure
from tests.world import World

# Where a plan names no row for an id, what kind of id it takes, and what else must be given with it.
ELSEWHERE: dict[str, tuple[str, Input]] = {
    "grantRole(input.serviceAccountId)": ("account", {"membershipId": None}),
    "grantOpeningRole(input.serviceAccountId)": ("account", {"membershipId": None}),
    "closeOpening(input.remaining.reasonId)": ("reason used", {"remaining": {"disposition": "REJECT", "note": None}}),
    **{
        f"{mutation}(input.submission.{field})": (name, {})
        for mutation in ("submitApplication", "submitCandidate")
        for field, name in (
            ("postingId", "posting published"),
            ("sourceId", "source used"),
            ("creditedToId", "ACTIVE"),
            ("stageId", "stage applied"),
        )
    },
}
# Refused with a word of their own, the same for all ids: what is asked is whether a row of the opening or application
# is meant, not whether one exists.
REFUSED_OTHERWISE = {
    "addSeats(input.teamId)": "INVALID_INPUT",
    "updateSeat(input.teamId)": "INVALID_INPUT",
    "reorderStages(input.stageIds.0)": "INVALID_INPUT",
    "bulkMoveApplications(input.moves.0.fromStageId)": "STAGE_CHANGED",
    "moveApplication(input.fromStageId)": "STAGE_CHANGED",
    "hireApplication(input.seatId)": "NO_OPEN_SEAT",
    "hireApplication(input.teamId)": "INVALID_INPUT",
    "unassignInterviewer(input.membershipId)": "ALREADY_DONE",
}

pytestmark = pytest.mark.proof

GRAPHQLID = GRAPHQL_SCHEMA.type_map["ID"]
IN_MUTATIONS = [
    position
    for name, field in mutations().items()
    for position in positions_of("Mutation", name, field)
    if position.named is GRAPHQLID
]
SUBSCRIPTION = GRAPHQL_SCHEMA.subscription_type
assert SUBSCRIPTION is not None
IN_SUBSCRIPTIONS = [position for position in positions(SUBSCRIPTION) if position.named is GRAPHQLID]
IN_QUERIES = [position for type_ in readable_types() for position in positions(type_) if position.named is GRAPHQLID]


def test_all_positions_of_the_schema_are_swept(count: Count) -> None:
    """Counted a second time, without the walk: each declared id is at one of the positions."""
    declared = set()
    for name, type_ in GRAPHQL_SCHEMA.type_map.items():
        if name.startswith("__"):
            continue
        for field_name, field in getattr(type_, "fields", {}).items():
            if hasattr(field, "args"):
                declared |= {
                    f"{name}.{field_name}.{arg}"
                    for arg, argument in field.args.items()
                    if get_named_type(argument.type) is GRAPHQLID
                }
            elif get_named_type(field.type) is GRAPHQLID:
                declared.add(f"{name}.{field_name}")
    swept = {position.declared for position in [*IN_MUTATIONS, *IN_QUERIES, *IN_SUBSCRIPTIONS]}

    assert declared == swept
    count("3 sweep", "id arguments and input fields declared in the schema, all swept", len(declared))
    count("3 sweep", "  positions in mutations", len(IN_MUTATIONS))
    count("3 sweep", "  positions in queries, filters included", len(IN_QUERIES))
    count("3 sweep", "  positions in subscriptions", len(IN_SUBSCRIPTIONS))


MALFORMED: dict[str, Any] = {
    "of no type": f"zzz_{new_id().hex}",
    "without a prefix": new_id().hex,
    "a plain UUID": str(new_id()),
    "in capitals": f"OPN_{new_id().hex.upper()}",
    "with a space": f" opn_{new_id().hex}",
    "empty": "",
    "a number": 5,
    "long": "x" * 10_000,
    "strange": "\U0001f600\x7f'\"; --",
}


def substitutes(position: Position, prefix: str, other: str, *, is_long: bool) -> dict[str, Any]:
    """What stands in the place of an id: one that nothing has, one of another type, and malformed ones, in turn."""
    turn = zlib.crc32(position.name.encode()) % len(MALFORMED)
    kinds = [*MALFORMED] if is_long else [[*MALFORMED][turn]]
    zeros = {"of zeros": f"{prefix}_{0:032x}"} if is_long else {}
    unknown = {"unknown": f"{prefix}_{new_id().hex}", "of another type": other}
    return unknown | zeros | {kind: MALFORMED[kind] for kind in kinds}


def put(input: Input, path: tuple[str | int, ...], value: Any) -> Input:
    """The input with another value at a path; what leads there is made where it is missing."""
    changed = copy.deepcopy(input)
    inside: Any = changed
    for part, following in itertools.pairwise(path):
        if isinstance(part, str):
            inside.setdefault(part, [] if following == 0 else {})
        inside = inside[part]
        if following == 0 and not inside:
            inside.append({})
    inside[path[-1]] = value
    return changed


def at(input: Input, path: tuple[str | int, ...]) -> Any:
    inside: Any = input
    for part in path:
        try:
            inside = inside[part]
        except (KeyError, IndexError, TypeError):
            return None
    return inside


@pytest.mark.parametrize("mutation", sorted(PLANS))
async def test_a_mutation_tells_a_foreign_id_from_no_other(
    mutation: str, scene: Scene, mirror: Scene, database: Database, is_long: bool
) -> None:
    rehearsal = rehearsal_of(database)
    listed = [position for position in IN_MUTATIONS if position.field == mutation]

    async with untouched(mirror.world, mutation):
        for position in listed:
            given, path, prefix, foreign = aim(scene, mirror, position)
            other = id_of(scene.rows["ACTIVE" if prefix != "mem" else "tag"])
            values = substitutes(position, prefix, other, is_long=is_long) | {"foreign": foreign}
            outcomes = {
                kind: await called(rehearsal, owner(scene), mutation, put(given, path, value))
                for kind, value in values.items()
            }
            check_alike(position, outcomes)
            assert is_refused(position, outcomes["unknown"]), f"{position.name}: {outcomes['unknown'].answer}"


def aim(scene: Scene, mirror: Scene, position: Position) -> tuple[Input, tuple[str | int, ...], str, str]:
    """The input to put an id into, where in it, the right prefix, and the id of the mirrored row."""
    plan, path = PLANS[position.field], position.path[1:]
    where = PLACES.get(position.field, Where.INSIDE)
    here = plan.input(scene, scene.places[where])
    there = plan.input(mirror, mirror.places[where])
    short = position.name.removeprefix("Mutation.")
    if short in ELSEWHERE:
        name, more = ELSEWHERE[short]
        here = {key: value for key, value in (here | more).items() if value is not None}
        there = put(there, path, id_of(row(mirror, mirror.places[where], name)))
    foreign = at(there, path)
    assert isinstance(foreign, str), f"The plan of {position.field} has nothing at {position.name}."
    return here, path, foreign.rpartition("_")[0], foreign


def is_refused(position: Position, outcome: Outcome) -> bool:
    expected = REFUSED_OTHERWISE.get(position.name.removeprefix("Mutation."), "NOT_FOUND")
    return outcome.codes == [expected] and not outcome.errors


def check_alike(position: Position, outcomes: dict[str, Outcome]) -> None:
    different = {
        kind: outcome.answer for kind, outcome in outcomes.items() if outcome.bytes != outcomes["unknown"].bytes
    }
    assert not different, f"{position.name} tells them apart: {different}, unknown: {outcomes['unknown'].answer}"


# Where a field with arguments is reached from: a row of each type that has such fields.
ROWS = {"Opening": "opening OPEN", "Stage": "stage screen", "Candidate": "candidate active"}

# What a filter's or argument's name says of the type of the id that it takes.
NAMED = {
    "department": "department INSIDE",
    "team": "team INSIDE",
    "location": "location INSIDE",
    "group": "group INSIDE",
    "hiringTeamMember": "ACTIVE",
    "membership": "ACTIVE",
    "recruiter": "ACTIVE",
    "actor": "ORG_ADMIN",
    "stage": "stage screen",
    "source": "source used",
    "opening": "opening OPEN",
    "candidate": "candidate active",
    "application": "application active",
    "skill": "skill used",
    "tag": "tag",
    "entity": "opening OPEN",
    "subject": "opening OPEN",
    "identityProvider": "provider",
    "clientRelease": "release",
    "trustedDocument": "document",
    "directoryGroup": "directory group",
    "serviceAccount": "account",
    "departments.parent": "department INSIDE",
    "locations.parent": "location INSIDE",
    "node": "candidate active",
    "nodes": "candidate active",
}


async def test_queries_tell_a_foreign_id_from_no_other(scene: Scene, mirror: Scene, is_long: bool) -> None:
    actor = owner(scene)
    place, mirrored = scene.places[Where.INSIDE], mirror.places[Where.INSIDE]

    async with untouched(mirror.world, "A query"):
        for position in IN_QUERIES:
            foreign = id_of(row(mirror, mirrored, NAMED[what_it_names(position)]))
            other = id_of(place.rows["band"])  # no filter takes one
            values = substitutes(position, foreign.rpartition("_")[0], other, is_long=is_long) | {"foreign": foreign}
            if position.field in ("node", "nodes"):
                del values["of another type"]
            outcomes = {
                kind: Outcome(await ask(scene.world, actor, place, position, value)) for kind, value in values.items()
            }
            check_alike(position, outcomes)


def what_it_names(position: Position) -> str:
    """The name that says which type of id a position takes: of the filter's field, or of the root field."""
    if position.path[0] != "filter":
        return position.field
    name = str(position.path[1])
    return f"{position.field}.{name}" if name == "parent" else name


def query_with(place: Place, position: Position, value: Any) -> tuple[str, dict[str, Any]]:
    """A query with a value at a position."""
    parent = GRAPHQL_SCHEMA.type_map[position.parent]
    assert isinstance(parent, GraphQLObjectType)
    declared = parent.fields[position.field]
    argument = str(position.path[0])
    given = put({}, position.path, value)[argument]
    type_ = declared.args[argument].type
    answered = get_named_type(declared.type)
    found = "totalCount nodes { __typename id }" if "totalCount" in answered.fields else "__typename id"
    call = f"found: {position.field}({argument}: $given) {{ {found} }}"
    if position.parent != "Query":
        call = f'node(id: "{id_of(place.rows[ROWS[position.parent]])}") {{ ... on {position.parent} {{ {call} }} }}'
    return f"query Q($given: {type_}) {{ {call} }}", {"given": given}


async def ask(world: World, actor: Any, place: Place, position: Position, value: Any) -> dict[str, Any]:
    """The answer to a query with a value at a position."""
    text, variables = query_with(place, position, value)
    return await world.ask(actor, text, **variables)


def test_every_prefix_is_one_types_own() -> None:
    """Otherwise one id could name two rows."""
    prefixes = [entity.prefix for entity in CATALOG.entities]

    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize("position", IN_SUBSCRIPTIONS, ids=lambda position: position.name)
async def test_a_subscription_to_a_foreign_id_is_refused_as_one_to_an_unknown_id(
    position: Position, acme: World, globex: World
) -> None:
    scenery = Scenery(globex, seed=3)
    await scenery.plant()
    table, prefix = ("application", "app") if position.field == "applicationChanged" else ("opening", "opn")
    theirs = (await scenery.tables())[table][0]["id"]
    ada = await acme.member("Ada", OrganizationRole.ORG_ADMIN)
    refusals = []

    async with a_portal(acme.database) as portal:
        talk = await portal.talk_as(acme, membership_id=ada.id)
        for number, given in enumerate([f"{prefix}_{theirs.hex}", f"{prefix}_{new_id().hex}", "nonsense"]):
            await talk.subscribe(
                str(number), f'subscription {{ {position.field}({position.path[0]}: "{given}") {{ cursor }} }}'
            )
            refusals.append(failure(await talk.hear()))

    assert len(set(refusals)) == 1
    assert refusals[0][0] == "NOT_FOUND"
