"""Subscribers that lose no event: they connect again whenever they are cut off, and go on from the last cursor."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from typing_extensions import override  # in typing from Python 3.12
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from portal.web.live.websocket import SUBPROTOCOL

TOLD = "subscription($id: ID!, $after: String) { pipelineChanged(openingId: $id, after: $after) { cursor } }"
PAUSE_SECONDS = 0.05
# While the server starts, or when it has died without closing: nothing else is silent for so long.
SILENT_SECONDS = 30.0


@dataclass
class Watcher(ABC):
    """One subscriber of a pipeline."""

    address: str  # http://HOST:PORT
    token: str
    opening: str
    beginning: str  # the cursor of the first subscription
    cursors: list[str] = field(default_factory=list)
    connections: int = 0
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def last(self) -> str:
        return self.cursors[-1] if self.cursors else self.beginning

    async def watch(self) -> None:
        """Note every cursor, until cancelled."""
        while True:
            try:
                async for payload in self.told():
                    if "errors" in payload:
                        self.ends[payload["errors"][0]["extensions"]["code"]] += 1
                        break
                    self.cursors.append(payload["data"]["pipelineChanged"]["cursor"])
            except (OSError, TimeoutError, WebSocketException, httpx.TransportError) as problem:
                self.ends[type(problem).__name__] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    @abstractmethod
    def told(self) -> AsyncIterator[dict[str, Any]]:
        """The results of one subscription."""


class SocketWatcher(Watcher):
    """Watches over a WebSocket."""

    @override
    async def told(self) -> AsyncIterator[dict[str, Any]]:
        url = f"{self.address.replace('http', 'ws', 1)}/graphql"
        init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}}
        asked = {"query": TOLD, "variables": {"id": self.opening, "after": self.last}}
        async with connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None) as socket:
            await socket.send(orjson.dumps(init).decode())
            await socket.recv()
            self.connections += 1
            await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": asked}).decode())
            while True:
                message = orjson.loads(await asyncio.wait_for(socket.recv(), SILENT_SECONDS))
                if message["type"] == "error":
                    yield {"errors": message["payload"]}
                else:
                    yield message["payload"]


class StreamWatcher(Watcher):
    """Watches over Server-Sent Events, as a browser's EventSource does."""

    @override
    async def told(self) -> AsyncIterator[dict[str, Any]]:
        variables = orjson.dumps({"id": self.opening, "after": self.beginning}).decode()
        headers = {"accept": "text/event-stream", "authorization": f"Bearer {self.token}"}
        if self.cursors:
            headers["last-event-id"] = self.last
        async with (
            httpx.AsyncClient(timeout=SILENT_SECONDS) as http,
            http.stream(
                "GET", f"{self.address}/graphql", params={"query": TOLD, "variables": variables}, headers=headers
            ) as response,
        ):
            self.connections += 1
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    yield orjson.loads(line.removeprefix("data: "))
