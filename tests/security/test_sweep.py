"""The sweep, word for word: what is of others, or hidden, is answered over HTTP and WebSockets as what nobody has.

Everywhere that something can be named: ids in arguments, filters and inputs, cursors, words that are searched for. The
whole response is compared, `extensions.cost` included; test_ids says which positions there are, and tries more values.
"""

import base64
import io
from collections.abc import AsyncIterator, Iterator, Mapping
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest
from graphql import GraphQLObjectType

from portal.access.actor import Actor
from portal.catalog import CATALOG
from portal.database.base import TenantRow
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.people.models import Grant
from portal.people.tokens import Token
from portal.reading.entity import Connection
from portal.reading.selection import camel
from portal.records.streams import cursor
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Points
from portal.web.observe import Observer
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.rights import Rights
from tests.reading.scenery import Scenery
from tests.security.asking import called, document
from tests.security.cast import cast, owner
from tests.security.conftest import EVERYTHING
from tests.security.edge import a_token
from tests.security.plans import PLACES, PLANS, id_of, row
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Scene, Where
from tests.security.straight import Straight, straight
from tests.security.test_ids import (
    IN_MUTATIONS,
    IN_QUERIES,
    IN_SUBSCRIPTIONS,
    NAMED,
    aim,
    ask,
    at,
    put,
    query_with,
    what_it_names,
)
from tests.security.test_mutations import Expected
from tests.security.walking import Position
from tests.world import an_organization

pytestmark = pytest.mark.proof

UNLIMITED = WebOptions(points=Points(None, None, None))


@pytest.fixture(scope="module")
async def client(database: Database) -> AsyncIterator[Straight]:
    """The application, in which nothing that is changed lasts."""
    async with straight(app_on(rehearsal_of(database), Observer(io.BytesIO()), UNLIMITED)) as client:
        yield client


async def test_over_http_a_foreign_id_is_answered_as_an_unknown_one(
    scene: Scene, mirror: Scene, owners_token: Token, client: Straight, count: Count
) -> None:
    different: list[str] = []
    compared = 0

    async with untouched(mirror.world, "The sweep"):
        for position in [*IN_MUTATIONS, *IN_QUERIES]:
            requests = both_requests(scene, mirror, position)
            foreign, unknown = [await client.ask(owners_token.text, *request) for request in requests]
            compared += 1
            assert b'"cost":' in foreign.body, foreign.body
            if foreign != unknown:
                different.append(f"{position.name}: {foreign} {unknown}")

    assert not different, "\n".join(different)
    count("3 sweep", "foreign ids answered as unknown ones, byte for byte with their cost", compared)
    count("3 sweep", "foreign rows changed", 0)


def both_requests(scene: Scene, mirror: Scene, position: Position) -> Iterator[tuple[str, dict[str, Any]]]:
    """A request with a foreign id at a position, and the same with one that nobody has."""
    place = scene.places[Where.INSIDE]
    if position.parent == "Mutation":
        given, path, prefix, foreign = aim(scene, mirror, position)
        for named in (foreign, f"{prefix}_{new_id().hex}"):
            yield document(position.field), {"input": put(given, path, named)}
    else:
        foreign = id_of(row(mirror, mirror.places[Where.INSIDE], NAMED[what_it_names(position)]))
        for named in (foreign, f"{foreign.rpartition('_')[0]}_{new_id().hex}"):
            yield query_with(place, position, named)


async def test_a_subscription_is_refused_word_for_word(
    scene: Scene, mirror: Scene, owners_token: Token, client: Straight, count: Count
) -> None:
    """With an id of others, and with a cursor of theirs on what is one's own."""
    compared = 0
    for position in IN_SUBSCRIPTIONS:
        name = "application active" if position.field == "applicationChanged" else "opening OPEN"
        mine, theirs = (row(of, of.places[Where.INSIDE], name) for of in (scene, mirror))
        prefix = id_of(theirs).rpartition("_")[0]
        stream = {"openingChanged": "opening_changed", "pipelineChanged": "pipeline_changed"}
        of_stream = stream.get(position.field, "application_changed")
        their_cursor = cursor(mirror.world.id, of_stream, theirs.id, 1)
        nobodys_cursor = their_cursor[:16] + new_id().hex[16:]
        text = (
            f"subscription S($id: ID!, $after: String) {{ {position.field}({position.path[0]}: $id, after: $after) "
            "{ cursor } }"
        )
        unknown = f"{prefix}_{new_id().hex}"
        pairs = [
            ({"id": id_of(theirs)}, {"id": unknown}),
            ({"id": id_of(theirs), "after": nobodys_cursor}, {"id": unknown, "after": nobodys_cursor}),
            ({"id": id_of(mine), "after": their_cursor}, {"id": id_of(mine), "after": nobodys_cursor}),
        ]
        for foreign, nobodys in pairs:
            heard = [await refusal(client, owners_token, text, variables) for variables in (foreign, nobodys)]
            assert heard[0] == heard[1], position.name
            compared += 1

    count("3 sweep", "foreign ids and cursors of subscriptions refused as unknown ones", compared)


async def refusal(client: Straight, token: Token, text: str, variables: Mapping[str, Any]) -> str:
    async with client.socket(token.text) as socket:
        socket.subscribe("1", text, variables)
        assert (await socket.hear())["type"] == "error"
        return socket.heard[-1]


# Who does not see some of the organization's own rows: confidential openings, other departments, nearly everything.
HIDDEN_FROM = ("RECRUITER_ALL", "grant RECRUITER", "MEMBER")


async def test_what_is_hidden_within_the_organization_is_answered_as_what_nobody_has(
    scene: Scene, database: Database, count: Count, is_long: bool
) -> None:
    tables = await Scenery(scene.world, seed=0).tables()
    everyone = cast(scene)
    rehearsal = rehearsal_of(database)
    compared = 0

    async with untouched(scene.world, "The sweep of hidden rows"):
        for name in everyone if is_long else HIDDEN_FROM:
            actor = everyone[name]
            expected = Expected(Rights(actor, tables))
            for position, where in (
                (p, w) for p in [*IN_MUTATIONS, *IN_QUERIES] for w in (Where.SECRET, Where.OUTSIDE)
            ):
                hidden = named_at(scene, position, where)
                if hidden is None or expected.sees(hidden):
                    continue
                unknown = f"{id_of(hidden).rpartition('_')[0]}_{new_id().hex}"
                answers = [
                    await answer_to(scene, rehearsal, actor, position, named) for named in (id_of(hidden), unknown)
                ]
                assert answers[0] == answers[1], f"{name}: {position.name} {where}"
                compared += 1

    count("3 sweep", "hidden ids of one's own organization answered as unknown ones", compared)


def named_at(scene: Scene, position: Position, where: Where) -> TenantRow | None:
    """The row that a position names, in another place of the scene; None where it names none."""
    place = scene.places[where]
    if position.parent != "Mutation":
        found: TenantRow | None = row(scene, place, NAMED[what_it_names(position)])
    else:
        given = at(PLANS[position.field].input(scene, place), position.path[1:])
        listed = [*place.rows.values(), *scene.rows.values()]
        named = (one for one in listed if isinstance(given, str) and given.endswith(one.id.hex))
        found = next(named, None)
    return found if found is not None and any(entity.model is type(found) for entity in CATALOG.entities) else None


async def answer_to(scene: Scene, database: Database, actor: Actor, position: Position, id: str) -> bytes:
    place = scene.places[Where.INSIDE]
    if position.parent != "Mutation":
        return orjson.dumps(await ask(scene.world, actor, place, position, id))
    given = PLANS[position.field].input(scene, scene.places[PLACES.get(position.field, Where.INSIDE)])
    return (await called(database, actor, position.field, put(given, position.path[1:], id))).bytes


def pages() -> Iterator[tuple[str, str]]:
    """Every list that is read in pages: the type that it is of, and its field."""
    for name, root in CATALOG.roots.items():
        if isinstance(root, Connection):
            yield "Query", name
    for entity in CATALOG.entities:
        yield from ((entity.name, name) for name, field in entity.fields.items() if isinstance(field, Connection))


PARENTS = {
    "Opening": "opening OPEN",
    "Stage": "stage screen",
    "Candidate": "candidate active",
    "DirectoryGroup": "directory group",
    "ClientRelease": "release",
    "TrustedDocument": "document",
}


def page_of(scene: Scene, type_name: str, field: str) -> str:
    """A page of a list, after a cursor."""
    type_ = GRAPHQL_SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    call = f"{field}(first: 3, after: $after) {{ totalCount edges {{ cursor node {{ id }} }} }}"
    if type_name != "Query":
        parent = id_of(row(scene, scene.places[Where.INSIDE], PARENTS[type_name]))
        call = f'node(id: "{parent}") {{ ... on {type_name} {{ {call} }} }}'
    return f"query C($after: String) {{ {call} }}"


async def test_a_cursor_of_others_only_says_where_a_page_begins(
    scene: Scene, mirror: Scene, owners_token: Token, client: Straight, count: Count
) -> None:
    await mirror.world.plant(_granted(mirror))
    theirs = await a_token(mirror.world, membership_id=mirror.rows["ORG_ADMIN"].id)
    compared = 0
    listed = [(type_name, camel(field)) for type_name, field in pages()]

    for type_name, field in listed:
        answer = await client.ask(theirs.text, page_of(mirror, type_name, field), {})
        cursors = [edge["cursor"] for edge in _edges(answer.json()["data"])]
        for foreign in cursors:
            answers = [
                await client.ask(owners_token.text, page_of(scene, type_name, field), {"after": after})
                for after in (foreign, _neighbour(foreign))
            ]
            assert answers[0] == answers[1], f"{type_name}.{field}"
            compared += 1
        # On every other list it is refused, and told from one of one's own by nothing.
        other, other_field = Random(f"{type_name}.{field}").choice([one for one in listed if one != (type_name, field)])
        for foreign in cursors[:1]:
            refused = await client.ask(owners_token.text, page_of(scene, other, other_field), {"after": foreign})
            nobodys = await client.ask(
                owners_token.text, page_of(scene, other, other_field), {"after": _neighbour(foreign)}
            )
            assert refused == nobodys
            assert refused.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
            compared += 1

    assert compared >= 2 * len(listed), "Each list has a cursor of others."
    count("3 sweep", "cursors of others, answered as cursors of rows that nobody has", compared)
    count("3 sweep", "  lists that are read in pages", len(listed))


def _granted(scene: Scene) -> TenantRow:
    return Grant(membership_id=scene.rows["ORG_ADMIN"].id, **EVERYTHING)


def _edges(data: Any) -> list[Any]:
    (value,) = data.values()
    return value["edges"] if "edges" in value else _edges(value)


def _neighbour(cursor: str) -> str:
    """A cursor of a row that nobody has, right beside: the same values, and an id of the same moment."""
    packed = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    packed[-1] = str(UUID(int=UUID(packed[-1]).int ^ 1))
    return base64.urlsafe_b64encode(orjson.dumps(packed)).decode().rstrip("=")


PROBES = {
    "search": 'candidates(filter: {search: "Zebulon"}) { totalCount nodes { id name } }',
    "search by a beginning": 'candidates(filter: {search: "Zebu"}) { totalCount nodes { id name } }',
    "search by address": 'candidates(filter: {search: "zebulon@example.org"}) { totalCount nodes { id } }',
    "address": 'candidates(filter: {email: "zebulon@example.org"}) { totalCount nodes { id } }',
    "shared address": 'candidates(filter: {email: "inside.active@example.com"}) { totalCount nodes { id } }',
    "name": 'candidates(filter: {name: {startsWith: "Zeb"}}) { totalCount nodes { id } }',
}


async def test_what_another_organization_enters_changes_no_answer(
    scene: Scene, owners_token: Token, client: Straight, database: Database, count: Count
) -> None:
    """Searches, counts, totals and possible duplicates, before and after; the newcomer shares an e-mail address."""
    candidate = id_of(row(scene, scene.places[Where.INSIDE], "candidate active"))
    lists = [camel(field) for type_name, field in pages() if type_name == "Query"]
    probes = [
        *PROBES.values(),
        f'candidate(id: "{candidate}") {{ possibleDuplicates {{ id name }} applications {{ totalCount }} }}',
        *(f"{field}(first: 1) {{ totalCount }}" for field in lists),
        "openings { nodes { activeApplicationCount seatCounts { open filled } } }",
    ]

    async def answers() -> list[bytes]:
        return [(await client.ask(owners_token.text, f"{{ {probe} }}", {})).body for probe in probes]

    before = await answers()
    globex = Scene(await an_organization(database, "Globex"))
    await globex.plant()
    points = [{"kind": "EMAIL", "value": value} for value in ("inside.active@example.com", "zebulon@example.org")]
    somebody = {"name": "Zebulon Quix", "contactPoints": points, "isPrivate": False, "tags": ["Fast"]}
    outcome = await called(database, owner(globex), "createCandidate", {"candidate": somebody})
    after = await answers()

    assert outcome.is_done, outcome.answer
    assert before == after
    assert all(b'"errors"' not in body for body in after), after
    count("3 sweep", "searches, filters, totals and counts that others' entries change in nothing", len(probes))
