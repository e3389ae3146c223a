"""One of the servers that are compared, as a process of its own on a core of its own: `python -m benchmarks.serving`.

The parent hands it a socket that listens already, and ends it with SIGTERM.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from benchmarks.data import DATABASE
from benchmarks.processes import pin
from benchmarks.rows_staff import Organization
from benchmarks.sizes import organization_sizes
from portal.database.connection import Database
from portal.database.pool import Pool
from portal.database.roles import admin_connection, app_connection_arguments
from portal.database.server.running import Server, running_server
from portal.settings import Settings

Serve = Callable[["Setting"], Awaitable[None]]


class Setting:
    """What each of the servers is given: the same database, pool size and socket."""

    def __init__(self, server: Server, settings: Settings, name: str, listener: socket.socket, scale: float) -> None:
        self.server = server
        self.settings = settings
        self.listener = listener
        self.organizations = [Organization(size) for size in organization_sizes(scale)]
        # By the application's name the parent finds the backends of each server.
        self.arguments: dict[str, Any] = {
            **app_connection_arguments(server, settings, DATABASE),
            "server_settings": {"application_name": application_name(name)},
        }

    async def access_versions(self) -> Mapping[Any, int]:
        async with admin_connection(self.server, self.settings, DATABASE) as connection:
            rows = await connection.fetch("SELECT organization_id, access_version FROM portal.organization_access")
        return {row["organization_id"]: row["access_version"] for row in rows}

    async def run(self, app: Any) -> None:
        """Serve as the portal does (portal/web/server/serve.py), but for what only a production server needs."""
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            interface="asgi3",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
        )
        await uvicorn.Server(config).serve(sockets=[self.listener])


def application_name(name: str) -> str:
    return f"benchmark {name}"


async def portal(setting: Setting) -> None:
    """The portal, whole, with its own server settings and its own log."""
    from portal.web.app import WebOptions  # noqa: PLC0415 - each process loads only what it serves
    from portal.web.assembly import app_on  # noqa: PLC0415
    from portal.web.costs.budget import Points  # noqa: PLC0415
    from portal.web.live.open import LiveLimits  # noqa: PLC0415
    from portal.web.observe import Observer  # noqa: PLC0415
    from portal.web.server.serve import ServeOptions, build_server  # noqa: PLC0415

    database = await Database.open(setting.arguments, size=setting.settings.pool_size)
    observer = Observer(sys.stdout.buffer)
    # A few clients do the work of thousands: their points are counted, but never spent; so are their connections.
    points = Points(credential=10**12, organization=10**12)
    # All of a benchmark's subscribers come from one address, at once, and many with one credential.
    everybody = LiveLimits(connections_of_credential=2_000, strangers=2_000, strangers_of_address=2_000)
    app = app_on(database, observer, WebOptions(points=points, live=everybody))
    await build_server(app, observer, ServeOptions()).serve(sockets=[setting.listener])


async def limit(setting: Setting, *, one_message: bool = False) -> None:
    from benchmarks.limit import Limit, callers  # noqa: PLC0415

    pool = Pool(setting.arguments, setting.settings.pool_size)
    known = callers(setting.organizations, await setting.access_versions())
    await setting.run(Limit(pool, known, one_message=one_message))


async def limit_in_one_message(setting: Setting) -> None:
    await limit(setting, one_message=True)


async def idiomatic(setting: Setting) -> None:
    from benchmarks.idiomatic import app_on  # noqa: PLC0415

    await setting.run(app_on(setting.arguments, setting.settings.pool_size, setting.organizations))


SERVERS: Mapping[str, Serve] = {
    "portal": portal,
    "limit": limit,
    "limit-in-one-message": limit_in_one_message,
    "idiomatic": idiomatic,
}
ONLY_READS = {"limit-in-one-message"}  # a move has several statements


def settings_of(folder: Path) -> Settings:
    """The operator's settings, with a data directory of the benchmark's own."""
    return Settings.from_environment().model_copy(update={"data_directory": folder.resolve()})


async def main(name: str, descriptor: int, folder: Path, scale: float) -> None:
    settings = settings_of(folder)
    listener = socket.socket(fileno=descriptor)
    async with running_server(settings) as server:
        await SERVERS[name](Setting(server, settings, name, listener, scale))


if __name__ == "__main__":
    pin(int(sys.argv[5]))
    # No waiting for clients to leave: the parent has none left when it ends this process.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4])))
    os._exit(0)
