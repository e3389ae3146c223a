"""What counts as a GraphQL request: bodies and query strings of every wrong shape are a 4xx that says what is wrong."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import build_schema

from portal.access.enums import DocumentMode
from portal.web.documents.store import DocumentStore
from tests.web.conftest import GRAPHQL, JSON, Client, code
from tests.web.library import SDL

TYPENAME = {"query": "{ __typename }"}


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b'"str"',
        b"5",
        b"true",
        b"[]",
        b"[1]",
        b"[null]",
        b"{}",
        b"",
        b'{"query":',
        b'{"\xff\xfe"}',
        b'\xef\xbb\xbf{"query":"{__typename}"}',
        b'{"query":"{__typename}","variables":{"a":NaN}}',
        b'{"query":"{__typename}","variables":{"a":' + b"9" * 5_000 + b"}}",
        b'{"query":"{__typename}","variables":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b"[" * 100_000,
        b'{"query":"{ hello(name: \\"\\ud800\\") }"}',
        b'{"qeury":"{__typename}"}',
    ],
)
@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_body_that_is_no_request_is_400(client: Client, body: bytes, accept: str) -> None:
    answer = await client.post(body, accept=accept)

    assert answer.status_code == 400
    assert answer.json().keys() == {"errors"}
    assert code(answer) == "BAD_REQUEST"
    assert client.executor.seen == []


async def test_several_requests_in_one_are_refused(client: Client) -> None:
    answer = await client.post([TYPENAME] * 10)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *[("query", value) for value in ({"a": 1}, 0, False, ["a"], None)],
        *[("operationName", value) for value in ({"a": 1}, 0, False, ["a"])],
        *[("variables", value) for value in ("text", 0, False, ["a"], [])],
        *[("extensions", value) for value in ("text", 0, False, ["a"])],
    ],
)
@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_member_of_the_wrong_type_is_400(client: Client, member: str, value: object, accept: str) -> None:
    answer = await client.post(TYPENAME | {member: value}, accept=accept)

    assert answer.status_code == 400
    assert code(answer) == "BAD_REQUEST"


@pytest.mark.parametrize("members", [{"operationName": None, "variables": None, "extensions": None}, {"foo": 1}, {}])
async def test_null_equals_absent_and_unknown_members_are_ignored(client: Client, members: dict[str, Any]) -> None:
    answer = await client.post(TYPENAME | members)

    assert answer.status_code == 200
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_extensions_reach_the_executor(client: Client) -> None:
    await client.post(TYPENAME | {"extensions": {"some": "value"}})

    assert client.executor.seen[0].extensions == {"some": "value"}


async def test_an_id_that_nothing_is_published_under_is_told_so(client: Client) -> None:
    answer = await client.post({"documentId": "sha256:" + "0" * 64})

    assert answer.status_code == 400
    assert code(answer) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_published_document_is_parsed_once_and_charged_to_nobody(client: Client) -> None:
    text = "query Greet($name: String) { hello(name: $name) }"
    client.executor.documents["sha256:1"] = text

    first = await client.post({"documentId": "sha256:1", "variables": {"name": "Ada"}})
    by_get = await client.get(documentId="sha256:1", variables='{"name": "Hugo"}')
    misses = client.observer.registry.get_sample_value("portal_document_lookups_total", {"found": "no"})

    assert (first.json()["data"], by_get.json()["data"]) == ({"hello": "Hello Ada"}, {"hello": "Hello Hugo"})
    assert (client.executor.admitted, misses) == ([], 1)


async def test_no_flood_of_texts_drives_a_published_document_out() -> None:
    store = DocumentStore(build_schema(SDL), max_documents=2)

    first = store.published("sha256:1", "query A { hello }")
    for number in range(5):
        store.get(f"query Q{number} {{ hello }}")

    assert store.published("sha256:1", "query A { hello }") is first
    assert store.counts.published == 2


async def test_a_published_document_with_texts_of_its_own_is_kept_for_one_organization() -> None:
    store = DocumentStore(build_schema(SDL))
    code, personal = "query A { hello }", 'query B { hello(name: "Ada Abara") }'

    of_acme = [store.published(name, text, "acme") for name, text in (("sha256:1", code), ("sha256:2", personal))]
    of_globex = [store.published(name, text, "globex") for name, text in (("sha256:1", code), ("sha256:2", personal))]

    assert [mine is theirs for mine, theirs in zip(of_acme, of_globex, strict=True)] == [True, False]
    assert store.published("sha256:2", personal, "acme") is of_acme[1]


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize("value", [{"a": 1}, 0, False, ["a"]])
async def test_a_document_id_is_a_text(client: Client, value: object, accept: str) -> None:
    for query in ({}, TYPENAME):
        answer = await client.post({**query, "documentId": value}, accept=accept)

        assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("mode", "sent", "expected"),
    [
        (DocumentMode.ONLY, TYPENAME, "PERSISTED_QUERY_ID_REQUIRED"),
        (DocumentMode.ONLY, {"query": "{"}, "PERSISTED_QUERY_ID_REQUIRED"),
        (DocumentMode.OFF, {"documentId": "sha256:1"}, "PERSISTED_QUERY_NOT_SUPPORTED"),
        (DocumentMode.OFF, {"documentId": "sha256:2"}, "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)
async def test_a_credential_is_held_to_its_mode(
    client: Client, mode: DocumentMode, sent: dict[str, str], expected: str
) -> None:
    client.executor.mode, client.executor.documents = mode, {"sha256:1": "{ hello }"}

    answers = [await client.post(sent), await client.get(**sent)]

    assert [(answer.status_code, code(answer)) for answer in answers] == [(400, expected)] * 2
    assert client.executor.seen == []


async def test_a_body_over_a_mebibyte_is_413(client: Client) -> None:
    answer = await client.post(b'{"query":"' + b"x" * 1024 * 1024 + b'"}')

    assert answer.status_code == 413
    assert "connection" not in answer.headers


async def test_a_streamed_body_is_read_no_further_than_the_limit(client: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 100_000

    answer = await client.http.post("/graphql", content=endless(), headers=client.headers(GRAPHQL, {}))

    assert answer.status_code == 413
    assert sent <= 12


async def test_a_streamed_body_is_put_together(client: Client) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"query":"{ __ty'
        yield b'pename }"'
        yield b"}"

    answer = await client.http.post("/graphql", content=pieces(), headers=client.headers(GRAPHQL, {}))

    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("pieces", [[], [b'{"query":']])
async def test_nothing_is_answered_to_a_client_that_went_away(client: Client, pieces: list[bytes]) -> None:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"})
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": [(b"content-type", b"application/json")]}
    await client.app(scope, receive, send)

    assert sent == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405_with_allow(client: Client, method: str) -> None:
    answer = await client.http.request(method, "/graphql", headers={"accept": GRAPHQL})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


async def test_get_answers_queries(client: Client) -> None:
    answer = await client.get(
        query="query Hello($name: String) { hello(name: $name) }", variables='{"name":"Ada"}', operationName="Hello"
    )

    assert answer.status_code == 200
    assert answer.json()["data"] == {"hello": "Hello Ada"}


async def test_empty_get_parameters_equal_absent_ones(client: Client) -> None:
    answer = await client.get(query="{__typename}", operationName="", variables="", extensions="")

    assert answer.status_code == 200


async def test_an_operation_may_be_called_null_in_get(client: Client) -> None:
    answer = await client.get(query="query null { __typename }", operationName="null")

    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query={__typename}&variables={",
        "query={__typename}&variables=[1]",
        "query={__typename}&variables=5",
        "query={__typename}&extensions=x",
        "query={__typename}&query={__typename}",
        "query=%ff%fe",
        "&".join(f"a{i}=1" for i in range(30)),
    ],
)
async def test_a_query_string_that_is_no_request_is_400(client: Client, query_string: str) -> None:
    answer = await client.http.get(f"/graphql?{query_string}", headers=client.headers(JSON, {}))

    assert answer.status_code == 400
    assert code(answer) == "BAD_REQUEST"


async def test_a_query_string_has_a_limit(client: Client) -> None:
    answer = await client.get(query="{__typename}" + " " * 20_000)

    assert answer.status_code == 414


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_mutations_by_get_are_405(client: Client, accept: str) -> None:
    answer = await client.get(query='mutation { addBook(title: "x") { id } }', accept=accept)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert client.executor.seen == []


@pytest.mark.parametrize("body", [b'"a\\u0000b"', b'{"x":["\\u0000"]}', b'{"\\u0000":1}'])
async def test_a_nul_in_the_variables_is_refused(client: Client, body: bytes) -> None:
    answer = await client.post(b'{"query":"{__typename}","variables":{"a":' + body + b"}}")

    assert answer.status_code == 400
    assert code(answer) == "BAD_USER_INPUT"


async def test_a_nul_in_get_variables_is_refused(client: Client) -> None:
    answer = await client.get(query="{__typename}", variables='{"a":"\\u0000"}')

    assert code(answer) == "BAD_USER_INPUT"


async def test_a_text_that_spells_a_nul_is_only_text(client: Client) -> None:
    answer = await client.post(b'{"query":"query($n:String){hello(name:$n)}","variables":{"n":"\\\\u0000"}}')

    assert answer.json()["data"] == {"hello": "Hello \\u0000"}


async def test_variables_may_be_long_but_not_many(client: Client) -> None:
    query = "query($n:String) { hello(name:$n) }"

    long = await client.ask(query, n="x" * 500_000)
    many = await client.ask(query, n="x", more=[1] * 20_000)

    assert long.status_code == 200
    assert many.status_code == 400
    assert code(many) == "BAD_USER_INPUT"
