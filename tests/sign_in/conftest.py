"""A browser, the portal that it is in front of, and a provider that the organization trusts."""

import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.access.enums import OrganizationRole
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from portal.sign_in.enums import MembershipPolicy
from portal.sign_in.models import IdentityProvider
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.observe import Observer
from tests.sign_in.provider import CLIENT_ID, Provider, a_provider
from tests.world import World

PORTAL = "http://127.0.0.1:8000"


@pytest.fixture
def okta() -> Iterator[Provider]:
    with a_provider() as provider:
        yield provider


@pytest.fixture
def entra() -> Iterator[Provider]:
    with a_provider() as provider:
        yield provider


@dataclass
class Browser:
    """A browser at the portal: keeps the portal's cookies, and follows nothing by itself."""

    http: httpx.AsyncClient
    slug: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        answer = await self.http.get(path, params=parameters, headers=self._cookies())
        for header in answer.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    async def leave(self, provider: str = "okta", **parameters: str) -> str:
        """Leave for a provider; the address there."""
        answer = await self.get(f"/auth/{self.slug}/{provider}", **parameters)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def come_back(self, response: dict[str, str]) -> httpx.Response:
        return await self.get("/auth/callback", **response)

    async def sign_in(self, provider: Provider, name: str = "okta", **claims: Any) -> httpx.Response:
        """The whole way, there and back."""
        return await self.come_back(provider.approve(await self.leave(name), **claims))

    async def who(self) -> str | None:
        """The member whose session this browser has; None when it has none that is good."""
        headers = {"x-requested-with": "portal", "sec-fetch-site": "same-origin", **self._cookies()}
        query = {"query": "{ viewer { membership { name } } }"}
        answer = await self.http.post("/graphql", json=query, headers=headers)
        if answer.status_code == 401:
            return None
        name: str = answer.json()["data"]["viewer"]["membership"]["name"]
        return name

    async def sign_out(self) -> httpx.Response:
        headers = {"x-requested-with": "portal", "sec-fetch-site": "same-origin", **self._cookies()}
        return await self.http.post("/auth/sign-out", json={}, headers=headers)

    def _cookies(self) -> dict[str, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        return {"cookie": kept} if kept else {}


@dataclass
class Portal:
    """The portal in this process, and an organization with its directory slug."""

    http: httpx.AsyncClient
    world: World
    slug: str
    log: io.BytesIO
    data_directory: Path

    def browser(self) -> Browser:
        return Browser(self.http, self.slug)

    async def trusts(self, provider: Provider, name: str = "okta", **more: Any) -> IdentityProvider:
        row = IdentityProvider(
            name=name,
            label=name.title(),
            issuer=provider.issuer,
            client_id=CLIENT_ID,
            **{"policy": MembershipPolicy.MEMBERS, "default_role": OrganizationRole.MEMBER, "email_domains": []} | more,
        )
        await self.world.plant(row)
        return row

    async def member(self, name: str, status: MembershipStatus = MembershipStatus.ACTIVE) -> Membership:
        email = f"{name.lower()}@example.com"
        row = Membership(name=name, email=email, email_normalised=email, status=status, role=OrganizationRole.MEMBER)
        await self.world.plant(row)
        return row

    async def table(self, name: str) -> list[dict[str, Any]]:
        return await self.world.rows(f"SELECT * FROM {name} ORDER BY id")  # noqa: S608 - our tables

    async def events(self) -> list[str]:
        return [row["type"] for row in await self.world.rows("SELECT type FROM domain_event ORDER BY id")]

    def said(self) -> str:
        return self.log.getvalue().decode()


@pytest.fixture
async def portal(acme: World, tmp_path: Path) -> AsyncIterator[Portal]:
    log = io.BytesIO()
    options = WebOptions(public_url=PORTAL, data_directory=tmp_path)
    app = app_on(acme.database, Observer(log), options)
    slug = f"acme-{acme.id.hex}"
    async with acme.database.writing(acme.id, None) as connection:
        await connection.value("SELECT directory.claim_slug($1, $2)", [slug, acme.id])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PORTAL) as http:
        # Browsers of the tests keep their own: several share this client.
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield Portal(http, acme, slug, log, tmp_path)
