"""Ends what a killed server left running, so that the next one starts on a quiet data folder."""

import contextlib
import os
import signal
import time
from pathlib import Path

# How long each kind of ending may take before the next, harsher one: a fast shutdown writes a checkpoint.
_FAST_SECONDS = 20.0
_IMMEDIATE_SECONDS = 5.0
_POLL_SECONDS = 0.02


def end_leftovers(data: Path) -> None:
    """Leave no Postgres process on this data folder, and no note of one.

    Only for the holder of the folder's lock: nobody else can have a right to such a process.
    """
    main = server_process(data)
    if main:
        _signal([main], signal.SIGINT)
        _wait_until_quiet(data, _FAST_SECONDS)
    for harsher in (signal.SIGQUIT, signal.SIGKILL):
        left = processes_on(data)
        if not left:
            break
        _signal(left, harsher)
        _wait_until_quiet(data, _IMMEDIATE_SECONDS)
    # Stale now. A number in it that belongs to some other program after a restart would keep Postgres from starting.
    with contextlib.suppress(FileNotFoundError):
        (data / "postmaster.pid").unlink()


def server_process(data: Path) -> int | None:
    """The main server process on this data folder, None if it isn't running."""
    try:
        process = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return process if process in processes_on(data) else None


def processes_on(data: Path) -> list[int]:
    """Every Postgres process that works in this data folder; each makes it its working directory."""
    if Path("/proc/self/cwd").exists():
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _works_in(entry, data)]
    return _noted_process(data)


def _works_in(process: Path, data: Path) -> bool:
    try:
        return (
            (process / "cwd").readlink() == data
            and (process / "comm").read_text().startswith("postgres")
            and (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        # Another user's, or it ended while we looked.
        return False


def _noted_process(data: Path) -> list[int]:
    """What Postgres noted, on systems without /proc: the main process only, if that number is alive."""
    try:
        process = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(process, 0)
    except (OSError, ValueError):
        return []
    return [process]


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _wait_until_quiet(data: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and processes_on(data):
        time.sleep(_POLL_SECONDS)
