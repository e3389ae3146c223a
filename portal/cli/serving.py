"""`portal serve` and `portal work`: the server and the worker, each until it is asked to stop."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated

import typer
from limits.errors import ConfigurationError

from portal import clock
from portal.cli.problems import CommandProblem
from portal.cli.running import migrated_database, run, say
from portal.database.connection import Database
from portal.jobs.worker import Worker
from portal.settings import Settings
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.costs.budget import Counters, Points
from portal.web.costs.metering import CostLimits
from portal.web.costs.shared_counters import SharedCounters
from portal.web.live.open import LiveLimits
from portal.web.observe import Observer
from portal.web.responses import Statuses
from portal.web.server.connection import ConnectionLimits
from portal.web.server.serve import ServeOptions, build_server

WithWorker = Annotated[
    bool | None,
    typer.Option(
        "--with-worker/--without-worker",
        help="Also publish events and do due jobs in this process. By default only with a Postgres of our own.",
    ),
]


# For one of the database's connections: what would wait behind slow statements is better told to come back.
REQUEST_PATIENCE_SECONDS = 1.0


def serve(with_worker: WithWorker = None) -> None:
    """Serve the API until Ctrl-C or SIGTERM. The address is http://HOST:PORT/graphql (PORTAL_HOST, PORT)."""
    settings = Settings.from_environment()
    run(serve_until_stopped(settings, with_worker=with_worker))


def work() -> None:
    """Publish events and do due jobs until Ctrl-C or SIGTERM. Several may run; one publishes at a time."""
    run(_work(Settings.from_environment()))


async def serve_until_stopped(settings: Settings, *, with_worker: bool | None = None) -> None:
    """Serve on a database that must be up to date."""
    listener = listening(settings)
    async with migrated_database(settings, patience_seconds=REQUEST_PATIENCE_SECONDS) as database:
        say(f"The API is served at http://{settings.host}:{settings.port}/graphql")
        await serve_on(database, settings, listener, with_worker=with_worker)


async def serve_on(
    database: Database, settings: Settings, listener: socket.socket, *, with_worker: bool | None = None
) -> None:
    """Serve a database that is open, on a socket that listens."""
    observer = Observer(sys.stdout.buffer, settings.log_level)
    options = ServeOptions(
        settings.host,
        settings.port,
        trusted_proxies=settings.trusted_proxies,
        connections=ConnectionLimits(connections=settings.max_connections, body_bytes=settings.max_body_bytes),
        finish_seconds=settings.drain_seconds,
    )
    if settings.database_url is None:
        # With a Postgres of our own this is one machine: no load balancer has to see /readyz say no first.
        options = replace(options, drain_delay_seconds=0.0)
    own_worker = settings.database_url is None if with_worker is None else with_worker
    workers = database.apart(settings.job_pool_size)
    async with _working(workers, observer, wanted=own_worker), _counters(settings, observer) as counters:
        app = app_on(database, observer, web_options(settings), counters)
        await build_server(app, observer, options).serve(sockets=[listener])


def web_options(settings: Settings) -> WebOptions:
    """What the operator chose about the edge."""
    return WebOptions(
        public_url=settings.address,
        data_directory=settings.data_directory,
        passwords=settings.passwords,
        max_body_bytes=settings.max_body_bytes,
        statuses=Statuses(int(settings.request_error_status), int(settings.partial_success_status)),
        costs=CostLimits(points=settings.max_cost),
        points=Points(
            settings.points_per_minute or None,
            settings.organization_points_per_minute or None,
            settings.preparation_points_per_minute or None,
        ),
        live=LiveLimits(
            connections=settings.live_connections,
            connections_of_organization=settings.live_connections_of_organization,
            connections_of_credential=settings.max_live_connections_per_credential,
            strangers=settings.live_connections_of_strangers,
            operations=settings.max_live_operations,
            database_connections=settings.live_pool_size,
        ),
        origins=frozenset(settings.allowed_origins),
    )


@asynccontextmanager
async def _counters(settings: Settings, observer: Observer) -> AsyncIterator[Counters | None]:
    """The counters that processes share, if there are any. Raises CommandProblem where the client is not installed."""
    if settings.budget_url is None:
        yield None
        return
    try:
        shared = SharedCounters(settings.budget_url.get_secret_value(), observer.bug)
    except ConfigurationError as problem:  # an optional extra: most installations are one process
        raise CommandProblem(
            "PORTAL_BUDGET_URL needs a client for Redis: pip install 'hiring-portal-backend[redis]'."
        ) from problem
    try:
        yield shared
    finally:
        await shared.close()


def listening(settings: Settings) -> socket.socket:
    """A socket that listens on the address to serve. Raises CommandProblem when it can't be had."""
    try:
        return socket.create_server((settings.host, settings.port), backlog=2_048, reuse_port=False)
    except OSError as problem:
        # Not its own words: Python says the address there once more.
        reason = os.strerror(problem.errno) if problem.errno else str(problem)
        raise CommandProblem(
            f"Can't listen on {settings.host}:{settings.port} ({reason}). Choose another with PORT=8001."
        ) from problem


@asynccontextmanager
async def _working(database: Database, observer: Observer, *, wanted: bool) -> AsyncIterator[None]:
    """A worker beside whatever else runs, with a database of its own, which is closed with it."""
    if not wanted:
        yield
        return
    worker = Worker(database, clock.now, observer.bug)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task
        await database.close()


async def _work(settings: Settings) -> None:
    async with migrated_database(settings) as database:
        worker = Worker(database, clock.now, Observer(sys.stdout.buffer, settings.log_level).bug)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, worker.stop)
        await worker.run()
