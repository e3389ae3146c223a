"""Budgets: how many points a credential and its organization may spend in a minute, and what is left of them.

Windows are fixed: each begins anew every minute, at a second that differs from credential to credential.
"""

from dataclasses import dataclass
from typing import Final, Protocol
from zlib import crc32

from portal.access.actor import Actor
from portal.recent import Recent
from portal.web.errors import RateLimited
from portal.web.responses import Header

WINDOW_SECONDS: Final = 60
# Twice a window: a key names its window, so it only has to be there until that has ended.
KEPT_SECONDS: Final = 2 * WINDOW_SECONDS

MOST_COUNTED = 20_000  # windows kept in memory; some 300 bytes each


class Counters(Protocol):
    """Sums by key."""

    async def add(self, key: str, points: int, *, seconds: int = KEPT_SECONDS) -> int:
        """Add to a sum, which may be less than nothing, and answer with what it is then. It is kept for `seconds`."""
        ...


class CountersInMemory:
    """Sums of this process alone: as many as there is room for, however old they are."""

    def __init__(self, most: int = MOST_COUNTED) -> None:
        self._sums: Recent[str, int] = Recent(most)

    def __len__(self) -> int:
        return len(self._sums)

    async def add(self, key: str, points: int, *, seconds: int = KEPT_SECONDS) -> int:  # noqa: ARG002 - room is what bounds it
        return self._sums.put(key, (self._sums.get(key) or 0) + points)


@dataclass(frozen=True, slots=True)
class Points:
    """How many points each may spend in a minute; None for as many as it likes.

    Points of preparation are about 0.1 ms of processor time each, for documents and statements that are new.
    """

    credential: int | None = 600_000
    organization: int | None = 6_000_000
    preparation: int | None = 36_000


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a window."""

    limit: int
    used: int
    resets_in: int  # seconds, 1 to 60

    @property
    def remaining(self) -> int:
        return max(self.limit - self.used, 0)

    def headers(self, name: str) -> tuple[Header, ...]:
        """The headers of the IETF's draft on rate limits."""
        return (
            (b"ratelimit-policy", b'"%s";q=%d;w=%d' % (name.encode(), self.limit, WINDOW_SECONDS)),
            (b"ratelimit", b'"%s";r=%d;t=%d' % (name.encode(), self.remaining, self.resets_in)),
        )


class Budget:
    """What everybody may spend."""

    def __init__(self, points: Points, counters: Counters | None = None) -> None:
        self._points = points
        self._counters = counters or CountersInMemory()

    async def spend(self, actor: Actor, points: int, at: float) -> Left | None:
        """Take points from the credential's and the organization's budget; what is left of the credential's.

        `at` is in seconds since the epoch. Raises RateLimited, with nothing taken, where one of them has too few.
        """
        organization = actor.organization_id.hex
        left = await self._take("credential", _credential(actor), points, self._points.credential, at)
        try:
            await self._take("organization", organization, points, self._points.organization, at)
        except RateLimited:
            await self._give_back("credential", _credential(actor), points, self._points.credential, at)
            raise
        return left

    async def refund(self, actor: Actor, points: int, at: float) -> None:
        """Give back what was not spent after all, to the window from which it was taken."""
        await self._give_back("credential", _credential(actor), points, self._points.credential, at)
        await self._give_back("organization", actor.organization_id.hex, points, self._points.organization, at)

    async def prepare(self, actor: Actor, points: int, at: float) -> None:
        """Take points for work on a document or a statement that is new. Raises RateLimited."""
        await self._take("preparation", _credential(actor), points, self._points.preparation, at)

    async def left(self, actor: Actor, at: float) -> Left | None:
        """What is left of the credential's budget; None where it is not limited."""
        return await self._take("credential", _credential(actor), 0, self._points.credential, at)

    async def _take(self, name: str, whose: str, points: int, limit: int | None, at: float) -> Left | None:
        if limit is None:
            return None
        key, resets_in = _window(name, whose, at)
        used = await self._counters.add(key, points)
        if used > limit and points:
            used = await self._counters.add(key, -points)
            raise RateLimited(name, limit, resets_in, Left(limit, used, resets_in).headers(name))
        return Left(limit, used, resets_in)

    async def _give_back(self, name: str, whose: str, points: int, limit: int | None, at: float) -> None:
        if limit is not None and points:
            await self._counters.add(_window(name, whose, at)[0], -points)


def _credential(actor: Actor) -> str:
    """Whose budget an actor spends: a token's, or the actor's own where it has none."""
    return (actor.token_id or actor.id or actor.organization_id).hex


def _window(name: str, whose: str, at: float) -> tuple[str, int]:
    """The key of the window in which a moment lies, and in how many seconds it ends."""
    # Everybody's window ends at another second, so that those who wait for it do not all come back at once.
    number, second = divmod(int(at) + crc32(whose.encode()) % WINDOW_SECONDS, WINDOW_SECONDS)
    return f"{name}:{whose}:{number}", WINDOW_SECONDS - second
