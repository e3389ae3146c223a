"""Operations over a connection that stays open: what each sends, in order, whatever carries it.

A query or a mutation sends its answer and is complete; a subscription sends until its client or its rights end it. The
same documents, limits, errors and codes as over plain HTTP.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Hashable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Generic

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override  # in typing from Python 3.12

from portal import clock
from portal.web.documents.store import Document, InvalidDocument, Operation
from portal.web.errors import ErrorCode, Refused, masked
from portal.web.execution import Answer, C, Caller, Presented, RequestFacts
from portal.web.graphql import Edge, document_for
from portal.web.negotiation import JSON
from portal.web.presenting import networks_of
from portal.web.requests import GraphQLRequest
from portal.web.responses import Responder, Statuses, code_of
from portal.web.server.deadlines import Deadlines
from portal.web.server.drain import Drain

RETRY_SOON = ((b"retry-after", b"5"),)  # seconds
GONE = "gone"  # how an operation ends whose client has gone, as in the metrics of requests


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """How much may stay open."""

    connections: int = 1_500  # of the process
    connections_of_organization: int = 1_125  # so that no organization takes all places from the others
    connections_of_credential: int = 50
    strangers: int = 500  # sockets for which nobody has signed in yet, of all connections
    strangers_of_address: int = 100  # a whole office that connects again at once has signed in a moment later
    operations: int = 20  # at once on one connection
    init_seconds: float = 10.0  # from the handshake to connection_init
    silent_seconds: float = 15.0  # before an event stream says that it is still there: proxies give up after 60
    database_connections: int = 2  # for reading what subscribers are told


@dataclass(frozen=True, slots=True)
class Sent:
    """One result of an operation, as JSON; `cursor` is where a subscription goes on after it."""

    payload: bytes
    cursor: str | None = None


class NotRun(Exception):
    """An operation that ends with errors instead of a result; they are as a response carries them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:  # Any: JSON
        super().__init__(errors[0]["message"])
        self.errors = errors

    @property
    def is_unauthenticated(self) -> bool:
        return any(error["extensions"].get("code") == ErrorCode.UNAUTHENTICATED for error in self.errors)


@dataclass(eq=False)
class Open:
    """What is open in this process, and what was sent: for limits, the metrics and the drain."""

    limits: LiveLimits
    drain: Drain
    connections: Counter[str] = field(default_factory=Counter)  # by transport
    strangers: Counter[str | None] = field(default_factory=Counter)  # by network
    organizations: Counter[Hashable] = field(default_factory=Counter)
    credentials: Counter[Hashable] = field(default_factory=Counter)
    subscriptions: int = 0
    sent: int = 0
    ended: Counter[str] = field(default_factory=Counter)  # subscriptions that ended with an error, by its code
    seconds_to_send: float = 0.0  # from the change to the sending, over all that was sent

    @contextmanager
    def connection(self, transport: str) -> Iterator[None]:
        """Count a connection while it is open. Raises Refused where there are too many, or the server is to stop."""
        if self.drain.begun or self.connections.total() >= self.limits.connections:
            raise Refused(
                ErrorCode.OVERLOADED,
                "The server takes no more live connections now. Try again later.",
                headers=RETRY_SOON,
            )
        self.connections[transport] += 1
        try:
            yield
        finally:
            self.connections[transport] -= 1

    @contextmanager
    def stranger(self, address: str | None) -> Iterator[None]:
        """Count a socket until somebody has signed in for it: strangers must not take all places from those we know.

        Raises Refused where there are too many, from one address or in all.
        """
        network = None if address is None else networks_of(address)[-1]
        limits = self.limits
        if self.strangers.total() >= limits.strangers or self.strangers[network] >= limits.strangers_of_address:
            raise Refused(
                ErrorCode.OVERLOADED, "Too many sockets wait for connection_init. Try again later.", headers=RETRY_SOON
            )
        self.strangers[network] += 1
        try:
            yield
        finally:
            self.strangers[network] -= 1
            if not self.strangers[network]:
                del self.strangers[network]

    @contextmanager
    def caller(self, caller: Caller) -> Iterator[None]:
        """Count a connection of somebody who has signed in while it is open. Raises Refused where their credential or
        their organization has too many.
        """
        limits = self.limits
        with (
            _counted(
                self.organizations,
                caller.organization_key,
                limits.connections_of_organization,
                "in one organization. Close some",
            ),
            _counted(
                self.credentials,
                caller.key,
                limits.connections_of_credential,
                "with one credential. Close one, or share one",
            ),
        ):
            yield


@contextmanager
def _counted(counts: Counter[Hashable], key: Hashable, most: int, whose: str) -> Iterator[None]:
    """Count a connection under a key. Raises Refused where there are `most` of that key."""
    if counts[key] >= most:
        raise Refused(ErrorCode.OVERLOADED, f"At most {most} live connections at once {whose}.", headers=RETRY_SOON)
    counts[key] += 1
    try:
        yield
    finally:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]


@dataclass(slots=True)
class _Running:
    """One operation, as far as it came."""

    request_id: str
    operation: Operation | None = None
    outcome: str = "ok"
    started: float = field(default_factory=perf_counter)


@dataclass(slots=True)
class _Place:
    """A place among the requests that are worked on."""

    task: asyncio.Task[Answer] | None = None

    async def finish(self, answering: Coroutine[Any, Any, Answer]) -> Answer:
        """A mutation's answer. Once it has begun it is finished, though its client may leave meanwhile: what becomes of
        it is stored under its idempotency key.
        """
        self.task = asyncio.create_task(answering)
        return await asyncio.shield(self.task)


class LiveOperations(Generic[C]):
    """Runs operations for connections that stay open."""

    def __init__(self, edge: Edge[C], open_: Open, timeout_seconds: float) -> None:
        self._store = edge.store
        self._executor = edge.executor
        self._observer = edge.observer
        self._admission = edge.admission
        self._deadlines = Deadlines(timeout_seconds)
        self._responder = Responder(Statuses())
        self.open = open_

    async def run(
        self, request: GraphQLRequest, caller: C, request_id: str, presented: Presented
    ) -> AsyncGenerator[Sent, None]:
        """The results of an operation. Raises NotRun where it ends with errors instead."""
        running = _Running(request_id)
        try:
            async for sent in self._results(running, request, caller, presented):
                yield sent
        except NotRun as refusal:
            running.outcome = code_of(refusal.errors[0])
            raise
        except Refused as refusal:
            running.outcome = refusal.code
            raise NotRun([refusal.as_error()]) from refusal
        except asyncio.CancelledError:
            running.outcome = GONE
            raise
        except Exception as bug:
            running.outcome = ErrorCode.INTERNAL_SERVER_ERROR
            self._observer.bug(request_id, bug)
            raise NotRun([masked(request_id)]) from bug
        finally:
            self._ended(running)

    async def _results(
        self, running: _Running, request: GraphQLRequest, caller: C, presented: Presented
    ) -> AsyncGenerator[Sent, None]:
        facts = RequestFacts(
            running.request_id, clock.now(), presented.method, request.extensions, _last_event_id(presented)
        )
        async with self._place() as place:
            document = await self._document(request, caller)
            operation = running.operation = document.operation(request.operation_name)
            self._observer.usage.count(presented.headers, operation)
            if operation.type != "subscription":
                answering = self._deadlines.keep(
                    self._executor.execute(document, operation, request.variables, caller, facts)
                )
                answer = await (place.finish(answering) if operation.type == "mutation" else answering)
        # Outside: a subscription would keep its place for hours.
        if operation.type != "subscription":
            yield self._result(answer, operation)
            return
        async for sent in self._subscription(document, operation, request, caller, facts):
            yield sent

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[_Place]:
        """A place among the requests that are worked on, for the length of a block and of what is finished after it.

        Raises Overloaded.
        """
        await self._admission.enter()
        place = _Place()
        try:
            yield place
        finally:
            if place.task is None or place.task.done():
                self._admission.leave()
            else:
                place.task.add_done_callback(lambda _: self._admission.leave())

    async def _document(self, request: GraphQLRequest, caller: C) -> Document:
        document = await document_for(self._store, self._executor, caller, request)
        if isinstance(document, InvalidDocument):
            raise NotRun(document.errors)
        return document

    def _ended(self, running: _Running) -> None:
        operation, outcome = running.operation, running.outcome
        if operation is None or operation.type != "subscription":
            self._observer.answered(running.request_id, operation, outcome, 200, perf_counter() - running.started)
        elif outcome not in ("ok", GONE):
            self.open.ended[outcome] += 1

    def _result(self, answer: Answer, operation: Operation) -> Sent:
        if answer.data_json is None and answer.errors:
            raise NotRun(answer.errors)
        answer = replace(answer, extensions=_extensions(answer.extensions, operation))
        return Sent(self._responder.answered(answer, JSON).body)

    async def _subscription(
        self, document: Document, operation: Operation, request: GraphQLRequest, caller: C, facts: RequestFacts
    ) -> AsyncGenerator[Sent, None]:
        self.open.subscriptions += 1
        try:
            async with self._executor.subscribe(document, operation, request.variables, caller, facts) as telling:
                async for told in telling:
                    answer = Answer(told.data_json, extensions=_extensions(told.extensions, operation))
                    yield Sent(self._responder.answered(answer, JSON).body, told.cursor)
                    self.open.sent += 1
                    self.open.seconds_to_send += (clock.now() - told.recorded_at).total_seconds()
        finally:
            self.open.subscriptions -= 1


def _extensions(given: dict[str, Any] | None, operation: Operation) -> dict[str, Any] | None:
    """The `extensions` of a result: what it cost, and what of the operation is deprecated."""
    return {**(given or {}), "warnings": operation.warnings} if operation.warnings else given


def _last_event_id(presented: Presented) -> str | None:
    """What a browser's EventSource sends when it connects again. A socket has many operations, each its `after`."""
    return None if presented.is_handshake else presented.header(b"last-event-id") or None


class LiveCounts(Collector):
    """What is open and was sent, read when somebody asks for the metrics."""

    def __init__(self, open_: Open) -> None:
        self._open = open_

    @override
    def collect(self) -> Iterable[Metric]:
        connections = GaugeMetricFamily("portal_live_connections", "Live connections now.", labels=("transport",))
        for transport, number in self._open.connections.items():
            connections.add_metric((transport,), number)
        yield connections
        yield GaugeMetricFamily("portal_subscriptions", "Subscriptions now.", value=self._open.subscriptions)
        yield CounterMetricFamily("portal_subscription_events", "Events sent to subscribers.", value=self._open.sent)
        yield CounterMetricFamily(
            "portal_subscription_event_seconds",
            "Time from a change to its event's being sent, added up over all events sent.",
            value=self._open.seconds_to_send,
        )
        ended = CounterMetricFamily(
            "portal_subscriptions_ended", "Subscriptions that ended with an error, by its code.", labels=("code",)
        )
        for code, number in self._open.ended.items():
            ended.add_metric((code,), number)
        yield ended
