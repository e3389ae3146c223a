"""What the rounds don't show: how costs grow with page and organization, memory, and the price of a new plan."""

import itertools
from collections.abc import Iterable, Iterator
from random import Random
from statistics import median
from time import perf_counter

from benchmarks import bars
from benchmarks.bars import Bar, at_most
from benchmarks.client import Load, request_bytes
from benchmarks.measuring import loaded
from benchmarks.operations import BOARD, Asked, Parameters
from benchmarks.targets import Target

_CONNECTIONS = 8
_ROUNDS = 3
_PAGES = {"board": (20, 100), "openings": (10, 50)}  # rows: a hundred openings with all that is counted cost too much

# How often each operation comes among a hundred requests of a day's work.
_DAY = {"viewer": 55, "profile": 25, "board": 8, "openings": 7, "move": 5}
MEMORY_FROM = 10_000
MEMORY_TO = 100_000


async def page_growth(portal: Target, parameters: Parameters, seconds: float) -> list[Bar]:
    """Five times the rows may cost at most five times the time, of server and database together."""
    found = []
    lists = {"board": parameters.crowded, "openings": _by_size(parameters, "openings")[0]}
    for operation, (few, many) in _PAGES.items():
        cost_of_few, cost_of_many = await _compared(
            portal, *([each.first(rows) for each in lists[operation]] for rows in (few, many)), seconds
        )
        what = (
            f"{operation}: cost of pages of {many} rows, times that of {few} "
            f"({cost_of_many:.2f} against {cost_of_few:.2f} ms)"
        )
        found.append(at_most(what, cost_of_many / cost_of_few, bars.ROWS_GROWTH))
    return found


async def organization_growth(portal: Target, parameters: Parameters, seconds: float) -> list[Bar]:
    """The same page costs about the same in the smallest and the largest organization."""
    found = []
    for operation in ("board", "openings", "profile"):
        largest, smallest = _by_size(parameters, operation)
        cost_of_smallest, cost_of_largest = await _compared(portal, smallest, largest, seconds)
        what = (
            f"{operation}: cost in the largest organization, times that in the smallest "
            f"({cost_of_largest:.2f} against {cost_of_smallest:.2f} ms)"
        )
        found.append(at_most(what, cost_of_largest / cost_of_smallest, bars.LARGEST_OVER_SMALLEST))
    return found


def _by_size(parameters: Parameters, operation: str) -> tuple[list[Asked], list[Asked]]:
    """What is asked of the largest organization, and what of the smallest. Tokens are listed by size."""
    tokens = [each.token for each in parameters.asked["viewer"]]
    listed = parameters.asked[operation]
    by_token = {token: [each for each in listed if each.token == token] for token in (tokens[0], tokens[-1])}
    return by_token[tokens[0]], by_token[tokens[-1]]


async def _compared(portal: Target, one: list[Asked], other: list[Asked], seconds: float) -> tuple[float, float]:
    """Milliseconds of processor time per request, of server and database together; medians of rounds in turn.

    Raises RuntimeError when a request fails: to refuse is cheap.
    """
    costs: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for listed, kept in zip((one, other), costs, strict=True):
            sample = await loaded(portal, _endless(listed), _CONNECTIONS, seconds)
            if sample.errors:
                raise RuntimeError(f"{sample.errors} requests failed: {sample.examples}.")
            kept.append(sample.server_ms + sample.database_ms)
    # The first round prepared the statements of shapes that were new.
    return median(costs[0][1:]), median(costs[1][1:])


def _endless(listed: Iterable[Asked]) -> Iterator[bytes]:
    return itertools.cycle([request_bytes(each) for each in listed])


async def memory(portal: Target, parameters: Parameters, share: float) -> list[Bar]:
    """The server's memory after 10,000 and after 100,000 requests of a day's work; fewer at a small scale."""
    begin, end = int(MEMORY_FROM * share), int(MEMORY_TO * share)
    requests = _day(parameters)
    await _exactly(portal, requests, begin)
    before = portal.memory_bytes()
    await _exactly(portal, requests, end - begin)
    after = portal.memory_bytes()
    return [
        at_most(f"memory after {end:,} requests, times that after {begin:,}", after / before, bars.MEMORY_GROWTH),
        at_most(f"memory after {end:,} requests", after / 1e6, bars.MEMORY_MEGABYTES, " MB"),
    ]


def _day(parameters: Parameters) -> Iterator[bytes]:
    random = Random("a day")
    requests = {name: parameters.reads(name, "a day") for name in _DAY if name != "move"}
    requests["move"] = parameters.moves()
    names, weights = list(_DAY), list(_DAY.values())
    while True:
        yield request_bytes(next(requests[random.choices(names, weights)[0]]))


async def _exactly(portal: Target, requests: Iterator[bytes], count: int) -> None:
    load = Load(portal.port, itertools.islice(requests, count), _CONNECTIONS)
    await load.start()
    await load.finish()


def compilation() -> list[Bar]:
    """The first plan of the board in a process, from its parsed text to SQL; and how long the next ones take."""
    from benchmarks.planning import compile_board  # noqa: PLC0415 - loads the whole portal

    milliseconds = []
    for _ in range(10):
        began = perf_counter()
        compile_board(BOARD)
        milliseconds.append((perf_counter() - began) * 1e3)
    what = f"plan of the board, the first in a process (then {median(milliseconds[1:]):.1f} ms)"
    return [at_most(what, milliseconds[0], bars.COMPILE_MS, " ms")]


def documents() -> list[Bar]:
    """The dearest document that a search finds within the limits."""
    from benchmarks.worst_documents import ROUNDS, processor_ms, search  # noqa: PLC0415 - loads the whole portal

    worst = search(processor_ms, ROUNDS)
    what = f"worst of {ROUNDS} documents, from its text to a valid document or a refusal"
    return [at_most(what, worst.cost, bars.DOCUMENT_MS, " ms")]
