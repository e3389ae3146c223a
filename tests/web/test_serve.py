"""A real server in a process of its own: how it starts, and how it stops."""

import asyncio
import io
import signal
import socket
import sys
import threading
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from portal.web.observe import Observer
from portal.web.server.serve import ServeOptions, build_server, serve
from tests.web.library import a_library

ROOT = Path(__file__).parent.parent.parent


@asynccontextmanager
async def a_server() -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    """The process, and a client of it, once it answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.web.server", cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    try:
        assert process.stdout is not None
        port = int(await asyncio.wait_for(process.stdout.readline(), 20))
        headers = {"authorization": "Bearer card"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10) as client:
            # The socket listens already, so this waits until the application does.
            assert (await client.get("/readyz")).status_code == 200
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def stopped(process: Process) -> tuple[int, bytes]:
    """Its exit status and what it logged."""
    _, log = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode is not None
    return process.returncode, log


def slow(seconds: float) -> dict[str, object]:
    return {"query": "query Slow($s: Float!) { slow(seconds: $s) }", "variables": {"s": seconds}}


async def test_on_sigterm_it_tells_the_load_balancer_and_finishes_what_it_has_begun() -> None:
    async with a_server() as (process, client):
        begun = asyncio.create_task(client.post("/graphql", json=slow(1)))
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        readiness = await client.get("/readyz")
        late = await client.post("/graphql", json={"query": "{ hello }"})
        finished = await begun
        status, log = await stopped(process)

    assert (readiness.status_code, readiness.text) == (503, "draining\n")
    assert late.status_code == 200
    assert late.headers["connection"] == "close"
    assert finished.json()["data"] == {"slow": "done"}
    assert status == 0
    assert b'"operation":"Slow"' in log


async def test_under_load_no_accepted_request_is_lost() -> None:
    """Clients keep their connections for as long as the server does, and then go elsewhere."""
    answers: list[int] = []
    async with a_server() as (process, client):

        async def ask_on() -> None:
            async with httpx.AsyncClient(base_url=client.base_url, headers=client.headers, timeout=10) as one:
                stays = True
                while stays:
                    answer = await one.post("/graphql", json=slow(0.01))
                    answers.append(answer.status_code)
                    stays = answer.headers.get("connection") != "close"

        asking = [asyncio.create_task(ask_on()) for _ in range(20)]
        await asyncio.sleep(0.3)
        before = len(answers)
        process.send_signal(signal.SIGTERM)
        await asyncio.gather(*asking)
        status, log = await stopped(process)

    assert len(answers) > before
    assert set(answers) == {200}
    assert log.count(b'"outcome":"ok"') == len(answers)
    assert status == 0


async def test_on_ctrl_c_it_closes_the_door_at_once() -> None:
    async with a_server() as (process, client):
        begun = asyncio.create_task(client.post("/graphql", json=slow(0.5)))
        await asyncio.sleep(0.2)
        asked_at = time.monotonic()
        process.send_signal(signal.SIGINT)
        finished = await begun
        status, _ = await stopped(process)

    assert finished.status_code == 200
    assert status == 0
    assert time.monotonic() - asked_at < 5


async def test_a_second_sigterm_does_not_wait_for_the_load_balancer() -> None:
    async with a_server() as (process, _):
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        status, _ = await stopped(process)

    assert status == 0


async def test_what_is_not_finished_in_time_is_cut_off() -> None:
    async with a_server() as (process, client):
        begun = asyncio.create_task(client.post("/graphql", json=slow(60)))
        await asyncio.sleep(0.2)
        asked_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        outcome, _ = await asyncio.gather(begun, stopped(process), return_exceptions=True)

    assert not isinstance(outcome, httpx.Response) or outcome.status_code >= 500
    assert time.monotonic() - asked_at < 8


async def test_the_server_stops_in_steps() -> None:
    """In this process, without signals: SIGTERM starts the delay, Ctrl-C ends it, another ends all waiting."""
    observer = Observer(io.BytesIO())
    app, _ = a_library(observer)
    server = build_server(app, observer, ServeOptions(port=0, drain_delay_seconds=60))

    server.handle_exit(signal.SIGTERM, None)
    assert (app.drain.begun, await server.on_tick(1)) == (True, False)
    server.handle_exit(signal.SIGINT, None)
    assert (await server.on_tick(1), server.force_exit) == (True, False)
    server.handle_exit(signal.SIGINT, None)
    assert server.force_exit


async def test_the_door_closes_when_the_delay_is_over() -> None:
    observer = Observer(io.BytesIO())
    app, _ = a_library(observer)
    server = build_server(app, observer, ServeOptions(port=0, drain_delay_seconds=0))

    server.handle_exit(signal.SIGTERM, None)

    assert await server.on_tick(1)


def test_the_application_is_served_until_told_to_stop() -> None:
    log = io.BytesIO()
    observer = Observer(log)
    app, _ = a_library(observer)
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Timer(1, lambda: signal.raise_signal(signal.SIGINT)).start()

    serve(app, observer, ServeOptions(), listener)

    assert app.drain.begun
