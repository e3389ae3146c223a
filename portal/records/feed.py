"""The feed in a server's process: stored events, handed to those who subscribed to what they are about.

A notification of the relay only wakes it; what is new it reads from the stored events, by sequence, and it looks by
itself twice a second. So a lost notification, a lost connection or a restart costs latency, and no event. The same look
tells whose rights may have changed.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam, select

from portal.database.connection import Database
from portal.database.statements import text_of
from portal.records.models import DomainEvent
from portal.records.streams import Stream, only

CHANNEL = "portal_events"

LOOKS_EVERY_SECONDS = 0.5  # a stream ends within 1 s of its rights, and an event whose notification is lost comes
BATCH = 500  # events that one statement reads
REPLAY_WINDOW = 5_000  # sequences that one statement of a replay passes over
MOST_WAITING = 1_000  # events that wait for one subscriber
RECONNECTS_AFTER_SECONDS = (0.1, 0.5, 1.0, 5.0)

_HEADS = "SELECT organization_id, access_version, sequence FROM directory.feed_heads($1)"


@dataclass(frozen=True, slots=True)
class Happened:
    """A stored event, as far as it has to be known to whom it goes. Shared by all to whom it does."""

    sequence: int
    id: UUID
    type: str
    recorded_at: datetime


class FellBehind(Exception):
    """More events wait for this subscriber than are kept for it."""


@dataclass(eq=False, slots=True)
class Subscriber:
    """One subscription: what it is about, and what waits for it."""

    organization_id: UUID
    stream: Stream
    keys: frozenset[UUID]
    access_version: int
    waiting: deque[Happened] = field(default_factory=deque)
    has_fallen_behind: bool = False
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, happened: Happened) -> None:
        """Let an event wait, or none any more once one was too many: what follows a gap would hide it."""
        if self.has_fallen_behind or len(self.waiting) >= MOST_WAITING:
            self.has_fallen_behind = True
        else:
            self.waiting.append(happened)
        self._stirred.set()

    def rights_changed(self, access_version: int) -> None:
        self.access_version = access_version
        self._stirred.set()

    async def stirs(self) -> None:
        """Wait until something waits, or rights may have changed. Raises FellBehind when too much waited."""
        if not self.waiting and not self.has_fallen_behind:
            await self._stirred.wait()
        self._stirred.clear()
        if self.has_fallen_behind and not self.waiting:
            raise FellBehind


@dataclass(slots=True)
class _Organization:
    """How far the feed of one organization was read, and for whom."""

    seen: int
    access_version: int
    subscribers: dict[tuple[str, UUID], set[Subscriber]] = field(default_factory=dict)


class Feed:
    """Reads what happened for everybody in this process who subscribed."""

    def __init__(
        self, database: Database, streams: Mapping[str, Stream], report: Callable[[str, Exception], None]
    ) -> None:
        self._database = database
        self._streams = streams
        self._report = report
        self._organizations: dict[UUID, _Organization] = {}
        self._woken = asyncio.Event()
        self._since = text_of(_since(tuple(streams.values())))
        self._replays = {name: text_of(_replay(stream)) for name, stream in streams.items()}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; once, when the process begins to serve."""
        self._task = self._task or asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    @property
    def size(self) -> int:
        """How many subscribers there are."""
        everybody = (each for one in self._organizations.values() for each in one.subscribers.values())
        return len(set().union(*everybody))

    async def subscribe(self, organization_id: UUID, stream: Stream, keys: frozenset[UUID]) -> tuple[Subscriber, int]:
        """A new subscriber, and the sequence after which it is told what happens. To be given back (`leave`)."""
        organization = self._organizations.get(organization_id)
        if organization is None:
            (head,) = await self._heads([organization_id])
            organization = self._organizations.setdefault(
                organization_id, _Organization(head["sequence"], head["access_version"])
            )
        subscriber = Subscriber(organization_id, stream, keys, organization.access_version)
        self._enter(organization, subscriber)
        return subscriber, organization.seen

    def change_keys(self, subscriber: Subscriber, keys: frozenset[UUID]) -> None:
        """From now on a subscriber is told of other things."""
        organization = self._organizations[subscriber.organization_id]
        self._remove(organization, subscriber)
        subscriber.keys = keys
        self._enter(organization, subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a subscriber; an organization without any is not looked at."""
        organization = self._organizations[subscriber.organization_id]
        self._remove(organization, subscriber)
        if not organization.subscribers:
            del self._organizations[subscriber.organization_id]

    def _enter(self, organization: _Organization, subscriber: Subscriber) -> None:
        for key in subscriber.keys or {subscriber.organization_id}:
            organization.subscribers.setdefault((subscriber.stream.name, key), set()).add(subscriber)

    def _remove(self, organization: _Organization, subscriber: Subscriber) -> None:
        for key in subscriber.keys or {subscriber.organization_id}:
            others = organization.subscribers[subscriber.stream.name, key]
            others.discard(subscriber)
            if not others:
                del organization.subscribers[subscriber.stream.name, key]

    async def replay(self, subscriber: Subscriber, after: int, until: int) -> AsyncIterator[Happened]:
        """The stored events for a subscriber in a range of sequences, in order."""
        text = self._replays[subscriber.stream.name]
        while after < until:
            last = min(after + REPLAY_WINDOW, until)
            values = {
                "organization_id": subscriber.organization_id,
                "after": after,
                "until": last,
                "keys": list(subscriber.keys),
            }
            async with self._database.reading(subscriber.organization_id, None) as connection:
                rows = await connection.rows(text.sql, text.bound(values))
            for row in rows:
                yield _happened(row)
            after = last

    async def _run(self) -> None:
        """Listen and look until stopped. Whatever fails is reported and tried again: all who subscribed wait for it."""
        failures = 0
        while True:
            try:
                async with self._database.listening(CHANNEL, self._woken.set):
                    while True:
                        await self.look()
                        failures = 0
                        await self._wait()
            except Exception as problem:  # noqa: BLE001 - a feed that ended would leave everybody waiting
                self._report("feed", problem)
                await asyncio.sleep(RECONNECTS_AFTER_SECONDS[min(failures, len(RECONNECTS_AFTER_SECONDS) - 1)])
                failures += 1

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_EVERY_SECONDS):
                await self._woken.wait()
        self._woken.clear()

    async def look(self) -> None:
        """Say whose rights may have changed, then hand on what is new."""
        heads = await self._heads(list(self._organizations))
        for head in heads:
            self._tell_of_rights(head["organization_id"], head["access_version"])
        for head in heads:
            try:
                await self._hand_on(head["organization_id"], head["sequence"])
            except Exception as problem:  # noqa: BLE001 - tried again at the next look: the others don't wait for it
                self._report("feed", problem)

    def _tell_of_rights(self, organization_id: UUID, access_version: int) -> None:
        organization = self._organizations.get(organization_id)
        if organization is None or organization.access_version == access_version:
            return
        organization.access_version = access_version
        for subscriber in set().union(*organization.subscribers.values()):
            subscriber.rights_changed(access_version)

    async def _heads(self, organizations: Sequence[UUID]) -> list[Any]:
        if not organizations:
            return []
        async with self._database.pool.connection() as raw:
            return list(await raw.fetch(_HEADS, organizations))

    async def _hand_on(self, organization_id: UUID, until: int) -> None:
        organization = self._organizations.get(organization_id)
        while organization is not None and organization.seen < until:
            last = min(organization.seen + BATCH, until)
            values = {"organization_id": organization_id, "after": organization.seen, "until": last}
            async with self._database.reading(organization_id, None) as connection:
                rows = await connection.rows(self._since.sql, self._since.bound(values))
            for row in rows:
                happened = _happened(row)
                for subscriber in self._told(organization, row):
                    subscriber.take(happened)
            organization.seen = last

    def _told(self, organization: _Organization, row: Mapping[str, Any]) -> set[Subscriber]:
        named = [(name, key) for name in self._streams for key in row[name] or ()]
        return set().union(*(organization.subscribers.get(each, ()) for each in named))


def _happened(row: Mapping[str, Any]) -> Happened:
    return Happened(row["sequence"], row["id"], row["type"], row["recorded_at"])


_EVENT = (DomainEvent.sequence, DomainEvent.id, DomainEvent.type, DomainEvent.recorded_at)


def _between() -> Any:  # Any: SQLAlchemy's type of a SELECT of so many columns
    return (
        select(*_EVENT)
        .where(
            DomainEvent.organization_id == bindparam("organization_id", type_=Uuid()),
            DomainEvent.sequence > bindparam("after", type_=BigInteger()),
            DomainEvent.sequence <= bindparam("until", type_=BigInteger()),
        )
        .order_by(DomainEvent.sequence)
    )


def _since(streams: Sequence[Stream]) -> Any:  # Any: as above
    """The events of a range, each with its keys in every stream."""
    return _between().add_columns(*(stream.keys.label(stream.name) for stream in streams))


def _replay(stream: Stream) -> Any:  # Any: as above
    """The events of a range that are for one of some keys."""
    wanted = stream.keys.op("&&", is_comparison=True)(bindparam("keys", type_=ARRAY(Uuid())))
    return _between().where(only(*stream.payloads), wanted)
