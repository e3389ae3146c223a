"""A server of the library on a real port in this process, and a client that sends it messages word by word."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from portal.web.app import PortalApp, WebOptions
from portal.web.observe import Observer
from portal.web.server.serve import ServeOptions, build_server
from tests.web.library import LibraryExecutor, a_library

PATIENCE_SECONDS = 10.0
GOOD = {"Authorization": "Bearer card"}


@dataclass
class Talk:
    """One WebSocket of a client."""

    socket: ClientConnection

    async def say(self, message: Any) -> None:
        """A JSON value; bytes and texts go as they are."""
        await self.socket.send(message if isinstance(message, str | bytes) else orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = orjson.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS))
        return heard

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        await self.say({"id": name, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def closed(self) -> tuple[int, str]:
        """With which code and reason the server closes it; what it says before is passed over."""
        with pytest.raises(ConnectionClosed) as raised:
            await asyncio.wait_for(self._hear_out(), PATIENCE_SECONDS)
        received = raised.value.rcvd
        assert received is not None
        return received.code, received.reason

    async def _hear_out(self) -> None:
        while True:
            await self.socket.recv()


@dataclass
class Served:
    """A server that runs."""

    port: int
    app: PortalApp
    executor: LibraryExecutor
    log: io.BytesIO

    @asynccontextmanager
    async def talk(
        self, *, init: bool = True, protocol: str = "graphql-transport-ws", **more: Any
    ) -> AsyncIterator[Talk]:
        async with connect(
            f"ws://127.0.0.1:{self.port}/graphql", subprotocols=[Subprotocol(protocol)], compression=None, **more
        ) as socket:
            talk = Talk(socket)
            if init:
                await talk.say({"type": "connection_init", "payload": GOOD})
                assert await talk.hear() == {"type": "connection_ack"}
            yield talk


@asynccontextmanager
async def serving(app: PortalApp, observer: Observer) -> AsyncIterator[int]:
    """Serve an application on a free port of this machine, in this process; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with serving_on(app, observer, listener):
            yield listener.getsockname()[1]


@asynccontextmanager
async def serving_on(app: PortalApp, observer: Observer, listener: socket.socket) -> AsyncIterator[None]:
    """The same on a socket that listens already, for those who must know the address first."""
    server = build_server(app, observer, ServeOptions(drain_delay_seconds=0, finish_seconds=2))
    task = asyncio.create_task(server._serve([listener]))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def a_served_library(options: WebOptions | None = None) -> AsyncIterator[Served]:
    log = io.BytesIO()
    observer = Observer(log)
    app, executor = a_library(observer, options)
    async with serving(app, observer) as port:
        yield Served(port, app, executor, log)
