"""What is written down of a credential's use beside the request, which does not wait for it."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

# A statement takes 5 s at most; a database that can't be reached must not keep a server from stopping.
CLOSES_WITHIN_SECONDS = 6.0

_LOGGER = logging.getLogger(__name__)


class Notes:
    """Writes that are under way."""

    def __init__(self) -> None:
        self._writing: set[asyncio.Task[None]] = set()

    def add(self, writing: Coroutine[Any, Any, None]) -> None:  # Any: what a coroutine is sent and yields
        """Begin a write."""
        task = asyncio.create_task(writing)
        self._writing.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Wait until all is written; give up what takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN_SECONDS):
                await asyncio.gather(*self._writing, return_exceptions=True)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._writing.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            # The use itself went well, and the next one a minute later writes it again.
            _LOGGER.warning("The use of a credential was not written down: %s", type(problem).__name__)
