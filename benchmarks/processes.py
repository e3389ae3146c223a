"""Processor time and memory of processes, as Linux counts them."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

# The clock of a process's processor time, by its id: clock_getcpuclockid(3) spelled out, to the nanosecond where
# /proc counts hundredths of a second.
_CPU_CLOCK = 2


def cpu_seconds(process_id: int) -> float:
    """The processor time that a process has used, in all of its threads; 0 for one that is gone."""
    try:
        return time.clock_gettime_ns((~process_id << 3) | _CPU_CLOCK) / 1e9
    except OSError:
        return 0.0


def cpu_seconds_of_all(process_ids: Iterable[int]) -> float:
    return sum(map(cpu_seconds, process_ids))


def memory_bytes(process_id: int) -> int:
    """What a process holds in memory."""
    pages = Path(f"/proc/{process_id}/statm").read_text().split()[1]
    return int(pages) * _PAGE_BYTES


def cores() -> tuple[int, int]:
    """The core of the server that is measured, and that of Postgres and the load generator.

    To be asked before anything is pinned: a child inherits its parent's only core, and would find no other.
    """
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]


def pin(core: int) -> None:
    """Keep this process, and all that it starts from now on, to one core."""
    os.sched_setaffinity(0, {core})
