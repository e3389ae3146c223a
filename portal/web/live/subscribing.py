"""Answering a subscription: from what happened to what its subscriber is sent, with their rights at that moment.

The subject of a subscription has to be visible when it begins, and is looked at again whenever rights may have changed.
Each event is read as one statement through the read door; one that its subscriber may not see is passed over.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import ActorKind
from portal.access.standing import Standing
from portal.database.connection import StaleAccess
from portal.database.ids import parse_public_id
from portal.reading.arguments import resolve
from portal.reading.binds import Asked
from portal.reading.door import ReadDoor
from portal.reading.plans import Plan
from portal.reading.problems import BadInput
from portal.reading.roots import Given
from portal.reading.selection import Selected
from portal.records.feed import Feed, FellBehind, Happened, Subscriber
from portal.records.streams import Stream, cursor, sequence_in
from portal.web.costs.metering import Asking, root_type
from portal.web.errors import ErrorCode, Overloaded, RateLimited, Refused
from portal.web.execution import Told

T = TypeVar("T")

# Takes what a payload cost from its subscriber's budget; gives what the event says of it. Raises RateLimited.
Charge = Callable[[Actor, bytes], Awaitable[dict[str, Any]]]

MOST_RENEWALS = 20  # in a row, each of two tries


class Missing(Refused):
    """The subject of a subscription is unknown or not visible: both look the same."""

    def __init__(self, what: str) -> None:
        super().__init__(ErrorCode.NOT_FOUND, f"No such {what.lower()}.")


@dataclass(eq=False)
class Subscription:
    """One subscription that runs: what was asked for, by whom, about what."""

    asking: Asking
    standing: Standing
    stream: Stream
    selected: Selected
    key: UUID  # what was subscribed to
    charge: Charge
    told: int = 0  # the sequence up to which everything was told, or passed over

    @property
    def actor(self) -> Actor:
        return self.standing.actor

    @property
    def keys(self) -> frozenset[UUID]:
        return frozenset({self.key}) if self.stream.subject is not None else self.stream.keys_of(self.actor)

    @property
    def cursor(self) -> str:
        """Where to go on from here."""
        return cursor(self.actor.organization_id, self.stream.name, self.key, self.told)


class Subscriptions:
    """Runs subscriptions on the feed and the read door."""

    def __init__(self, feed: Feed, reads: ReadDoor, streams: dict[str, Stream], clock: Callable[[], datetime]) -> None:
        self._feed = feed
        self._reads = reads
        self._streams = streams
        self._clock = clock
        # Reads that are under way, by all that they depend on: equal rights share one (see `_read`).
        self._reading: dict[Hashable, asyncio.Task[bytes | None]] = {}

    @asynccontextmanager
    async def running(
        self, asking: Asking, standing: Standing, charge: Charge, last_event_id: str | None
    ) -> AsyncIterator[AsyncIterator[Told]]:
        """What a subscription tells, for the length of a block.

        Raises Refused for a subject that is not visible, for a cursor of something else, and where the subscription
        ends by itself: because its rights did, or with the cursor to go on from because it fell behind or has spent
        its subscriber's budget.
        """
        subscription = self._subscription(asking, standing, charge)
        after = self._after(subscription, last_event_id)
        await self._check(subscription)
        organization_id = subscription.actor.organization_id
        subscriber, head = await self._feed.subscribe(organization_id, subscription.stream, subscription.keys)
        try:
            if after is not None and after > head:
                raise Refused(ErrorCode.BAD_USER_INPUT, "This cursor is of a time that has not come yet.")
            subscription.told = head if after is None else after
            async with aclosing(self._tell(subscription, subscriber, head)) as telling:
                yield telling
        finally:
            self._feed.leave(subscriber)

    def _subscription(self, asking: Asking, standing: Standing, charge: Charge) -> Subscription:
        fields = asking.selections.fields(root_type(asking), [asking.operation.node.selection_set])
        if len(fields) != 1:
            raise Refused(ErrorCode.OPERATION_RESOLUTION_FAILURE, "A subscription selects exactly one field.")
        selected, actor = fields[0], standing.actor
        stream = self._streams[selected.name]
        if stream.subject is None:
            if actor.kind is not ActorKind.USER or actor.id is None:
                raise Refused(ErrorCode.FORBIDDEN, "Only members have notifications: sign in as one.")
            return Subscription(asking, standing, stream, selected, actor.id, charge)
        text = resolve(selected.arguments[stream.argument or ""], asking.selections.variables)
        key = parse_public_id(stream.subject.prefix, text)
        if key is None:
            raise Missing(stream.subject.name)
        return Subscription(asking, standing, stream, selected, key, charge)

    def _after(self, subscription: Subscription, last_event_id: str | None) -> int | None:
        """Up to where it was told already; an EventSource sends the same `after` again, and where it came to since."""
        given = subscription.selected.arguments.get("after")
        text = None if given is None else resolve(given, subscription.asking.selections.variables)
        whose = (subscription.actor.organization_id, subscription.stream.name, subscription.key)
        try:
            return max((sequence_in(each, *whose) for each in (text, last_event_id) if each is not None), default=None)
        except BadInput as problem:
            raise Refused(ErrorCode.BAD_USER_INPUT, str(problem)) from problem

    async def _check(self, subscription: Subscription) -> None:
        """Raises Missing where the subject is not visible."""
        subject = subscription.stream.subject
        if subject is None:
            return

        async def look(actor: Actor) -> bool:
            return await self._reads.sees(actor, subject, subscription.key)

        if not await self._use(subscription, look):
            raise Missing(subject.name)

    async def _use(self, subscription: Subscription, what: Callable[[Actor], Awaitable[T]]) -> T:
        """Do something with the subscriber's rights, however often those of their organization change meanwhile: a
        request may give up after the second time, a subscription goes on for hours.
        """
        for _ in range(MOST_RENEWALS):
            with suppress(StaleAccess):
                return await subscription.standing.use(what)
        raise Overloaded

    async def _tell(self, subscription: Subscription, subscriber: Subscriber, head: int) -> AsyncGenerator[Told, None]:
        try:
            async for happened in self._feed.replay(subscriber, subscription.told, head):
                await self._keep_rights(subscription, subscriber)
                if (told := await self._told(subscription, happened)) is not None:
                    yield told
            subscription.told = max(subscription.told, head)
            while True:
                # First of all at the beginning: rights that ended before it will stir nobody.
                await self._keep_rights(subscription, subscriber)
                while subscriber.waiting:
                    if (told := await self._told(subscription, subscriber.waiting.popleft())) is not None:
                        yield told
                await self._stirs(subscription, subscriber)
        except FellBehind as problem:
            raise Refused(
                ErrorCode.FELL_BEHIND,
                "Events came faster than you read them. Subscribe again with this cursor as `after`.",
                extensions={"cursor": subscription.cursor},
            ) from problem

    async def _stirs(self, subscription: Subscription, subscriber: Subscriber) -> None:
        """Wait for something to do, not longer than the rights hold."""
        until = subscription.actor.valid_until
        seconds = None if until is None else max((until - self._clock()).total_seconds(), 0)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await subscriber.stirs()

    async def _keep_rights(self, subscription: Subscription, subscriber: Subscriber) -> None:
        """Derive the rights again where they may have changed. Raises Refused where they no longer do."""
        actor = subscription.actor
        is_old = actor.access_version is not None and actor.access_version < subscriber.access_version
        is_over = actor.valid_until is not None and actor.valid_until <= self._clock()
        if not is_old and not is_over:
            return
        await subscription.standing.renew()
        await self._check(subscription)
        if subscriber.keys != subscription.keys:
            self._feed.change_keys(subscriber, subscription.keys)

    async def _told(self, subscription: Subscription, happened: Happened) -> Told | None:
        """The event as its subscriber is sent it; None where they may not see it, or were told of it already."""
        if happened.sequence <= subscription.told:
            return None
        data = await self._use(subscription, lambda actor: self._read(subscription, happened, actor))
        if data is None:
            subscription.told = happened.sequence
            # It may be hidden because all of the subject is by now.
            await self._check(subscription)
            return None
        data = b'{"' + subscription.selected.response_name.encode() + b'":' + data + b"}"
        extensions = await self._charged(subscription, data)
        subscription.told = happened.sequence
        return Told(data, subscription.cursor, happened.recorded_at, extensions)

    async def _charged(self, subscription: Subscription, data: bytes) -> dict[str, Any]:
        """What the event says of its cost. Raises RateLimited's Refused, with the cursor before the event."""
        try:
            return await subscription.charge(subscription.actor, data)
        except RateLimited as problem:
            raise Refused(
                problem.code,
                f"{problem.message} Subscribe again with this cursor as `after`.",
                headers=problem.headers,
                extensions={**(problem.extensions or {}), "cursor": subscription.cursor},
            ) from problem

    async def _read(self, subscription: Subscription, happened: Happened, actor: Actor) -> bytes | None:
        """The payload's JSON, None where the actor may not see it.

        A hundred people look at one board: whose statement and values are the same have the same answer.
        """
        entity = subscription.stream.payloads[happened.type]
        asking, selected = subscription.asking, subscription.selected
        key = (asking.key, selected.response_name, entity.name)
        plan = await self._reads.plan(key, actor, asking.selections, Given(entity), selected)
        asked = Asked(actor, asking.selections.variables, happened.id)
        shared = (plan.sql, repr(plan.values(asked)), actor.organization_id, actor.access_version)
        task = self._reading.get(shared)
        if task is None:
            task = self._reading[shared] = asyncio.create_task(self._run(plan, asked, actor))
            task.add_done_callback(partial(self._read_ended, shared))
        # Who leaves must not take the others' answer along.
        return await asyncio.shield(task)

    def _read_ended(self, shared: Hashable, task: asyncio.Task[bytes | None]) -> None:
        del self._reading[shared]
        if not task.cancelled():
            task.exception()  # whoever still waits raises it; where nobody does, nobody is to be told

    async def _run(self, plan: Plan, asked: Asked, actor: Actor) -> bytes | None:
        return (await self._reads.run([(plan, asked)], actor))[0]
