"""Costs on the wire: what a response says of them, and what happens when a budget is spent."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from portal import clock
from portal.access.enums import OrganizationRole
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Points
from portal.web.costs.metering import CostLimits
from portal.web.observe import Observer
from tests.people.making import A_DAY, a_token
from tests.world import World

TAGS = "{ tags(first: 10) { nodes { name } } }"  # 16 points
CREATE = 'mutation { createTag(input: { name: "x" }) { tag { id } } }'
NOBODYS = "opn_01890000000070008000000000000000"
GENEROUS = Points(credential=1_000, organization=2_000, preparation=100_000)


@pytest.fixture(autouse=True)
def a_minute_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


@asynccontextmanager
async def client(world: World, points: Points = GENEROUS, costs: CostLimits | None = None) -> AsyncIterator[Any]:
    """Asks over HTTP as a member who may do everything, of an application with these limits."""
    ada = await world.member("Ada", OrganizationRole.ORG_ADMIN)
    token, _ = await a_token(world, membership_id=ada.id, expires_at=clock.now() + A_DAY)
    options = WebOptions(points=points, costs=costs or CostLimits())
    app = app_on(world.database, Observer(io.BytesIO()), options)
    headers = {"authorization": f"Bearer {token.text}", "accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://portal.test", headers=headers
    ) as http:

        async def ask(query: str, **variables: Any) -> httpx.Response:
            return await http.post("/graphql", json={"query": query, "variables": variables})

        yield ask


def spent(response: httpx.Response) -> Any:
    return response.json()["extensions"]["cost"]


def remaining(response: httpx.Response) -> int:
    name, _, rest = response.headers["ratelimit"].partition(";r=")
    assert name == '"credential"'
    return int(rest.partition(";")[0])


async def test_an_answer_says_what_it_cost_and_what_is_left(acme: World) -> None:
    async with client(acme) as ask:
        first = await ask(TAGS)
        second = await ask(TAGS)

    assert spent(first) == {"requested": 16, "actual": 6}  # there are no tags yet
    assert (remaining(first), remaining(second)) == (994, 988)
    assert first.headers["ratelimit-policy"] == '"credential";q=1000;w=60'


async def test_what_is_not_there_pays_for_no_list(acme: World) -> None:
    """Thirty objects below an opening that nobody has are not in the answer: the ten that are in a list cost."""
    nothing = " ".join(f"a{number}: viewerCan {{ __typename }}" for number in range(30))
    async with client(acme) as ask:
        for name in "abcdefghij":
            await ask(CREATE.replace('"x"', f'"{name}"'))
        alone = await ask(TAGS)
        padded = await ask(f'{{ tags(first: 10) {{ nodes {{ name }} }} opening(id: "{NOBODYS}") {{ {nothing} }} }}')

    assert padded.json()["data"]["opening"] is None
    assert spent(alone) == {"requested": 16, "actual": 16}
    assert spent(padded) == {"requested": 52, "actual": 52}


async def test_an_error_of_one_field_leaves_the_cost_of_the_others(acme: World) -> None:
    async with client(acme) as ask:
        answer = await ask("{ tags(first: 101) { nodes { name } } viewer { id } }")

    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert spent(answer)["requested"] == 113
    assert 0 <= spent(answer)["actual"] < 103


async def test_a_spent_budget_is_429_and_says_when_to_come_back(acme: World) -> None:
    async with client(acme, replace(GENEROUS, credential=23)) as ask:
        done = await ask(CREATE)
        refused = await ask(CREATE)
        cheap = await ask("{ viewer { id } }")

    assert done.json()["data"]["createTag"]["tag"] is not None
    assert refused.status_code == 429
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["budget"] == "credential"
    assert "data" not in refused.json()
    assert refused.headers["retry-after"] == str(error["extensions"]["retryAfter"])
    assert 1 <= error["extensions"]["retryAfter"] <= 60
    assert remaining(refused) == 7
    assert cheap.status_code == 200
    assert len(await acme.rows("SELECT FROM tag")) == 1


async def test_what_costs_too_much_is_refused_before_it_runs(acme: World) -> None:
    statements: list[str] = []
    async with client(acme, costs=CostLimits(points=50)) as ask:
        await ask("{ viewer { id } }")
        acme.database.listener = lambda sql, _values: statements.append(sql)
        answer = await ask("{ openings(first: 100) { nodes { id } } }")
        acme.database.listener = None

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {
        "code": "MAX_COST_EXCEEDED",
        "cost": 106,
        "maximum": 50,
        "heaviest": [{"path": "openings", "cost": 106}, {"path": "openings.nodes", "cost": 100}],
    }
    assert statements == []


async def test_new_documents_and_statements_have_a_budget_of_their_own(acme: World) -> None:
    points = replace(GENEROUS, preparation=60)
    async with client(acme, points) as ask:
        first = await ask("{ viewer { id } }")
        again = [await ask("{ viewer { id } }") for _ in range(20)]
        others = [await ask(f"{{ v{number}: viewer {{ id }} }}") for number in range(5)]
        invalid = await ask("{ nonsense }")

    assert [answer.status_code for answer in (first, *again)] == [200] * 21
    assert [answer.status_code for answer in others][-1] == 429
    assert others[-1].json()["errors"][0]["extensions"]["budget"] == "preparation"
    assert invalid.status_code == 429


async def test_what_is_over_in_an_error_is_not_given_back(acme: World) -> None:
    async with client(acme) as ask:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("portal.web.operations.Operations._read_whole", _never_answers)
            broken = await ask(TAGS)
        after = await ask("{ rateLimit { used } }")

    assert broken.status_code == 500
    assert after.json()["data"]["rateLimit"]["used"] >= 11


async def _never_answers(*_: object) -> None:
    raise RuntimeError


async def test_a_client_may_ask_what_it_would_cost(acme: World) -> None:
    query = "query Q($dry: Boolean!) { rateLimit(dryRun: $dry) { cost limit used remaining resetsAt } " + TAGS[1:]

    async with client(acme) as ask:
        dry = await ask(query, dry=True)
        real = await ask(query, dry=False)
        mutation = await ask(
            'mutation { createTag(input: { name: "y" }) { query { rateLimit(dryRun: true) { cost } } } }'
        )

    told = dry.json()["data"]
    assert told == {"rateLimit": told["rateLimit"]}
    assert told["rateLimit"]["cost"] == 17
    assert (told["rateLimit"]["used"], told["rateLimit"]["remaining"]) == (0, 1_000)
    assert spent(dry) == {"requested": 17, "actual": 0}
    assert real.json()["data"]["tags"] == {"nodes": []}
    assert real.json()["data"]["rateLimit"]["used"] == 17
    assert told["rateLimit"]["resetsAt"] is not None
    # In a mutation there is nothing dry about it: it has happened.
    assert mutation.json()["data"]["createTag"]["query"]["rateLimit"]["cost"] == 12


async def test_without_limits_the_costs_are_told_all_the_same(acme: World) -> None:
    async with client(acme, Points(None, None, None)) as ask:
        answer = await ask("{ rateLimit { cost limit used remaining resetsAt } }")

    assert answer.json()["data"]["rateLimit"] == {
        "cost": 1, "limit": None, "used": None, "remaining": None, "resetsAt": None,
    }  # fmt: skip
    assert "ratelimit" not in answer.headers


async def test_costs_tell_nothing_of_what_is_hidden(acme: World, globex: World) -> None:
    """An id of another organization costs what an id that nobody has costs."""
    theirs = await globex.member("Gita")
    query = "query Q($id: ID!) { node(id: $id) { id ... on Membership { grants { role } } } }"

    async with client(acme) as ask:
        foreign = await ask(query, id=f"mem_{theirs.id.hex}")
        unknown = await ask(query, id=f"mem_{'0' * 31}1")

    assert foreign.content == unknown.content
