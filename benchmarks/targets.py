"""Starting and ending the servers that are compared, and what each of them has cost so far."""

import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks import processes
from benchmarks.client import HOST
from benchmarks.serving import application_name

_END_SECONDS = 15.0


@dataclass
class Target:
    """One running server."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    admin: asyncpg.Connection

    async def costs(self) -> tuple[float, float]:
        """Processor seconds used so far, by the server itself and by its backends in the database."""
        rows = await self.admin.fetch(
            "SELECT pid FROM pg_stat_activity WHERE application_name = $1", application_name(self.name)
        )
        backends = processes.cpu_seconds_of_all(row["pid"] for row in rows)
        return processes.cpu_seconds(self.process.pid), backends

    def memory_bytes(self) -> int:
        return processes.memory_bytes(self.process.pid)

    def check_alive(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(f"The server {self.name} has ended with status {self.process.returncode}.")


@asynccontextmanager
async def running(
    names: Sequence[str], admin: asyncpg.Connection, folder: Path, more: Sequence[str]
) -> AsyncIterator[dict[str, Target]]:
    """The servers of these names, each as a process of its own; they end with the block.

    `more` are the arguments that all of them are started with: the data's scale, and the core to run on.
    """
    targets: dict[str, Target] = {}
    try:
        for name in names:
            targets[name] = _start(name, admin, folder, more)
        yield targets
    finally:
        for target in targets.values():
            target.process.terminate()
        for target in targets.values():
            try:
                target.process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                target.process.kill()
                target.process.wait()


def _start(name: str, admin: asyncpg.Connection, folder: Path, more: Sequence[str]) -> Target:
    # Listens before the process is there: connections that come too early wait instead of being refused.
    listener = socket.create_server((HOST, 0), backlog=2_048)
    with listener, (folder / f"{name}.log").open("wb") as log:
        descriptor = listener.fileno()
        arguments = [name, str(descriptor), str(folder), *more]
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.serving", *arguments],
            pass_fds=[descriptor],
            # As in production, where a log is piped away: what the portal writes costs it a system call, not a disk.
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=Path(__file__).parents[1],
        )
        return Target(name, listener.getsockname()[1], process, admin)
