"""How many requests are worked on at once; the others wait in line, and not for long (docs/decisions/overload.md)."""

from portal.line import Line, WaitedTooLong
from portal.web.errors import Overloaded

# Twice as many as connections: while one half waits for the database, the other is being read, compiled or written.
REQUESTS_PER_CONNECTION = 2

WAIT_SECONDS = 0.2
# Once somebody has waited in vain. A longer line would be answered no sooner, only later.
JAM_WAIT_SECONDS = 0.03


class Admission:
    """Lets so many requests through at once."""

    def __init__(
        self, most: int, *, wait_seconds: float = WAIT_SECONDS, jam_wait_seconds: float = JAM_WAIT_SECONDS
    ) -> None:
        self.most = most
        self.running = 0
        self._line: Line[None] = Line(
            lambda _: self.leave(), patience_seconds=wait_seconds, jam_patience_seconds=jam_wait_seconds
        )

    @property
    def waiting(self) -> int:
        return len(self._line)

    @property
    def is_crowded(self) -> bool:
        """Whether enough wait to take every place that becomes free, so that nobody else is let in."""
        return self._line.is_jammed and len(self._line) >= self.most

    async def enter(self) -> None:
        """Go through when there is room; whoever has gone through leaves once. Raises Overloaded."""
        if self.running < self.most:
            self.running += 1
            return
        if self.is_crowded:
            raise Overloaded
        try:
            await self._line.wait()
        except WaitedTooLong as problem:
            raise Overloaded from problem

    def leave(self) -> None:
        """Make room for the next."""
        if not self._line.serve(None):
            self.running -= 1
