"""Server-Sent Events: one request, answered with a stream of its results (graphql-sse, distinct connections mode).

Each result is a `next` event, and `complete` says that there are no more. A stream that ends without it was cut off:
its client connects again, where an EventSource names the last event's id by itself, which is the cursor.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, nullcontext
from typing import Any, Generic

import orjson

from portal.web.errors import Unauthenticated
from portal.web.execution import C
from portal.web.graphql import Exchange, Send, Streamed
from portal.web.live.operations import LiveOperations, NotRun, Sent
from portal.web.negotiation import EVENT_STREAM
from portal.web.responses import Header

HEADERS: tuple[Header, ...] = (
    (b"content-type", f"{EVENT_STREAM}; charset=utf-8".encode()),
    (b"vary", b"Accept"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # or nginx keeps events until it has enough of them
    (b"x-content-type-options", b"nosniff"),
)

COMMENT = b":\n\n"
STOPS = b": The server stops. Connect again.\n\n"
COMPLETE = b"event: complete\ndata:\n\n"

# Postgres breaks lines between the members of a list. A line is an event's end here; within texts they are escaped.
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


class _Stopped(Exception):
    """The server stops while a subscription runs."""


class EventStreams(Generic[C]):
    """Sends the results of operations as events."""

    def __init__(self, live: LiveOperations[C]) -> None:
        self._live = live

    async def __call__(self, streamed: Streamed[C], exchange: Exchange, send: Send) -> None:
        """Send a stream. Raises Refused before it has begun, where there are too many, or for strangers."""
        caller, opened = streamed.caller, self._live.open
        if caller.is_anonymous:
            raise Unauthenticated
        is_mutation = exchange.operation is not None and exchange.operation.type == "mutation"
        with opened.connection("sse"), opened.caller(caller):
            if not is_mutation:
                exchange.task = asyncio.current_task()  # ends with its client
                if exchange.is_abandoned:
                    return
            exchange.is_stream = True
            try:
                await send({"type": "http.response.start", "status": 200, "headers": _headers(streamed, exchange)})
                await _write(send, COMMENT)  # so that the client learns at once that it has begun
                await self._tell(streamed, exchange, send)
            finally:
                exchange.task = None
            await send({"type": "http.response.body", "body": b""})

    async def _tell(self, streamed: Streamed[C], exchange: Exchange, send: Send) -> None:
        """Send the results, to the last one or until the server stops."""
        is_subscription = exchange.operation is not None and exchange.operation.type == "subscription"
        running = self._live.run(streamed.request, streamed.caller, exchange.request_id, exchange.presented)
        with self._live.open.drain.closing() if is_subscription else nullcontext() as closing:
            async with aclosing(running) as results:
                try:
                    while (sent := await self._next(results, send, closing)) is not None:
                        await _write(send, _event(sent.payload, sent.cursor))
                except NotRun as refusal:
                    await _write(send, _event(b'{"errors":' + orjson.dumps(refusal.errors) + b"}", None))
                except _Stopped:
                    await _write(send, STOPS)
                    return
        await _write(send, COMPLETE)

    async def _next(
        self, results: AsyncGenerator[Sent, None], send: Send, closing: asyncio.Future[None] | None
    ) -> Sent | None:
        """The next result, None after the last. As long as none comes, the client is told that the stream still is."""
        coming = asyncio.create_task(_following(results))
        awaited: set[asyncio.Future[Any]] = {coming} if closing is None else {coming, closing}  # Any: of no interest
        try:
            while not coming.done():
                await asyncio.wait(
                    awaited, timeout=self._live.open.limits.silent_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                if coming.done():
                    break
                if closing is not None and closing.done():
                    raise _Stopped
                await _write(send, COMMENT)
            return coming.result()
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)


async def _following(results: AsyncGenerator[Sent, None]) -> Sent | None:
    return await anext(results, None)


async def _write(send: Send, data: bytes) -> None:
    """Send some bytes; waits while the client takes too few, until its connection ends (Phase.TAKING)."""
    await send({"type": "http.response.body", "body": data, "more_body": True})


def _headers(streamed: Streamed[Any], exchange: Exchange) -> list[Header]:  # Any: whoever calls has headers
    return [*HEADERS, (b"x-request-id", exchange.request_id.encode()), *streamed.caller.headers]


def _event(payload: bytes, cursor: str | None) -> bytes:
    id_ = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return b"event: next\n" + id_ + b"data: " + payload.translate(_ONE_LINE) + b"\n\n"
