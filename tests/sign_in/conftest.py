"""A browser, the portal that it is in front of, and a provider that the organization trusts."""

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from portal import clock
from portal.access.enums import OrganizationRole
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from portal.sign_in.enums import MembershipPolicy
from portal.sign_in.hashing import Hashing
from portal.sign_in.models import IdentityProvider
from portal.web.app import WebOptions
from portal.web.assembly import Proving, app_on
from portal.web.cookies import SESSION_COOKIE
from portal.web.observe import Observer
from portal.web.sign_in.attempts import Attempts
from tests.people.signing_in import a_session, text_of
from tests.sign_in.provider import CLIENT_ID, Provider, a_provider
from tests.world import World

PORTAL = "http://127.0.0.1:8000"
OWN_PAGE = {"x-requested-with": "portal", "sec-fetch-site": "same-origin"}


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
        self._keep(answer)
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
        answer = await self.ask("{ viewer { membership { name } } }")
        if answer.status_code == 401:
            return None
        name: str = answer.json()["data"]["viewer"]["membership"]["name"]
        return name

    async def sign_out(self) -> httpx.Response:
        return await self.post("/auth/sign-out", {})

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> httpx.Response:
        """Send a GraphQL document from a page of the portal's, or with a token instead."""
        by_token = {} if token is None else {"authorization": f"Bearer {token}"}
        body = {"query": query, "variables": variables}
        return await self.post("/graphql", body, OWN_PAGE | by_token)

    async def enter(
        self, email: str, password: str, headers: dict[str, str] | None = None, code: str | None = None
    ) -> httpx.Response:
        """Sign in with a password."""
        body = {"email": email, "password": password} | ({} if code is None else {"code": code})
        return await self.post(f"/auth/{self.slug}/password", body, headers)

    async def enrol(self, password: str) -> Any:
        return await self._called("enrolSecondFactor", "currentPassword", password, "secret address")

    async def confirm(self, code: str) -> Any:
        return await self._called("confirmSecondFactor", "code", code, "recoveryCodes")

    async def remove_second_factor(self, code: str) -> Any:
        return await self._called("removeSecondFactor", "code", code, "isRemoved")

    async def _called(self, mutation: str, argument: str, value: str, fields: str) -> Any:
        query = f"""mutation M($value: String!) {{
            {mutation}(input: {{{argument}: $value}}) {{ {fields} userErrors {{ code path }} }}
        }}"""
        return (await self.ask(query, value=value)).json()["data"][mutation]

    async def ask_for_reset(self, email: str) -> httpx.Response:
        return await self.post(f"/auth/{self.slug}/reset", {"email": email})

    async def use_link(self, link: str, password: str) -> httpx.Response:
        return await self.post("/auth/link", {"link": link, "password": password})

    async def set_password(self, current: str | None, new: str, token: str | None = None) -> httpx.Response:
        query = """mutation M($current: String, $new: String!) {
            setPassword(input: {currentPassword: $current, newPassword: $new}) {
                count userErrors { code message path }
            }
        }"""
        return await self.ask(query, token, current=current, new=new)

    async def remove_password(self, current: str) -> httpx.Response:
        query = """mutation M($current: String!) {
            removePassword(input: {currentPassword: $current}) { count userErrors { code message path } }
        }"""
        return await self.ask(query, current=current)

    async def token(self) -> str:
        """A token of whoever is signed in."""
        query = """mutation M($until: DateTime!) { issueToken(input: {name: "cli", expiresAt: $until}) { text } }"""
        answer = await self.ask(query, until=(clock.now() + timedelta(days=1)).isoformat())
        text: str = answer.json()["data"]["issueToken"]["text"]
        return text

    async def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> httpx.Response:
        """Post JSON, as a page of the portal's makes a browser do."""
        sent = OWN_PAGE if headers is None else headers
        answer = await self.http.post(path, json=body, headers={**sent, **self._cookies()})
        self._keep(answer)
        return answer

    def _keep(self, answer: httpx.Response) -> None:
        for header in answer.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value

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
    proving: Proving

    @property
    def hashing(self) -> Hashing:
        return self.proving.hashing

    @property
    def attempts(self) -> Attempts:
        return self.proving.attempts

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

    async def signed_in(self, membership_id: UUID) -> Browser:
        """A browser in which a member is signed in."""
        browser = self.browser()
        browser.cookies[SESSION_COOKIE] = text_of(await a_session(self.world, membership_id, at=clock.now()))
        return browser

    async def changed(self, sql: str, *values: object) -> None:
        """Change a row by hand, as something else than the test is about would."""
        async with self.world.database.writing(self.world.id, None) as connection:
            await connection.rows(sql, values)

    def said(self) -> str:
        return self.log.getvalue().decode()


@pytest.fixture
async def portal(acme: World, tmp_path: Path) -> AsyncIterator[Portal]:
    async with a_portal(acme, tmp_path, passwords=True) as portal:
        yield portal


@pytest.fixture
async def portal_without_passwords(acme: World, tmp_path: Path) -> AsyncIterator[Portal]:
    async with a_portal(acme, tmp_path, passwords=False) as portal:
        yield portal


@asynccontextmanager
async def a_portal(acme: World, data_directory: Path, **more: Any) -> AsyncIterator[Portal]:
    """The portal, for the browsers of one organization. No window of attempts ends while a test runs."""
    log = io.BytesIO()
    options = WebOptions(public_url=PORTAL, data_directory=data_directory, **more)
    proving = Proving(Attempts(window_seconds=10**9), Hashing(Argon2Hasher(time_cost=1, memory_cost=16, parallelism=1)))
    app = app_on(acme.database, Observer(log), options, proving=proving)
    slug = f"acme-{acme.id.hex}"
    async with acme.database.writing(acme.id, None) as connection:
        await connection.value("SELECT directory.claim_slug($1, $2)", [slug, acme.id])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PORTAL) as http:
        # Browsers of the tests keep their own: several share this client.
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield Portal(http, acme, slug, log, data_directory, proving)
    await proving.hashing.close()
