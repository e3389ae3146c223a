"""A caller's rights: derived once, and again when the database says that they have changed, or their time is up."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from portal.access.actor import Actor
from portal.database.connection import StaleAccess

T = TypeVar("T")


class Standing:
    """The actor that a credential stands for at the moment."""

    __slots__ = ("_again", "actor")

    def __init__(self, actor: Actor, again: Callable[[], Awaitable[Actor]]) -> None:
        self.actor = actor
        self._again = again

    async def use(self, what: Callable[[Actor], Awaitable[T]]) -> T:
        """Do something as the actor; once more as the newly derived one if its rights were stale when it began.

        Raises whatever deriving the actor again raises, when the credential is no longer good for anything.
        """
        try:
            return await what(self.actor)
        except StaleAccess:
            await self.renew()
            return await what(self.actor)

    async def keep(self, now: datetime) -> None:
        """Derive the actor again where its rights have ended by the clock, as they do while a socket stays open: the
        database is told of changes, and the end of a token or a grant is none. Raises what `use` does.
        """
        until = self.actor.valid_until
        if until is not None and until <= now:
            await self.renew()

    async def renew(self) -> None:
        """Derive the actor again, for whoever keeps it longer than a request takes. Raises what `use` does."""
        self.actor = await self._again()
