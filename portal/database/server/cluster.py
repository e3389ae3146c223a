"""Our own small launcher: starts a cluster's server, waits until it answers, stops it.

The server listens on a unix socket in a private folder and on no network. It ends with the process that started it.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from portal.database.server.binaries import CLEAN_ENVIRONMENT, Binaries, find_binaries
from portal.database.server.making import check_data, make_data
from portal.database.server.orphans import end_leftovers, processes_on, server_process
from portal.database.server.place import Place, choose_place, find_place
from portal.database.server.problems import ServerProblem, problem_of_error, problem_of_output
from portal.database.server.stepdown import runnable
from portal.settings import Settings

PORT = 5432  # names the socket's file only; nothing listens on the network

# A server that recovers from a crash replays its journal first.
_START_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.02
_MAX_LOG_BYTES = 10 * 1024 * 1024

_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "max_connections": "100",
    "shared_buffers": "256MB",
    # A statement here takes milliseconds; compiling one takes tens.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused statement is told to who sent it; its text, which anybody may make long, would only fill the disk.
    "log_min_error_statement": "panic",
    # A backend whose client was killed stops its query instead of finishing it for nobody.
    "client_connection_check_interval": "500ms",
}

# Keeps the server as its child and reads from us: the pipe ends when we do, even by kill -9, and the server is then
# told to stop. In a session of its own, so that Ctrl-C at a terminal reaches us alone and requests can finish first.
_KEEPER = """
socket_folder=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -INT "$server"; } &
watch=$!
exec 3<&-
wait "$server"
status=$?
kill "$watch" 2>/dev/null
rm -f "$socket_folder"/.s.PGSQL.*
rmdir "$socket_folder"
exit "$status"
"""


@dataclass
class Cluster:
    """A running server of ours. `stop` ends it if this process started it, and leaves it alone if another did."""

    place: Place
    binaries: Binaries
    socket_folder: Path
    _keeper: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _lock: IO[bytes] | None = field(default=None, repr=False)

    @property
    def is_ours(self) -> bool:
        """Whether this process started it, as against found it running."""
        return self._keeper is not None

    @property
    def is_running(self) -> bool:
        """Whether its main process is there."""
        return server_process(self.place.data) is not None

    def stop(self) -> None:
        """End the server (running queries are cancelled, data is written) and wait until it is gone."""
        if self._keeper is not None:
            _stop_keeper(self._keeper, self.place)
        if self._lock is not None:
            self._lock.close()
        self._keeper = self._lock = None


def start_cluster(settings: Settings, options: Mapping[str, str] | None = None) -> Cluster:
    """Start the data directory's server, or join the one that another process runs there.

    `options` are further Postgres settings (tests log statements with them). Raises ServerProblem.
    """
    try:
        binaries, place = choose_place(settings, find_binaries(settings.postgres))
        lock, socket_folder = _lock_or_join(place)
    except OSError as error:
        raise problem_of_error(error, settings.data_directory) from error
    if lock is None:
        return Cluster(place, binaries, socket_folder)
    try:
        return _start(place, binaries, lock, options or {})
    except OSError as error:
        lock.close()
        raise problem_of_error(error, place.data) from error
    except BaseException:
        lock.close()
        raise


def discard_data(settings: Settings, major: int) -> None:
    """Delete one cluster with everything that was made for it, for tests. It must not be running."""
    place = find_place(settings, major)
    if not place.home.is_dir():
        return
    lock = place.lock()
    if lock is None:
        raise ServerProblem(f"The data in {place.data} is in use: stop the portal that uses it first.")
    with lock:
        end_leftovers(place.data)
        made = [place.data, place.unfinished, place.home / f"socket-{place.major}"]
        for folder in [place.home] if place.home != place.data_directory else made:
            shutil.rmtree(folder, ignore_errors=True)
        for file in (place.pointer, place.log, place.home / f"postgres-{place.major}.lock"):
            file.unlink(missing_ok=True)


def _lock_or_join(place: Place) -> tuple[IO[bytes] | None, Path]:
    """The lock (then the path means nothing), or no lock and the socket folder of the server that its keeper runs."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        lock = place.lock()
        if lock:
            return lock, place.home
        socket_folder = _ready_socket_folder(place)
        if socket_folder and processes_on(place.data):
            return None, socket_folder
        time.sleep(_POLL_SECONDS)
    raise ServerProblem(f"Another process holds {place.home} but runs no server there: end it and start again.")


def _start(place: Place, binaries: Binaries, lock: IO[bytes], options: Mapping[str, str]) -> Cluster:
    end_leftovers(place.data)
    usable = runnable(binaries, place.account, place.home)
    check_data(place)
    if not place.data.is_dir():
        make_data(place, usable)
    socket_folder = place.make_socket_folder()
    keeper, log_start = _launch(place, usable, socket_folder, options)
    try:
        _wait_until_ready(place, keeper, log_start)
    except BaseException:
        _stop_keeper(keeper, place)
        raise
    return Cluster(place, usable, socket_folder, keeper, lock)


def _launch(
    place: Place, binaries: Binaries, socket_folder: Path, options: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the keeper and through it the server; also says where in the log this start begins."""
    settings = {**_OPTIONS, "unix_socket_directories": str(socket_folder), **options}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    if place.log.exists() and place.log.stat().st_size > _MAX_LOG_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    lifeline, ours = os.pipe()
    with place.log.open("ab") as log, os.fdopen(lifeline, "rb") as stdin:
        # Asked before: the server writes through the same open file, and may have said why it ends by the next line.
        log_start = log.tell()
        keeper = subprocess.Popen(  # noqa: S603 - our own binaries and arguments
            [
                "/bin/sh",
                "-c",
                _KEEPER,
                "portal-postgres",
                socket_folder,
                binaries.folder / "postgres",
                "-D",
                place.data,
                *flags,
            ],
            stdin=stdin,
            stdout=log,
            stderr=log,
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            **place.account.identity,
        )
        # Popen would have made this pipe itself with stdin=PIPE; we keep only the end that must close with us.
        keeper.stdin = os.fdopen(ours, "wb")
        return keeper, log_start


def _wait_until_ready(place: Place, keeper: subprocess.Popen[bytes], log_start: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while _ready_socket_folder(place) is None:
        if keeper.poll() is not None:
            raise problem_of_output(_log_since(place, log_start), place.data, place.log)
        if time.monotonic() > deadline:
            raise ServerProblem(
                f"Postgres on {place.data} was not ready after {_START_SECONDS:.0f} s: see {place.log}."
            )
        time.sleep(_POLL_SECONDS)


def _ready_socket_folder(place: Place) -> Path | None:
    """The running server's socket folder once it takes connections; Postgres notes both in its process file."""
    try:
        lines = place.process_file.read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) >= 8 and lines[7].strip() == "ready":
        return Path(lines[4])
    return None


def _log_since(place: Place, start: int) -> str:
    with place.log.open("rb") as log:
        log.seek(start)
        return log.read(64 * 1024).decode(errors="replace")


def _stop_keeper(keeper: subprocess.Popen[bytes], place: Place) -> None:
    if keeper.stdin:
        keeper.stdin.close()
    try:
        keeper.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        end_leftovers(place.data)
        keeper.wait()
