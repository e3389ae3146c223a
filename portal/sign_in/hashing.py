"""Hashes of passwords: slow by design, so they are computed in threads of their own, a few at a time."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.errors import TooManyAttempts

T = TypeVar("T")

# OWASP's parameters for argon2id: 46 MiB, one pass, one thread; some 50 ms of a core.
MEMORY_KIB, PASSES, THREADS = 47_104, 1, 1
# Two at once leave the rest of the machine to others, and 20 that wait are served within a second or so.
AT_ONCE = 2
MOST_WAITING = 20
_RETRY_AFTER_SECONDS = 2
OWASP = Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=THREADS)


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a password is the one that a hash was made of; `renewed` is a hash by today's parameters, if it isn't."""

    is_right: bool
    renewed: str | None = field(default=None, repr=False)


class Hashing:
    """Makes and checks hashes without holding the event loop. `done` counts them, whatever came of it."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._passwords = PasswordHash((hasher or OWASP,))
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0
        self._nobodys: str | None = None
        self.done = 0

    async def hash(self, password: str) -> str:
        """The hash to keep of a password. Raises TooManyAttempts where more are waiting than can be served soon."""
        return await self._in_a_thread(lambda: self._passwords.hash(password))

    async def hash_chosen(self, choose: Callable[[], str]) -> str:
        """The hash of what `choose` gives, which is called in the thread as well: judging a password takes as long as
        hashing one. Raises what it raises, and as `hash` does.
        """
        return await self._in_a_thread(lambda: self._passwords.hash(choose()))

    async def verify(self, password: str, kept: str | None) -> Verified:
        """Whether a password is the one of a hash; it takes as long where there is none. Raises as `hash` does."""
        if self._nobodys is None:
            # At the first check of all, so that the first unknown account takes no longer than any other.
            self._nobodys = await self._in_a_thread(lambda: self._passwords.hash(secrets.token_urlsafe()))
        compared = kept or self._nobodys
        is_right, renewed = await self._in_a_thread(lambda: self._passwords.verify_and_update(password, compared))
        return Verified(is_right, renewed) if kept is not None else Verified(is_right=False)

    async def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False)

    async def _in_a_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= AT_ONCE + MOST_WAITING:
            raise TooManyAttempts(_RETRY_AFTER_SECONDS)
        self._waiting += 1
        self.done += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
