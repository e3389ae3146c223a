"""The canary: while Globex, of whom every text is a canary, is busy, nothing that is of Acme or of all holds one.

Both do everything that can be done, over HTTP, side by side in one process; Acme also watches over WebSockets. Then
all that anybody else than Globex could read is searched: what Acme was answered and told, its tables with the outbox
that webhooks are made from, the log and the metrics of the operator. What Globex's own records hold is searched as
well, for what is personal: records name fields, not values.
"""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from portal import clock
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.jobs.relay import publish_waiting
from portal.organizations.models import Organization
from portal.people.models import Grant
from portal.people.tokens import Token
from portal.tables import metadata
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Points
from portal.web.observe import Observer
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.scenery import Scenery
from tests.reading.test_property import ids_in
from tests.security.asking import called, document
from tests.security.canaries import CANARY, Trap, canary
from tests.security.cast import owner
from tests.security.conftest import EVERYTHING
from tests.security.edge import a_token
from tests.security.plans import PLACES, PLANS, Input, id_of, row
from tests.security.probing import Prober
from tests.security.rehearsal import rehearsal_of
from tests.security.scene import Scene, Where
from tests.security.straight import Socket, Straight, straight
from tests.security.test_ids import at, put
from tests.security.walking import leaves, mutations, positions_of
from tests.world import World, an_organization

pytestmark = pytest.mark.proof

UNLIMITED = WebOptions(points=Points(None, None, None))
PROBES, PROBES_LONG = 40, 1_000

# What stands in these tables is about a person; a tag is a word of the organization's.
OF_PERSONS = (
    "candidate",
    "contact_point",
    "candidate_link",
    "employment",
    "education",
    "candidate_skill",
    "membership",
)
WORDS_OF_THE_ORGANIZATION = ("tags",)
RECORDS = ("audit_event", "domain_event", "idempotency_key")

WATCHED = {
    "openingChanged": ("id", "opening OPEN", "opening { title description department { name } }"),
    "pipelineChanged": ("openingId", "opening OPEN", "application { candidate { name } }"),
    "applicationChanged": ("id", "application active", "application { candidate { name headline } }"),
    "notifications": (None, None, "kind opening { title } application { candidate { name } }"),
}


@dataclass
class Busy:
    """One of the two organizations, with a token of somebody who may do everything there."""

    scene: Scene
    token: Token
    heard: list[bytes] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    async def does(self, client: Straight, mutation: str, given: Input) -> None:
        answer = await client.ask(self.token.text, document(mutation), {"input": given})
        payload = (answer.json().get("data") or {}).get("called") or {}
        self.outcomes["refused" if payload.get("userErrors") or not payload else "done"] += 1
        self.heard.append(answer.body)

    async def asks(self, client: Straight, text: str, variables: dict[str, Any]) -> None:
        self.heard.append((await client.ask(self.token.text, text, variables)).body)


async def busy(database: Database, scene: Scene) -> Busy:
    """The scene's administrator, who may do everything."""
    plain = World(database, scene.world.id)  # a token's own texts are no canaries
    administrator = scene.rows["ORG_ADMIN"].id
    await plain.plant(Grant(membership_id=administrator, **EVERYTHING))
    return Busy(scene, await a_token(plain, membership_id=administrator))


@pytest.fixture(scope="module")
async def globex(database: Database) -> Scene:
    world = Trap(database, new_id())
    await world.plant(
        Organization(id=world.id, slug="x", name="x", default_currency="USD", default_timezone="x", policies={})
    )
    scene = Scene(world)
    await scene.plant()
    return scene


async def with_canaries(database: Database, scene: Scene, mutation: str) -> Input:
    """The input of a mutation with a canary in every text that may be one, as it is or inside an address."""
    given = PLANS[mutation].input(scene, scene.places[PLACES.get(mutation, Where.INSIDE)])
    rehearsal, somebody = rehearsal_of(database), owner(scene)
    for position in positions_of("Mutation", mutation, mutations()[mutation]):
        path = position.path[1:]
        if position.named.name != "String" or not isinstance(at(given, path), str):
            continue
        text = canary()
        for shape in (text, f"{text}@example.com", f"https://example.com/{text}"):
            changed = put(given, path, shape)
            if (await called(rehearsal, somebody, mutation, changed)).is_done:
                given = changed
                break
    return given


@asynccontextmanager
async def watching(client: Straight, one: Busy, member: Token) -> AsyncIterator[list[Socket]]:
    """All subscriptions of the schema, each on a socket of its own; the member is who is assigned to interview."""
    place = one.scene.places[Where.INSIDE]
    async with AsyncExitStack() as stack:
        sockets = []
        for name, (argument, subject, selection) in WATCHED.items():
            token = one.token if name != "notifications" else member
            socket = await stack.enter_async_context(client.socket(token.text))
            given = (
                ""
                if argument is None or subject is None
                else f'({argument}: "{id_of(row(one.scene, place, subject))}")'
            )
            socket.subscribe("1", f"subscription {{ {name}{given} {{ cursor {selection} }} }}", {})
            sockets.append(socket)
        yield sockets


@dataclass(frozen=True)
class Evening:
    """What is there to be searched when both have done everything."""

    acme: Busy
    globex: Busy
    told: list[str]
    log: bytes
    metrics: bytes


async def an_evening(database: Database, acme: Scene, globex: Scene, probes: int) -> Evening:
    here, there = await busy(database, acme), await busy(database, globex)
    member = await a_token(acme.world, membership_id=acme.rows["MEMBER"].id)
    inputs = {mutation: await with_canaries(database, globex, mutation) for mutation in PLANS}
    observer = Observer(log := io.BytesIO())
    async with straight(app_on(database, observer, UNLIMITED)) as client, watching(client, here, member) as sockets:
        for mutation in PLANS:
            of_acme = PLANS[mutation].input(acme, acme.places[PLACES.get(mutation, Where.INSIDE)])
            await asyncio.gather(here.does(client, mutation, of_acme), there.does(client, mutation, inputs[mutation]))
            await publish_waiting(database, clock.now())
        rng, tables = Random(5), await Scenery(globex.world, seed=0).tables()
        ids = {prefix: listed for prefix, listed in ids_in(tables).items() if listed}
        drawn = (Prober(GRAPHQL_SCHEMA, ids, rng).operation() for _ in range(probes))
        for text, variables in [*everything(tables), *drawn]:
            await asyncio.gather(*(one.asks(client, text, variables) for one in (here, there)))
        while await publish_waiting(database, clock.now()):
            pass
        await until_told(sockets)
        told = [message for socket in sockets for message in socket.heard]
        metrics = await client.get("/metrics")
    assert metrics.status == 200
    return Evening(here, there, told, log.getvalue(), metrics.body)


def everything(tables: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All rows of Globex by their ids, with all that each says."""
    for entity in CATALOG.entities:
        ids = [f"{entity.prefix}_{row['id'].hex}" for row in tables[entity.model.__tablename__]]
        fields = leaves(GRAPHQL_SCHEMA.type_map[entity.name], 1)
        for start in range(0, len(ids), 50):
            text = f"query N($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {entity.name} {fields} }} }}"
            yield text, {"ids": ids[start : start + 50]}


async def until_told(sockets: list[Socket]) -> None:
    """Until each of the subscriptions has been told something after its acknowledgement."""
    async with asyncio.timeout(10):
        while not all(len(socket.heard) > 1 for socket in sockets):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def texts_of(world: World, table: str) -> list[str]:
    rows = await world.rows(f'SELECT t::text AS text FROM "{table}" AS t')  # noqa: S608 - our own tables
    return [row["text"] for row in rows]


async def personal_canaries(world: World) -> set[str]:
    """Those that stand in a column about a person."""
    found: set[str] = set()
    for table in OF_PERSONS:
        for one in await world.rows(f'SELECT * FROM "{table}"'):  # noqa: S608 - our own tables
            columns = {name: value for name, value in one.items() if name not in WORDS_OF_THE_ORGANIZATION}
            found.update(CANARY.findall(repr(columns)))
    return found


async def test_no_canary_is_found_outside_of_its_organization(
    globex: Scene, database: Database, count: Count, is_long: bool
) -> None:
    acme = Scene(await an_organization(database, "Acme"))
    await acme.plant()
    personal = await personal_canaries(globex.world)

    evening = await an_evening(database, acme, globex, PROBES_LONG if is_long else PROBES)

    tables = {table.name: await texts_of(acme.world, table.name) for table in metadata.sorted_tables}
    searched = {
        "responses to Acme": [body.decode() for body in evening.acme.heard],
        "messages to Acme's subscriptions": evening.told,
        "lines of the log": evening.log.decode().splitlines(),
        "lines of the metrics": evening.metrics.decode().splitlines(),
        "audit entries of Acme": tables.pop("audit_event"),
        "outbox events of Acme, which webhooks are made from": tables.pop("domain_event"),
        "further rows of Acme": [text for rows in tables.values() for text in rows],
    }
    for what, texts in searched.items():
        assert texts, f"There are {what} to search."
        assert [text for text in texts if CANARY.search(text)] == [], what
        count("4 canary", f"{what}, none with a canary", len(texts))

    control = {one for body in evening.globex.heard for one in CANARY.findall(body.decode())}
    assert len(control) > 100, "Globex itself is answered with its canaries."
    assert evening.acme.outcomes["done"] > len(PLANS) / 2, evening.acme.outcomes
    personal |= await personal_canaries(globex.world)
    records = [text for table in RECORDS for text in await texts_of(globex.world, table)]
    assert [text for text in records if personal.intersection(CANARY.findall(text))] == []
    count("4 canary", "canaries that Globex was answered with", len(control))
    count("4 canary", "personal canaries, none in Globex's own records either", len(personal))
    count("4 canary", "audit entries, outbox events and stored results of Globex", len(records))


def test_every_subscription_is_watched() -> None:
    assert {*WATCHED} == {*getattr(GRAPHQL_SCHEMA.subscription_type, "fields", {})}
