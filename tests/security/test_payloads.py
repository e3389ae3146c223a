"""Role by payload: what mutations and subscriptions answer with shows each role what it would be shown by id.

By id is held against the oracle elsewhere (test_fields, test_matrix); whether an event is told at all, here.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from portal.access.actor import Actor
from portal.access.enums import ActorKind
from portal.access.permissions import Permission, Way
from portal.access.standing import Standing
from portal.applications import streams as of_applications
from portal.applications.events import TeamMatchProposed
from portal.catalog import CATALOG, STREAMS
from portal.database.connection import Database
from portal.openings import streams as of_openings
from portal.reading.selection import camel
from portal.records.enums import Origin
from portal.records.feed import Happened
from portal.records.models import DomainEvent
from portal.records.streams import Stream
from portal.web.costs.metering import Asking
from portal.web.documents.document import Document
from portal.web.operations import Operations
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.reference import Reference
from tests.reading.rights import R, Rights
from tests.reading.scenery import Scenery
from tests.security.cast import cast, owner
from tests.security.plans import PLACES, PLANS, Input
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Scene, Where
from tests.security.test_fields import everybody, selection, without
from tests.security.walking import mutations
from tests.world import NOON, World, an_organization, answer_of, operations, store

pytestmark = pytest.mark.proof


def entities_of(mutation: str) -> dict[str, str]:
    """The fields of a mutation's payload that hold a row, and of which type."""
    payload = get_named_type(mutations()[mutation].type)
    assert isinstance(payload, GraphQLObjectType)
    named = {name: get_named_type(field.type).name for name, field in payload.fields.items()}
    return {name: type_name for name, type_name in named.items() if type_name in CATALOG.by_name}


async def called(database: Database, actor: Actor, mutation: str, given: Input) -> dict[str, Any]:
    """The payload of a mutation with everything of every row in it."""
    inside = [
        f"{name} {selection(GRAPHQL_SCHEMA.type_map[type_name], for_oracle=False)}"
        for name, type_name in entities_of(mutation).items()
    ]
    text = (
        f"mutation M($input: {mutations()[mutation].args['input'].type}) "
        f"{{ called: {mutation}(input: $input) {{ __typename {' '.join(inside)} }} }}"
    )
    answer = await answer_of(database, actor, text, {"input": given})
    assert not answer.errors, answer.errors
    payload: dict[str, Any] = orjson.loads(answer.data_json or b"{}")["called"]
    return {name: value for name, value in payload.items() if isinstance(value, dict)}


async def by_id(world: World, actor: Actor, type_name: str, id: str) -> Any:
    fields = selection(GRAPHQL_SCHEMA.type_map[type_name], for_oracle=False)
    text = f"query N($id: ID!) {{ node(id: $id) {{ ... on {type_name} {fields} }} }}"
    return (await world.read(actor, text, id=id))["node"]


@pytest.mark.parametrize("mutation", sorted(name for name in PLANS if entities_of(name)))
async def test_a_mutation_answers_with_what_is_shown_by_id(
    mutation: str, scene: Scene, database: Database, count: Count, is_long: bool
) -> None:
    """A mutation that is undone at its end answers with the row as it was, to whoever may call it."""
    given = PLANS[mutation].input(scene, scene.places[PLACES.get(mutation, Where.INSIDE)])
    everyone = cast(scene)
    turn = zlib.crc32(mutation.encode())
    some = [*everyone][turn % len(everyone) :: 5]
    actors = everyone if is_long else {name: everyone[name] for name in some} | {"owner": owner(scene)}
    rows = 0

    async with untouched(scene.world, mutation):
        for name, actor in actors.items():
            for field, row in (await called(rehearsal_of(database), actor, mutation, given)).items():
                shown = await by_id(scene.world, actor, entities_of(mutation)[field], row["id"])
                assert without(row) == without(shown), f"{name} {mutation}.{field}"
                rows += 1

    count("2 matrix", "rows in payloads of mutations, each as by id", rows)


# What happened, in the words of the streams: each type that is told, about rows of the scenery.
@dataclass(frozen=True)
class Told:
    """An event that was stored, and what it is about."""

    id: UUID
    type: str
    opening: R
    application: R


@dataclass(frozen=True)
class Stage:
    """The organization in which things happened, what its tables hold, and everybody in it."""

    world: World
    tables: Mapping[str, list[dict[str, Any]]]
    actors: dict[str, Actor]
    told: list[Told]
    inside: Operations


@pytest.fixture(scope="module")
async def stage(database: Database) -> Stage:
    world = await an_organization(database, "Stage")
    scenery = Scenery(world, seed=7)
    await scenery.plant()
    tables = await scenery.tables()
    told: list[Told] = []
    for application in tables["application"]:
        (opening,) = (row for row in tables["opening"] if row["id"] == application["opening_id"])
        for type_ in sorted({type_ for stream in STREAMS.values() for type_ in stream.payloads}):
            event = an_event(type_, application, opening, tables)
            await world.plant(event)
            told.append(Told(event.id, type_, opening, application))
    return Stage(world, tables, dict(everybody(world, scenery)), told, operations(database))


def an_event(type_: str, application: R, opening: R, tables: Mapping[str, list[dict[str, Any]]]) -> DomainEvent:
    """What happened to the opening or the application, or to somebody because of it."""
    stages = [row["id"].hex for row in tables["stage"] if row["opening_id"] == opening["id"]]
    (member,) = (row["id"].hex for row in tables["membership"] if row["role"] == "MEMBER")
    facts = {
        "application_id": application["id"].hex,
        "stage_id": stages[0],
        "from_stage_id": stages[0],
        "to_stage_id": stages[-1],
        "reason_id": tables["rejection_reason"][0]["id"].hex,
        "seat_id": next(row["id"].hex for row in tables["seat"] if row["opening_id"] == opening["id"]),
        "membership_id": member,
        "added_membership_id": member,
        "team_id": tables["team"][0]["id"].hex,
    }
    subject = ("Opening", opening["id"])
    if type_ in STREAMS["application_changed"].payloads:
        subject = ("Application", application["id"])
    elif type_ in of_applications._GRANTS:
        subject = ("Grant", tables["role_grant"][0]["id"])
    return DomainEvent(
        type=type_,
        subject_type=subject[0],
        subject_id=subject[1],
        opening_id=opening["id"],
        occurred_at=NOON,
        recorded_at=NOON,
        actor_kind=ActorKind.SYSTEM,
        request_id="r1",
        origin=Origin.API,
        data=facts,
    )


async def _free(_actor: Actor, _data: bytes) -> dict[str, Any]:
    return {}


async def _never() -> Actor:
    raise AssertionError("Nobody's rights go stale here.")


def payload_selection(field: str, type_: str) -> str:
    """Everything that a subscription tells of one type of event: of the rows in it, all their fields."""
    kind = GRAPHQL_SCHEMA.type_map[declared_streams()[field].payloads[type_].name]
    assert isinstance(kind, GraphQLObjectType)
    return f"{{ __typename ... on {kind.name} {{ {' '.join(_fields(kind))} }} }}"


def _fields(type_: GraphQLObjectType) -> Iterator[str]:
    for name, declared in type_.fields.items():
        named = get_named_type(declared.type)
        yield name if is_leaf_type(named) else f"{name} {selection(named, for_oracle=False)}"


def declared_streams() -> dict[str, Stream]:
    """By the field of Subscription."""
    return {camel(name): stream for name, stream in STREAMS.items()}


async def told_to(stage: Stage, actor: Actor, field: str, event: Told) -> Any:
    """What a subscriber is sent of an event, None for nothing: by the very statement that answers subscriptions."""
    stream = declared_streams()[field]
    arguments, variables = "", dict[str, Any]()
    if stream.subject is not None:
        subject = event.application if stream.subject.name == "Application" else event.opening
        arguments, variables = f"({stream.argument}: $id)", {"id": f"{stream.subject.prefix}_{subject['id'].hex}"}
    head = "($id: ID!)" if variables else ""
    text = f"subscription S{head} {{ {field}{arguments} {payload_selection(field, event.type)} }}"
    document = store().get(text)
    assert isinstance(document, Document), document
    (operation,) = document.operations.values()
    asking = stage.inside._asking(document, operation, variables)
    assert isinstance(asking, Asking)
    subscriptions = stage.inside._subscriptions
    subscription = subscriptions._subscription(asking, Standing(actor, _never), _free)
    data = await subscriptions._read(subscription, Happened(1, event.id, event.type, NOON), actor)
    return None if data is None else orjson.loads(data)


def is_told(rights: Rights, field: str, event: Told) -> bool:
    """Whether the table says that an event is told to somebody."""
    if field == "openingChanged":
        return _is_told_of_opening(rights, event)
    reads = rights.may("Application", Permission.APPLICATION_READ, event.application)
    sees = rights.may("Application", Permission.APPLICATION_SEE, event.application)
    is_shown = rights.shows("Application", event.application)
    if field == "notifications":
        return _concerns(rights, event, is_visible=sees and is_shown)
    if field == "pipelineChanged":
        return reads and is_shown
    return is_shown and sees and (reads or event.type in of_applications._OF_PROGRESS)


def _concerns(rights: Rights, event: Told, *, is_visible: bool) -> bool:
    """Members are told what names them, what is proposed to their teams, and how those whom they referred are doing."""
    me = rights.actor.id
    if event.type in of_applications._OUTCOMES:
        return is_visible and event.application["credited_to_id"] == me
    if event.type == TeamMatchProposed.type:
        team = rights.tables["team"][0]["id"]
        ways = rights.holdings(Permission.APPLICATION_READ)
        return any(way is Way.PROPOSED and grant is not None and team in grant.scope_ids for way, grant in ways)
    (named,) = (row["id"] for row in rights.tables["membership"] if row["role"] == "MEMBER")
    return bool(named == me)


def _is_told_of_opening(rights: Rights, event: Told) -> bool:
    def may(permission: Permission) -> bool:
        return rights.may("Opening", permission, event.opening)

    if not may(Permission.OPENING_SEE):
        return False
    if event.type in of_openings._OF_STATUS:
        return True
    return may(Permission.COMPENSATION_READ if event.type in of_openings._OF_PAY else Permission.OPENING_READ)


def one_of_each_type(told: list[Told], turn: int) -> list[Told]:
    by_type: dict[str, list[Told]] = {}
    for event in told:
        by_type.setdefault(event.type, []).append(event)
    return [events[turn % len(events)] for events in by_type.values()]


def fields_for(actor: Actor, type_: str) -> list[str]:
    """The fields of Subscription that tell a type of event; service accounts have no notifications."""
    is_member = actor.kind is ActorKind.USER
    return [
        field
        for field, stream in declared_streams().items()
        if type_ in stream.payloads and (is_member or stream.subject is not None)
    ]


async def test_a_subscription_tells_what_is_shown_by_id(stage: Stage, count: Count, is_long: bool) -> None:
    pairs: set[tuple[str, str, str]] = set()
    told = rows = 0

    for turn, (role, actor) in enumerate(stage.actors.items()):
        rights = Rights(actor, stage.tables)
        for event in stage.told if is_long else one_of_each_type(stage.told, turn):
            for field in fields_for(actor, event.type):
                payload = await told_to(stage, actor, field, event)
                assert (payload is not None) is is_told(rights, field, event), f"{role}: {field} of {event}"
                pairs.add((role, field, event.type))
                told += payload is not None
                rows += await compared(stage, actor, f"{role}: {field} of {event}", payload or {})

    expected = {
        (role, field, type_)
        for role, actor in stage.actors.items()
        for stream in STREAMS.values()
        for type_ in stream.payloads
        for field in fields_for(actor, type_)
    }
    assert pairs == expected
    count("2 matrix", "(role, subscription, type of event) triples, of as many in the schema", len(pairs))
    count("2 matrix", "events told", told)
    count("2 matrix", "rows in them, each as by id", rows)


async def compared(stage: Stage, actor: Actor, what: str, payload: dict[str, Any]) -> int:
    """Hold the rows in a payload against the oracle; how many they were."""
    rows = [value for value in payload.values() if isinstance(value, dict) and "id" in value]
    for row in rows:
        entity = CATALOG.by_prefix[row["id"].rpartition("_")[0]]
        fields = selection(GRAPHQL_SCHEMA.type_map[entity.name], for_oracle=True)
        text = f"query N($id: ID!) {{ node(id: $id) {{ ... on {entity.name} {fields} }} }}"
        expected = Reference(actor, Rights(actor, stage.tables)).answer(text, {"id": row["id"]})["node"]
        assert ordered(without(row)) == ordered(expected), what
    return len(rows)


def ordered(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"redactedFields": sorted(row.get("redactedFields") or ())}
