"""The commands as processes of their own, in a folder of their own, and what is left of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# A loaded machine takes its time to make the demo; one that hangs must not hold up the suite for ever.
PATIENCE_SECONDS = 180.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Place:
    """A folder to start commands in, with settings that keep everything inside of it."""

    folder: Path
    postgres: str
    port: int = field(default_factory=free_port)

    @property
    def tokens_file(self) -> Path:
        return self.folder / ".portal" / "demo-tokens.json"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}  # noqa: TID251
        return inherited | {
            "PYTHONPATH": str(ROOT),
            "PORT": str(self.port),
            "PORTAL_POSTGRES": self.postgres,
            "PORTAL_ROOT_DIRECTORY": str(self.folder / "root"),
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "portal.cli", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator["Running"]:
        """Start a command; whatever happens, it is gone afterwards."""
        out, problems = self.folder / f"{arguments[0]}.out", self.folder / f"{arguments[0]}.err"
        with out.open("w") as stdout, problems.open("w") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=stdout,
                stderr=stderr,
            )
            running = Running(self, process, out, problems)
            try:
                yield running
            finally:
                process.kill()
                process.wait()

    def processes(self) -> list[str]:
        """The command lines of all processes that have to do with this folder, but not of this test itself."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.folder) in line:
                found.append(line)
        return found


@dataclass
class Running:
    """A command that was started."""

    place: Place
    process: "subprocess.Popen[bytes]"
    out: Path
    problems: Path

    def until_it_says(self, words: str) -> None:
        """Wait for words among what it tells people."""
        self._until(lambda: words in self.problems.read_text())

    def until_it_serves(self) -> None:
        self._until(self._is_ready)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def ask(self, role: str, query: str, **variables: object) -> Any:  # Any: JSON
        """The data of an operation as one of the demo's roles; it must have no errors."""
        answer = self.post({"query": query, "variables": variables}, self.token(role))
        assert "errors" not in answer, answer
        return answer["data"]

    def token(self, role: str) -> str:
        """The token of one of the demo's roles."""
        token: str = json.loads(self.place.tokens_file.read_text())[role]["token"]
        return token

    def post(self, body: Mapping[str, object], token: str) -> Any:  # Any: JSON
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.place.port}/graphql",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - the same
            return json.load(response)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.place.port}/readyz", timeout=5) as response:
                return bool(response.status == 200)
        except urllib.error.HTTPError as problem:
            problem.close()
            return False
        except OSError:
            return False

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert self.process.poll() is None, f"It ended: {self.problems.read_text()}"
            assert time.monotonic() < deadline, f"It took too long: {self.problems.read_text()}"
            time.sleep(0.05)
