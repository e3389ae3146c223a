"""A network between a client and the portal that can be cut, and that can lose an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Network:
    """Carries bytes to a port of this machine and back."""

    to: int
    port: int = 0
    is_cut: bool = False
    answers_to_lose: int = 0  # each ends its connection
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """End all connections, and take none until `mend`."""
        self.is_cut = True
        for writer in self._writers:
            writer.close()

    def mend(self) -> None:
        self.is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        if self.is_cut:
            writer.close()
            return
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.to)
        self._writers |= {writer, server_writer}
        there = asyncio.create_task(self._pump(reader, server_writer))
        back = asyncio.create_task(self._pump_back(server_reader, writer))
        await asyncio.wait({there, back}, return_when="FIRST_COMPLETED")
        for each in (writer, server_writer):
            each.close()
        await asyncio.gather(there, back)
        self._writers -= {writer, server_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)

    async def _pump_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if self.answers_to_lose:
                    self.answers_to_lose -= 1
                    return
                writer.write(data)


@asynccontextmanager
async def a_network(to: int) -> AsyncIterator[Network]:
    network = Network(to)
    server = await asyncio.start_server(network.carry, "127.0.0.1", 0)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        network.cut()
        server.close()
        await server.wait_closed()
