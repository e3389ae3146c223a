"""Status, headers and body of every outcome, in both media types."""

import re
from typing import Any

import pytest

from portal.web.app import WebOptions
from portal.web.errors import ErrorCode, Overloaded, Refused
from portal.web.execution import Answer
from portal.web.presenting import REQUEST_ID
from portal.web.responses import Responder, Statuses
from tests.web.conftest import GRAPHQL, JSON, Client, a_client, code

HEADERS = {"vary": "Accept", "cache-control": "no-store", "x-content-type-options": "nosniff"}

# Requests that are well-formed and fail before anything runs.
REQUEST_ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": '{ hello(name: "a\u0000b") }'}, "GRAPHQL_PARSE_FAILED"),
    ({"query": '{ hello(name: "a\\u0000b") }'}, "GRAPHQL_PARSE_FAILED"),
    ({"query": '{ hello(name: "\\ud800") }'}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{a" * 8_000 + "}" * 8_000}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "{a" * 400 + "}" * 400}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ }"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ book { } }"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query Q($i: Int!) { __typename @skip(if: false) hello }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query Q($i: ID!) { book(id: $i) { id } }", "variables": {"i": None}}, "BAD_USER_INPUT"),
    ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILURE"),
    ({"query": "query A { hello }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
    ({"query": "subscription { bookAdded { id } }"}, "OPERATION_RESOLUTION_FAILURE"),
]


async def test_success_in_the_newer_type(client: Client) -> None:
    answer = await client.ask("{ hello }")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert answer.text == '{"data":{"hello":"Hello world"},"extensions":{"caller":"Ada"}}'
    assert HEADERS.items() <= dict(answer.headers).items()
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_success_in_the_older_type_when_none_was_asked_for(client: Client) -> None:
    answer = await client.ask("{ hello }", accept=None)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert HEADERS.items() <= dict(answer.headers).items()


async def test_text_beyond_ascii_goes_in_and_out(client: Client) -> None:
    answer = await client.ask("query($n: String) { hello(name: $n) }", n="Zoë 🏃")

    assert answer.json()["data"] == {"hello": "Hello Zoë 🏃"}


@pytest.mark.parametrize(("request_body", "expected"), REQUEST_ERRORS)
@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 400), (JSON, 200)])
async def test_a_request_error_has_no_data_and_a_code(
    client: Client, request_body: dict[str, Any], expected: str, accept: str, status: int
) -> None:
    answer = await client.post(request_body, accept=accept)

    assert answer.status_code == status
    assert answer.json().keys() == {"errors"}
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {expected}


async def test_the_named_operation_runs(client: Client) -> None:
    answer = await client.post({"query": "query A { hello } query B { __typename }", "operationName": "B"})

    assert answer.json()["data"] == {"__typename": "Query"}


async def test_a_document_of_fragments_only_has_no_operation(client: Client) -> None:
    answer = await client.ask("fragment F on Query { hello }")

    assert answer.status_code == 400


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 294), (JSON, 200)])
async def test_partial_success(client: Client, accept: str, status: int) -> None:
    answer = await client.ask("{ hello broken }", accept=accept)

    assert answer.status_code == status
    assert answer.json()["data"] == {"hello": "Hello world", "broken": None}
    assert answer.json()["errors"] == [
        {
            "message": "Something went wrong on our side.",
            "locations": [{"line": 1, "column": 9}],
            "path": ["broken"],
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": answer.headers["x-request-id"]},
        }
    ]


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 500), (JSON, 200)])
async def test_an_answer_that_is_null_altogether_is_no_partial_success(
    client: Client, accept: str, status: int
) -> None:
    answer = await client.ask("{ hello brokenAndNeeded }", accept=accept)

    assert answer.status_code == status
    assert answer.json()["data"] is None


async def test_a_refusal_within_a_query_keeps_its_sentence(client: Client) -> None:
    answer = await client.ask("{ hello refused }")

    (error,) = answer.json()["errors"]
    assert error["message"] == "At most 100 rows a page."
    assert error["path"] == ["refused"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_bug_is_masked_and_logged_without_its_message(client: Client, accept: str) -> None:
    client.executor.failure = ValueError("boom: secret@example.com")

    answer = await client.ask("{ hello }", accept=accept)

    assert answer.status_code == 500
    assert answer.json() == {
        "errors": [
            {
                "message": "Something went wrong on our side.",
                "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": answer.headers["x-request-id"]},
            }
        ]
    }
    bug = client.lines()[0]
    assert bug["event"] == "bug"
    assert bug["request_id"] == answer.headers["x-request-id"]
    assert bug["exception"][0]["type"] == "builtins.ValueError"
    assert "execute" in bug["exception"][0]["frames"][-1]
    assert b"secret" not in client.log.getvalue()


async def test_a_refusal_brings_its_own_status_headers_and_extensions(client: Client) -> None:
    client.executor.failure = Refused(
        ErrorCode.OVERLOADED, "Slow down.", headers=[(b"retry-after", b"7")], extensions={"available": 0}
    )

    answer = await client.ask("{ hello }", accept=JSON)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "7"
    assert answer.json()["errors"] == [{"message": "Slow down.", "extensions": {"code": "OVERLOADED", "available": 0}}]


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_bad_token_is_401(client: Client, accept: str) -> None:
    answer = await client.post({"query": "{ __typename }"}, accept=accept, authorization="Bearer forged")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert code(answer) == "UNAUTHENTICATED"


@pytest.mark.parametrize("query", ["{ __typename }", "query Ping { __typename }"])
async def test_a_stranger_may_ask_whether_somebody_is_there(client: Client, query: str) -> None:
    answer = await client.post({"query": query}, authorization=None)

    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "query",
    [
        "{ hello }",
        "{ __typename hello }",
        "{ __schema { types { name } } }",
        '{ __type(name: "Book") { name } }',
        "{ nothing }",
        "{",
        "{ ...F } fragment F on Query { __typename }",
        "{ __typename @unknown }",
        "{ }",
        "{ __typename } { __typename }",
        "{ __typename }" + " " * 300,
    ],
)
async def test_a_stranger_learns_nothing_else(client: Client, query: str) -> None:
    answer = await client.post({"query": query}, authorization=None)

    assert answer.status_code == 401
    assert code(answer) == "UNAUTHENTICATED"
    assert client.executor.seen == []


async def test_names_are_not_suggested(client: Client) -> None:
    answer = await client.ask("{ helo book { titel } bok { id } }")

    assert "Did you mean" not in answer.text


async def test_at_most_a_few_errors_are_returned(client: Client) -> None:
    answer = await client.ask("{ " + " ".join(f"unknown{i}" for i in range(9)) + " }")

    assert len(answer.json()["errors"]) == 6  # five, and that there are more


async def test_a_message_that_quotes_the_document_is_cut(client: Client) -> None:
    answer = await client.ask('{ "' + "x" * 10_000 + '" }')

    assert len(answer.json()["errors"][0]["message"]) == 400


async def test_a_slow_operation_is_stopped() -> None:
    async with a_client(WebOptions(timeout_seconds=0.05)) as client:
        answer = await client.ask("{ slow(seconds: 5) }")

    assert answer.status_code == 504
    assert code(answer) == "TIMEOUT"


async def test_a_timeout_of_something_else_is_a_bug(client: Client) -> None:
    client.executor.failure = TimeoutError("the pool's")

    answer = await client.ask("{ hello }")

    assert code(answer) == "INTERNAL_SERVER_ERROR"


async def test_the_callers_request_id_is_kept_if_it_is_sane(client: Client) -> None:
    answer = await client.post({"query": "{ hello }"}, x_request_id="0af76519-16cd.43dd_A")

    assert answer.headers["x-request-id"] == "0af76519-16cd.43dd_A"
    assert client.executor.seen[0].request_id == "0af76519-16cd.43dd_A"


@pytest.mark.parametrize("sent", ["short", "x" * 65, "has space", 'quote"inside', "", None])
async def test_any_other_request_id_is_replaced(client: Client, sent: str | None) -> None:
    answer = await client.post({"query": "{ hello }"}, x_request_id=sent)

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_headers_sent_twice_count_as_one_list(client: Client) -> None:
    answer = await client.http.post(
        "/graphql",
        json={"query": "{ hello }"},
        headers=[("accept", "text/html"), ("accept", GRAPHQL), ("authorization", "Bearer card")],
    )

    assert answer.headers["content-type"].startswith(GRAPHQL)


def test_an_error_with_an_unknown_code_counts_as_a_bug() -> None:
    response = Responder(Statuses()).answered(
        Answer(None, [{"message": "?", "extensions": {"code": "MADE_UP"}}]), GRAPHQL
    )

    assert (response.status, response.outcome) == (500, "INTERNAL_SERVER_ERROR")


def test_extensions_follow_errors_and_data() -> None:
    response = Responder(Statuses()).answered(Answer(b'{"a":1}', [{"message": "?"}], {"cost": 3}), GRAPHQL)

    assert response.body == b'{"errors":[{"message":"?"}],"data":{"a":1},"extensions":{"cost":3}}'


def test_refusals_say_how_long_to_wait() -> None:
    assert Overloaded(3).message == "The server is busy. Try again in 3 s."
    assert REQUEST_ID.fullmatch(b"a" * 64)
