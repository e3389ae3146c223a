"""Ends operations that take too long.

One look at all of them now and then, instead of a timer for each: a timer costs a small read a twentieth of its time.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from portal.web.errors import TimedOut

T = TypeVar("T")

_LOOKS = 20  # within the time that an operation has: it ends at most a twentieth too late


class Deadlines:
    """The operations that are running, each in a task of its own, and how long one may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # In the order in which they began, which is the order in which their time is up.
        self._began: dict[asyncio.Task[Any], float] = {}  # Any: of no matter what
        self._expired: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next_look: asyncio.TimerHandle | None = None

    async def keep(self, operation: Awaitable[T]) -> T:
        """Await an operation. Raises TimedOut when its time is up: it is cancelled then, and has ended."""
        # Asked for once: in a sandbox this is a system call.
        loop = self._loop = self._loop or asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise TypeError("An operation runs in a task.")
        cancels = task.cancelling()
        self._began[task] = loop.time()
        if self._next_look is None:
            self._look_later(loop)
        try:
            return await operation
        except asyncio.CancelledError as cancel:
            # Somebody else may have cancelled it as well, and is owed a cancelled task.
            if task in self._expired and task.uncancel() <= cancels:
                raise TimedOut(self._seconds) from cancel
            raise
        finally:
            del self._began[task]
            self._expired.discard(task)

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        self._next_look = loop.call_later(self._seconds / _LOOKS, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel what has run for too long, and look again while anything runs."""
        self._next_look = None
        latest = loop.time() - self._seconds
        for task, began in self._began.items():
            if began > latest:
                break
            if task not in self._expired:
                self._expired.add(task)
                task.cancel()
        if self._began:
            self._look_later(loop)
