"""The application called as a server calls it, without a client library: an attack of a million requests must end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from portal.web.app import PortalApp
from portal.web.live.websocket import SUBPROTOCOL

Message = dict[str, Any]  # Any: ASGI's own

# Whoever hears nothing for so long is not going to.
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A response as it would go out."""

    status: int
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


def _scope(kind: str, token: str, path: str) -> Message:
    headers = [(b"host", b"portal.test"), (b"authorization", f"Bearer {token}".encode())]
    if kind == "http":
        headers += [(b"content-type", b"application/json"), (b"accept", b"application/graphql-response+json")]
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("portal.test", 80),
    }


@dataclass
class Straight:
    """Requests of many clients to one application in this process."""

    app: PortalApp

    async def ask(self, token: str, query: str, variables: Mapping[str, Any]) -> Answered:
        return await self.send(token, "POST", "/graphql", orjson.dumps({"query": query, "variables": variables}))

    async def get(self, path: str) -> Answered:
        return await self.send("", "GET", path, b"")

    async def send(self, token: str, method: str, path: str, body: bytes) -> Answered:
        scope = _scope("http", token, path) | {"method": method}
        parts: list[bytes] = []
        status = 0
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        answered = asyncio.Event()

        async def receive() -> Message:
            if waiting:
                return waiting.pop()
            await answered.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    answered.set()

        await self.app(scope, receive, send)
        return Answered(status, b"".join(parts))

    @asynccontextmanager
    async def socket(self, token: str) -> AsyncIterator["Socket"]:
        """A WebSocket, acknowledged."""
        socket = Socket()
        scope = _scope("websocket", token, "/graphql") | {"subprotocols": [SUBPROTOCOL]}
        socket.say({"type": "websocket.connect"})
        talking = asyncio.create_task(self.app(scope, socket.outgoing.get, socket.take))
        try:
            assert (await socket.next())["type"] == "websocket.accept"
            socket.tell({"type": "connection_init"})
            assert await socket.hear() == {"type": "connection_ack"}
            yield socket
        finally:
            socket.say({"type": "websocket.disconnect", "code": 1000})
            with suppress(asyncio.CancelledError):
                await talking


@asynccontextmanager
async def straight(app: PortalApp) -> AsyncIterator[Straight]:
    """Clients of an application that is started, and stopped afterwards."""
    side = app._side
    async with side.router.lifespan_context(side):
        yield Straight(app)


@dataclass
class Socket:
    """One WebSocket of a client, and all that it was ever sent."""

    outgoing: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    incoming: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    heard: list[str] = field(default_factory=list)

    def say(self, message: Message) -> None:
        self.outgoing.put_nowait(message)

    def tell(self, message: Message) -> None:
        """A message of the protocol inside."""
        self.say({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def take(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            self.heard.append(message["text"])
        self.incoming.put_nowait(message)

    async def next(self) -> Message:
        return await asyncio.wait_for(self.incoming.get(), PATIENCE_SECONDS)

    async def hear(self) -> Message:
        message = await self.next()
        assert message["type"] == "websocket.send", message
        heard: Message = orjson.loads(message["text"])
        return heard

    def subscribe(self, name: str, query: str, variables: Mapping[str, Any]) -> None:
        self.tell({"id": name, "type": "subscribe", "payload": {"query": query, "variables": variables}})
