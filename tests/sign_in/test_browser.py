"""The whole way in a real browser, through the page of a provider that is not ours: in, and out everywhere."""

import asyncio
import io
import json
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from portal.sign_in.client_secrets import ClientSecrets
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.observe import Observer
from portal.web.server.serve import ServeOptions, build_server
from tests.sign_in.chromium import CHROMIUM, PATIENCE_SECONDS, a_page
from tests.sign_in.conftest import Portal
from tests.sign_in.provider import Provider
from tests.world import World

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: on Debian, apt-get install chromium"
)

ADA = json.dumps({"sub": "ada-at-the-provider", "email": "ada@example.com", "email_verified": True})


@contextmanager
def a_port() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, listener.getsockname()[1]


@asynccontextmanager
async def a_provider_that_is_not_ours() -> AsyncIterator[str]:
    """oidc-provider-mock in a process of its own; its issuer."""
    with a_port() as (listener, port):
        listener.close()
        program = Path(sys.executable).with_name("oidc-provider-mock")
        process = await asyncio.create_subprocess_exec(
            program,
            *("--port", str(port), "--user-claims", ADA),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    issuer = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient() as http:
            while True:
                try:
                    found = (await http.get(f"{issuer}/.well-known/openid-configuration")).json()
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        yield found["issuer"]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def served(world: World, data_directory: Path) -> AsyncIterator[str]:
    """The portal on a port of this machine; its address."""
    with a_port() as (listener, port):
        address = f"http://127.0.0.1:{port}"
        observer = Observer(io.BytesIO())
        app = app_on(world.database, observer, WebOptions(public_url=address, data_directory=data_directory))
        server = build_server(app, observer, ServeOptions(port=port, drain_delay_seconds=0, finish_seconds=1))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield address
        finally:
            server.should_exit = True
            await serving


ASK = """
fetch('/graphql', {
    method: 'POST',
    headers: {'content-type': 'application/json', 'accept': 'application/json', 'x-requested-with': 'portal'},
    body: JSON.stringify({query: %s}),
}).then(answer => answer.json())
"""
WHO = ASK % json.dumps("{ viewer { membership { name } sessions { id isCurrent method } } }")
EVERYWHERE = ASK % json.dumps("mutation { revokeAllSessions(input: {}) { count } }")


async def test_signing_in_through_a_provider_and_out_everywhere(portal: Portal, tmp_path: Path) -> None:
    await portal.member("Ada")
    ClientSecrets(tmp_path).keep(portal.world.id, "okta", "a secret")
    async with a_provider_that_is_not_ours() as issuer, served(portal.world, tmp_path) as address, a_page() as page:
        await portal.trusts(Provider(issuer=issuer))

        await page.go(f"{address}/auth/{portal.slug}/okta?return_to=/")
        await page.shows(issuer)
        await page.run("document.querySelector('input[name=sub]').value = 'ada-at-the-provider'; 0")
        await page.run("document.querySelector('form button, form input[type=submit]').click(); 0")
        await page.shows(f"{address}/")
        who = await page.run(WHO)
        cookies = (await page.call("Storage.getCookies"))["cookies"]
        readable = await page.run("document.cookie")
        done = await page.run(EVERYWHERE)
        after = await page.run(WHO)

    assert who["data"]["viewer"]["membership"] == {"name": "Ada"}
    assert [(one["isCurrent"], one["method"]) for one in who["data"]["viewer"]["sessions"]] == [
        (True, "IDENTITY_PROVIDER")
    ]
    (cookie,) = [cookie for cookie in cookies if cookie["name"] == "__Host-sid"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")
    assert readable == ""
    assert done["data"] == {"revokeAllSessions": {"count": 1}}
    assert after["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
