"""A real server in this process, and clients that speak HTTP to it byte by byte."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from portal.web.app import WebOptions
from portal.web.graphql import GraphQLEndpoint
from portal.web.observe import Observer
from portal.web.server.connection import ConnectionLimits
from portal.web.server.serve import DrainingServer, ServeOptions, build_server
from tests.web.library import LibraryExecutor, Reader, a_library

PATIENCE_SECONDS = 30.0  # of a test, where it waits for what must come


@dataclass
class Wire:
    """One connection of a client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, bytes]:
        """The next answer: its status and its body."""
        head, body = await self.whole_answer()
        return int(head.split(b" ", 2)[1]), body

    async def whole_answer(self) -> tuple[bytes, bytes]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            (length,) = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            return head, await self.reader.readexactly(int(length.split(b":")[1]))

    async def rest(self) -> bytes:
        """What comes until the server closes."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


@dataclass
class Served:
    """A library that is served, with whoever runs its operations."""

    server: DrainingServer
    port: int
    executor: LibraryExecutor
    log: io.BytesIO
    observer: Observer
    endpoint: GraphQLEndpoint[Reader]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Wire]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()

    @property
    def ended(self) -> dict[str, int]:
        """The connections that the server ended, by reason."""
        return dict(self.server.connections.ended)

    @property
    def open(self) -> int:
        return len(self.server.server_state.connections)


@asynccontextmanager
async def served(limits: ConnectionLimits | None = None, options: WebOptions | None = None) -> AsyncIterator[Served]:
    """Serves a library of its own until the block ends."""
    log = io.BytesIO()
    observer = Observer(log)
    app, executor = a_library(observer, options)
    connections = limits or ConnectionLimits()
    listener = socket.create_server(("127.0.0.1", 0))
    server = build_server(app, observer, ServeOptions(connections=connections, finish_seconds=2))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Served(
            server, listener.getsockname()[1], executor, log, observer, cast("GraphQLEndpoint[Reader]", app._endpoint)
        )
    finally:
        server.should_exit = True
        await serving


def post(query: str = "{ hello }", *headers: str) -> bytes:
    """A request with a library card."""
    body = b'{"query":"%s"}' % query.encode()
    lines = ["POST /graphql HTTP/1.1", "Host: portal", "Content-Type: application/json", "Authorization: Bearer card"]
    return "\r\n".join([*lines, *headers, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def until(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - what the server does tells nobody
            await asyncio.sleep(0.01)
