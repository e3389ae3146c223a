"""graphql-transport-ws, message by message, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from portal.web.app import WebOptions
from portal.web.errors import Unauthenticated
from portal.web.live.open import LiveLimits
from tests.web.talking import GOOD, PATIENCE_SECONDS, Served, Talk, a_served_library

ADDED = "subscription { bookAdded { id } }"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with a_served_library() as one:
        yield one


async def subscribed(served: Served, count: int = 1) -> None:
    """Until so many subscriptions run."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(served.executor.shelves) != count:  # noqa: ASYNC110 - the library tells nobody
            await asyncio.sleep(0.005)


async def test_it_speaks_graphql_transport_ws_and_acknowledges_the_init(served: Served) -> None:  # W01, W03
    async with served.talk() as talk:
        assert talk.socket.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("protocol", ["nonsense", "graphql-ws"])  # W02, W17
async def test_no_other_protocol_is_spoken(served: Served, protocol: str) -> None:
    async with served.talk(init=False, protocol=protocol) as talk:
        assert talk.socket.subprotocol is None
        assert await talk.closed() == (4406, "Subprotocol not acceptable")


async def test_a_ping_is_answered_before_and_after_the_init(served: Served) -> None:  # W04
    async with served.talk(init=False) as talk:
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}
        await talk.say({"type": "pong"})
        await talk.say({"type": "connection_init", "payload": GOOD})
        assert await talk.hear() == {"type": "connection_ack"}


async def test_who_subscribes_before_the_acknowledgement_is_unauthorized(served: Served) -> None:  # W05
    async with served.talk(init=False) as talk:
        await talk.subscribe("1", "{ hello }")
        assert await talk.closed() == (4401, "Unauthorized")


async def test_there_is_one_init(served: Served) -> None:  # W06
    async with served.talk() as talk:
        await talk.say({"type": "connection_init", "payload": GOOD})
        assert await talk.closed() == (4429, "Too many initialisation requests")


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        "5",
        "[]",
        "null",
        b"\x01\x02\x03",
        {"type": "nope"},
        {},
        {"type": "subscribe", "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": "x"},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": [1]}},
        {"type": "subscribe", "id": {}, "payload": {"query": "{ hello }"}},
        {"type": "complete"},
    ],
    ids=str,
)
async def test_what_is_no_message_closes_the_socket(served: Served, message: Any) -> None:  # W07
    async with served.talk() as talk:
        await talk.say(message)
        code, reason = await talk.closed()

    assert code == 4400
    assert reason


async def test_a_query_is_one_next_and_complete(served: Served) -> None:  # W08, W12, W20
    async with served.talk() as talk:
        for _ in range(2):  # the id may be used again
            await talk.subscribe("a", "{ hello }")
            answered = await talk.hear()
            assert (answered["id"], answered["type"]) == ("a", "next")
            assert answered["payload"]["data"] == {"hello": "Hello world"}
            assert await talk.hear() == {"id": "a", "type": "complete"}


async def test_a_mutation_is_one_next_and_complete(served: Served) -> None:
    async with served.talk() as talk:
        await talk.subscribe("a", 'mutation { addBook(title: "B") { title } }')
        assert (await talk.hear())["payload"]["data"] == {"addBook": {"title": "B"}}
        assert await talk.hear() == {"id": "a", "type": "complete"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ zzz_nope }"}, "GRAPHQL_VALIDATION_FAILED"),  # W09
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),  # W10
        ({"query": "query A { hello }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),  # W11
        ({"query": "query($d: Int!) { slow(seconds: $d) }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query($d: Float!) { slow(seconds: $d) }", "variables": {"d": "x"}}, "BAD_USER_INPUT"),
        ({"documentId": "sha256:00"}, "PERSISTED_QUERY_NOT_FOUND"),
    ],
)
async def test_an_operation_that_fails_leaves_its_neighbours_alone(
    served: Served, payload: dict[str, Any], code: str
) -> None:
    async with served.talk() as talk:
        await talk.subscribe("other", ADDED)
        await subscribed(served)
        await talk.say({"id": "a", "type": "subscribe", "payload": payload})
        failed = await talk.hear()
        served.executor.add(1)

        assert (failed["id"], failed["type"]) == ("a", "error")
        assert failed["payload"][0]["message"]
        assert failed["payload"][0]["extensions"]["code"] == code
        assert (await talk.hear())["payload"] == {"data": {"bookAdded": {"id": "1"}}}


async def test_a_bug_is_masked_and_logged(served: Served) -> None:
    served.executor.failure = ValueError("boom: secret@example.com")
    async with served.talk() as talk:
        await talk.subscribe("a", "{ hello }")
        failed = await talk.hear()

    assert failed["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert b"secret@example.com" not in served.log.getvalue()
    assert "boom" not in str(failed)


async def test_complete_for_an_id_that_is_not_there_is_ignored(served: Served) -> None:  # W13
    async with served.talk() as talk:
        await talk.say({"id": "zzz", "type": "complete"})
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}


async def test_an_id_is_one_operations_at_a_time(served: Served) -> None:  # W14
    async with served.talk() as talk:
        await talk.subscribe("a", ADDED)
        await talk.subscribe("a", ADDED)
        assert await talk.closed() == (4409, "Subscriber for a already exists")
    await subscribed(served, 0)


async def test_a_subscription_tells_until_it_is_completed(served: Served) -> None:  # W15, W21
    async with served.talk() as talk:
        await talk.subscribe("a", ADDED)
        await subscribed(served)
        for number in (1, 2):
            served.executor.add(number)
            assert await talk.hear() == {
                "id": "a",
                "type": "next",
                "payload": {"data": {"bookAdded": {"id": str(number)}}},
            }
        await talk.say({"id": "a", "type": "complete"})
        await subscribed(served, 0)
        served.executor.add(3)
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://["])  # W16
async def test_a_page_of_another_site_is_not_let_in(served: Served, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with served.talk(additional_headers={"origin": origin, **GOOD}):
            pass

    assert refused.value.response.status_code == 403


async def test_a_page_of_this_host_or_of_an_allowed_site_is_let_in() -> None:
    options = WebOptions(origins=frozenset({"https://careers.example"}), public_url="https://portal.example")
    async with a_served_library(options) as served:
        for origin in (f"http://127.0.0.1:{served.port}", "https://careers.example", "https://portal.example"):
            async with served.talk(additional_headers={"origin": origin}) as talk:
                await talk.say({"type": "ping"})
                assert await talk.hear() == {"type": "pong"}


async def test_who_does_not_begin_is_not_waited_for() -> None:  # W18
    options = WebOptions(live=LiveLimits(init_seconds=0.1))
    async with a_served_library(options) as served, served.talk(init=False) as talk:
        assert await talk.closed() == (4408, "Connection initialisation timeout")


async def test_a_message_that_is_too_long_closes_its_socket_only(served: Served) -> None:  # W19
    async with served.talk() as other, served.talk() as talk:
        await talk.subscribe("a", "{ hello }", a="x" * (2 << 20))
        assert (await talk.closed())[0] == 1009
        await other.say({"type": "ping"})
        assert await other.hear() == {"type": "pong"}


async def test_a_message_in_very_many_pieces_closes_its_socket(served: Served) -> None:
    async with served.talk() as talk:
        await talk.socket.send([""] * 2_000)
        assert (await talk.closed())[0] == 1009


@pytest.mark.parametrize(
    ("payload", "header"),
    [({}, "Bearer card"), (None, "Bearer card"), ({"authorization": "Bearer card"}, None), (GOOD, "Bearer wrong")],
)
async def test_the_credential_is_the_inits_or_else_the_handshakes(
    served: Served, payload: object, header: str | None
) -> None:
    headers = {} if header is None else {"authorization": header}
    async with served.talk(init=False, additional_headers=headers) as talk:
        await talk.say({"type": "connection_init"} | ({} if payload is None else {"payload": payload}))
        assert await talk.hear() == {"type": "connection_ack"}


@pytest.mark.parametrize("payload", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \u2603"}])
async def test_without_a_good_credential_it_is_forbidden(served: Served, payload: object) -> None:
    async with served.talk(init=False) as talk:
        await talk.say({"type": "connection_init", "payload": payload})
        assert await talk.closed() == (4403, "Forbidden")


async def test_a_credential_that_ends_closes_the_socket(served: Served) -> None:
    async with served.talk() as talk:
        await talk.subscribe("a", ADDED)
        await subscribed(served)
        served.executor.end(Unauthenticated())
        told = await talk.hear()

        assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        assert await talk.closed() == (4403, "Forbidden")


async def test_an_operation_too_many_is_refused_alone() -> None:
    async with a_served_library(WebOptions(live=LiveLimits(operations=2))) as served, served.talk() as talk:
        for name in ("a", "b", "c"):
            await talk.subscribe(name, ADDED)
        refused = await talk.hear()
        await subscribed(served, 2)

        assert (refused["id"], refused["type"]) == ("c", "error")
        assert refused["payload"][0]["extensions"]["code"] == "OVERLOADED"


@pytest.mark.parametrize("limits", [LiveLimits(connections_of_credential=2), LiveLimits(connections_of_organization=2)])
async def test_connections_are_limited_by_credential_by_organization_and_in_all(limits: LiveLimits) -> None:
    async with a_served_library(WebOptions(live=limits)) as served:
        async with served.talk(), served.talk(), served.talk(init=False) as third:
            await third.say({"type": "connection_init", "payload": GOOD})
            assert (await third.closed())[0] == 1013
        async with served.talk():  # what was closed counts no more
            pass
    one = WebOptions(live=LiveLimits(connections=1))
    async with a_served_library(one) as served, served.talk(), served.talk(init=False) as second:
        assert (await second.closed())[0] == 1013


@pytest.mark.parametrize("limits", [LiveLimits(strangers_of_address=2), LiveLimits(strangers=2)])
async def test_strangers_do_not_take_the_places_of_those_who_sign_in(limits: LiveLimits) -> None:
    async with a_served_library(WebOptions(live=limits)) as served:
        async with served.talk() as known, served.talk(), served.talk(init=False), served.talk(init=False):
            async with served.talk(init=False) as third:
                assert (await third.closed())[0] == 1013
            await known.say({"type": "ping"})
            assert await known.hear() == {"type": "pong"}
        async with served.talk():  # who has gone counts no more
            pass


async def test_a_server_that_is_to_stop_takes_no_new_ones() -> None:
    async with a_served_library(WebOptions()) as served, served.talk() as before:
        served.app.drain.begun = True
        async with served.talk(init=False) as late:
            assert (await late.closed())[0] == 1013
        await before.say({"type": "ping"})
        assert await before.hear() == {"type": "pong"}


async def test_a_socket_elsewhere_is_refused(served: Served) -> None:
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://127.0.0.1:{served.port}/other"):
            pass


async def test_a_server_that_stops_tells_its_clients_to_connect_again() -> None:
    talk: Talk
    async with a_served_library() as served:
        context = served.talk()
        talk = await context.__aenter__()
        await talk.subscribe("a", ADDED)
        await subscribed(served)

    assert (await talk.closed())[0] == 1012
    assert served.executor.shelves == []
    await context.__aexit__(None, None, None)


async def test_a_client_that_goes_away_leaves_nothing(served: Served) -> None:
    async with served.talk() as talk:
        await talk.subscribe("a", ADDED)
        await subscribed(served)

    await subscribed(served, 0)
