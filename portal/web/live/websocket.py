"""graphql-transport-ws: one WebSocket, many operations, as the protocol's own document says.

Each operation is a task of its own, so none waits for another. A message that breaks the protocol closes the socket
with the protocol's code; an operation that fails ends with an `error` message, and its neighbours go on.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import Any, Generic

import orjson

from portal.web.errors import ErrorCode, Refused
from portal.web.execution import C, Executor, Presented
from portal.web.live.operations import LiveOperations, NotRun
from portal.web.requests import GraphQLRequest, Receive, check_variables, from_members
from portal.web.usage import NAME_HEADERS, VERSION_HEADERS

SUBPROTOCOL = "graphql-transport-ws"

# Any: ASGI's own types, as in graphql.py.
Scope = Any
Send = Callable[[Any], Awaitable[None]]

MAX_ID_LENGTH = 200  # characters


class Close(Exception):
    """The socket is closed, with a code of the protocol or of RFC 6455."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def invalid(reason: str) -> Close:
    return Close(4400, reason)


class WebSocketEndpoint(Generic[C]):
    """Accepts WebSockets and has a conversation over each."""

    def __init__(self, live: LiveOperations[C], executor: Executor[C], origins: frozenset[str]) -> None:
        """`origins` are those of other sites that browsers may connect from."""
        self._live = live
        self._executor = executor
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        headers = dict(scope["headers"])
        client = scope.get("client")
        shown = Presented(headers, client[0] if client else None, "POST", is_handshake=True)
        if not self._is_welcome(shown):
            await send({"type": "websocket.close", "code": 4403})  # before it is accepted: 403
            return
        try:
            with self._live.open.connection("websocket"), ExitStack() as unknown:
                unknown.enter_context(self._live.open.stranger(shown.address))
                if SUBPROTOCOL not in scope["subprotocols"]:
                    await send({"type": "websocket.accept"})
                    await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
                    return
                await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
                conversation = Conversation(self._live, self._executor, shown, receive, send)
                await conversation.hold(unknown)
        except Refused as refusal:
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            await send({"type": "websocket.close", "code": 1013, "reason": refusal.message})

    def _is_welcome(self, shown: Presented) -> bool:
        """Whether it comes from no browser, from a page of this very host, or from one of the other sites allowed."""
        origin = shown.header(b"origin")
        if origin is None:
            return True
        # Compared as text: what a browser sends is a scheme and a host, and others may send what is no address.
        return origin in self._origins or origin.partition("://")[2] == (shown.header(b"host") or None)


class Conversation(Generic[C]):
    """One socket, from its acceptance to its end."""

    def __init__(
        self, live: LiveOperations[C], executor: Executor[C], shown: Presented, receive: Receive, send: Send
    ) -> None:
        self._live = live
        self._executor = executor
        self._shown = shown
        self._receive = receive
        self._send_message = send
        self._caller: C | None = None
        self._is_initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._main: asyncio.Task[Any] | None = None
        self._closing: Close | None = None
        self._counted = ExitStack()

    async def hold(self, unknown: ExitStack) -> None:
        """Talk until either side has enough; `unknown` is closed once it is known with whom."""
        self._main = asyncio.current_task()
        try:
            with self._counted:
                await self._listen(unknown)
        except Close as close:
            await self._send_message({"type": "websocket.close", "code": close.code, "reason": close.reason})
        finally:
            tasks = list(self._operations.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, unknown: ExitStack) -> None:
        try:
            async with asyncio.timeout(self._live.open.limits.init_seconds):
                while self._caller is None:
                    if not await self._hear():
                        return
        except TimeoutError as problem:
            raise Close(4408, "Connection initialisation timeout") from problem
        unknown.close()
        try:
            while await self._hear():
                pass
        except asyncio.CancelledError:
            if self._closing is None:
                raise
            if self._main is not None:
                self._main.uncancel()
            raise self._closing from None

    async def _hear(self) -> bool:
        """Hear one message; False when there are no more."""
        received = await self._receive()
        if received["type"] == "websocket.disconnect":
            return False
        text = received.get("text")
        if text is None:
            raise invalid("Messages are text")
        await self._answer(_members(text))
        return True

    async def _answer(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._init(message.get("payload"))
            case "ping":
                await self._say({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self._complete(_id(message))
            case _:
                raise invalid("Unknown message type")

    async def _init(self, payload: object) -> None:
        if self._is_initialised:
            raise Close(4429, "Too many initialisation requests")
        self._is_initialised = True
        if payload is not None and not isinstance(payload, dict):
            raise invalid("The payload of connection_init is an object")
        try:
            self._shown = _with_payload(self._shown, payload or {})
            caller = await self._executor.authenticate(self._shown)
        except Refused as refusal:
            raise Close(4403, "Forbidden") from refusal
        if caller.is_anonymous:
            raise Close(4403, "Forbidden")
        try:
            self._counted.enter_context(self._live.open.caller(caller))
        except Refused as refusal:
            raise Close(1013, refusal.message) from refusal
        self._caller = caller
        await self._say({"type": "connection_ack"})

    def _subscribe(self, message: dict[str, Any]) -> None:
        caller = self._caller
        if caller is None:
            raise Close(4401, "Unauthorized")
        name = _id(message)
        outcome = self._asked(message.get("payload"))
        if name in self._operations:
            raise Close(4409, f"Subscriber for {name} already exists")
        most = self._live.open.limits.operations
        if len(self._operations) >= most:
            outcome = Refused(ErrorCode.OVERLOADED, f"At most {most} operations at once on one connection.")
        running = (
            self._fail(name, [outcome.as_error()]) if isinstance(outcome, Refused) else self._run(name, outcome, caller)
        )
        self._operations[name] = asyncio.create_task(running)

    def _asked(self, payload: object) -> GraphQLRequest | Refused:
        """The request in a message; a Refused where only this one is not to be run."""
        if not isinstance(payload, dict):
            raise invalid("The payload of subscribe is an object")
        try:
            request = from_members(payload)
            check_variables(request.variables, orjson.dumps(request.variables))
        except Refused as refusal:
            if refusal.code is ErrorCode.BAD_REQUEST:
                raise invalid(refusal.message) from refusal
            return refusal
        return request

    def _complete(self, id: str) -> None:
        task = self._operations.pop(id, None)
        if task is not None:
            task.cancel()

    async def _run(self, id: str, request: GraphQLRequest, caller: C) -> None:
        """Send what an operation sends."""
        prefix = b'{"id":' + orjson.dumps(id) + b',"type":"next","payload":'
        try:
            async with aclosing(self._live.run(request, caller, os.urandom(16).hex(), self._shown)) as results:
                async for sent in results:
                    await self._say_bytes(prefix + sent.payload + b"}")
        except NotRun as refusal:
            await self._fail(id, refusal.errors)
            if refusal.is_unauthenticated:
                self._close(Close(4403, "Forbidden"))
            return
        self._forget(id)
        await self._say({"id": id, "type": "complete"})

    async def _fail(self, id: str, errors: list[dict[str, Any]]) -> None:
        self._forget(id)
        await self._say({"id": id, "type": "error", "payload": errors})

    def _forget(self, id: str) -> None:
        """An operation is over, so its id may be used again; unless it was completed, and is another's by now."""
        if self._operations.get(id) is asyncio.current_task():
            del self._operations[id]

    def _close(self, close: Close) -> None:
        """Close the socket from within one of its operations."""
        if self._closing is None and self._main is not None:
            self._closing = close
            self._main.cancel()

    async def _say(self, message: dict[str, Any]) -> None:
        await self._say_bytes(orjson.dumps(message))

    async def _say_bytes(self, message: bytes) -> None:
        await self._send_message({"type": "websocket.send", "text": message.decode()})


def _members(text: str) -> dict[str, Any]:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid("Messages are JSON") from None
    if not isinstance(message, dict):
        raise invalid("Messages are objects")
    return message


def _id(message: dict[str, Any]) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not name or len(name) > MAX_ID_LENGTH:
        raise invalid(f"The id is a text of at most {MAX_ID_LENGTH} characters")
    return name


def _with_payload(shown: Presented, payload: dict[str, Any]) -> Presented:
    """What the handshake showed, with what connection_init says in the place of headers, which pages can't add: the
    credential, and the client's name and version.
    """
    headers = dict(shown.headers)
    given = payload.get("Authorization", payload.get("authorization"))
    if given is not None:
        headers[b"authorization"] = _credential(given)
    for name in (*NAME_HEADERS, *VERSION_HEADERS):
        said = payload.get(name.decode())
        if isinstance(said, str):
            headers[name] = said.encode("latin-1", "replace")
    return replace(shown, headers=headers)


def _credential(given: object) -> bytes:
    if not isinstance(given, str):
        raise invalid("Authorization is a text")
    try:
        return given.encode("latin-1")
    except UnicodeEncodeError:
        raise Close(4403, "Forbidden") from None
