"""Acme's people with Globex's ids, cursors, tokens and words: nothing of Globex shows anywhere, and nothing changes.

The attack comes in parts, which processes share; `--requests` says how many requests there are in all of them.
"""

import asyncio
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from portal.access.enums import OrganizationRole
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.people.models import Grant
from portal.people.tokens import Token
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Points
from portal.web.observe import Observer
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.security.attack import SUBSCRIPTIONS, Attack, Request
from tests.security.canaries import CANARY, STEM, Trap, a_trap
from tests.security.conftest import EVERYTHING
from tests.security.edge import a_token, an_edge
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Scene
from tests.security.straight import Answered, Straight, straight
from tests.world import World

REQUESTS_OF_PART = 5_000
AT_ONCE = 3  # requests in one process, as many as there are attackers

# Whoever may ask for as much as they like finds more than whoever is told to wait.
UNLIMITED = WebOptions(points=Points(None, None, None))

HEXADECIMAL = re.compile(rb"[0-9a-f]{32}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "part" in metafunc.fixturenames:
        requests = metafunc.config.getoption("--requests")
        metafunc.parametrize("part", range(-(-requests // REQUESTS_OF_PART)))


@pytest.fixture(scope="module")
async def attackers(scene: Scene, owners_token: Token) -> list[Token]:
    """Tokens of those who may do most, and of somebody who may do least."""
    account: dict[str, Any] = {"service_account_id": scene.rows["cast account"].id}
    await scene.world.plant(Grant(**account, **EVERYTHING))
    member = await a_token(scene.world, membership_id=scene.rows[OrganizationRole.MEMBER].id)
    return [owners_token, await a_token(scene.world, **account), member]


@dataclass(frozen=True)
class Target:
    """Globex as a trap, what is known of it outside, and the application that it shares with Acme."""

    globex: Trap
    ids: dict[str, list[str]]
    cursors: list[Request]
    client: Straight
    log: io.BytesIO

    @property
    def rows(self) -> set[bytes]:
        """All of its ids, as they would stand in an answer."""
        return {named.rpartition("_")[2].encode() for ids in self.ids.values() for named in ids}


@pytest.fixture(scope="module")
async def target(database: Database) -> AsyncIterator[Target]:
    globex, scenery = await a_trap(database)
    tables = await scenery.tables()
    ids = {
        entity.prefix: [f"{entity.prefix}_{row['id'].hex}" for row in tables[entity.model.__tablename__]]
        for entity in CATALOG.entities
    }
    assert all(ids.values()), "There is something of everything to find."
    foreign = await a_token(World(database, globex.id), membership_id=scenery.members[OrganizationRole.ORG_ADMIN].id)
    log = io.BytesIO()
    async with straight(app_on(rehearsal_of(database), Observer(log), UNLIMITED)) as client:
        control = await client.ask(foreign.text, "{ organization { name } }", {})
        assert CANARY.search(control.body.decode()), "The trap works."
        cursors = await their_cursors(client, foreign)
        yield Target(globex, ids | {"bat": [f"bat_{globex.id.hex}"]}, cursors, client, log)


@pytest.mark.proof
async def test_nothing_of_another_organization_shows_or_changes(
    part: int, scene: Scene, attackers: list[Token], target: Target, count: Count, request: pytest.FixtureRequest
) -> None:
    whole = request.config.getoption("--requests")
    size = min(REQUESTS_OF_PART, whole - part * REQUESTS_OF_PART)
    attack = Attack(scene, target.ids, target.cursors, seed=part)
    foreign = target.rows
    outcomes: Counter[str] = Counter()
    target.log.seek(0)
    target.log.truncate()
    turns = iter(range(size))

    async def attacker(token: Token) -> None:
        for _ in turns:
            made = attack.request()
            answer = await sent(target.client, token, made)
            check_clean(answer, foreign, made)
            outcomes[outcome(answer)] += 1

    async with untouched(target.globex, "Acme"):
        await asyncio.gather(*(attacker(attackers[number % len(attackers)]) for number in range(AT_ONCE)))
    logged = target.log.getvalue().decode()

    assert outcomes.total() == size
    assert not CANARY.search(logged)
    assert target.globex.id.hex not in logged
    assert "INTERNAL_SERVER_ERROR" not in outcomes, logged[-5_000:]
    count("attack", "adversarial requests", size)
    count("attack", "foreign rows in answers, foreign rows changed", 0)
    for name, number in outcomes.items():
        count("attack", f"  answered with {name}", number)


async def sent(client: Straight, token: Token, request: Request) -> Answered:
    """A request's response; of a subscription, what it is first told."""
    if not request.is_subscription:
        return await client.ask(token.text, request.text, request.variables)
    async with client.socket(token.text) as socket:
        socket.subscribe("1", request.text, request.variables)
        message = await socket.hear()
        assert message["type"] == "error", message
        return Answered(200, b'{"errors": %s}' % socket.heard[-1].partition('"payload":')[2][:-1].encode())


def check_clean(answer: Answered, foreign: set[bytes], request: Request) -> None:
    assert STEM.encode() not in answer.body or not CANARY.search(answer.body.decode()), f"{request}\n{answer}"
    assert answer.status < 500, f"{request}\n{answer}"
    # A refusal may repeat what it refuses; data never holds a row of others.
    data = orjson.dumps(answer.json().get("data")) if b'"errors":' in answer.body else answer.body
    assert foreign.isdisjoint(HEXADECIMAL.findall(data)), f"{request}\n{answer}"


def outcome(answer: Answered) -> str:
    if b'"errors":' in answer.body:
        return str(answer.json()["errors"][0]["extensions"]["code"])
    return "data"


async def their_cursors(client: Straight, foreign: Token) -> list[Request]:
    """Pages of Acme's lists that begin after the items of Globex's: with the very arguments that made the cursors."""
    found: list[Request] = []
    for name in lists():
        answer = await client.ask(foreign.text, f"{{ {name}(first: 3) {{ edges {{ cursor }} }} }}", {})
        for item in answer.json()["data"][name]["edges"]:
            text = (
                f"query C($after: String) {{ {name}(first: 3, after: $after) {{ nodes {{ id }} edges {{ cursor }} }} }}"
            )
            found.append(Request(text, {"after": item["cursor"]}))
    assert found
    return found


def lists() -> Iterator[str]:
    """The roots that are read in pages."""
    query = GRAPHQL_SCHEMA.query_type
    assert query is not None
    yield from (name for name, field in query.fields.items() if "after" in field.args)


def test_every_subscription_about_something_is_attacked() -> None:
    type_ = GRAPHQL_SCHEMA.subscription_type
    assert type_ is not None
    about = {name for name, field in type_.fields.items() if set(field.args) != {"after"}}

    assert about == SUBSCRIPTIONS.keys()


@pytest.mark.proof
async def test_a_token_opens_its_own_organization_only(
    scene: Scene, attackers: list[Token], database: Database
) -> None:
    """The organization's id in a token only says where to look: it is not believed."""
    globex, scenery = await a_trap(database)
    foreign = await a_token(World(database, globex.id), membership_id=scenery.members[OrganizationRole.ORG_ADMIN].id)
    mine = attackers[0]
    forged = [
        Token(globex.id, mine.key_id, mine.secret),
        Token(globex.id, foreign.key_id, mine.secret),
        Token(mine.organization_id, foreign.key_id, foreign.secret),
        Token(mine.organization_id, foreign.key_id, mine.secret),
    ]

    async with an_edge(database) as edge:
        good = await edge.ask(mine.text, "{ organization { id } }", {})
        answers = [await edge.ask(token.text, "{ organization { id name } }", {}) for token in forged]

    assert good.json()["data"]["organization"]["id"] == f"org_{scene.world.id.hex}"
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert STEM not in answers[0].text
