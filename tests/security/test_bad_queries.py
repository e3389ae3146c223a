"""Bad input to queries: every argument and filter gets every hostile value, and cursors are forged piece by piece."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type

from portal.database.connection import Database
from portal.people.tokens import Token
from schema.root import GRAPHQL_SCHEMA
from tests.security.edge import Edge, an_edge
from tests.security.hostile import hostile_values
from tests.security.scene import Scene
from tests.security.test_bad_input import judged
from tests.security.test_ids import put
from tests.security.walking import Position, positions

assert GRAPHQL_SCHEMA.query_type is not None
QUERY: GraphQLObjectType = GRAPHQL_SCHEMA.query_type
IN_QUERIES = sorted(positions(QUERY), key=lambda position: position.name)
LISTS = sorted(name for name, field in QUERY.fields.items() if "after" in field.args)
_HOLE = "the hostile value goes here"

# What a cursor could be made to hold in the place of each sort value and of the id.
FORGED: list[Any] = [
    *(None, True, 0, -1, 1.5, 1e308, 2**31, 2**40, 2**63 - 1, 2**63, -(2**63), 2**64, [], {}, [[]], "", "x", "\x00"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "2026-11-23T12:00:00", "infinity", "NaN"),
    *(
        "2026-11-23T12:00:00+00:00",
        "2026-11-23",
        "00000000-0000-0000-0000-000000000000",
        "{" * 40,
        "urn:uuid:" + "0" * 32,
    ),
    *("\U0010ffff", "a" * 1_000),
]


async def test_no_hostile_value_breaks_a_query(owners_token: Token, database: Database, is_long: bool) -> None:
    wrong: list[str] = []
    tried = 0

    async with an_edge(database) as edge:
        for turn, position in enumerate(IN_QUERIES):
            values = hostile_values(position)
            for hostile in values if is_long else values[turn % 4 :: 4]:
                answer = await edge.post(owners_token.text, body(position, hostile.json))
                problem = judged(answer, hostile)
                tried += 1
                if problem not in (None, "accepted"):
                    wrong.append(f"{position.name} {hostile.name}: {problem}: {answer.text[:400]}")
        logged = edge.log.getvalue().decode()

    assert not wrong, "\n".join(wrong) + logged[-3000:]
    print(f"\n{tried} hostile values at {len(IN_QUERIES)} arguments and filters of queries")  # noqa: T201 - a count to report


def body(position: Position, value: bytes) -> bytes:
    declared = QUERY.fields[position.field]
    argument = str(position.path[0])
    given = put({}, position.path, _HOLE)[argument]
    answered = get_named_type(declared.type)
    below = (
        "{ totalCount nodes { __typename } }" if "totalCount" in getattr(answered, "fields", {}) else "{ __typename }"
    )
    query = f"query Q($given: {declared.args[argument].type}) {{ {position.field}({argument}: $given) {below} }}"
    text = orjson.dumps({"query": query, "variables": {"given": given}})
    return text.replace(orjson.dumps(_HOLE), value)


@pytest.mark.parametrize("root", LISTS)
async def test_a_forged_cursor_is_refused_or_only_moves_the_start(
    root: str, scene: Scene, owners_token: Token, database: Database
) -> None:
    wrong: list[str] = []
    tried = 0

    async with an_edge(database) as edge:
        for order in orders(root):
            cursor = await a_cursor(edge, owners_token, root, order)
            if cursor is None:
                continue
            for forged in forgeries(cursor):
                answer = await page(edge, owners_token, root, order, forged)
                tried += 1
                code = answer.get("errors", [{"extensions": {"code": None}}])[0]["extensions"]["code"]
                if code not in (None, "BAD_USER_INPUT"):
                    wrong.append(f"{order} {forged}: {answer}")
        logged = edge.log.getvalue().decode()

    assert not wrong, "\n".join(wrong[:5]) + logged[-3000:]
    print(f"\n{tried} forged cursors of {root}")  # noqa: T201 - a count to report


def orders(root: str) -> list[str]:
    """All orders of a list, as arguments."""
    argument = QUERY.fields[root].args.get("orderBy")
    if argument is None:
        return [""]
    fields = get_named_type(argument.type).fields["field"].type
    return [f"orderBy: [{{field: {name}}}], " for name in get_named_type(fields).values]


async def a_cursor(edge: Edge, token: Token, root: str, order: str) -> str | None:
    answer = await edge.ask(token.text, f"{{ {root}({order}first: 1) {{ edges {{ cursor }} }} }}", {})
    edges = answer.json()["data"][root]["edges"]
    return edges[0]["cursor"] if edges else None


async def page(edge: Edge, token: Token, root: str, order: str, cursor: str) -> dict[str, Any]:
    query = f"query Q($after: String) {{ {root}({order}first: 2, after: $after) {{ nodes {{ __typename }} }} }}"
    answered: dict[str, Any] = (await edge.ask(token.text, query, {"after": cursor})).json()
    return answered


def forgeries(cursor: str) -> Iterator[str]:
    """The cursor with another value in the place of each of its parts, too few or too many, or no cursor at all."""
    parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=="))
    for position in range(len(parts)):
        for value in FORGED:
            yield packed([*parts[:position], value, *parts[position + 1 :]])
    yield from (packed(parts[:-1]), packed([*parts, 1]), packed({}), packed(None), "", "x", "=", "é", "A" * 3_000)
    yield base64.urlsafe_b64encode(b"[" * 500 + b"]" * 500).decode()
    yield base64.urlsafe_b64encode(json.dumps([*parts[:-1], "\ud800"]).encode()).decode()


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
