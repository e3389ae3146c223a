"""Where a request comes from: whoever connected, or what a trusted proxy says, on real sockets."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from portal.web.app import PortalApp
from portal.web.observe import Observer
from portal.web.presenting import presented
from portal.web.server.serve import ServeOptions, build_server
from tests.web.library import a_library


class Addresses:
    """An application that notes the address of every request, and answers nothing else."""

    def __init__(self, app: PortalApp) -> None:
        self.app = app
        self.drain = app.drain
        self.turnstile = app.turnstile
        self.seen: list[str | None] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.seen.append(presented(scope).address)
        await self.app(scope, receive, send)


@asynccontextmanager
async def serving(trusted: tuple[str, ...]) -> AsyncIterator[tuple[str, Addresses]]:
    observer = Observer(io.BytesIO())
    app, _ = a_library(observer)
    noting = Addresses(app)
    options = ServeOptions(port=0, trusted_proxies=trusted, drain_delay_seconds=0.0, finish_seconds=1)
    server = build_server(noting, observer, options)  # type: ignore[arg-type] # it is an application with what a server needs too
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/livez", noting
    finally:
        server.should_exit = True
        await running


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        # Nobody is trusted: whatever is said, it is whoever connected.
        ((), ["198.51.100.7"], "127.0.0.1"),
        (("192.0.2.1",), ["198.51.100.7"], "127.0.0.1"),
        # A proxy is: what it wrote is on the right, what the client made up is left of it.
        (("127.0.0.1",), ["198.51.100.7"], "198.51.100.7"),
        (("127.0.0.0/8",), ["203.0.113.1, 198.51.100.7"], "198.51.100.7"),
        (("127.0.0.1", "10.0.0.0/8"), ["203.0.113.1, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        # In two headers as in one.
        (("127.0.0.1", "10.0.0.0/8"), ["203.0.113.1, 198.51.100.7", "10.1.2.3"], "198.51.100.7"),
        (("127.0.0.1",), ["2001:db8::7"], "2001:db8::7"),
        (("127.0.0.1",), [], "127.0.0.1"),
        # What is no address is nobody's: no allow-list lets it in.
        (("127.0.0.1",), ["unknown"], "unknown"),
    ],
)
async def test_the_address_is_that_of_the_first_who_is_no_trusted_proxy(
    trusted: tuple[str, ...], forwarded: list[str], address: str
) -> None:
    async with serving(trusted) as (url, noting), httpx.AsyncClient() as client:
        await client.get(url, headers=[("x-forwarded-for", value) for value in forwarded])

    assert noting.seen == [address]
