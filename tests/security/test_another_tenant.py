"""Acme's people with Globex's ids, cursors, tokens and words: nothing of Globex shows anywhere, and nothing changes."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from portal.access.enums import OrganizationRole
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.people.models import Grant
from portal.people.tokens import Token
from schema.root import GRAPHQL_SCHEMA
from tests.reading.scenery import Scenery
from tests.security.asking import document
from tests.security.canaries import CANARY, STEM, a_trap
from tests.security.conftest import EVERYTHING
from tests.security.edge import Edge, a_token, an_edge
from tests.security.plans import PLANS
from tests.security.probing import Prober, attacked
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Scene
from tests.world import World

REQUESTS = 10_000
# A new document is compiled for each kind of actor, so each is asked with many ids.
DOCUMENTS = 12
DOCUMENTS_LONG = 1_000

Request = tuple[str, dict[str, Any]]


class Attack:
    """What Acme's people know of Globex, and the requests that they make of it."""

    def __init__(self, scene: Scene, ids: Mapping[str, list[str]], cursors: list[Request], seed: int) -> None:
        self.scene = scene
        self.ids = ids
        self.cursors = cursors
        self.rng = random.Random(seed)
        self.documents: list[Request] = []

    def query(self, most: int) -> Request:
        """A random query; a new one as long as there are few."""
        if len(self.documents) < most:
            rng = random.Random(self.rng.random())
            self.documents.append(Prober(GRAPHQL_SCHEMA, self.ids, rng).operation())
            return self.documents[-1]
        text, variables = self.rng.choice(self.documents)
        return text, {name: self.again(value) for name, value in variables.items()}

    def again(self, value: Any) -> Any:
        """Another id of the same type in the place of an id."""
        if isinstance(value, str) and value.rpartition("_")[0] in self.ids:
            return self.rng.choice(self.ids[value.rpartition("_")[0]])
        if isinstance(value, list):
            return [self.again(item) for item in value]
        if isinstance(value, dict):
            return {name: self.again(item) for name, item in value.items()}
        return value

    def node(self) -> Request:
        listed = [self.rng.choice(ids) for ids in self.ids.values()]
        return "query N($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {"ids": listed}

    def cursor(self) -> Request:
        return self.rng.choice(self.cursors)

    def mutation(self) -> Request:
        name = self.rng.choice(sorted(PLANS))
        return document(name), {"input": attacked(self.scene, name, self.ids, self.rng)}

    def request(self, most_documents: int) -> Request:
        kinds: list[Callable[[], Request]] = [lambda: self.query(most_documents), self.node, self.cursor, self.mutation]
        return self.rng.choices(kinds, weights=[4, 1, 1, 4])[0]()


@pytest.fixture
async def attackers(scene: Scene, owners_token: Token) -> list[Token]:
    """Tokens of those who may do most, and of somebody who may do least."""
    account: dict[str, Any] = {"service_account_id": scene.rows["cast account"].id}
    await scene.world.plant(Grant(**account, **EVERYTHING))
    member = await a_token(scene.world, membership_id=scene.rows[OrganizationRole.MEMBER].id)
    return [owners_token, await a_token(scene.world, **account), member]


async def test_nothing_of_another_organization_shows_or_changes(
    scene: Scene, attackers: list[Token], database: Database, is_long: bool
) -> None:
    globex, scenery = await a_trap(database)
    tables = await scenery.tables()
    ids = {
        entity.prefix: [f"{entity.prefix}_{row['id'].hex}" for row in tables[entity.model.__tablename__]]
        for entity in CATALOG.entities
    }
    assert all(ids.values()), "There is something of everything to find."
    foreign = await a_token(World(database, globex.id), membership_id=scenery.members[OrganizationRole.ORG_ADMIN].id)

    async with an_edge(rehearsal_of(database)) as edge:
        control = await edge.ask(foreign.text, "{ organization { name } }", {})
        assert CANARY.search(control.text), "The trap works."
        cursors = await their_cursors(edge, foreign)
        edge.log.truncate(0)
        attack = Attack(scene, {**ids, "bat": [f"bat_{globex.id.hex}"]}, cursors, seed=2)
        outcomes: Counter[str] = Counter()
        async with untouched(globex, "Acme"):
            for number in range(REQUESTS):
                token = attackers[number % len(attackers)]
                text, variables = attack.request(DOCUMENTS_LONG if is_long else DOCUMENTS)
                answer = await edge.ask(token.text, text, variables)
                check_clean(answer, scenery, text, variables)
                outcomes[outcome(answer)] += 1
        logged = edge.log.getvalue().decode()

    assert not CANARY.search(logged)
    assert globex.id.hex not in logged
    assert "INTERNAL_SERVER_ERROR" not in outcomes, logged
    print(f"\n{sum(outcomes.values())} requests: {dict(outcomes)}")  # noqa: T201 - a count to report


def check_clean(answer: httpx.Response, scenery: Scenery, text: str, variables: dict[str, Any]) -> None:
    found = CANARY.search(answer.text)
    assert not found, f"{text}\n{variables}\n{answer.text}"
    named = [candidate for candidate in scenery.candidates if candidate.id.hex in answer.text]
    assert not named, f"{text}\n{variables}\n{answer.text}"
    assert answer.status_code < 500, f"{text}\n{variables}\n{answer.text}"


def outcome(answer: httpx.Response) -> str:
    body = answer.json()
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    return "data"


async def their_cursors(edge: Edge, foreign: Token) -> list[Request]:
    """Pages of Acme's lists that begin after the items of Globex's: with the very arguments that made the cursors."""
    found: list[Request] = []
    query = GRAPHQL_SCHEMA.query_type
    assert query is not None
    for name, field in query.fields.items():
        if "after" not in field.args:
            continue
        answer = await edge.ask(foreign.text, f"{{ {name}(first: 3) {{ edges {{ cursor }} }} }}", {})
        for item in answer.json()["data"][name]["edges"]:
            text = (
                f"query C($after: String) {{ {name}(first: 3, after: $after) {{ nodes {{ id }} edges {{ cursor }} }} }}"
            )
            found.append((text, {"after": item["cursor"]}))
    assert found
    return found


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
