"""The worker: publishes the outbox as it fills, and does what is due, until it is asked to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from portal.access.actions import WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.database.connection import Database
from portal.errors import BeingChanged
from portal.jobs.relay import BATCH, forget_expired_keys, pause, publish_waiting
from portal.jobs.sessions import delete_ended_sessions
from portal.openings.actions.postings import expire_postings

# Between two looks at an empty outbox: subscribers wait for it. NOTIFY on each commit would halve the rate of commits.
IDLE_SECONDS = 0.05
AFTER_FAILURE_SECONDS = 5.0
CLEANED_EVERY = timedelta(hours=1)
EXPIRED_EVERY = timedelta(minutes=1)

_ORGANIZATIONS = "SELECT organization_id FROM directory.all_organizations()"


@dataclass
class _Duty:
    """What is due now and then in each organization."""

    every: timedelta
    do: Callable[[UUID, datetime], Awaitable[None]]
    done_at: datetime | None = None


class Worker:
    """One worker. Several may run: the relay lets one of them publish at a time."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], report: Callable[[str, Exception], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._report = report
        self._stopping = asyncio.Event()
        self._door = WriteDoor(database)
        self._duties = [
            _Duty(CLEANED_EVERY, partial(forget_expired_keys, database)),
            _Duty(CLEANED_EVERY, partial(delete_ended_sessions, database)),
            _Duty(EXPIRED_EVERY, self._expire_postings),
        ]

    def stop(self) -> None:
        """Ask it to stop after what it is doing."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until asked to stop. Whatever fails is reported and tried again after a pause."""
        while not self._stopping.is_set():
            try:
                published = await publish_waiting(self._database, self._clock())
                await self._do_what_is_due()
            except Exception as problem:  # noqa: BLE001 - a worker that ended would end the feed, and nobody would be told
                self._report("worker", problem)
                await pause(AFTER_FAILURE_SECONDS, self._stopping)
                continue
            if published < BATCH:
                await pause(IDLE_SECONDS, self._stopping)

    async def _do_what_is_due(self) -> None:
        now = self._clock()
        for duty in self._duties:
            if duty.done_at is not None and now - duty.done_at < duty.every:
                continue
            duty.done_at = now
            async with self._database.pool.connection() as raw:
                organizations: list[UUID] = [row[0] for row in await raw.fetch(_ORGANIZATIONS)]
            for organization_id in organizations:
                await self._do(duty, organization_id, now)

    async def _do(self, duty: _Duty, organization_id: UUID, now: datetime) -> None:
        """Do it for one organization. A failure is reported, and keeps none of the others waiting."""
        try:
            await duty.do(organization_id, now)
        except Exception as problem:  # noqa: BLE001 - as in `run`
            self._report("worker", problem)

    async def _expire_postings(self, organization_id: UUID, now: datetime) -> None:
        call = Call(Actor.system(organization_id), now, "worker:expire_postings", origin="AUTOMATION")
        # An opening that somebody holds for long waits for the next time.
        with suppress(BeingChanged):
            while await self._door.perform(call, expire_postings):
                pass
