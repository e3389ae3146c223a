"""Noninterference: what Acme is answered is the same whether or not Globex is busy at the same time.

The same random operations of Acme are run on two copies of one database, changes included: on one Acme is alone, on
the other Globex reads and writes without pause in the same process. Every answer is compared whole, with its cost; only
the names of new rows and times differ.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.people.models import Grant
from portal.people.tokens import Token
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Points
from portal.web.observe import Observer
from schema.root import GRAPHQL_SCHEMA
from tests.conftest import Postgres
from tests.counting import Count
from tests.reading.documents import Writer
from tests.security.asking import document
from tests.security.conftest import EVERYTHING
from tests.security.edge import a_token
from tests.security.plans import PLANS, id_of
from tests.security.scene import Scene, Where
from tests.security.straight import Answered, Straight, straight
from tests.world import an_organization

pytestmark = pytest.mark.proof

OPERATIONS, OPERATIONS_LONG = 100, 5_000
GLOBEX_AT_ONCE = 3

PUBLIC_ID = re.compile(r"\b([a-z]{2,4})_([0-9a-f]{32})\b")
HEXADECIMAL = re.compile(r"\b[0-9a-f]{32}\b")
# A secret that is shown once, and for how long an application was where it was: each run has its own time.
DIFFERS = re.compile(r"text$|seconds_?in_?", re.IGNORECASE)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

Operation = tuple[Token, str, dict[str, Any]]


@dataclass(frozen=True)
class Party:
    """One organization, and who asks in it: somebody who may do everything, a recruiter, and a member."""

    scene: Scene
    tokens: list[Token]

    @property
    def ids(self) -> dict[str, list[str]]:
        rows = [
            *self.scene.rows.values(),
            *(row for place in self.scene.places.values() for row in place.rows.values()),
        ]
        by_prefix: dict[str, list[str]] = {}
        for row in rows:
            if any(entity.model is type(row) for entity in CATALOG.entities):
                by_prefix.setdefault(id_of(row).rpartition("_")[0], []).append(id_of(row))
        return by_prefix

    def operation(self, rng: Random) -> Operation:
        token = rng.choice(self.tokens)
        if rng.random() < 0.45:
            name = rng.choice(sorted(PLANS))
            place = self.scene.places[rng.choice(list(Where))]
            return token, document(name), {"input": PLANS[name].input(self.scene, place)}
        return token, *Writer(GRAPHQL_SCHEMA, self.ids, rng).operation()


@dataclass(frozen=True)
class Town:
    """A database that both are in, to be copied."""

    name: str
    acme: Party
    globex: Party


async def a_party(database: Database, name: str) -> Party:
    scene = Scene(await an_organization(database, name))
    await scene.plant()
    administrator = scene.rows["ORG_ADMIN"].id
    await scene.world.plant(Grant(membership_id=administrator, **EVERYTHING))
    members = [administrator, scene.rows["RECRUITER_ALL"].id, scene.rows["MEMBER"].id]
    return Party(scene, [await a_token(scene.world, membership_id=member) for member in members])


@pytest.fixture(scope="module")
async def town(postgres: Postgres) -> AsyncIterator[Town]:
    name = await postgres.clone()
    database = await Database.open(postgres.app(name), size=2)
    acme, globex = await a_party(database, "Acme"), await a_party(database, "Globex")
    await database.close()
    yield Town(name, acme, globex)
    await postgres.drop(name)


@dataclass(frozen=True)
class Run:
    """What Acme was answered, and how much Globex asked meanwhile."""

    answers: list[Answered]
    of_globex: int


async def run(postgres: Postgres, town: Town, operations: list[Operation], globex_seed: int | None) -> Run:
    """Acme's operations on a copy of the town, in turn; with Globex at work beside them where it has a seed."""
    name = await postgres.clone(town.name)
    database = await Database.open(postgres.app(name), size=8)
    options = WebOptions(points=Points(None, None, None))
    asked = 0

    async def busy(client: Straight, seed: int) -> None:
        nonlocal asked
        rng = Random(seed)
        while True:
            token, text, variables = town.globex.operation(rng)
            await client.ask(token.text, text, variables)
            asked += 1

    seeds = [] if globex_seed is None else [globex_seed + number for number in range(GLOBEX_AT_ONCE)]
    async with straight(app_on(database, Observer(io.BytesIO()), options)) as client:
        tasks = [asyncio.create_task(busy(client, seed)) for seed in seeds]
        answers = [await client.ask(token.text, text, variables) for token, text, variables in operations]
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
    await database.close()
    await postgres.drop(name)
    return Run(answers, asked)


@dataclass
class Reading:
    """Answers without what differs from run to run: new rows are numbered as they come up, times, secrets left out."""

    known: frozenset[str]
    numbers: dict[str, int]

    def of(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: "…" if DIFFERS.match(name) else self.of(item) for name, item in value.items()}
            case list():
                return [self.of(item) for item in value]
            case str():
                return INSTANT.sub("<time>", HEXADECIMAL.sub(self._number, PUBLIC_ID.sub(self._name, value)))
            case _:
                return value

    def _name(self, found: re.Match[str]) -> str:
        return f"{found[1]}:{self._numbered(found[2])}"

    def _number(self, found: re.Match[str]) -> str:
        return self._numbered(found[0])

    def _numbered(self, digits: str) -> str:
        return digits if digits in self.known else f"new {self.numbers.setdefault(digits, len(self.numbers))}"


def read(run: Run, party: Party) -> list[tuple[int, Any]]:
    known = frozenset(named.rpartition("_")[2] for ids in party.ids.values() for named in ids)
    reading = Reading(known, {})
    return [(answer.status, reading.of(answer.json())) for answer in run.answers]


async def test_nobody_notices_what_another_organization_does(
    postgres: Postgres, town: Town, count: Count, is_long: bool
) -> None:
    rng = Random(17)
    operations = [town.acme.operation(rng) for _ in range(OPERATIONS_LONG if is_long else OPERATIONS)]

    alone = await run(postgres, town, operations, None)
    beside = await run(postgres, town, operations, 100)

    pairs = zip(operations, read(alone, town.acme), read(beside, town.acme), strict=True)
    different = [f"{text}\n{variables}\n{one}\n{other}" for (_, text, variables), one, other in pairs if one != other]
    assert not different, f"{len(different)} answers differ, the first:\n{different[0]}"
    changes = sum(is_change(answer.json()) for answer in alone.answers)
    assert changes > len(operations) / 10, "Acme changes something."
    assert beside.of_globex > len(operations) / 2, "Globex is busy."
    count("5 noninterference", "answers of Acme, the same beside a busy Globex", len(operations))
    count("5 noninterference", "  changes among them", changes)
    count("5 noninterference", "requests of Globex meanwhile", beside.of_globex)


def is_change(answer: Mapping[str, Any]) -> bool:
    payload = (answer.get("data") or {}).get("called") or {"userErrors": "none of a change"}
    return not payload["userErrors"]
