"""WebSockets below the protocol: uvicorn's, with limits on what it lets a client make us keep."""

import asyncio
from typing import Any

from typing_extensions import override  # in typing from Python 3.12
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

MOST_FRAGMENTS = 1_000  # of one message; empty ones cost memory, and count against no size
SENDS_WITHIN_SECONDS = 10.0  # a client that reads nothing for so long is given up


class Socket(WebSocketsSansIOProtocol):
    """One WebSocket."""

    sends_within_seconds = SENDS_WITHIN_SECONDS

    @override
    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MOST_FRAGMENTS:
            self.conn.fail(1009, "too many fragments")
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
            return
        super().handle_cont(event)

    @override
    def handle_ping(self) -> None:
        if not self.writable.is_set():  # it asks for answers that it does not read
            self.transport.abort()
            return
        super().handle_ping()

    @override
    async def send(self, message: Any) -> None:  # Any: uvicorn's own type of message
        if not self.writable.is_set():
            try:
                async with asyncio.timeout(self.sends_within_seconds):
                    await self.writable.wait()
            except TimeoutError as problem:
                self.conn.fail(1013, "Too slow: connect again and go on from the last cursor.")
                self.transport.write(b"".join(self.conn.data_to_send()))
                self.transport.close()
                self.loop.call_later(self.sends_within_seconds, self.transport.abort)
                raise ClientDisconnected from problem
        await super().send(message)
