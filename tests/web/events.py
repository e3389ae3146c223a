"""A client of event streams that looks at every byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from tests.web.talking import GOOD, PATIENCE_SECONDS

STREAM = "text/event-stream"
CARD = GOOD["Authorization"].removeprefix("Bearer ")


@dataclass(frozen=True)
class Event:
    """One event; `data` is its JSON, None where it has none."""

    name: str
    id: str | None
    data: Any


class Events:
    """A stream as it comes."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._pieces = response.aiter_bytes()
        self._rest = b""

    async def block(self) -> bytes:
        """What stands before the next empty line: an event, or a comment."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while b"\n\n" not in self._rest:
                self._rest += await anext(self._pieces)
        block, _, self._rest = self._rest.partition(b"\n\n")
        assert b"\r" not in block
        return block

    async def hear(self) -> Event:
        """The next event; comments are passed over."""
        while (block := await self.block()).startswith(b":"):
            pass
        fields = dict(line.split(b":", 1) for line in block.split(b"\n"))
        assert set(fields) <= {b"event", b"id", b"data"}
        data, id_ = fields[b"data"].strip(), fields.get(b"id")
        return Event(
            fields[b"event"].strip().decode(),
            None if id_ is None else id_.strip().decode(),
            orjson.loads(data) if data else None,
        )

    async def rest(self) -> bytes:
        """All that still comes, to the end of the response."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for piece in self._pieces:
                self._rest += piece
        return self._rest


@asynccontextmanager
async def streaming(
    port: int, query: str, *, token: str | None = CARD, method: str = "POST", accept: str = STREAM, **more: Any
) -> AsyncIterator[Events]:
    """A request and its answer as it comes; `headers` and `variables` are optional."""
    headers = {"accept": accept, **({} if token is None else {"authorization": f"Bearer {token}"})}
    headers |= more.get("headers", {})
    variables = more.get("variables", {})
    url = f"http://127.0.0.1:{port}/graphql"
    asked: dict[str, Any]
    if method == "GET":
        asked = {"params": {"query": query, "variables": orjson.dumps(variables).decode()}}
    else:
        asked = {"json": {"query": query, "variables": variables}}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http,
        http.stream(method, url, headers=headers, **asked) as response,
    ):
        yield Events(response)
