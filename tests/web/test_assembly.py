"""The application as `portal serve` puts it together: what it does when it stops."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from portal import clock
from portal.web.app import PortalApp
from portal.web.assembly import app_on
from portal.web.observe import Observer
from tests.people.making import A_DAY, a_token, credentials
from tests.world import NOON, World


@asynccontextmanager
async def living(app: PortalApp) -> AsyncIterator[None]:
    """Starts the application and, in the end, tells it to stop and waits until it has, as a server does."""
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    said: asyncio.Queue[str] = asyncio.Queue()

    async def send(message: Any) -> None:
        await said.put(message["type"])

    life = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, told.get, send))
    await told.put({"type": "lifespan.startup"})
    assert await said.get() == "lifespan.startup.complete"
    yield
    await told.put({"type": "lifespan.shutdown"})
    assert await said.get() == "lifespan.shutdown.complete"
    await life


async def test_the_last_use_of_a_token_is_written_before_the_server_stops(acme: World) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id, expires_at=clock.now() + A_DAY)
    app = app_on(acme.database, Observer(io.BytesIO()))
    before = asyncio.all_tasks()

    async with (
        living(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test") as http,
        acme.database.writing(acme.id, None) as elsewhere,
    ):
        # Somebody else holds the row, so that the note is still on its way when the answer has left.
        await elsewhere.rows("SELECT FROM api_token FOR UPDATE", [])
        headers = {"authorization": f"Bearer {token.text}"}
        answer = await http.post("/graphql", json={"query": "{ viewer { __typename } }"}, headers=headers)

    (row,) = await acme.rows("SELECT last_used_at FROM api_token")
    assert answer.json()["data"] == {"viewer": {"__typename": "Viewer"}}
    assert row["last_used_at"] is not None
    assert asyncio.all_tasks() == before


async def test_a_last_use_that_can_not_be_written_does_not_keep_a_server_from_stopping(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    known = credentials(acme.database)
    before = asyncio.all_tasks()

    async def hang(*_args: object, **_more: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(known._door, "perform", hang)
    monkeypatch.setattr("portal.people.notes.CLOSES_WITHIN_SECONDS", 0.05)
    await known.authenticate(token.text, NOON)
    await known.close()

    assert asyncio.all_tasks() == before
