"""GraphQL over HTTP to the letter: the published audits of graphql-http (61) and the checks of the draft of August 2026
(48, their names begin with S), asserted here without Node. The table says which request answers which of them.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from portal.web.app import WebOptions
from portal.web.responses import Statuses
from tests.web.conftest import GRAPHQL, JSON, Client, a_client

TYPENAME = {"query": "{ __typename }"}
TYPE_BY_NAME = "query Type($name: String!) { __type(name: $name) { name } }"
MUTATION = "mutation { __typename }"


@dataclass(frozen=True)
class Case:
    """One request, the audits that it answers, and what must come back."""

    audits: str
    status: int
    body: object = None  # of a POST; None for a GET, bytes are sent as they are
    parameters: dict[str, str] | None = None  # of a GET
    method: str | None = None
    accept: str | None = GRAPHQL
    content_type: str | None = JSON
    answered_in: str | None = None  # where it isn't the type that was asked for
    has_data: bool = True
    headers: dict[str, str] = field(default_factory=dict)  # that must be in the answer
    status_422: int | None = None  # where an operator who chose 422 sends it instead

    @property
    def media_type(self) -> str:
        return self.answered_in or (GRAPHQL if self.accept == GRAPHQL else JSON)


def refused(audits: str, status: int, body: object = None, **more: Any) -> Case:
    """A request that is answered with errors only."""
    return Case(audits, status, body, has_data=False, **more)


def members(name: str, audits: str, *values: object) -> list[Case]:
    """A member of the wrong type, once for each value; the audit's number follows its name."""
    extras = {("variables", 3): " S121 S131", ("operationName", 1): " S122 S132", ("extensions", 0): " S123 S133"}
    return [
        refused(
            f"{audits}{place}{extras.get((name, place), '')}", 400, TYPENAME | {name: value}, accept=GRAPHQL,
            status_422=422,
        )
        for place, value in enumerate(values)
    ]  # fmt: skip


REQUEST_ERRORS: list[tuple[str, dict[str, Any], bool]] = [
    ("document that can't be parsed", {"query": "{"}, False),
    ("document that is not valid", {"query": "{ noSuchField }"}, True),
    ("variable that can't be coerced", {"query": "query Q($i: Int!){ __typename }", "variables": {"i": "x"}}, True),
    ("two operations and no name", {"query": "query A{__typename} query B{__typename}"}, True),
    ("a name of no operation", {"query": "query A{__typename}", "operationName": "B"}, True),
]
NULLABLE = ("variables", "operationName", "extensions")
NEWER = ("865D 556A D586", "51FE 74FF 5E5B", "86EE", "", "")
OLDER = ("572B", "FDE2", "7B9B", "", "")

CASES = [
    Case("22EB 34A2 2C94 03D4 S01 S04", 200, TYPENAME),
    Case("4655 13EE", 200, TYPENAME, accept=JSON),
    Case("47DE", 200, TYPENAME, accept="*/*"),
    Case("80D8 82A3 78D5", 200, TYPENAME, accept=None),
    Case("S02", 200, TYPENAME, accept=f"{GRAPHQL}, {JSON};q=0.9", answered_in=GRAPHQL),
    Case("S03", 200, TYPENAME, accept=f"{JSON}, {GRAPHQL};q=0.5"),
    refused("S05", 406, TYPENAME, accept="image/png"),
    Case("BF61", 200, {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}, content_type=f"{JSON}; charset=utf-8"),
    Case("5A70", 200, parameters=TYPENAME, accept=None),
    refused("9C48 S06 S07", 405, parameters={"query": MUTATION}, headers={"allow": "POST"}),
    *[
        refused(f"S08{method[:2]}" + (" S09" if method == "PATCH" else ""), 405, TYPENAME, method=method,
                headers={"allow": "GET, POST"})
        for method in ("PUT", "DELETE", "PATCH")
    ],
    refused("9ABE", 415, TYPENAME, content_type=None),
    refused("S10", 415, TYPENAME, content_type="text/plain", headers={"accept-post": JSON}),
    refused("A5BF", 400, b""),
    refused("423L 8764 3E3A S120 S130", 400, {"qeury": "{ __typename }"}, status_422=422),
    *members("query", "LKJ", {"obj": "ect"}, 0, False, ["array"]),
    *members("operationName", "6C0", {"obj": "ect"}, 0, False, ["array"]),
    *members("variables", "476", "string", 0, False, ["array"]),
    *members("extensions", "58B", "string", 0, False, ["array"]),
    Case("8161", 200, {"query": "query Query { __typename }", "operationName": "Query"}),
    Case("B8B3", 200, {"query": "query Query { __typename }", "operationName": "Query"}, accept=JSON),
    *[Case(f"94B{i}", 200, TYPENAME | {name: None}) for i, name in enumerate(NULLABLE)],
    *[Case(f"022{i}", 200, TYPENAME | {name: None}, accept=JSON) for i, name in enumerate(NULLABLE)],
    Case("2EA1", 200, {"query": TYPE_BY_NAME, "variables": {"name": "sometype"}}),
    Case("28B9", 200, {"query": TYPE_BY_NAME, "variables": {"name": "sometype"}}, accept=JSON),
    Case("D6D5", 200, parameters={"query": TYPE_BY_NAME, "variables": '{"name":"sometype"}'}),
    Case("6A70", 200, parameters={"query": TYPE_BY_NAME, "variables": '{"name":"sometype"}'}, accept=JSON),
    Case("428F", 200, TYPENAME | {"extensions": {"some": "value"}}),
    Case("1B7A", 200, TYPENAME | {"extensions": {"some": "value"}}, accept=JSON),
    refused("B6DC BCF8", 400, b'{ "not a JSON', accept=JSON),
    refused("B7N8 S11", 400, b'{"query":'),
    *[
        refused(f"{audits} S20{i} S21{i} S23{i}", 400, body, status_422=422 if run_422 else 400)
        for i, (audits, (_, body, run_422)) in enumerate(zip(NEWER, REQUEST_ERRORS, strict=True))
    ],
    *[
        refused(f"{audits} S22{i}", 200, body, accept=JSON)
        for i, (audits, (_, body, _)) in enumerate(zip(OLDER, REQUEST_ERRORS, strict=True))
    ],
    Case("S30", 200, TYPENAME | {"foo": 1}),
    Case("S31", 200, parameters={"query": "{__typename}", "operationName": "", "variables": "", "extensions": ""}),
    Case("S32", 200, parameters={"query": "query null { __typename }", "operationName": "null"}),
    Case("S33 S34", 294, {"query": "{ hello broken }"}),
    refused("S35", 400, {"documentId": "sha256:" + "0" * 64}),
    refused("S36", 400, {"query": "subscription { bookAdded { id } }"}, status_422=422),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.audits.strip().replace(" ", "-"))
async def test_a_request_is_answered_as_the_specification_says(client: Client, case: Case) -> None:
    answer = await send(client, case)

    assert answer.status_code == case.status
    assert answer.headers["content-type"] == f"{case.media_type}; charset=utf-8"
    assert {name: answer.headers.get(name) for name in case.headers} == case.headers
    assert ("data" in answer.json()) is case.has_data
    if not case.has_data:
        assert all(error["message"] and error["extensions"]["code"] for error in answer.json()["errors"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.audits.strip().replace(" ", "-"))
async def test_an_operator_may_choose_the_drafts_422_and_no_294(case: Case) -> None:
    async with a_client(WebOptions(statuses=Statuses(request_error=422, partial_success=200))) as client:
        answer = await send(client, case)

    assert answer.status_code == (case.status_422 or {294: 200}.get(case.status, case.status))


@pytest.mark.parametrize("statuses", [Statuses(), Statuses(request_error=422, partial_success=200)])
async def test_the_older_media_type_knows_neither_422_nor_294(statuses: Statuses) -> None:
    async with a_client(WebOptions(statuses=statuses)) as client:
        malformed = await client.post({"qeury": "{ __typename }"}, accept=JSON)
        invalid = await client.post({"query": "{ noSuchField }"}, accept=JSON)
        partial = await client.post({"query": "{ hello broken }"}, accept=JSON)

    assert [malformed.status_code, invalid.status_code, partial.status_code] == [400, 200, 200]


def test_every_audit_is_answered_once() -> None:
    audits = Counter(" ".join(case.audits for case in CASES).split())

    assert [audit for audit, count in audits.items() if count > 1] == []
    assert len([audit for audit in audits if not audit.startswith("S")]) == 61
    assert len([audit for audit in audits if audit.startswith("S")]) == 48


async def send(client: Client, case: Case) -> httpx.Response:
    method = case.method or ("POST" if case.parameters is None else "GET")
    headers = client.headers(case.accept, {"content-type": case.content_type})
    content = case.body if isinstance(case.body, bytes) else orjson.dumps(case.body)
    return await client.http.request(
        method,
        "/graphql",
        params=case.parameters,
        content=content if case.parameters is None else None,
        headers=headers,
    )
