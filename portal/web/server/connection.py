"""One connection of a server: uvicorn's, with the deadlines and bounds without which it can't stand in the open.

What a connection is busy with can be seen from outside, so that a request in time pays for none of this
(docs/decisions/connections.md). A WebSocket is none of these from its handshake on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar, Protocol, cast

import httptools
from typing_extensions import override  # in typing from Python 3.12
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# In the ASGI scope: what an application wants to be called when the client has gone before its answer was complete.
WHEN_GONE = "portal.when_gone"

MOST_PIPELINED = 32  # requests that wait behind the one that is being answered
LAST_REQUEST_SECONDS = 1.0  # for who has connected when the door closes, to send a request that is on its way


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long a client may take, and how much it may send."""

    connections: int = 2_000  # open at once; each idle one costs some 15 kB
    head_seconds: float = 10.0  # from connecting, or from a request's first byte, to the end of its headers
    body_seconds: float = 30.0  # from there to the end of its body
    body_grace_seconds: float = 8.0  # after which a body must come at body_bytes_per_second
    body_bytes_per_second: float = 1_000.0
    taking_seconds: float = 30.0  # for a client to take what has been sent
    idle_seconds: float = 75.0  # between requests; longer than the 60 s for which load balancers keep a connection
    head_bytes: int = 32 * 1024  # refused at twice this at the latest
    body_bytes: int = 1024 * 1024  # of the application's own limit


class Phase(StrEnum):
    """What a connection is busy with."""

    HEAD = "head"
    BODY = "body"
    WORK = "work"
    TAKING = "taking"
    IDLE = "idle"


class Turnstile(Protocol):
    """Who is turned away while there is a crowd (portal/web/server/turning_away.py)."""

    def is_shut(self, url: bytes) -> bool:
        """Whether a request for this is turned away now."""
        ...

    def answer(self, headers: Sequence[tuple[bytes, bytes]], more: Sequence[tuple[bytes, bytes]]) -> bytes:
        """The response to a request with these headers; `more` are to be in it."""
        ...


class Keeper(Protocol):
    """Whoever keeps all connections of a server (portal/web/server/connections.py)."""

    limits: ConnectionLimits
    turnstile: Turnstile
    ended: Counter[str]  # connections that the server ended, by reason

    def admit(self, newcomer: "Connection") -> None:
        """Keep a new connection, or end it or others where there are too many."""
        ...


@dataclass(eq=False, slots=True)
class TurnedAway:
    """A request that is answered by its connection as soon as it is complete."""

    scope: object
    more_body: bool = True


class Connection(HttpToolsProtocol):
    """One HTTP/1.1 connection."""

    of: ClassVar[Keeper]

    # Any: as uvicorn passes them.
    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._running: RequestResponseCycle | None = None  # what is being answered, or was
        # Whose headers came last; it may have to wait for its turn.
        self._last: RequestResponseCycle | TurnedAway | None = None
        self._received = 0  # bytes of a message that is not complete yet
        self._hosts = 0  # Host headers of the message
        self._is_last = False  # whether no request may follow the one that is answered
        self._seen: tuple[object, Phase] = (None, Phase.HEAD)
        self._seen_at: float | None = None

    # What uvicorn calls.

    @override
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.of.admit(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        running = self._running
        super().connection_lost(exc)
        if running is not None and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
            when_gone = cast("dict[str, Any]", running.scope).get(WHEN_GONE)
            if when_gone is not None:
                when_gone()

    @override
    def data_received(self, data: bytes) -> None:
        piece = self.of.limits.head_bytes
        if len(data) <= piece:
            self._feed(data)
            return
        for start in range(0, len(data), piece):
            if not self._feed(data[start : start + piece]):
                break

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._hosts = 0

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        last = self._last
        if last is not None and last.scope is self.scope:
            return  # a trailer: what comes after the body is no header, whatever its name
        name = name.lower()
        if name == b"host":
            self._hosts += 1
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    @override
    def on_headers_complete(self) -> None:
        if self._hosts != 1 or self.parser.get_http_version() != "1.1":
            self._check_version()
        if self.of.turnstile.is_shut(self.url) and self._can_be_turned_away():
            self._last = TurnedAway(self.scope)
            return
        super().on_headers_complete()
        self._last = self.cycle
        if len(self.pipeline) > MOST_PIPELINED:
            raise ValueError("Too many requests at once.")

    @override
    def on_body(self, body: bytes) -> None:
        if not isinstance(self._last, TurnedAway):
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        last = self._last
        if last is None or last.scope is not self.scope:
            return  # a request to become a WebSocket
        last.more_body = False
        if isinstance(last, TurnedAway):
            self.server_state.total_requests += 1
            self.transport.write(self.of.turnstile.answer(self.headers, self.server_state.default_headers))
        else:
            last.message_event.set()

    @override
    def on_response_complete(self) -> None:
        # Not uvicorn's own, which sets a timer for each request.
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    @override
    def shutdown(self) -> None:
        """Finish what has begun, and what is on its way: whoever has connected and asked nothing yet has a moment."""
        self._is_last = True
        waits_for_next = self.phase() is Phase.IDLE
        if waits_for_next or self._is_answering():
            super().shutdown()
        else:
            self.loop.call_later(LAST_REQUEST_SECONDS, self._end_unless_answering)

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        if self._is_last:
            cycle.keep_alive = False
        super()._start_asgi_task(cycle, app)

    # What it does itself.

    def _is_answering(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def _end_unless_answering(self) -> None:
        if not self._is_answering():
            self.transport.close()

    def _can_be_turned_away(self) -> bool:
        """Whether it is in turn, and its answer neither has to wait for anything nor ends the connection."""
        before = cast("RequestResponseCycle | None", self.cycle)
        return (
            (before is None or before.response_complete)
            and not self.expect_100_continue
            and not self.flow.write_paused
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and self.parser.get_method() in (b"POST", b"GET")
        )

    def _feed(self, data: bytes) -> bool:
        """Parse some bytes; False when no more may follow."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._malformed()
            return False
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._keep_protocol()
            return False
        last = self._last
        if last is not None and last.scope is self.scope and not last.more_body:
            self._received = 0
            return True
        return self._count(len(data))

    def _keep_protocol(self) -> None:
        """Answer who wishes for another protocol in this one. The parser has no eye for anything that follows."""
        if any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers):
            self.refuse(400, "This is HTTP/1.1: send the request without an Upgrade header.", "malformed")
        else:
            self.cycle.keep_alive = False

    def _count(self, size: int) -> bool:
        """Counts bytes of a message that is not complete; False when they are too many."""
        self._received += size
        limits = self.of.limits
        if self._is_in_head():
            if self._received > limits.head_bytes:
                self.refuse(431, "The request's headers are too long.", "head_too_long")
                return False
        elif self._received > 2 * limits.body_bytes + limits.head_bytes:
            # The application refuses long bodies. This is for what is none: chunks of nothing, endless trailers.
            self.refuse(413, "The request is too long.", "message_too_long")
            return False
        return True

    def _is_in_head(self) -> bool:
        return self._last is None or self._last.scope is not self.scope

    def _check_version(self) -> None:
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1") or self._hosts > 1 or (version == "1.1" and not self._hosts):
            raise ValueError("One Host header, in HTTP/1.1 or 1.0.")
        if version == "1.0" and any(name == b"transfer-encoding" for name, _ in self.headers):
            raise ValueError("HTTP/1.0 has no chunks.")  # a proxy of that age would see another request in it

    def _malformed(self) -> None:
        """What came is not HTTP. An answer that is under way to an earlier request is not disturbed."""
        running = self._running
        if running is None or running.response_complete or running.more_body:
            self.refuse(400, "The request is not well-formed HTTP.", "malformed")
        else:
            running.keep_alive = False
            self.flow.pause_reading()
            self.of.ended["malformed"] += 1

    def refuse(self, status: int, message: str, reason: str) -> None:
        """End the connection, with an answer if none has begun."""
        self.of.ended[reason] += 1
        if self._has_answered_early():
            self.transport.close()
            return
        running = self._running
        is_answering = running is not None and not running.response_complete
        if running is not None and is_answering:
            running.disconnected = True  # the application's answer would come too late
        if running is None or not is_answering or not running.response_started:
            self.transport.write(_refusal(status, message))
        self.transport.close()

    def _has_answered_early(self) -> bool:
        """Whether the message that is coming has been answered before its end."""
        last = self._last
        if not isinstance(last, RequestResponseCycle) or last.scope is not self.scope:
            return False
        return last.response_complete and last.more_body

    def phase(self) -> Phase:
        """What it is busy with now."""
        if self.transport.get_write_buffer_size():
            return Phase.TAKING
        running = self._running
        if running is not None and not running.response_complete:
            return Phase.BODY if running.more_body else Phase.WORK
        last = self._last
        if last is None or last.scope is not self.scope:
            return Phase.HEAD
        # Answered before its end, it is read on: a client that is still sending would not see the answer otherwise.
        return Phase.BODY if last.more_body else Phase.IDLE

    def look(self, now: float) -> None:
        """End it if it has been busy with the same thing for too long."""
        phase = self.phase()
        seen = (self._last, phase)
        if self._seen_at is None or seen != self._seen:
            self._seen, self._seen_at = seen, now
            return
        limits, seconds = self.of.limits, now - self._seen_at
        match phase:
            case Phase.HEAD if seconds > limits.head_seconds:
                self._head_is_late()
            case Phase.BODY if seconds > limits.body_seconds or self._is_slow(seconds):
                self.refuse(408, "The request's body did not come in time.", "body_too_slow")
            case Phase.TAKING if seconds > limits.taking_seconds:
                self.of.ended["answer_not_taken"] += 1
                self.transport.abort()
            case Phase.IDLE if seconds > limits.idle_seconds:
                self.end("idle")
            case _:
                return

    def _is_slow(self, seconds: float) -> bool:
        limits = self.of.limits
        return seconds > limits.body_grace_seconds and self._received < seconds * limits.body_bytes_per_second

    def _head_is_late(self) -> None:
        if self._received:
            self.refuse(408, "The request's headers did not come in time.", "head_too_slow")
        else:
            self.end("silent")

    def end(self, reason: str) -> None:
        """Close a connection that is not in the middle of an answer."""
        self.of.ended[reason] += 1
        self.transport.close()

    def waiting_since(self) -> float | None:
        """When it was first seen to wait for a request; None while it has one."""
        phase = self.phase()
        if phase not in (Phase.HEAD, Phase.IDLE) or self.transport.is_closing():
            return None
        return self._seen_at if self._seen_at is not None else self.loop.time()


def _refusal(status: int, message: str) -> bytes:
    body = f"{message}\n".encode()
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    ).encode() + body
