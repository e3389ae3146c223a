"""Rounds of load on one server after the other, so that what disturbs the machine disturbs all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.client import Load, request_bytes
from benchmarks.operations import Asked, Parameters
from benchmarks.targets import Target

ROUNDS = 3
_RAMP_SECONDS = 0.3  # before counting begins
_WARM_UP_CONNECTIONS = 8
# A server that is slow beyond measure gets up to five times the seconds, to say how slow.
_FEWEST_ANSWERS = 20
_MOST_EXTENSIONS = 4
_MOST_BYTES_KEPT = 30_000  # requests of one operation that are kept as bytes


@dataclass(frozen=True)
class Sample:
    """One server's numbers in one round."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    server_ms: float  # processor time per request
    database_ms: float
    errors: int
    examples: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Measured:
    """One server's medians over the rounds, for one operation at one number of connections."""

    operation: str
    connections: int
    target: str
    rounds: tuple[Sample, ...]

    def of(self, what: Callable[[Sample], float]) -> float:
        return median(map(what, self.rounds))

    @property
    def requests_per_second(self) -> float:
        return self.of(lambda sample: sample.requests_per_second)

    @property
    def server_ms(self) -> float:
        return self.of(lambda sample: sample.server_ms)

    @property
    def database_ms(self) -> float:
        return self.of(lambda sample: sample.database_ms)

    @property
    def errors(self) -> int:
        return sum(sample.errors for sample in self.rounds)


class Requests:
    """Endless requests as bytes, made once each."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._made: dict[int, bytes] = {}

    def of(self, operation: str, seed: object) -> Iterator[bytes]:
        """The same for the same seed, whoever gets them; moves are never the same."""
        if operation == "move":
            return map(request_bytes, self._parameters.moves())
        return map(self._kept, self._parameters.reads(operation, seed))

    def _kept(self, asked: Asked) -> bytes:
        made = self._made.get(id(asked))
        if made is None:
            made = request_bytes(asked)
            if len(self._made) < _MOST_BYTES_KEPT:
                self._made[id(asked)] = made
        return made


async def warm_up(targets: Sequence[Target], requests: Requests, operation: str, seconds: float) -> None:
    """Let every connection of every server prepare its statements and settle on a plan."""
    for target in targets:
        await loaded(target, requests.of(operation, "warm-up"), _WARM_UP_CONNECTIONS, seconds)


async def measure(
    targets: Sequence[Target],
    requests: Requests,
    operation: str,
    connections: int,
    seconds: float,
) -> list[Measured]:
    """One operation at one number of connections, on all servers in turn."""
    samples: dict[str, list[Sample]] = {target.name: [] for target in targets}
    for number in range(ROUNDS):
        for target in targets:
            samples[target.name].append(await loaded(target, requests.of(operation, number), connections, seconds))
    return [Measured(operation, connections, name, tuple(listed)) for name, listed in samples.items()]


async def loaded(target: Target, requests: Iterator[bytes], connections: int, seconds: float) -> Sample:
    """Some seconds of load on one server."""
    target.check_alive()
    load = Load(target.port, requests, connections)
    await load.start()
    await load.run_for(_RAMP_SECONDS)
    server, database = await target.costs()
    load.count()
    await load.run_for(seconds)
    for _ in range(_MOST_EXTENSIONS):
        if len(load.outcome.latencies) >= _FEWEST_ANSWERS:
            break
        await load.run_for(seconds)
    outcome = await load.stop()
    server_after, database_after = await target.costs()
    ordered = sorted(outcome.latencies) or [float("nan")]
    answered = max(outcome.answered, 1)
    return Sample(
        len(outcome.latencies) / outcome.seconds,
        ordered[len(ordered) // 2] * 1e3,
        ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1e3,
        (server_after - server) / answered * 1e3,
        (database_after - database) / answered * 1e3,
        outcome.errors,
        tuple(outcome.examples),
    )
