"""How many requests are worked on at once; the others wait in line, and not for long (docs/decisions/overload.md)."""

import asyncio

from portal.line import Line, WaitedTooLong
from portal.web.errors import Overloaded

# Twice as many as connections: while one half waits for the database, the other is being read, compiled or written.
REQUESTS_PER_CONNECTION = 2

WAIT_SECONDS = 0.2
# Once somebody has waited in vain. A longer line would be answered no sooner, only later.
JAM_WAIT_SECONDS = 0.03
# As many are let into the line of a jam as are answered in this time, so that hardly one of them waits in vain.
JAM_LINE_SECONDS = 0.02
PACE_SECONDS = 0.1  # over which it is measured how many are answered


class Pace:
    """How many are answered in a second, as last measured."""

    def __init__(self) -> None:
        self._answered = 0
        self._since = 0.0
        self._per_second = 0.0

    def count(self) -> None:
        self._answered += 1

    def per_second(self, now: float) -> float:
        """`now` is the loop's time."""
        passed = now - self._since
        if passed >= PACE_SECONDS:
            self._per_second = self._answered / passed
            self._answered, self._since = 0, now
        return self._per_second


class Admission:
    """Lets so many requests through at once."""

    def __init__(
        self, most: int, *, wait_seconds: float = WAIT_SECONDS, jam_wait_seconds: float = JAM_WAIT_SECONDS
    ) -> None:
        self.most = most
        self.running = 0
        self._pace = Pace()
        self._line: Line[None] = Line(
            lambda _: self.leave(), patience_seconds=wait_seconds, jam_patience_seconds=jam_wait_seconds
        )

    @property
    def waiting(self) -> int:
        return len(self._line)

    @property
    def is_crowded(self) -> bool:
        """Whether as many wait in a jam as can be answered soon, so that nobody else is let in."""
        if not self._line.is_jammed:
            return False
        soon = JAM_LINE_SECONDS * self._pace.per_second(asyncio.get_running_loop().time())
        return len(self._line) >= max(self.most, soon)

    def turn_away(self) -> None:
        """Take note that somebody was not let in."""
        self._line.jam()

    async def enter(self) -> None:
        """Go through when there is room; whoever has gone through leaves once. Raises Overloaded."""
        if self.running < self.most:
            self.running += 1
            return
        if self.is_crowded:
            self.turn_away()
            raise Overloaded
        try:
            await self._line.wait()
        except WaitedTooLong as problem:
            raise Overloaded from problem

    def leave(self) -> None:
        """Make room for the next."""
        self._pace.count()
        if not self._line.serve(None):
            self.running -= 1
