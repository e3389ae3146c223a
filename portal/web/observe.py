"""What operators see of the edge: one log line and a few counters per request, none with personal data.

A line holds neither variables nor query text nor who asked. An operation's name is logged only once its document is
valid, and a bug's message never (drivers quote rows in theirs): its type and where it was raised say enough.
"""

import asyncio
import itertools
import logging
import traceback
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Protocol

import orjson
import structlog
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from structlog.typing import FilteringBoundLogger
from typing_extensions import override  # in typing from Python 3.12

from portal import clock
from portal.web.documents.document import Operation
from portal.web.documents.store import DocumentStore
from portal.web.errors import ErrorCode
from portal.web.server.admission import Admission
from portal.web.usage import Usage

# A bounded read takes a few milliseconds; an operation is stopped after 10 s.
DURATION_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

FLUSH_AFTER_SECONDS = 0.1  # what a killed process may lose of its request lines; everything else is flushed at once
LINE_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z

MAX_LOGGED_NAME = 64  # characters of an operation's name
MAX_LOGGED_FRAMES = 12


def json_logger(stream: BinaryIO, level: str = "info") -> FilteringBoundLogger:
    """A logger that writes a JSON object a line, for the whole process; nothing less severe than `level`."""
    logger = structlog.wrap_logger(
        structlog.BytesLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    bound: FilteringBoundLogger = logger.bind()
    return bound


class LibraryLines(logging.Handler):
    """Passes what libraries say through the standard logging on to our log, so that it is one stream of one kind."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    @override
    def emit(self, record: logging.LogRecord) -> None:
        bug = record.exc_info[1] if record.exc_info else None
        fields = {"exception": trace(bug)} if bug is not None else {}
        self._log.log(record.levelno, record.getMessage(), logger=record.name, **fields)


class Observer:
    """Told of every request once, when it has been answered."""

    def __init__(self, stream: BinaryIO, level: str = "info") -> None:
        self.log = json_logger(stream, level)
        self._writes_requests = level == "info"
        self._stream = stream
        self._flush_is_due = False
        self._turned_away = 0  # since the last line about them
        self.registry = CollectorRegistry()
        self._requests = RequestCounts()
        self.registry.register(self._requests)
        self.usage = Usage()
        self.registry.register(self.usage)
        ProcessCollector(registry=self.registry)

    def answered(self, request_id: str, operation: Operation | None, outcome: str, status: int, seconds: float) -> None:
        """Counts and logs one request. `operation` is None where it came to none; `outcome` is one of a closed set."""
        kind = operation.type if operation is not None else "none"
        name = operation.name[:MAX_LOGGED_NAME] if operation is not None and operation.name else None
        self._answered(request_id, kind, name, outcome, status, seconds)

    def provisioned(self, request_id: str, route: str, status: int, seconds: float) -> None:
        """Counts and logs one request of an identity provider (SCIM); `route` is its method and path, without ids."""
        self._answered(request_id, "scim", route, "ok" if status < 400 else str(status), status, seconds)

    def _answered(
        self, request_id: str, kind: str, name: str | None, outcome: str, status: int, seconds: float
    ) -> None:
        self._requests.count(kind, outcome, seconds)
        if not self._writes_requests:
            return
        self._write_soon(
            {
                "event": "request",
                "request_id": request_id,
                "operation": name,
                "type": kind,
                "outcome": outcome,
                "status": status,
                "ms": round(seconds * 1_000, 2),
                "level": "info",
                "timestamp": clock.now(),
            }
        )

    def turned_away(self) -> None:
        """Counts one request that was refused without a look at it. They have one line a second for all of them."""
        self._requests.count("none", ErrorCode.OVERLOADED, 0.0)
        if not self._turned_away:
            asyncio.get_running_loop().call_later(1.0, self._tell_turned_away)
        self._turned_away += 1

    def _tell_turned_away(self) -> None:
        self.log.warning("turned_away", requests=self._turned_away)
        self._turned_away = 0

    def _write_soon(self, line: dict[str, Any]) -> None:
        """Writes a line as the logger would, at a fifth of its cost: a system call a request is most of the rest."""
        self._stream.write(orjson.dumps(line, option=LINE_OPTIONS))
        if not self._flush_is_due:
            self._flush_is_due = True
            asyncio.get_running_loop().call_later(FLUSH_AFTER_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        self._stream.flush()

    def bug(self, request_id: str, bug: BaseException) -> None:
        """Logs an unexpected exception, of which the client is told the request id only."""
        self.log.error("bug", request_id=request_id, exception=trace(bug))

    def watch(self, store: DocumentStore, admission: Admission) -> None:
        """Adds what has counts of its own to the metrics."""
        self.registry.register(EdgeCounts(store, admission))


class RequestCounts(Collector):
    """Counts requests and how long they took, without the locks of the library's own counters: there is one thread."""

    def __init__(self) -> None:
        self._outcomes: Counter[tuple[str, str]] = Counter()
        # By type of operation: how many fell into each bucket, those that fell into none last; and seconds in all.
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, operation: str, outcome: str, seconds: float) -> None:
        self._outcomes[operation, outcome] += 1
        buckets = self._buckets.get(operation)
        if buckets is None:
            buckets = self._buckets[operation] = [0] * (len(DURATION_BUCKETS) + 1)
            self._seconds[operation] = 0.0
        buckets[bisect_left(DURATION_BUCKETS, seconds)] += 1
        self._seconds[operation] += seconds

    @override
    def collect(self) -> Iterable[Metric]:
        requests = CounterMetricFamily(
            "portal_graphql_requests",
            "GraphQL requests by type of operation and outcome (ok, partial, gone, or an error code).",
            labels=("operation", "outcome"),
        )
        for (operation, outcome), number in self._outcomes.items():
            requests.add_metric((operation, outcome), number)
        yield requests
        durations = HistogramMetricFamily(
            "portal_graphql_request_seconds",
            "Time from the first byte we saw to the last one we sent.",
            labels=("operation",),
        )
        bounds = [*map(str, DURATION_BUCKETS), "+Inf"]
        for operation, buckets in self._buckets.items():
            cumulated = list(zip(bounds, itertools.accumulate(buckets), strict=True))
            durations.add_metric((operation,), cumulated, self._seconds[operation])
        yield durations


class EdgeCounts(Collector):
    """Reads counts when somebody asks for the metrics, instead of copying them at each request."""

    def __init__(self, store: DocumentStore, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    @override
    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "portal_graphql_requests_in_flight", "GraphQL requests being answered now.", value=self._admission.running
        )
        yield GaugeMetricFamily(
            "portal_graphql_requests_waiting", "GraphQL requests that wait in line.", value=self._admission.waiting
        )
        yield GaugeMetricFamily("portal_documents", "Documents in the store.", value=len(self._store))
        lookups = CounterMetricFamily(
            "portal_document_lookups", "Look-ups of a document in the store.", labels=("found",)
        )
        lookups.add_metric(("yes",), self._store.counts.hits)
        lookups.add_metric(("no",), self._store.counts.misses)
        yield lookups
        published = CounterMetricFamily(
            "portal_trusted_document_requests",
            "Requests with a documentId, by whether a document is published under it.",
            labels=("found",),
        )
        published.add_metric(("yes",), self._store.counts.published)
        published.add_metric(("no",), self._store.counts.unpublished)
        yield published


class Counted(Protocol):
    """A memory that counts how often something was found in it."""

    hits: int
    misses: int

    def __len__(self) -> int: ...


class PlanCounts(Collector):
    """The compiled statements that are kept, read when somebody asks for the metrics."""

    def __init__(self, plans: Counted) -> None:
        self._plans = plans

    @override
    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("portal_plans", "Compiled statements in memory.", value=len(self._plans))
        lookups = CounterMetricFamily(
            "portal_plan_lookups",
            "Look-ups of a compiled statement; a document that was read before in the same way needs none.",
            labels=("found",),
        )
        lookups.add_metric(("yes",), self._plans.hits)
        lookups.add_metric(("no",), self._plans.misses)
        yield lookups


def trace(bug: BaseException) -> list[dict[str, Any]]:
    """The exception and its causes, outermost first: type and innermost frames, without messages or values."""
    return [
        {
            "type": f"{type(each).__module__}.{type(each).__qualname__}",
            "frames": [
                f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
                for frame, line in list(traceback.walk_tb(each.__traceback__))[-MAX_LOGGED_FRAMES:]
            ],
        }
        for each in causes(bug)
    ]


def causes(bug: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = bug
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
