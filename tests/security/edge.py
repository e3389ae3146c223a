"""The whole application in this process, asked over HTTP with real tokens; what it logged is kept."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson

from portal import clock
from portal.database.connection import Database
from portal.people.models import ApiToken
from portal.people.tokens import Token
from portal.web.assembly import app_on
from portal.web.observe import Observer
from tests.world import World


@dataclass
class Edge:
    """A client of the application."""

    http: httpx.AsyncClient
    log: io.BytesIO

    async def post(self, token: str, body: object) -> httpx.Response:
        """POST a JSON value; bytes go as they are."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return await self.http.post("/graphql", content=content, headers=headers)

    async def ask(self, token: str, query: str, variables: Mapping[str, Any]) -> httpx.Response:
        return await self.post(token, {"query": query, "variables": variables})


@asynccontextmanager
async def an_edge(database: Database) -> AsyncIterator[Edge]:
    log = io.BytesIO()
    app = app_on(database, Observer(log))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test") as http:
        http.headers["accept"] = "application/graphql-response+json"
        yield Edge(http, log)


async def a_token(world: World, **holder: UUID) -> Token:
    """A token of a member or service account, good for an hour."""
    token = Token.new(world.id)
    row = ApiToken(
        name="cli",
        key_id=token.key_id,
        secret_hash=token.secret_hash,
        expires_at=clock.now() + timedelta(hours=1),
        **holder,  # type: ignore[arg-type] # membership_id or service_account_id
    )
    await world.plant(row)
    return token
