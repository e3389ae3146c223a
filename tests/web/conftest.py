"""The library behind the edge, and a client that speaks to it in this process."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest

from portal.web.app import PortalApp, WebOptions
from portal.web.observe import Observer
from tests.web.library import LibraryExecutor, a_library

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


@dataclass
class Client:
    """Sends requests as a client with a library card, unless told otherwise."""

    app: PortalApp
    executor: LibraryExecutor
    observer: Observer
    log: io.BytesIO
    http: httpx.AsyncClient

    async def post(self, body: object, *, accept: str | None = GRAPHQL, **headers: str | None) -> httpx.Response:
        """POSTs a JSON value; bytes are sent as they are. A header given as None is left out."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self.http.post("/graphql", content=content, headers=self.headers(accept, headers))

    async def ask(self, query: str, *, accept: str | None = GRAPHQL, **variables: Any) -> httpx.Response:
        return await self.post({"query": query, "variables": variables}, accept=accept)

    async def get(self, *, accept: str | None = GRAPHQL, **parameters: str) -> httpx.Response:
        return await self.http.get("/graphql", params=parameters, headers=self.headers(accept, {}))

    def headers(self, accept: str | None, others: dict[str, str | None]) -> dict[str, str]:
        sent = {"accept": accept, "content-type": JSON, "authorization": "Bearer card"}
        sent |= {name.replace("_", "-"): value for name, value in others.items()}
        return {name: value for name, value in sent.items() if value is not None}

    def lines(self) -> list[dict[str, Any]]:
        """What was logged."""
        return [orjson.loads(line) for line in self.log.getvalue().splitlines()]


@asynccontextmanager
async def a_client(options: WebOptions | None = None) -> AsyncIterator[Client]:
    """A client of a library of its own."""
    log = io.BytesIO()
    observer = Observer(log)
    app, executor = a_library(observer, options)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test") as http:
        del http.headers["accept"]
        yield Client(app, executor, observer, log, http)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with a_client() as one:
        yield one


def code(response: httpx.Response) -> str:
    """The code of the only error."""
    (error,) = response.json()["errors"]
    found: str = error["extensions"]["code"]
    return found
