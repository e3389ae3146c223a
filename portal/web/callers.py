"""Who sends a request: by a token, which a program adds, or by a session, which a browser adds by itself.

A token counts before a cookie. What a cookie is worth depends on whose page made the browser send it (same_origin.py).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from portal.access.actor import Actor
from portal.access.standing import Standing
from portal.errors import Forbidden, NotFound
from portal.people.reads import MEMBERSHIP
from portal.web.cookies import SESSION_COOKIE, SESSION_KEPT, cookie, kept_in_cookie
from portal.web.errors import ErrorCode, Refused, Unauthenticated
from portal.web.execution import Presented
from portal.web.same_origin import SameOrigin
from schema.mutating import id_of

# The member for whom an integration sends a request, by id.
ON_BEHALF_OF = b"on-behalf-of"


class Credentials(Protocol):
    """Who knows what a token stands for (portal.people.credentials)."""

    async def authenticate(self, token: str, now: datetime, address: str | None) -> Actor: ...

    async def on_behalf_of(self, integration: Actor, membership_id: UUID, now: datetime) -> Actor: ...

    def forget(self, token: str) -> None: ...


class Sessions(Protocol):
    """Who knows what a browser's session stands for (portal.people.browser_sessions)."""

    async def authenticate(self, text: str, now: datetime) -> Actor: ...

    async def renewed(self, text: str, now: datetime) -> str | None: ...

    def forget(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who knows what tokens and sessions stand for, what both raise for one that stands for nothing, and whose pages
    may send a session.
    """

    credentials: Credentials
    sessions: Sessions
    bad_credential: type[Exception]
    same_origin: SameOrigin


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A caller whose credential was good a moment ago; an anonymous one has no standing.

    `headers` are for the answer: a session's new text, where it has one.
    """

    standing: Standing | None
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def actor(self) -> Actor | None:
        return None if self.standing is None else self.standing.actor

    @property
    def is_anonymous(self) -> bool:
        return self.standing is None

    @property
    def key(self) -> Hashable:
        """What tells one credential from another."""
        actor = self.actor
        return None if actor is None else (actor.token_id, actor.session_id)

    @property
    def organization_key(self) -> Hashable:
        """Whose the credential is."""
        return None if self.actor is None else self.actor.organization_id


ANONYMOUS = SignedIn(None)


class Callers:
    """Finds out who sends requests."""

    def __init__(self, sign_in: SignIn, clock: Callable[[], datetime]) -> None:
        self._credentials = sign_in.credentials
        self._sessions = sign_in.sessions
        self._bad_credential = sign_in.bad_credential
        self._same_origin = sign_in.same_origin
        self._clock = clock

    async def authenticate(self, presented: Presented) -> SignedIn:
        """Who sent a request. Raises Unauthenticated for a credential that is not good, Refused for one that must not
        come in this request.
        """
        authorization = presented.header(b"authorization")
        if authorization is None:
            return await self._by_cookie(presented)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated

        async def again() -> Actor:
            self._credentials.forget(token)
            return await self._of_token(token, presented)

        return SignedIn(Standing(await self._of_token(token, presented), again))

    async def _by_cookie(self, presented: Presented) -> SignedIn:
        text = cookie(presented, SESSION_COOKIE)
        if text is None:
            return ANONYMOUS
        self._same_origin.check(presented)
        if presented.header(ON_BEHALF_OF) is not None:
            raise Refused(ErrorCode.FORBIDDEN, "On-Behalf-Of is for integrations, which sign in with a token.")
        actor = await self._of_session(text)
        # The answer to a handshake has gone by now, and with it the only place for a new text.
        renewed = None if presented.is_handshake else await self._renewed(text)
        if renewed is not None:
            actor = await self._of_session(renewed)
        kept = renewed or text

        async def again() -> Actor:
            self._sessions.forget(kept)
            return await self._of_session(kept)

        headers = () if renewed is None else (kept_in_cookie(SESSION_COOKIE, renewed, SESSION_KEPT),)
        return SignedIn(Standing(actor, again), headers)

    async def _of_session(self, text: str) -> Actor:
        try:
            return await self._sessions.authenticate(text, self._clock())
        except self._bad_credential as problem:
            raise _signed_out() from problem

    async def _renewed(self, text: str) -> str | None:
        try:
            return await self._sessions.renewed(text, self._clock())
        except self._bad_credential as problem:
            raise _signed_out() from problem

    async def _of_token(self, token: str, presented: Presented) -> Actor:
        now = self._clock()
        try:
            actor = await self._credentials.authenticate(token, now, presented.address)
        except self._bad_credential as problem:
            raise Unauthenticated from problem
        member = presented.header(ON_BEHALF_OF)
        return actor if member is None else await self._represent(actor, member, now)

    async def _represent(self, actor: Actor, member: str, now: datetime) -> Actor:
        """The actor on behalf of the member whose id a request's header holds."""
        try:
            return await self._credentials.on_behalf_of(actor, id_of(MEMBERSHIP, member), now)
        except Forbidden as refusal:
            raise Refused(ErrorCode.FORBIDDEN, refusal.message) from refusal
        except NotFound as refusal:
            raise Refused(
                ErrorCode.BAD_USER_INPUT, "On-Behalf-Of is not the id of an active member, such as mem_0193…"
            ) from refusal


def _signed_out() -> Unauthenticated:
    return Unauthenticated("Your session has ended. Sign in again.")
