"""The demo, served by this process with a worker beside it, as whoever follows an example has it."""

import asyncio
import io
import os
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal import clock
from portal.catalog import STREAMS
from portal.database.connection import Database
from portal.demo.loading import load_demo
from portal.demo.tokens import demo_tokens
from portal.jobs.worker import Worker
from portal.records.feed import Feed
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.observe import Observer
from tests.conftest import Postgres
from tests.web.talking import PATIENCE_SECONDS, serving_on


@dataclass(frozen=True)
class Demo:
    """The demo that is served, and the token of each role."""

    address: str
    database: Database
    tokens: Mapping[str, str]
    feed: Feed
    log: io.BytesIO

    async def ask(self, role: str, query: str, **variables: object) -> Any:  # Any: JSON
        """The data of an operation as one of the demo's roles; it must have no errors."""
        async with httpx.AsyncClient(base_url=self.address, timeout=PATIENCE_SECONDS) as http:
            headers = {"Authorization": f"Bearer {self.tokens[role]}"}
            answer = (
                await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
            ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def subscriptions(self, count: int) -> None:
        """Wait until so many subscriptions run."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.feed.size != count:  # noqa: ASYNC110 - the feed tells nobody
                await asyncio.sleep(0.02)

    async def move_somebody(self, opening_id: str) -> str:
        """A recruiter moves the last active application of an opening to another stage; its id."""
        found = await self.ask("recruiter", _MOVABLE, id=opening_id)
        application = found["opening"]["applications"]["nodes"][0]
        here = application["stage"]["id"]
        there = next(stage["id"] for stage in found["opening"]["stages"] if stage["id"] != here)
        moved = await self.ask(
            "recruiter", _MOVE, input={"applicationId": application["id"], "fromStageId": here, "toStageId": there}
        )
        assert moved["moveApplication"]["userErrors"] == []
        return str(application["id"])

    async def run(self, *command: str, folder: Path, opening_id: str | None = None) -> str:
        """What a program of an example prints, run as the recruiter.

        A colleague moves somebody else in the opening now and then: nobody can know when a program's subscription has
        begun, but what happens again is told in the end.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={"PATH": os.defpath, "PORTAL_URL": self.address, "PORTAL_TOKEN": self.tokens["recruiter"]},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        running = asyncio.create_task(process.communicate())
        try:
            while not (await asyncio.wait({running}, timeout=2))[0]:
                if opening_id is not None and self.feed.size:
                    await self.move_somebody(opening_id)
            printed, problems = await running
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, (printed + problems).decode()
        return printed.decode()


_MOVABLE = """query($id: ID!) { opening(id: $id) {
    stages { id }
    applications(last: 1, filter: { status: { eq: ACTIVE } }) { nodes { id stage { id } } } } }"""
_MOVE = "mutation($input: MoveApplicationInput!) { moveApplication(input: $input) { userErrors { code message } } }"


@pytest.fixture(scope="session")
async def demo(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """Made once for the worker of the test run that has these tests."""
    folder: Path = tmp_path_factory.mktemp("examples")
    name = await postgres.clone()
    database = await Database.open(postgres.app(name), size=4)
    made = await load_demo(database, clock.now(), lambda _done, _total: None)
    tokens = await demo_tokens(database, made, folder / "tokens.json", clock.now())
    log = io.BytesIO()
    observer = Observer(log)
    worker = Worker(database, clock.now, observer.bug)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        feed = Feed(database, STREAMS, observer.bug)
        app = app_on(database, observer, WebOptions(public_url=address, data_directory=folder), feed=feed)
        async with serving_on(app, observer, listener):
            working = asyncio.create_task(worker.run())
            yield Demo(address, database, {key: token.token for key, token in tokens.items()}, feed, log)
            worker.stop()
            await working
    await database.close()
    await postgres.drop(name)
