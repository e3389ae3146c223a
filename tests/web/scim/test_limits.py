"""SCIM stands behind the same limits as everything else, and says so in its own form."""

import asyncio
from typing import Any

import httpx
import orjson

from portal.database.ids import parse_public_id
from portal.web.app import WebOptions
from portal.web.costs.budget import Points
from portal.web.scim.endpoint import MAX_GROUP_BODY_BYTES
from tests.web.scim.conftest import MEDIA_TYPE, Provider, a_provider
from tests.world import World

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
DEACTIVATION = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "active", "value": False}],
}


def refusal(answer: httpx.Response) -> dict[str, Any]:
    """A refusal's body, which must be SCIM's."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert (body["schemas"], body["status"]) == ([ERROR], str(answer.status_code))
    return body


async def test_a_server_that_has_enough_to_do_says_when_to_come_again(acme: World) -> None:
    async with a_provider(acme, WebOptions(max_in_flight=1)) as provider:
        admission = provider.app.turnstile._admission
        await admission.enter()

        busy = await provider.send("GET", "/Users", status=503)
        admission.leave()

        assert refusal(busy)["detail"] == "The server is busy. Try again in 1 s."
        assert busy.headers["retry-after"] == "1"
        await provider.send("GET", "/Users", status=200)
        assert admission.running == 0


async def test_a_spent_budget_says_when_to_come_again(acme: World) -> None:
    async with a_provider(acme, WebOptions(points=Points(credential=60))) as provider:
        await provider.add()

        spent = await provider.send("POST", "/Users", {"schemas": [], "userName": "bo@acme.example"})
        while spent.status_code == 201:
            spent = await provider.send("POST", "/Users", {"schemas": [], "userName": "cy@acme.example"})

        assert spent.status_code == 429
        assert refusal(spent)["detail"].startswith("The credential's 60 points a minute are spent. Try again in ")
        assert 1 <= int(spent.headers["retry-after"]) <= 60
        assert len(await acme.rows("SELECT id FROM membership")) <= 2


async def test_a_change_costs_as_much_as_it_may_change(acme: World) -> None:
    async with a_provider(acme, WebOptions(points=Points(credential=500))) as provider:
        members = [{"value": f"mem_{number:032x}"} for number in range(600)]

        answer = await provider.send("POST", "/Groups", {"schemas": [], "displayName": "All", "members": members})

        assert answer.status_code == 429
        refusal(answer)


async def test_a_request_ends_at_its_deadline(acme: World) -> None:
    async with a_provider(acme) as provider:
        user = await provider.add()
    async with (
        a_provider(acme, WebOptions(timeout_seconds=0.2)) as provider,
        acme.database.writing(acme.id, None) as holding,
    ):
        await holding.rows("SELECT id FROM membership WHERE id = $1 FOR UPDATE", [parse_public_id("mem", user["id"])])

        late = await provider.send("PATCH", f"/Users/{user['id']}", DEACTIVATION, status=504)

        assert refusal(late)["detail"] == "The operation took longer than 0.2 s. Ask for less at once."
        assert provider.app.turnstile._admission.running == 0


async def test_a_group_may_be_longer_than_a_user_and_both_have_an_end(provider: Provider) -> None:
    async def send(path: str, size: int) -> int:
        headers = {"authorization": f"Bearer {provider.token}"}
        return (await provider.http.post(f"/scim/v2{path}", content=b" " * size, headers=headers)).status_code

    assert await send("/Users", 100_001) == 413
    assert await send("/Groups", 100_001) == 400
    assert await send("/Groups", MAX_GROUP_BODY_BYTES + 1) == 413


async def test_each_request_has_an_id_and_a_line_in_the_log_without_ids_and_names(provider: Provider) -> None:
    user = await provider.add()
    answer = await provider.send("GET", f"/Users/{user['id']}", x_request_id="ticket-4711")
    await provider.send("GET", "/Users/mem_0", x_request_id="ticket-4712")
    await asyncio.sleep(0)

    lines = [orjson.loads(line) for line in provider.log.getvalue().splitlines()]
    assert answer.headers["x-request-id"] == "ticket-4711"
    assert [
        (line["type"], line["operation"], line["outcome"], line["status"])
        for line in lines
        if line["event"] == "request"
    ] == [
        ("scim", "POST /Users", "ok", 201),
        ("scim", "GET /Users/{id}", "ok", 200),
        ("scim", "GET /Users/{id}", "404", 404),
    ]
    assert [line["request_id"] for line in lines[1:]] == ["ticket-4711", "ticket-4712"]
    assert "ada" not in provider.log.getvalue().decode().lower()
