"""A portal that serves, and members who watch what happens in it over WebSockets."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from portal import clock
from portal.catalog import STREAMS
from portal.database.connection import Database
from portal.jobs.relay import publish_waiting
from portal.people.models import Membership
from portal.records.feed import Feed
from portal.web.app import PortalApp, WebOptions
from portal.web.assembly import app_on
from portal.web.live.websocket import SUBPROTOCOL
from portal.web.observe import Observer
from tests.security.edge import a_token
from tests.web.talking import PATIENCE_SECONDS, Talk, serving
from tests.world import World


@dataclass
class Portal:
    """A server on the test's database."""

    database: Database
    port: int
    app: PortalApp
    feed: Feed
    log: io.BytesIO
    talks: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def publish(self) -> None:
        """What the worker does: give what was committed its place in the feed."""
        while await publish_waiting(self.database, clock.now()):
            pass

    async def talk_as(self, world: World, **holder: UUID) -> Talk:
        """A new socket of a member or service account, acknowledged."""
        token = await a_token(world, **holder)
        return await self.talk_with(token.text)

    async def talk_with(self, token: str) -> Talk:
        socket = await self.talks.enter_async_context(
            connect(
                f"ws://127.0.0.1:{self.port}/graphql",
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_queue=10_000,
            )
        )
        talk = Talk(socket)
        await talk.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        assert await talk.hear() == {"type": "connection_ack"}
        return talk

    async def running(self, count: int) -> None:
        """Until so many subscriptions run, and are known to the feed."""
        await until(lambda: self.feed.size == count)

    async def watch(self, world: World, member: Membership, query: str, **variables: Any) -> Talk:
        """A socket of a member with one subscription that runs."""
        before = self.feed.size
        talk = await self.talk_as(world, membership_id=member.id)
        await talk.subscribe("1", query, **variables)
        await self.running(before + 1)
        return talk


@asynccontextmanager
async def a_portal(database: Database, options: WebOptions | None = None) -> AsyncIterator[Portal]:
    log = io.BytesIO()
    observer = Observer(log)
    feed = Feed(database, STREAMS, observer.bug)
    app = app_on(database, observer, options, feed=feed)
    async with serving(app, observer) as port:
        portal = Portal(database, port, app, feed, log)
        async with portal.talks:
            yield portal


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.005)


async def payload(hearing: Awaitable[dict[str, Any]]) -> Any:
    """The data of the next result, by its one field."""
    message = await hearing
    assert message["type"] == "next", message
    (value,) = message["payload"]["data"].values()
    return value


def failure(message: dict[str, Any]) -> tuple[str, str]:
    """The code and the message of an operation that failed."""
    assert message["type"] == "error", message
    (error,) = message["payload"]
    return error["extensions"]["code"], error["message"]
