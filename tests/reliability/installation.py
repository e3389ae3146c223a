"""A portal as an operator runs it, in processes that a test may kill: its own Postgres, and `portal serve` on it."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from portal.database.connection import Database
from portal.database.migrate import migrate
from portal.database.roles import admin_connection_arguments, app_connection_arguments, prepare_database
from portal.database.server.cluster import Cluster, start_cluster
from portal.database.server.orphans import processes_on
from portal.database.server.running import server_of
from portal.settings import Settings

ROOT = Path(__file__).parents[2]
SERVE = "from portal.cli.serving import serve; serve(with_worker=True)"
SERVE_ALONE = "from portal.cli.serving import serve; serve(with_worker=False)"
WORK = "from portal.cli.serving import work; work()"

# Postgres replays its journal first, and other tests use this machine too.
READY_WITHIN_SECONDS = 60.0

# Below the ports that the kernel gives to outgoing connections: a client that tries to connect to one of those, while
# nobody listens there, may by chance be connected to itself.
PORTS = range(20_000, 30_000)


class Victim(StrEnum):
    """What is killed."""

    SERVER = "SERVER"
    POSTGRES = "POSTGRES"


@dataclass
class Installation:
    """One installation in a folder of its own. Postgres outlives the server here, as it does in production."""

    settings: Settings
    cluster: Cluster
    process: subprocess.Popen[bytes] | None = None
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def serve(self) -> None:
        """Start the server, with its worker, and wait until it is ready."""
        self.process = self.start(SERVE)
        self.wait_until_ready()

    def start(self, program: str) -> subprocess.Popen[bytes]:
        """A process of the portal with these settings."""
        given = self.settings.model_dump(
            mode="json", include={"data_directory", "root_directory", "postgres", "pool_size", "port"}
        )
        # Where this interpreter finds its packages, which need not be where it would look by itself.
        packages = os.pathsep.join([str(ROOT), *sys.path])
        variables = {f"PORTAL_{name.upper()}": str(value) for name, value in given.items()}
        with (self.settings.data_directory.parent / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", program],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": packages, **variables},
            )
        self._started.append(process)
        return process

    def kill(self, victim: Victim) -> None:
        """Kill it without a warning."""
        if victim is Victim.SERVER:
            assert self.process is not None
            self.process.kill()
            self.process.wait()
        else:
            # The main process first: it would otherwise end the others in good order.
            main = int(self.cluster.place.process_file.read_text().split()[0])
            for process in sorted(processes_on(self.cluster.place.data), key=lambda process: process != main):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def restart(self, victim: Victim) -> None:
        """Start again what was killed, and wait until requests are answered. Nothing else is touched."""
        if victim is Victim.SERVER:
            self.serve()
        else:
            self.cluster.stop()
            self.cluster = start_cluster(self.settings)
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._is_ready():
            assert self.process is not None
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "it was not ready in time"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        asked = HTTPConnection("127.0.0.1", self.settings.port, timeout=5)
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asked.close()

    async def database(self, size: int = 4) -> Database:
        """The installation's database, as the application's role."""
        return await Database.open(app_connection_arguments(server_of(self.cluster), self.settings), size=size)

    def end(self) -> None:
        """Leave no process, however the test went."""
        for process in self._started:
            process.kill()
            process.wait()
        self.cluster.stop()


async def install(folder: Path) -> Installation:
    """Make a data folder with a running Postgres and empty tables."""
    settings = Settings(
        database_url=None, data_directory=folder / ".portal", root_directory=folder / "root", port=_free_port()
    )
    installation = Installation(settings, start_cluster(settings))
    server = server_of(installation.cluster)
    await prepare_database(server, settings)
    await migrate(admin_connection_arguments(server, settings, settings.database_name), settings.partitions)
    return installation


def _free_port() -> int:
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
