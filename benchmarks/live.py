"""A thousand people who look at boards where nothing happens, and a hundred at boards where much does."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import UUID

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks import bars
from benchmarks.bars import Bar, at_most
from benchmarks.client import HOST, ask
from benchmarks.operations import Movable, Parameters
from benchmarks.targets import Target
from portal import clock
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.jobs.relay import BATCH, publish_waiting
from portal.jobs.worker import IDLE_SECONDS

IDLE, BUSY = 1_000, 100  # subscribers
BOARDS = 10  # that the busy ones watch
_MOVES_PER_SECOND = 20.0  # on all boards: 200 events a second are told
_LEAST_SECONDS = 10.0
_AT_ONCE = 50  # that connect at the same time
_PATIENCE_SECONDS = 120.0

_PROTOCOL = "graphql-transport-ws"
_TOLD = """subscription told($id: ID!) { pipelineChanged(openingId: $id) {
    cursor type occurredAt application { id candidate { id name } }
    ... on ApplicationMoved { fromStage { id name } toStage { id name } } } }"""
_OPENINGS = "SELECT id, opening_id FROM portal.application WHERE id = ANY($1)"


@dataclass
class _Board:
    """A busy board: an application on it is moved to and fro."""

    opening: str
    movable: Movable
    sent_at: list[float] = field(default_factory=list)  # when each move was sent

    async def move(self, port: int, run: str, moves: int) -> None:
        for number in range(moves):
            self.sent_at.append(perf_counter())
            answer = await ask(port, self.movable.next_move(f"{run}-live-{self.movable.id}-{number}"))
            if b'"userErrors":[]' not in answer:
                raise RuntimeError(f"A move was refused: {answer!r}")
            await asyncio.sleep(BOARDS / _MOVES_PER_SECOND)


@dataclass
class _Watcher:
    """One subscriber, by a WebSocket or by Server-Sent Events."""

    port: int
    token: str
    opening: str
    heard_at: list[float] = field(default_factory=list)

    async def by_socket(self) -> None:
        async with connect(
            f"ws://{HOST}:{self.port}/graphql", subprotocols=[Subprotocol(_PROTOCOL)], compression=None
        ) as socket:
            init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}}
            await socket.send(json.dumps(init))
            await socket.recv()
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": self._asked()}))
            async for message in socket:
                self._heard('"type":"next"' in str(message), message)

    async def by_stream(self) -> None:
        body = json.dumps(self._asked()).encode()
        reader, writer = await asyncio.open_connection(HOST, self.port)
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\naccept: text/event-stream\r\n"
            f"authorization: Bearer {self.token}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        try:
            while line := await reader.readline():
                if line.startswith(b"data:"):
                    self._heard(line.startswith(b'data: {"data":{'), line)
        finally:
            writer.close()

    def _asked(self) -> dict[str, object]:
        return {"query": _TOLD, "variables": {"id": self.opening}}

    def _heard(self, is_event: bool, what: object) -> None:
        if not is_event:
            raise RuntimeError(f"A subscription has ended: {what!r}")
        self.heard_at.append(perf_counter())


async def live(portal: Target, parameters: Parameters, arguments: Mapping[str, Any], seconds: float) -> list[Bar]:
    """The server's memory with everybody subscribed, and how long an event takes from the change to whoever watches.

    `arguments` are those of the application's own connections, for a worker: nothing is told before it is published.
    """
    boards = await _boards(portal, parameters)
    idle = _idle(portal.port, parameters, {board.opening for board in boards})
    busy = [_Watcher(portal.port, each.movable.token, each.opening) for each in boards * (BUSY // BOARDS)]
    moves = max(1, int(max(seconds, _LEAST_SECONDS) * _MOVES_PER_SECOND / BOARDS))
    async with _publishing(arguments), _watching(portal, [*idle, *busy]):
        memory = portal.memory_bytes()
        async with asyncio.TaskGroup() as moving:
            for board in boards:
                moving.create_task(board.move(portal.port, parameters.run, moves))
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while any(len(watcher.heard_at) < moves for watcher in busy):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.05)
        memory = max(memory, portal.memory_bytes())
    return _judged(boards, busy, moves, memory)


def _judged(boards: list[_Board], busy: list[_Watcher], moves: int, memory: int) -> list[Bar]:
    sent_at = {board.opening: board.sent_at for board in boards}
    took = sorted(
        heard - sent for each in busy for sent, heard in zip(sent_at[each.opening], each.heard_at, strict=False)
    )
    lost_or_doubled = sum(abs(moves - len(each.heard_at)) for each in busy)
    p50, p99 = (took[len(took) * share // 100] * 1e3 if took else float("inf") for share in (50, 99))
    what = f"{IDLE:,} idle and {BUSY} busy subscribers"
    return [
        at_most(f"{what}: memory", memory / 1e6, bars.LIVE_MEGABYTES, " MB"),
        at_most(f"{what}: p99 from a move's sending to its event (p50 {p50:.0f} ms)", p99, bars.LIVE_P99_MS, " ms"),
        at_most(f"{what}: events of {moves * len(busy):,} that were lost or doubled", lost_or_doubled, 0),
    ]


async def _boards(portal: Target, parameters: Parameters) -> list[_Board]:
    """Boards of one organization, each with an application to move."""
    ours = [each for each in parameters.movable if each.token == parameters.movable[0].token]
    rows = await portal.admin.fetch(_OPENINGS, [UUID(each.id.removeprefix("app_")) for each in ours])
    openings: dict[str, str] = {public_id("app", row["id"]): public_id("opn", row["opening_id"]) for row in rows}
    by_opening = {openings[each.id]: each for each in ours}
    if len(by_opening) < BOARDS:
        raise RuntimeError(f"There are no {BOARDS} boards with something to move at this scale.")
    return [_Board(opening, movable) for opening, movable in list(by_opening.items())[:BOARDS]]


def _idle(port: int, parameters: Parameters, busy: set[str]) -> Iterator[_Watcher]:
    asked = parameters.reads("board", "live")
    found = 0
    while found < IDLE:
        each = next(asked)
        opening = str(each.variables["id"])
        if opening not in busy:
            found += 1
            yield _Watcher(port, each.token, opening)


@asynccontextmanager
async def _watching(portal: Target, watchers: list[_Watcher]) -> AsyncIterator[None]:
    """Everybody subscribes, half of them by WebSockets. Raises RuntimeError when somebody's subscription has ended."""
    tasks: list[asyncio.Task[None]] = []
    await _subscriptions(portal.port)  # which waits until the server is there; a handshake would give up
    try:
        for number, watcher in enumerate(watchers):
            tasks.append(asyncio.create_task(watcher.by_stream() if number % 2 else watcher.by_socket()))
            if number % _AT_ONCE == _AT_ONCE - 1 or watcher is watchers[-1]:
                await _subscribed(portal, tasks)
        yield
        _check_open(tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _check_open(tasks: list["asyncio.Task[None]"]) -> None:
    """Raises what ended a subscription, if one has ended."""
    for task in tasks:
        if task.done():
            task.result()
            raise RuntimeError("A connection was closed.")


async def _subscribed(portal: Target, tasks: list["asyncio.Task[None]"]) -> None:
    """Until all of these subscriptions run."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await _subscriptions(portal.port) < len(tasks):
            portal.check_alive()
            _check_open(tasks)
            await asyncio.sleep(0.02)


async def _subscriptions(port: int) -> float:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"GET /metrics HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode())
    lines = (await reader.read()).splitlines()
    writer.close()
    return next(float(line.split()[1]) for line in lines if line.startswith(b"portal_subscriptions "))


@asynccontextmanager
async def _publishing(arguments: Mapping[str, Any]) -> AsyncIterator[None]:
    """What a worker does about events. Those that earlier measurements have left come first."""
    database = await Database.open(arguments, size=2)

    async def publish() -> None:
        while True:
            if await publish_waiting(database, clock.now()) < BATCH:
                await asyncio.sleep(IDLE_SECONDS)

    while await publish_waiting(database, clock.now()):
        pass
    task = asyncio.create_task(publish())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.close()
