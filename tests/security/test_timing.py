"""Time tells no more than words: a foreign id is refused as fast as one that nobody has. Measured by `make audit` only.

The two are asked for in turn, in an order that is drawn, so that whatever slows the machine down slows both.
"""

import io
from collections.abc import AsyncIterator, Callable
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from portal.database.connection import Database
from portal.database.ids import new_id
from portal.people.tokens import Token
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Points
from portal.web.observe import Observer
from tests.counting import Count
from tests.security.asking import document
from tests.security.plans import PLANS, id_of
from tests.security.rehearsal import rehearsal_of
from tests.security.scene import Scene, Where
from tests.security.straight import Straight, straight
from tests.security.test_ids import put

pytestmark = pytest.mark.proof

ROUNDS = 3_000  # of each, after the first
WARMING = 100
MOST_DIFFERENCE = 0.05  # of the median

Variables = Callable[[Scene, str], dict[str, Any]]


def _id(_scene: Scene, id: str) -> dict[str, Any]:
    return {"id": id}


def _moved(scene: Scene, id: str) -> dict[str, Any]:
    given = PLANS["moveApplication"].input(scene, scene.places[Where.INSIDE])
    return {"input": put(given, ("applicationId",), id)}


# What is asked, with what, and which rows of the other organization it could be about.
ASKED: dict[str, tuple[str, Variables, str]] = {
    "node": ("query Q($id: ID!) { node(id: $id) { ... on Candidate { name } } }", _id, "candidate"),
    "candidate": ("query Q($id: ID!) { candidate(id: $id) { name contactPoints { value } } }", _id, "candidate"),
    "filter": (
        "query Q($id: ID!) { applications(filter: {candidate: {eq: $id}}) { totalCount nodes { id } } }",
        _id,
        "candidate",
    ),
    "moveApplication": (document("moveApplication"), _moved, "application"),
}


@pytest.fixture
async def client(database: Database, is_long: bool) -> AsyncIterator[Straight]:
    if not is_long:
        pytest.skip("Times are measured by make audit.")
    options = WebOptions(points=Points(None, None, None))
    async with straight(app_on(rehearsal_of(database), Observer(io.BytesIO()), options)) as client:
        yield client


@pytest.mark.parametrize("what", ASKED)
async def test_a_foreign_id_is_refused_as_fast_as_an_unknown_one(
    what: str, scene: Scene, mirror: Scene, owners_token: Token, client: Straight, count: Count
) -> None:
    text, variables, kind = ASKED[what]
    foreign = [
        id_of(row) for place in mirror.places.values() for name, row in place.rows.items() if name.startswith(kind)
    ]
    # As many of both, each asked for again and again: what was asked for before is answered faster, whosever it is.
    nobodys_ids = [f"{named.rpartition('_')[0]}_{new_id().hex}" for named in foreign]
    rng = Random(3)
    seconds: dict[bool, list[float]] = {True: [], False: []}

    for number in range(WARMING + ROUNDS):
        for is_foreign in rng.sample([True, False], 2):
            given = variables(scene, rng.choice(foreign if is_foreign else nobodys_ids))
            began = perf_counter()
            await client.ask(owners_token.text, text, given)
            if number >= WARMING:
                seconds[is_foreign].append(perf_counter() - began)

    theirs, nobodys = median(seconds[True]), median(seconds[False])
    difference = abs(theirs - nobodys) / nobodys
    assert difference < MOST_DIFFERENCE, f"{what}: {theirs * 1e6:.0f} µs against {nobodys * 1e6:.0f} µs"
    count("timing", f"{what}: times measured, medians {theirs * 1e6:.0f} and {nobodys * 1e6:.0f} µs", 2 * ROUNDS)
