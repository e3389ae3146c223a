"""What passwords take beside actions: hashes are compared and made before one, so that no transaction waits for them.

Every attempt counts before it is looked at, for the account and for the address that it comes from. An account that
does not exist is counted, and takes as long, as one that does.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

from portal import addresses
from portal.access.actions import Action, WriteDoor
from portal.access.work import Call
from portal.errors import AlreadyDone, Forbidden, InvalidInput
from portal.people.actions.sessions import Browser
from portal.people.row_secrets import RowSecret
from portal.sign_in.actions.account_links import NewLink, ask_for_reset, find_link, use_link
from portal.sign_in.actions.passwords import Entry, Kept, Proof, kept_password, own_password, sign_in_with_password
from portal.sign_in.hashing import Hashing
from portal.sign_in.mail import OutgoingMail
from portal.sign_in.rules.passwords import WrongPassword
from portal.sign_in.sealing import Sealing
from portal.sign_in.strength import new_password, normalised

P = ParamSpec("P")
R = TypeVar("R")


class Attempts(Protocol):
    """Who counts attempts (portal.web.sign_in.attempts)."""

    async def count(self, account: tuple[UUID, str], address: str | None, now: datetime) -> None:
        """Count one. Raises TooManyAttempts."""
        ...

    async def count_address(self, address: str | None, now: datetime) -> None:
        """Count one that is at no account in particular."""
        ...

    async def count_mail(self, account: tuple[UUID, str], address: str | None, now: datetime) -> None:
        """Count somebody who has mail sent to an account's address."""
        ...


class Performs(Protocol):
    """Performs one action for whoever asks, as a mutation does (schema.mutating.Context)."""

    async def __call__(
        self, idempotency_key: str | None, action: Action[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R: ...


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """How somebody who is signed in comes to what they sign in with themselves, and when they ask."""

    perform: Performs
    organization_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """The hash of a new password, and that of the one whose place it takes; None for a first one."""

    hash: str = field(repr=False)
    seen: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says who signs in; `code` is None where they say none."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What leaves the database: mail, and secrets that have to be read again."""

    mail: OutgoingMail
    sealing: Sealing


class Passwords:
    """Signing in with a password, and one's own. All is refused where the operator has not switched passwords on."""

    def __init__(self, attempts: Attempts, hashing: Hashing, delivery: Delivery, *, is_on: bool) -> None:
        self._attempts = attempts
        self._hashing = hashing
        self._mail = delivery.mail
        self._sealing = delivery.sealing
        self._is_on = is_on

    def check_on(self) -> None:
        """Refuses where there are no passwords."""
        if not self._is_on:
            raise Forbidden("Passwords are switched off here. Sign in with an identity provider.")

    async def sign_in(self, door: WriteDoor, call: Call, said: Said, browser: Browser) -> Entry:
        """Begin a session of whoever has this address and password, if no more is needed.

        Raises WrongPassword, TooManyAttempts.
        """
        self.check_on()
        organization_id = call.actor.organization_id
        account = _account(said.email)
        await self._attempts.count((organization_id, account), browser.address, call.now)
        kept = await door.perform(call, kept_password, email=account)
        verified = await self._hashing.verify(normalised(said.password), kept.hash)
        if not verified.is_right or kept.membership_id is None or kept.hash is None:
            raise WrongPassword
        return await door.perform(
            call,
            sign_in_with_password,
            proof=Proof(kept.membership_id, kept.hash, verified.renewed, said.code),
            sealing=self._sealing,
            browser=browser,
        )

    async def chosen(self, own: OwnAccount, current: str | None, new: str) -> Chosen:
        """A member's next password, ready to be set in the place of the one that they prove, or as their first.

        Raises InvalidInput, TooManyAttempts.
        """
        self.check_on()
        kept = await own.perform(None, own_password)
        if kept.hash is not None:
            await self._prove(own, kept, current)
        else:
            await self._count(own, kept)
        made = await self._hashing.hash_chosen(lambda: new_password(new, (kept.name, kept.email), path="newPassword"))
        return Chosen(made, kept.hash)

    async def proved(self, own: OwnAccount, current: str) -> str:
        """The hash of a member's password, which they have proved. Raises InvalidInput, TooManyAttempts."""
        self.check_on()
        kept = await own.perform(None, own_password)
        if kept.hash is None:
            raise AlreadyDone("You have no password.")
        await self._prove(own, kept, current)
        return kept.hash

    @property
    def sealing(self) -> Sealing:
        """What seals secrets of second factors."""
        return self._sealing

    async def count(self, own: OwnAccount) -> None:
        """Count a member who is about to send a code. Each mention in a document is an attempt."""
        self.check_on()
        kept = await own.perform(None, own_password)
        await self._count(own, kept)

    async def send(self, link: NewLink, now: datetime) -> None:
        """Send a member the link that was made for them; not again where its call is repeated."""
        if link.text is not None:
            await self._mail.send(link, now)

    async def count_reset(self, organization_id: UUID, email: str, address: str | None, now: datetime) -> None:
        """Count somebody who asks for a new password, for whomever. Raises TooManyAttempts."""
        self.check_on()
        await self._attempts.count_mail((organization_id, _account(email)), address, now)

    async def reset(self, door: WriteDoor, call: Call, email: str) -> None:
        """Send whoever has an address and a password the link by which they choose another; nobody else anything."""
        link = await door.perform(call, ask_for_reset, email=_account(email))
        if link is not None:
            await self._mail.send(link, call.now)

    async def use_link(self, door: WriteDoor, call: Call, secret: RowSecret, new: str, address: str | None) -> None:
        """Give whoever has a link the password that they chose. Raises LinkOver, InvalidInput, TooManyAttempts."""
        self.check_on()
        await self._attempts.count_address(address, call.now)
        linked = await door.perform(call, find_link, link_id=secret.row_id, secret_hash=secret.secret_hash)
        made = await self._hashing.hash_chosen(lambda: new_password(new, (linked.name, linked.email), path="password"))
        await door.perform(call, use_link, link_id=secret.row_id, secret_hash=secret.secret_hash, hash=made)

    async def _count(self, own: OwnAccount, kept: Kept) -> None:
        """Count an attempt of a member at their own account."""
        await self._attempts.count((own.organization_id, kept.email), None, own.now)

    async def _prove(self, own: OwnAccount, kept: Kept, current: str | None) -> None:
        """Refuses whoever does not know the current password. Each mention in a document is an attempt."""
        if current is None:
            raise InvalidInput("Send your current password.", path=("currentPassword",))
        await self._count(own, kept)
        verified = await self._hashing.verify(normalised(current), kept.hash)
        if not verified.is_right:
            raise InvalidInput("This is not your current password.", path=("currentPassword",))


def _account(email: str) -> str:
    """What an account is looked up and counted by; a malformed address is an account that does not exist."""
    try:
        return addresses.email_address(email, path="email").normalised
    except InvalidInput:
        return email.strip().lower()
