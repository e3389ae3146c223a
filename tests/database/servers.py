"""Real servers for the tests of this folder: started here, or held by another process that a test can kill."""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from portal.database.server.binaries import embedded_binaries, system_binaries
from portal.database.server.cluster import Cluster, start_cluster
from portal.database.server.orphans import processes_on
from portal.database.server.running import server_of
from portal.settings import PostgresChoice, Settings

IS_ROOT = os.geteuid() == 0
KINDS = [
    pytest.param(
        PostgresChoice.SYSTEM,
        marks=pytest.mark.skipif(not system_binaries(), reason="this machine has no Postgres 15 or newer"),
    ),
    pytest.param(
        PostgresChoice.EMBEDDED,
        marks=pytest.mark.skipif(not embedded_binaries(), reason="the embedded wheel has no build for this machine"),
    ),
]
ANY = PostgresChoice.EMBEDDED if embedded_binaries() else PostgresChoice.SYSTEM
ONLY_ROOT = pytest.mark.skipif(not IS_ROOT, reason="only root can be refused by Postgres and step down")

# Loads everything while it may, then becomes the given user: an interpreter in root's home can't be run by another.
HOLDER = """
import asyncio, concurrent.futures.thread, json, os, signal, sys
import asyncpg, encodings.idna
from portal.database.server.problems import ServerProblem
from portal.database.server.running import running_server
from portal.settings import Settings

async def hold():
    settings = Settings(**json.loads(sys.argv[1]))
    ended = asyncio.Event()
    if "drain" in sys.argv:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    try:
        async with running_server(settings) as server:
            connection = await asyncpg.connect(**server.admin_arguments)
            data = await connection.fetchval("SHOW data_directory")
            await connection.close()
            said = {"kind": server.kind, "version": server.version, "is_ours": server.is_ours, "data": data}
            print(json.dumps({**said, "folder": server.admin_arguments["host"]}), flush=True)
            await ended.wait()
    except ServerProblem as problem:
        print(json.dumps({"problem": str(problem)}), flush=True)

uid = int(sys.argv[2])
if uid != os.geteuid():
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
os.chdir("/")
asyncio.run(hold())
"""


@dataclass
class Holder:
    """Another process with a running server, or the problem that it met."""

    process: subprocess.Popen[str]
    answer: dict[str, Any]

    @property
    def data(self) -> Path:
        return Path(self.answer["data"])

    @property
    def server_process(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def keeper_process(self) -> int:
        return int(Path(f"/proc/{self.server_process}/stat").read_text().rpartition(")")[2].split()[1])

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=20)


Hold = Callable[..., Holder]
LivedIn = Callable[[PostgresChoice], Settings]


def settings_in(folder: Path, kind: PostgresChoice = ANY, directory: str = ".portal") -> Settings:
    return Settings(database_url=None, postgres=kind, data_directory=folder / directory, root_directory=folder / "root")


@contextlib.contextmanager
def a_cluster(settings: Settings) -> Iterator[Cluster]:
    cluster = start_cluster(settings)
    try:
        yield cluster
    finally:
        cluster.stop()


async def ask(cluster: Cluster, statement: str) -> Any:
    connection = await asyncpg.connect(**server_of(cluster).admin_arguments)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def stop_everything_on(data: Path) -> None:
    for process in processes_on(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    eventually(lambda: processes_on(data) == [])


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def another_user() -> int:
    if not IS_ROOT:
        pytest.skip("only root can become another user; this whole run is that of an ordinary one")
    return pwd.getpwnam("nobody").pw_uid
