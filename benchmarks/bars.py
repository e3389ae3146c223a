"""The bars of the issue that asked for speed: what must hold, and whether it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.measuring import Measured
from benchmarks.operations import READS

# Of the limit's requests per second.
OF_LIMIT = {"board": 0.9, "openings": 0.9, "profile": 0.9, "viewer": 0.7, "move": 0.6}
# Times the idiomatic server's.
OVER_IDIOMATIC = {"board": 15.0, "openings": 15.0, "move": 4.0}
MORE_SERVER_MS = 0.25  # processor time of the server per read, above the limit's
JUDGED_AT = (8, 32)  # connections

LARGEST_OVER_SMALLEST = 1.5
ROWS_GROWTH = 5.0  # from 20 to 100 rows
MEMORY_GROWTH = 1.05
MEMORY_MEGABYTES = 200.0
COMPILE_MS = 20.0
COST_CORRELATION = 0.7

GOODPUT_OF_PEAK = 0.9
OVERLOAD_P99 = 2.0  # times the peak's
REFUSED_MS = 50.0
RECOVERY_SECONDS = 5.0
CLOSED_SECONDS = 15.0
SLOW_SOCKETS_P99 = 1.2  # times that without them
SLOW_SOCKETS_MEGABYTES = 30.0
LIVE_MEGABYTES = 300.0
LIVE_P99_MS = 250.0
DOCUMENT_MS = 50.0  # to parse, measure and validate the worst document within the limits


@dataclass(frozen=True)
class Bar:
    """One thing that must hold."""

    what: str
    value: float
    bound: float
    is_least: bool  # whether the value must be at least the bound; else at most
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.value >= self.bound if self.is_least else self.value <= self.bound

    @property
    def wanted(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}{self.unit}"


def at_least(what: str, value: float, bound: float, unit: str = "") -> Bar:
    return Bar(what, value, bound, is_least=True, unit=unit)


def at_most(what: str, value: float, bound: float, unit: str = "") -> Bar:
    return Bar(what, value, bound, is_least=False, unit=unit)


def over(one: Measured, other: Measured) -> float:
    """How many times the other's requests per second; 0 when the other answered nothing, which proves nothing."""
    return one.requests_per_second / other.requests_per_second if other.requests_per_second else 0.0


def of_load(measured: Sequence[Measured]) -> Iterator[Bar]:
    """The bars on requests per second and processor time, as far as they were measured."""
    by_key = {(each.operation, each.connections, each.target): each for each in measured}
    for (operation, connections, target), portal in by_key.items():
        if target != "portal" or connections not in JUDGED_AT:
            continue
        where = f"{operation} at {connections} connections"
        limit = by_key.get((operation, connections, "limit"))
        idiomatic = by_key.get((operation, connections, "idiomatic"))
        if limit is not None:
            ratio = over(portal, limit)
            yield at_least(f"{where}: requests per second, of the limit's", ratio, OF_LIMIT[operation])
            if operation in READS:
                more = portal.server_ms - limit.server_ms
                yield at_most(f"{where}: server time above the limit's", more, MORE_SERVER_MS, " ms")
        if idiomatic is not None and operation in OVER_IDIOMATIC:
            ratio = over(portal, idiomatic)
            yield at_least(f"{where}: requests per second, times the idiomatic", ratio, OVER_IDIOMATIC[operation])
    yield at_most("requests with errors", sum(each.errors for each in measured), 0)
