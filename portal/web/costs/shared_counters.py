"""Budgets that several processes share, in a Redis or Valkey. With one process, or without the setting, each counts
for itself (portal/web/costs/budget.py).
"""

import asyncio
from collections.abc import Callable
from typing import Any

from limits.aio.storage import RedisStorage

from portal.web.costs.budget import KEPT_SECONDS, CountersInMemory

# What waiting for a sum may add to a request: longer, and the request counts in this process alone.
ANSWERS_WITHIN_SECONDS = 0.1


class SharedCounters:
    """Sums of all processes with the same address."""

    def __init__(
        self,
        url: str,
        report: Callable[[str, Exception], None],
        *,
        answers_within_seconds: float = ANSWERS_WITHIN_SECONDS,
    ) -> None:
        """`url` begins with redis:// or valkey://, rediss:// or valkeys:// with TLS, redis+unix:// for a socket.

        `report` is told of each failure.
        """
        scheme, _, rest = url.partition("://")
        # One client for both: they speak the same protocol.
        self._storage = RedisStorage(f"async+{scheme.replace('valkey', 'redis')}://{rest}", implementation="redispy")
        failures = self._storage.base_exceptions
        self._failures: tuple[type[Exception], ...] = (
            *(failures if isinstance(failures, tuple) else (failures,)),
            OSError,
            TimeoutError,
        )
        self._report = report
        self._answers_within_seconds = answers_within_seconds
        self._alone = CountersInMemory()

    async def add(self, key: str, points: int, *, seconds: int = KEPT_SECONDS) -> int:
        """As `Counters.add`. While the server can't be reached, the sum is this process's own."""
        try:
            async with asyncio.timeout(self._answers_within_seconds):
                return await self._storage.incr(key, seconds, points)
        except self._failures as problem:
            self._report("budget", problem)
            return await self._alone.add(key, points)

    async def close(self) -> None:
        """Close the connections."""
        bridge: Any = self._storage.bridge  # Any: typed as the base of all clients, which knows no connection
        await bridge.storage.aclose()
