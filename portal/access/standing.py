"""A caller's rights for the length of one request: derived once, and again when the database says that they have
changed.
"""

from collections.abc import Awaitable, Callable
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

    async def renew(self) -> None:
        """Derive the actor again, for whoever keeps it longer than a request takes. Raises what `use` does."""
        self.actor = await self._again()
