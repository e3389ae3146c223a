"""The GraphQL endpoint: one ASGI application, from the request's first byte to the response's last."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Generic

from portal import clock
from portal.access.enums import DocumentMode
from portal.web.documents.document import Document, InvalidDocument, Operation
from portal.web.documents.preparing import is_bare_typename
from portal.web.documents.store import DocumentStore
from portal.web.errors import BadRequest, ErrorCode, Refused, Unauthenticated, masked
from portal.web.execution import Answer, C, Executor, Presented, RequestFacts
from portal.web.negotiation import PLAIN, Wanted, wanted
from portal.web.observe import Observer
from portal.web.presenting import presented, request_id
from portal.web.requests import BodyRoom, Disconnected, GraphQLRequest, Receive, parse_post, read_body, read_get
from portal.web.responses import COMMON_HEADERS, Header, Responder, Response, Statuses
from portal.web.server.admission import Admission
from portal.web.server.connection import WHEN_GONE
from portal.web.server.deadlines import Deadlines
from portal.web.server.drain import Drain

# Any: ASGI's own types for scope and messages.
Scope = MutableMapping[str, Any]
Send = Callable[[Any], Awaitable[None]]

# How a request is counted and logged whose client went away before it was answered; nobody receives it.
ABANDONED = Response(499, b"", "gone")


@dataclass(frozen=True, slots=True)
class Edge(Generic[C]):
    """What every transport works with."""

    store: DocumentStore
    executor: Executor[C]
    observer: Observer
    admission: Admission
    drain: Drain


@dataclass(frozen=True, slots=True)
class EndpointLimits:
    """How much the endpoint takes on, and how it says that something failed."""

    timeout_seconds: float  # an operation's
    body_bytes: int
    statuses: Statuses


@dataclass(slots=True)
class Exchange:
    """One request on its way through the endpoint, as far as it came."""

    request_id: str
    presented: Presented
    wanted: Wanted = PLAIN
    operation: Operation | None = None
    task: asyncio.Task[Any] | None = None  # while it may be cancelled; Any: its result is of no interest
    is_abandoned: bool = False
    is_stream: bool = False  # a stream has begun: nothing else can be sent any more

    @property
    def media_type(self) -> str:
        return self.wanted.media_type

    def abandon(self) -> None:
        """The client has gone: what it asked for need not be worked out any more.

        A mutation that has begun is finished: what becomes of it is stored under its idempotency key.
        """
        self.is_abandoned = True
        if self.task is not None:
            self.task.cancel()


@dataclass(frozen=True, slots=True)
class Streamed(Generic[C]):
    """A request that is answered with a stream of events."""

    request: GraphQLRequest
    caller: C


# Sends a stream from its beginning to its end. Raises Refused before it has begun.
Streams = Callable[[Streamed[C], Exchange, Send], Awaitable[None]]


class GraphQLEndpoint(Generic[C]):
    """Answers GraphQL requests by POST and GET. Knows the protocol; the executor knows everything else."""

    def __init__(self, edge: Edge[C], limits: EndpointLimits, streams: Streams[C]) -> None:
        self._store = edge.store
        self._executor = edge.executor
        self._observer = edge.observer
        self.admission = edge.admission
        self._drain = edge.drain
        self._limits = limits
        self._streams = streams
        self._responder = Responder(limits.statuses)
        self._deadlines = Deadlines(limits.timeout_seconds)
        self._body_room = BodyRoom()
        self._loop: asyncio.AbstractEventLoop | None = None
        edge.observer.watch(edge.store, edge.admission)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        shown = presented(scope)
        exchange = Exchange(request_id(shown.headers), shown)
        try:
            response = await self._respond(exchange, scope, receive, send)
            if response is not None:
                await self._send(exchange, response, send)
        except Disconnected:
            return
        except asyncio.CancelledError:
            if not exchange.is_abandoned:
                raise
            response = None if exchange.is_stream else ABANDONED
        if response is not None:  # whoever runs the operations of streams tells of them
            self._observer.answered(
                exchange.request_id, exchange.operation, response.outcome, response.status, perf_counter() - started
            )

    async def _respond(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """The response, whatever happens; None when it was a stream, which is over. Only a client that went away has
        none.
        """
        try:
            exchange.wanted = wanted(exchange.presented.headers.get(b"accept", b""))
            body = await self._body(scope, exchange, receive)
            answered = await self._in_turn(exchange, scope, body)
            if isinstance(answered, Streamed):
                await self._streams(answered, exchange, send)
        except Refused as refusal:
            return self._responder.refused(refusal, exchange.media_type)
        except Disconnected:
            raise
        except Exception as bug:
            if exchange.is_stream:
                raise
            self._observer.bug(exchange.request_id, bug)
            return self._responder.answered(Answer(None, [masked(exchange.request_id)]), exchange.media_type)
        return None if isinstance(answered, Streamed) else answered

    async def _body(self, scope: Scope, exchange: Exchange, receive: Receive) -> bytes:
        """A POST's body; a GET has none that we read."""
        match scope["method"]:
            case "POST":
                return await read_body(exchange.presented.headers, receive, self._limits.body_bytes, self._body_room)
            case "GET":
                return b""
            case _:
                raise BadRequest("Use POST or GET.", status=405, headers=((b"allow", b"GET, POST"),))

    async def _in_turn(self, exchange: Exchange, scope: Scope, body: bytes) -> Response | Streamed[C]:
        """The response, once there is room to work on it. Whoever is refused has cost next to nothing until then.

        A stream is sent after that: it would keep the room for hours.
        """
        # Asked for once: in a sandbox this is a system call.
        loop = self._loop = self._loop or asyncio.get_running_loop()
        exchange.task = asyncio.current_task(loop)
        scope[WHEN_GONE] = exchange.abandon
        try:
            await self.admission.enter()
            try:
                request = parse_post(body) if scope["method"] == "POST" else read_get(scope["query_string"])
                return await self._answer(exchange, request, scope["method"])
            finally:
                self.admission.leave()
        finally:
            exchange.task = None

    async def _answer(self, exchange: Exchange, request: GraphQLRequest, method: str) -> Response | Streamed[C]:
        caller = await self._executor.authenticate(exchange.presented)
        document = await document_for(self._store, self._executor, caller, request)
        if isinstance(document, InvalidDocument):
            if exchange.wanted.prefers_stream:
                return Streamed(request, caller)
            return self._responder.answered(Answer(None, document.errors), exchange.media_type)
        operation = exchange.operation = document.operation(request.operation_name)
        check_transport(operation, method, exchange.wanted)
        if exchange.wanted.prefers_stream or operation.type == "subscription":
            return Streamed(request, caller)
        facts = RequestFacts(exchange.request_id, clock.now(), method, request.extensions)
        if not caller.is_anonymous:
            self._observer.usage.count(exchange.presented.headers, operation)
        if operation.type == "mutation":
            exchange.task = None
        running = self._executor.execute(document, operation, request.variables, caller, facts)
        answer = await self._deadlines.keep(running)
        if operation.warnings:
            answer = replace(answer, extensions={**(answer.extensions or {}), "warnings": operation.warnings})
        return self._responder.answered(answer, exchange.media_type)

    async def _send(self, exchange: Exchange, response: Response, send: Send) -> None:
        headers: list[Header] = [
            *COMMON_HEADERS[exchange.media_type],
            (b"content-length", b"%d" % len(response.body)),
            (b"x-request-id", exchange.request_id.encode()),
            *response.headers,
        ]
        if self._drain.begun:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})


async def document_for(
    store: DocumentStore, executor: Executor[C], caller: C, request: GraphQLRequest
) -> Document | InvalidDocument:
    """The document that a caller asks for, by its text or by the id that it is published under, whatever the transport.

    Raises Unauthenticated for one that strangers may not ask for, Refused for what the caller's credential may not send
    and for an id that the caller's organization does not know.
    """
    text = request.query
    # Before the store: its errors would tell strangers about the schema, and its work is for those we know.
    if caller.is_anonymous:
        if request.document_id is not None or not is_bare_typename(text):
            raise Unauthenticated
    elif request.document_id is not None:
        return await published_document(store, executor, caller, request.document_id)
    elif await executor.document_mode(caller) is DocumentMode.ONLY:
        raise Refused(
            ErrorCode.PERSISTED_QUERY_ID_REQUIRED,
            "You are signed in with what runs published documents only. Publish this one, and send its documentId.",
        )
    whose = caller.organization_key
    document = store.find(text, whose)
    if document is None:
        await executor.admit(caller, text)
        document = store.make(text, whose)
    return document


async def published_document(
    store: DocumentStore, executor: Executor[C], caller: C, document_id: str
) -> Document | InvalidDocument:
    """The document that a caller's organization has published under an id. Others' are as unknown as nobody's."""
    if await executor.document_mode(caller) is DocumentMode.OFF:
        raise Refused(
            ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED,
            "You are signed in with what does not run documents by their ids. Send the document itself.",
        )
    text = await executor.published(caller, document_id)
    if text is None:
        store.counts.unpublished += 1
        raise Refused(
            ErrorCode.PERSISTED_QUERY_NOT_FOUND,
            "No document is published under this id, which is sha256: and the SHA-256 of its text. Publish it, or send "
            "the document itself.",
        )
    return store.published(document_id, text, caller.organization_key)


def check_transport(operation: Operation, method: str, answer: Wanted) -> None:
    """Refuses a mutation that came by GET, which must be safe to repeat, and a subscription to whoever wants a single
    response.
    """
    if operation.type == "subscription" and not answer.may_stream:
        raise Refused(
            ErrorCode.OPERATION_RESOLUTION_FAILURE,
            "A subscription can't be answered with one response: send Accept: text/event-stream, or use a WebSocket.",
        )
    if operation.type == "mutation" and method == "GET":
        raise BadRequest("Send mutations by POST.", status=405, headers=((b"allow", b"POST"),))
