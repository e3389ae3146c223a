"""How often a secret may be guessed at: attempts are counted per account and per address, in windows of a quarter of
an hour, in this process or in all that share a Redis.

A right guess counts as well: whoever is let in knows the secret, and whoever is told that a guess did not count learns
that it was right.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from portal.errors import TooManyAttempts
from portal.web.costs.budget import Counters, CountersInMemory
from portal.web.presenting import networks_of

WINDOW_SECONDS = 15 * 60
# A thousand a day for one account: nothing against a password that no list has.
PER_ACCOUNT = 10
# An office behind one address signs in at nine.
PER_ADDRESS = 100
# As many times as much from an IPv6 /48, of which anybody can have one, with 65,536 of what counts as an address.
OF_A_SITE = 10
# Mail that somebody else asks for is a nuisance.
MAILS_PER_ACCOUNT = 3
# A provider makes no mistakes, or the same one until somebody looks into it.
REFUSALS_PER_ADDRESS = 100
# Leaving for a provider proves nothing, but writes a row.
DEPARTURES_PER_ADDRESS = 300


class Attempts:
    """What is counted where. Windows are fixed, as those of budgets are."""

    def __init__(self, counters: Counters | None = None, *, window_seconds: int = WINDOW_SECONDS) -> None:
        self._counters = counters or CountersInMemory()
        self._window_seconds = window_seconds

    async def count(self, account: tuple[UUID, str], address: str | None, now: datetime) -> None:
        """Count an attempt at an account's secret, whether or not there is such an account. Raises TooManyAttempts."""
        await self.count_address(address, now)
        await self._count(f"account:{_hashed(account)}", PER_ACCOUNT, now)

    async def count_mail(self, account: tuple[UUID, str], address: str | None, now: datetime) -> None:
        """Count somebody who has mail sent to an account's address, whether or not there is such an account."""
        await self.count_address(address, now)
        await self._count(f"mail:{_hashed(account)}", MAILS_PER_ACCOUNT, now)

    async def count_address(self, address: str | None, now: datetime) -> None:
        """Count an attempt from an address alone; one that is not known can't be counted."""
        await self._count_from("address", address, PER_ADDRESS, now)

    async def count_departure(self, address: str | None, now: datetime) -> None:
        """Count somebody who leaves for an identity provider."""
        await self._count_from("departure", address, DEPARTURES_PER_ADDRESS, now)

    async def check_refused(self, address: str | None, now: datetime) -> None:
        """Refuses an address of which too much was refused that only an identity provider can say."""
        await self._count_from("refused", address, REFUSALS_PER_ADDRESS - 1, now, times=0)

    async def count_refused(self, address: str | None, now: datetime) -> None:
        """Count what an address said that is no identity provider's. What is one's own word is not counted: it may
        have thousands of people to sign out.
        """
        await self._count_from("refused", address, REFUSALS_PER_ADDRESS, now)

    async def is_first(self, message: tuple[UUID, str]) -> bool:
        """Whether a message that counts once comes for the first time; it must be too old once two windows are over."""
        key = f"attempts:once:{_hashed(message)}"
        return await self._counters.add(key, 1, seconds=2 * self._window_seconds) == 1

    async def _count_from(self, kind: str, address: str | None, most: int, now: datetime, *, times: int = 1) -> None:
        """Count what comes from an address, for each network that somebody may have with it, the widest first: who has
        used that up must not fill the memory of counts, out of which the oldest go.
        """
        networks = () if address is None else networks_of(address)
        for network in networks:
            times_as_many = 1 if network == networks[-1] else OF_A_SITE
            await self._count(f"{kind}:{network}", times_as_many * most, now, times=times)

    async def _count(self, key: str, most: int, now: datetime, *, times: int = 1) -> None:
        number, second = divmod(int(now.timestamp()), self._window_seconds)
        made = await self._counters.add(f"attempts:{key}:{number}", times, seconds=2 * self._window_seconds)
        if made > most:
            raise TooManyAttempts(self._window_seconds - second)


def _hashed(account: tuple[UUID, str]) -> str:
    """An account as a shared server may know it, which is told no addresses of people."""
    organization_id, name = account
    return hashlib.sha256(f"{organization_id.hex}:{name}".encode("utf-8", "surrogatepass")).hexdigest()
