"""Bad input: every input field of every mutation gets every hostile value of its type, over HTTP.

Each is refused in a typed way (a request error or a user error), or harmless: never a 5xx or an internal error, and
whatever is refused leaves every table as it was.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_input_object_type

from portal.database.connection import Database
from portal.people.tokens import Token
from portal.web.errors import ErrorCode
from tests.security.asking import called, document
from tests.security.cast import owner
from tests.security.edge import an_edge
from tests.security.hostile import Hostile, hostile_lists, hostile_values, is_list
from tests.security.plans import PLACES, PLANS, Input
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Scene, Where
from tests.security.test_ids import at, put
from tests.security.walking import Position, input_type_of, mutations, positions_of

# Values per position in CI, each position in its turn at others.
VALUES = 3

_HOLE = "the hostile value goes here"


@pytest.mark.parametrize("mutation", sorted(mutations()))
async def test_no_hostile_value_breaks_a_mutation(
    mutation: str, scene: Scene, owners_token: Token, database: Database, is_long: bool
) -> None:
    plan = PLANS[mutation]
    given = plan.input(scene, scene.places[PLACES.get(mutation, Where.INSIDE)])
    wrong: list[str] = []

    async with untouched(scene.world, mutation), an_edge(rehearsal_of(database)) as edge:
        for position, hostile in attempts(mutation, given, is_long=is_long):
            answer = await edge.post(owners_token.text, body(mutation, given, position, hostile))
            problem = judged(answer, hostile)
            if problem is not None:
                wrong.append(f"{position.name} {hostile.name}: {problem}: {answer.status_code} {answer.text[:400]}")

    assert not wrong, "\n".join(wrong) + edge.log.getvalue().decode()[-3000:]


def test_every_input_field_is_attacked(scene: Scene, is_long: bool) -> None:
    """Counted a second time, without the walk: each leaf of each mutation's input is at one of the positions."""
    declared = {
        f"{type_.name}.{name}"
        for type_ in input_types()
        for name, field in type_.fields.items()
        if not is_input_object_type(get_named_type(field.type))
    }
    tried = [
        position
        for mutation in mutations()
        for position, _ in attempts(mutation, PLANS[mutation].input(scene, scene.places[Where.INSIDE]), is_long=is_long)
    ]

    assert {position.declared for position in tried} == declared
    print(f"\n{len(tried)} hostile values at {len({position.name for position in tried})} input fields of mutations")  # noqa: T201 - a count to report


def input_types() -> Iterator[GraphQLInputObjectType]:
    """The input types that mutations take, and those inside of them."""
    waiting: list[GraphQLInputObjectType] = [input_type_of(mutation) for mutation in mutations()]
    seen: set[str] = set()
    while waiting:
        type_ = waiting.pop()
        if type_.name not in seen:
            seen.add(type_.name)
            yield type_
            inner = [get_named_type(field.type) for field in type_.fields.values()]
            waiting.extend(named for named in inner if isinstance(named, GraphQLInputObjectType))


# Values that are good each, and make no sense together or in this place; the code that each is refused with.
SENSELESS: list[tuple[str, Input, str]] = [
    ("updateOrganization", {"defaultCurrency": "XXX"}, "INVALID_INPUT"),
    ("updateOrganization", {"defaultTimezone": "Mars/Olympus"}, "INVALID_INPUT"),
    ("createLocation", {"country": "ZZ"}, "INVALID_INPUT"),
    ("createCompensationBand", {"currency": "ZZZ"}, "INVALID_INPUT"),
    ("createCompensationBand", {"currency": None}, "INVALID_INPUT"),
    ("createCompensationBand", {"minimumMinor": 2, "maximumMinor": 1}, "INVALID_INPUT"),
    ("createCompensationBand", {"minimumMinor": None, "maximumMinor": None}, "INVALID_INPUT"),
    ("createCompensationBand", {"payInterval": None}, "INVALID_INPUT"),
    ("createCompensationBand", {"component": "EQUITY_PERCENT"}, "INVALID_INPUT"),
    ("updateCompensationBand", {"maximumMinor": 999}, "INVALID_INPUT"),
    ("createPosting", {"content": {"url": "javascript:alert(1)"}}, "INVALID_INPUT"),
    ("grantRole", {"expiresAt": "2020-01-01T00:00:00Z"}, "INVALID_INPUT"),
    ("grantRole", {"includeConfidential": True}, "INVALID_INPUT"),
    ("grantRole", {"membershipId": None}, "INVALID_INPUT"),
    ("issueToken", {"expiresAt": "2020-01-01T00:00:00Z"}, "INVALID_INPUT"),
    ("issueToken", {"expiresAt": "2099-01-01T00:00:00Z"}, "INVALID_INPUT"),
    ("rotateToken", {"overlapSeconds": -1}, "INVALID_INPUT"),
    ("updateToken", {"allowedNetworks": ["192.0.2.1/24"]}, "INVALID_INPUT"),
    ("addSeats", {"count": 0}, "INVALID_INPUT"),
    ("addSeats", {"count": 1_000_000}, "INVALID_INPUT"),
    ("changeHeadcount", {"headcount": 0}, "HEADCOUNT_TOO_LOW"),
    (
        "setEmployments",
        {"employments": [{"company": "A", "ended": {"on": "1999-01-01"}, "started": {"on": "2000-01-01"}}]},
        "INVALID_INPUT",
    ),
    (
        "setEducations",
        {"educations": [{"institution": "A", "ended": {"on": "1999-01-01"}, "started": {"on": "2000-01-01"}}]},
        "INVALID_INPUT",
    ),
    ("setContactPoints", {"contactPoints": [{"kind": "EMAIL", "value": "nobody"}]}, "INVALID_INPUT"),
    ("setCandidateLinks", {"links": [{"url": "file:///etc/passwd"}]}, "INVALID_INPUT"),
    ("inviteMember", {"email": "nobody"}, "INVALID_INPUT"),
    ("unrejectApplication", {"reason": " "}, "REASON_REQUIRED"),
]
# A row below itself, and one row twice: the ids are those of the plan.
TWISTED: list[tuple[str, str, str, str]] = [
    ("moveDepartment", "parentId", "departmentId", "CYCLE_REFUSED"),
    ("moveLocation", "parentId", "locationId", "CYCLE_REFUSED"),
]


@pytest.mark.parametrize(("mutation", "more", "code"), SENSELESS)
async def test_what_makes_no_sense_is_refused_whole(
    mutation: str, more: Input, code: str, scene: Scene, database: Database
) -> None:
    given = PLANS[mutation].input(scene, scene.places[Where.INSIDE])

    async with untouched(scene.world, mutation):
        outcome = await called(rehearsal_of(database), owner(scene), mutation, given | more)

    assert outcome.codes == [code], outcome.answer


@pytest.mark.parametrize(("mutation", "below", "itself", "code"), TWISTED)
async def test_nothing_is_below_itself(
    mutation: str, below: str, itself: str, code: str, scene: Scene, database: Database
) -> None:
    given = PLANS[mutation].input(scene, scene.places[Where.INSIDE])

    async with untouched(scene.world, mutation):
        outcome = await called(rehearsal_of(database), owner(scene), mutation, given | {below: given[itself]})

    assert outcome.codes == [code], outcome.answer


def attempts(mutation: str, given: Input, *, is_long: bool) -> Iterator[tuple[Position, Hostile]]:
    for position in positions_of("Mutation", mutation, mutations()[mutation]):
        values = hostile_values(position)
        if is_list(position):
            values = values + hostile_lists(at(given, position.path[1:]))
        turn = zlib.crc32(position.name.encode())
        chosen = values if is_long else [values[(turn + step * 5) % len(values)] for step in range(VALUES)]
        yield from ((position, hostile) for hostile in chosen)


def body(mutation: str, given: Input, position: Position, hostile: Hostile) -> bytes:
    """The request's JSON, with the hostile value's own JSON in its place."""
    path = position.path[1:]
    if path and path[-1] == 0 and hostile.json.startswith(b"["):
        path = path[:-1]  # a list in the place of the list
    variables = {"input": put(given, path, _HOLE)}
    text = orjson.dumps({"query": document(mutation), "variables": variables})
    return text.replace(orjson.dumps(_HOLE), hostile.json)


def judged(answer: httpx.Response, hostile: Hostile) -> str | None:
    """What is wrong with an answer; None when it is as it should be."""
    if answer.status_code >= 500:
        return "a 5xx"
    whole: dict[str, Any] = answer.json()
    codes = [error["extensions"]["code"] for error in whole.get("errors") or ()]
    if ErrorCode.INTERNAL_SERVER_ERROR in codes:
        return "an internal error"
    payload = (whole.get("data") or {}).get("called") or {}
    items = [error for item in payload.get("results") or () for error in item["userErrors"]]
    refused = bool(codes or payload.get("userErrors") or items)
    if hostile.is_refused and not refused:
        return "accepted"
    return None
