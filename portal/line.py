"""A line: whoever waits for something of which there is not enough for all at once."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

JAM_SECONDS = 1.0  # for which a jam lasts after the last one who waited in vain


class WaitedTooLong(Exception):
    """What was waited for did not come in time."""


class Line(Generic[T]):
    """First come, first served, and nobody waits longer than `patience_seconds` (None: for as long as it takes).

    When somebody has waited in vain, there is more to do than can be done, and a long line would only make everybody
    late: in such a jam nobody waits longer than `jam_patience_seconds`. It is over when nobody has waited in vain for
    `jam_seconds`; an empty line alone does not end it, or it would begin anew five times a second. What is given to
    somebody who has just gone comes back by `give_back`.
    """

    def __init__(
        self,
        give_back: Callable[[T], None],
        *,
        patience_seconds: float | None,
        jam_patience_seconds: float | None = None,
        jam_seconds: float = JAM_SECONDS,
    ) -> None:
        self._give_back = give_back
        self._patience = patience_seconds
        self._jam_patience = patience_seconds if jam_patience_seconds is None else jam_patience_seconds
        self._jam_seconds = jam_seconds
        self._jammed_until = float("-inf")  # by the loop's clock
        self._waiting: deque[tuple[asyncio.Future[T], float]] = deque()
        self._next_look: asyncio.TimerHandle | None = None  # one for all: who came first loses patience first

    @property
    def is_jammed(self) -> bool:
        return asyncio.get_running_loop().time() < self._jammed_until

    def jam(self) -> None:
        """Somebody was sent away: the jam lasts."""
        self._jammed_until = asyncio.get_running_loop().time() + self._jam_seconds

    def __len__(self) -> int:
        """How many wait; those who have gone may still be counted for a moment."""
        return len(self._waiting)

    async def wait(self) -> T:
        """What is given when it is one's turn. Raises WaitedTooLong."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[T] = loop.create_future()
        now = loop.time()
        self._waiting.append((turn, now))
        if self._next_look is None and (patience := self._patience_now()) is not None:
            self._next_look = loop.call_at(now + patience, self._look, loop)
        try:
            return await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment: it passes to the next in line.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._give_back(turn.result())
            raise

    def serve(self, given: T) -> bool:
        """Give something to the first in line; False when there is nobody."""
        while self._waiting:
            turn, _ = self._waiting.popleft()
            if not turn.done():
                turn.set_result(given)
                return True
        return False

    def _patience_now(self) -> float | None:
        return self._jam_patience if self.is_jammed else self._patience

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send away whoever has waited too long, and look again when the next has."""
        self._next_look = None
        while self._waiting:
            turn, since = self._waiting[0]
            patience = self._patience_now()
            if not turn.done():
                if patience is None or loop.time() < since + patience:
                    break
                self.jam()
                turn.set_exception(WaitedTooLong())
            self._waiting.popleft()
        if self._waiting and patience is not None:
            self._next_look = loop.call_at(self._waiting[0][1] + patience, self._look, loop)
