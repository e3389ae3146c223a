"""A browser's session watches too: from our own pages, over both transports, until it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from portal import clock
from portal.access.enums import OrganizationRole
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.people.actions.sessions import revoke_all_sessions
from portal.people.models import Membership
from portal.web.app import WebOptions
from portal.web.cookies import SESSION_COOKIE
from portal.web.live.websocket import SUBPROTOCOL
from tests.applications.making import a_pipeline
from tests.people.signing_in import a_session, text_of
from tests.subscriptions.watching import Portal, a_portal, failure
from tests.web.events import streaming
from tests.web.talking import Talk
from tests.world import World

OURS = "https://portal.example.com"
ALLOWED = "https://careers.example"
OWN_PAGE = {"x-requested-with": "portal", "sec-fetch-site": "same-origin"}
TOLD = "subscription($id: ID!) { pipelineChanged(openingId: $id) { cursor } }"


@dataclass
class Watcher:
    """A member who is signed in, and what she watches."""

    member: Membership
    cookie: dict[str, str]
    opening: str


@pytest.fixture
async def portal(database: Database) -> AsyncIterator[Portal]:
    options = WebOptions(public_url=OURS, origins=frozenset({ALLOWED}))
    async with a_portal(database, options) as one:
        yield one


@pytest.fixture
async def rita(acme: World) -> Watcher:
    member = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    text = text_of(await a_session(acme, member.id, at=clock.now()))
    pipeline = await a_pipeline(acme)
    return Watcher(member, {"cookie": f"{SESSION_COOKIE}={text}"}, public_id("opn", pipeline.id))


@asynccontextmanager
async def talking(portal: Portal, headers: dict[str, str]) -> AsyncIterator[Talk]:
    async with connect(
        f"ws://127.0.0.1:{portal.port}/graphql",
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        compression=None,
        additional_headers=headers,
    ) as socket:
        talk = Talk(socket)
        await talk.say({"type": "connection_init"})
        yield talk


async def test_a_socket_of_our_own_page_is_signed_in_by_the_cookie_until_the_session_ends(
    portal: Portal, acme: World, rita: Watcher
) -> None:
    async with talking(portal, {"origin": OURS, **rita.cookie}) as talk:
        assert await talk.hear() == {"type": "connection_ack"}
        await talk.subscribe("1", TOLD, id=rita.opening)
        await portal.running(1)

        await acme.perform(acme.system, revoke_all_sessions, membership_id=rita.member.id)

        assert failure(await talk.hear())[0] == "UNAUTHENTICATED"
        assert await talk.closed() == (4403, "Forbidden")


@pytest.mark.parametrize("origin", [ALLOWED, None], ids=["of a site that may connect", "of no page"])
async def test_the_cookie_counts_for_nothing_in_any_other_socket(
    portal: Portal, rita: Watcher, origin: str | None
) -> None:
    headers = rita.cookie if origin is None else {"origin": origin, **rita.cookie}

    async with talking(portal, headers) as talk:
        assert await talk.closed() == (4403, "Forbidden")


async def test_a_stream_of_our_own_page_is_signed_in_by_the_cookie_until_the_session_ends(
    portal: Portal, acme: World, rita: Watcher
) -> None:
    headers = {**OWN_PAGE, **rita.cookie}
    async with streaming(portal.port, TOLD, token=None, headers=headers, variables={"id": rita.opening}) as stream:
        await portal.running(1)

        await acme.perform(acme.system, revoke_all_sessions, membership_id=rita.member.id)

        assert (await stream.hear()).data["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await stream.hear()).name == "complete"


@pytest.mark.parametrize(
    ("method", "page", "status"),
    [
        ("GET", OWN_PAGE, 405),
        ("POST", {**OWN_PAGE, "sec-fetch-site": "cross-site"}, 403),
        ("POST", {"sec-fetch-site": "same-origin"}, 403),
    ],
)
async def test_the_cookie_counts_for_nothing_in_any_other_stream(
    portal: Portal, rita: Watcher, method: str, page: dict[str, str], status: int
) -> None:
    headers = {**page, **rita.cookie}
    async with streaming(
        portal.port, TOLD, token=None, method=method, headers=headers, variables={"id": rita.opening}
    ) as stream:
        assert stream.response.status_code == status
