"""Operations over a connection that stays open: what each sends, in order, whatever carries it.

A query or a mutation sends its answer and is complete; a subscription sends until its client or its rights end it. The
same documents, limits, errors and codes as over plain HTTP.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Generic

from portal import clock
from portal.web.documents.document import Document, InvalidDocument, Operation
from portal.web.errors import ErrorCode, Refused, masked
from portal.web.execution import Answer, C, Presented, RequestFacts
from portal.web.graphql import Edge, document_for
from portal.web.live.open import Open
from portal.web.negotiation import JSON
from portal.web.requests import GraphQLRequest
from portal.web.responses import Responder, Statuses, code_of
from portal.web.server.deadlines import Deadlines

GONE = "gone"  # how an operation ends whose client has gone, as in the metrics of requests


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
