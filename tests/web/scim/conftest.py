"""An identity provider of Acme: a service account that may provision members, and its requests."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from portal.access.enums import GrantRole, Privilege
from portal.database.ids import new_id
from portal.web.app import PortalApp, WebOptions
from portal.web.assembly import app_on
from portal.web.observe import Observer
from tests.people.making import A_DAY, a_grant, a_service_account, a_token
from tests.world import NOON, World

FAR = NOON + 36_500 * A_DAY
MEDIA_TYPE = "application/scim+json"


@dataclass
class Provider:
    """Sends requests as an identity provider does."""

    world: World
    http: httpx.AsyncClient
    account_id: Any
    token: str
    app: PortalApp
    log: io.BytesIO

    async def send(
        self, method: str, path: str, body: object = None, *, status: int | None = None, **headers: str
    ) -> httpx.Response:
        """One request. With a `status`, another one fails the test."""
        sent = {"authorization": f"Bearer {self.token}", "content-type": MEDIA_TYPE}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.http.request(method, f"/scim/v2{path}", json=body, headers=sent)
        assert status is None or answer.status_code == status, (answer.status_code, answer.text)
        return answer

    async def add(self, user_name: str = "ada@acme.example", **more: Any) -> dict[str, Any]:
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name, **more}
        made: dict[str, Any] = (await self.send("POST", "/Users", body, status=201)).json()
        return made

    async def patch(self, id: str, *operations: dict[str, Any], status: int = 200, **headers: str) -> dict[str, Any]:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
        answer: dict[str, Any] = (await self.send("PATCH", f"/Users/{id}", body, status=status, **headers)).json()
        return answer

    async def find(self, filter: str) -> list[str]:
        """The user names of those whom a filter finds."""
        query = httpx.QueryParams({"filter": filter})
        found = (await self.send("GET", f"/Users?{query}", status=200)).json()
        return [user["userName"] for user in found.get("Resources", [])]


@asynccontextmanager
async def a_provider(world: World, options: WebOptions | None = None) -> AsyncIterator[Provider]:
    account = await a_service_account(world, f"Directory {new_id().hex[-8:]}")
    await a_grant(world, GrantRole.VIEWER, service_account_id=account.id, privileges=[Privilege.PROVISIONING.value])
    token, _ = await a_token(world, service_account_id=account.id, expires_at=FAR)
    log = io.BytesIO()
    app = app_on(world.database, Observer(log), options)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test") as http:
        yield Provider(world, http, account.id, token.text, app, log)


@pytest.fixture
async def provider(acme: World) -> AsyncIterator[Provider]:
    async with a_provider(acme) as one:
        yield one
