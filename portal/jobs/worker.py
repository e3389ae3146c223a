"""The worker: publishes the outbox as it fills, and does what is due, until it is asked to stop."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from portal.database.connection import Database
from portal.jobs.relay import BATCH, forget_expired_keys, pause, publish_waiting

# Between two looks at an empty outbox. NOTIFY on each commit would halve the rate of commits.
IDLE_SECONDS = 0.5
AFTER_FAILURE_SECONDS = 5.0
CLEANED_EVERY = timedelta(hours=1)

_ORGANIZATIONS = "SELECT organization_id FROM directory.all_organizations()"


class Worker:
    """One worker. Several may run: the relay lets one of them publish at a time."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], report: Callable[[str, Exception], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._report = report
        self._stopping = asyncio.Event()
        self._cleaned_at: datetime | None = None

    def stop(self) -> None:
        """Ask it to stop after what it is doing."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until asked to stop. A failure of the database is reported and tried again."""
        while not self._stopping.is_set():
            try:
                published = await publish_waiting(self._database, self._clock())
                await self._clean()
            except (asyncpg.PostgresError, OSError, asyncpg.InterfaceError) as problem:
                self._report("worker", problem)
                await pause(AFTER_FAILURE_SECONDS, self._stopping)
                continue
            if published < BATCH:
                await pause(IDLE_SECONDS, self._stopping)

    async def _clean(self) -> None:
        now = self._clock()
        if self._cleaned_at is not None and now - self._cleaned_at < CLEANED_EVERY:
            return
        self._cleaned_at = now
        async with self._database.pool.connection() as raw:
            organizations: list[UUID] = [row[0] for row in await raw.fetch(_ORGANIZATIONS)]
        for organization_id in organizations:
            await forget_expired_keys(self._database, organization_id, now)
