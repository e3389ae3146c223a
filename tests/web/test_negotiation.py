"""Which media type the answer is in, and which ones a request may be in."""

import pytest

from portal.web.errors import BadRequest
from portal.web.negotiation import check_request_type, wanted
from tests.web.conftest import GRAPHQL, JSON, Client


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (GRAPHQL.upper(), GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.6", JSON),
        (f"{GRAPHQL}; charset=utf-8; q=1.0 , {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        (f"text/html, {GRAPHQL};q=0.2, */*;q=0.1", GRAPHQL),
        (f"*/*, {JSON};q=0", GRAPHQL),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    ],
)
def test_the_answer_is_in_the_type_that_the_client_prefers(accept: str, expected: str) -> None:
    assert wanted(accept.encode()).media_type == expected


@pytest.mark.parametrize(
    "accept",
    ["image/png", "text/html", f"{JSON};q=0", "*/*;q=0", f"{GRAPHQL};q=high", f"{GRAPHQL};q=7", ";;q=,,/", "\x00"],
)
def test_a_client_that_takes_neither_type_is_told_so(accept: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        wanted(accept.encode())

    assert refusal.value.status == 406


@pytest.mark.parametrize(
    "content_type",
    [JSON, "Application/JSON", f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"', f"{JSON}; ;;=", f"{JSON}; x=y"],
)
def test_a_body_may_be_json_in_utf_8(content_type: str) -> None:
    check_request_type(content_type.encode())


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/graphql",
        f"{JSON}; charset=utf-16",
        "application/jsonp",
    ],
)
async def test_a_body_of_another_kind_is_415(client: Client, content_type: str) -> None:
    answer = await client.post({"query": "{ __typename }"}, content_type=content_type or None)

    assert answer.status_code == 415
    assert answer.headers["accept-post"] == JSON


async def test_406_is_answered_in_json(client: Client) -> None:
    answer = await client.ask("{ __typename }", accept="image/png")

    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
