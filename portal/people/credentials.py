"""Signing in with a token: from its text to the actor whose rights it carries.

An actor is derived from the database by one statement and kept in memory until its rights change: then the next
transaction is refused (StaleAccess, database/connection.py), the caller forgets the token and authenticates again.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, or_, update

from portal.access.actions import WriteDoor, action
from portal.access.actor import Actor
from portal.access.enums import ActorKind, DocumentMode
from portal.access.permissions import Permission, with_what_they_see
from portal.access.work import Call, Change, Work
from portal.database.connection import Database
from portal.database.statements import text_of
from portal.errors import Forbidden, NotFound
from portal.people.derivation import A_MEMBER, A_TOKEN, OwnRecords, derivation, holder_of
from portal.people.enums import MembershipStatus, TokenRefusal
from portal.people.events import ApiTokenRefused
from portal.people.models import ApiToken
from portal.people.networks import Network, admits, parsed
from portal.people.notes import Notes
from portal.people.tokens import Token, parse_token
from portal.recent import Recent
from portal.records.recording import record

# Actors kept in memory: some 16 KB each with two grants and all that plans read of it (measured).
MOST_KNOWN = 1_000
USE_IS_NOTED_EVERY = timedelta(minutes=1)
# Tokens that were refused lately; of one that is forgotten here the database still knows.
MOST_REFUSED = 1_000

# Compared with where there is no such token, so that a wrong secret and an unknown token take the same time.
_NOBODY = hashlib.sha256(b"").digest()
_KNOWN_PERMISSIONS = frozenset(Permission)


class BadCredential(Exception):
    """Malformed, unknown, wrong, expired, revoked, from elsewhere than it may be, or its holder may not sign in: a
    stranger learns only that.
    """

    def __init__(self) -> None:
        super().__init__("This token or session is not valid: it may be mistyped, expired or revoked.")


@dataclass(slots=True)
class _Known:
    """An actor that was derived, until when that holds at most, and when its next use is worth a write.

    `networks` are those that the token may be used from, None for any.
    """

    actor: Actor
    token_id: UUID
    networks: tuple[Network, ...] | None
    valid_until: datetime
    use_due_at: datetime


class Credentials:
    """Who a token stands for."""

    def __init__(self, database: Database, own_records: OwnRecords, *, most_known: int = MOST_KNOWN) -> None:
        """`own_records` finds the candidate records of a member, which that member never sees."""
        self._database = database
        self._door = WriteDoor(database)
        self._derivation = text_of(derivation(A_TOKEN, own_records))
        self._derivation_of_member = text_of(derivation(A_MEMBER, own_records))
        self._most_known = most_known
        # By the SHA-256 of the token's text, the one used last at the end: the text itself is kept nowhere.
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        # By integration and member, the two as one actor: good as long as the integration is the actor that it was.
        self._joint: Recent[tuple[Actor, UUID], Actor] = Recent(most_known)
        # By token, when the next refusal of it is worth a write.
        self._refusal_due_at: Recent[UUID, datetime] = Recent(MOST_REFUSED)
        self._notes = Notes()

    async def authenticate(self, token: str, now: datetime, address: str | None = None) -> Actor:
        """The actor that a token's text stands for, sent from an address (None: not known). Raises BadCredential, the
        same for every cause.

        An actor from memory may be out of date; its next transaction finds that out (StaleAccess).
        """
        key = _key(token)
        known = self._known.get(key)
        if known is None or now >= known.valid_until:
            self._known.pop(key, None)
            known = self._known[key] = await self._derive(token, now)
            if len(self._known) > self._most_known:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        if known.networks is not None and not admits(known.networks, address):
            self._refuse(known.actor.organization_id, known.token_id, TokenRefusal.NETWORK, now)
        if now >= known.use_due_at:
            known.use_due_at = now + USE_IS_NOTED_EVERY
            self._note_use(known, now)
        return known.actor

    async def on_behalf_of(self, integration: Actor, membership_id: UUID, now: datetime) -> Actor:
        """An integration that acts for a member. Raises Forbidden for who may not, NotFound where there is no active
        member of this id.
        """
        if integration.kind is not ActorKind.SERVICE or not integration.reach(Permission.MEMBER_REPRESENT).organization:
            raise Forbidden(
                "This token may not act on behalf of members: that takes member:represent on the whole organization, "
                "for a service account."
            )
        joint = self._joint.get((integration, membership_id))
        if joint is None or (joint.valid_until is not None and now >= joint.valid_until):
            member = await self._member(integration.organization_id, membership_id, now)
            joint = self._joint.put((integration, membership_id), _acting_for(integration, member))
        return joint

    async def _member(self, organization_id: UUID, membership_id: UUID, now: datetime) -> Actor:
        async with self._database.reading(organization_id, None) as connection:
            values = {"organization_id": organization_id, "membership_id": membership_id, "now": now}
            rows = await connection.rows(self._derivation_of_member.sql, self._derivation_of_member.bound(values))
        if not rows or rows[0]["membership_status"] != MembershipStatus.ACTIVE:
            raise NotFound("member")
        return holder_of(organization_id, rows)

    def forget(self, token: str) -> None:
        """Derive the token's actor anew at its next use, because its rights have changed."""
        self._known.pop(_key(token), None)

    async def close(self) -> None:
        """Wait until the last uses are written down; give up those that take too long."""
        await self._notes.close()

    async def _derive(self, text: str, now: datetime) -> _Known:
        token = parse_token(text)
        if token is None:
            raise BadCredential
        async with self._database.reading(token.organization_id, None) as connection:
            values = {"organization_id": token.organization_id, "key_id": token.key_id, "now": now}
            rows = await connection.rows(self._derivation.sql, self._derivation.bound(values))
        secret_hash = rows[0]["credential_secret_hash"] if rows else _NOBODY
        if not hmac.compare_digest(secret_hash, token.secret_hash):
            raise BadCredential
        refusal = _refusal(rows[0], now)
        if refusal is not None:
            self._refuse(token.organization_id, rows[0]["credential_id"], refusal, now)
        return _known(token, rows, now)

    def _note_use(self, known: _Known, now: datetime) -> None:
        """Write `last_used_at`, without making the caller wait for it."""
        self._notes.add(
            self._door.perform(_call(known.actor.organization_id, now), note_token_use, token_id=known.token_id)
        )

    def _refuse(self, organization_id: UUID, token_id: UUID, refusal: TokenRefusal, now: datetime) -> NoReturn:
        """Refuse a token whose secret was right, and have that written down, once in a while."""
        due_at = self._refusal_due_at.get(token_id)
        if due_at is None or now >= due_at:
            self._refusal_due_at.put(token_id, now + USE_IS_NOTED_EVERY)
            call = _call(organization_id, now)
            self._notes.add(self._door.perform(call, note_token_refusal, token_id=token_id, refusal=refusal))
        raise BadCredential


_NOTE_USE = (
    update(ApiToken)
    .where(
        ApiToken.organization_id == bindparam("organization_id", type_=Uuid()),
        ApiToken.id == bindparam("token_id", type_=Uuid()),
        or_(
            ApiToken.last_used_at.is_(None),
            ApiToken.last_used_at <= bindparam("noted_before", type_=DateTime(timezone=True)),
        ),
    )
    .values(last_used_at=bindparam("now", type_=DateTime(timezone=True)))
)


@action(Permission.TOKEN_MANAGE, may_record_nothing=True)
async def note_token_use(work: Work, *, token_id: UUID) -> None:
    """Keep when a token was last used, for those who clean up; of several processes one writes in a minute.

    No change of the token itself: its version stays, and nothing is recorded.
    """
    await work.rows(_NOTE_USE, token_id=token_id, now=work.now, noted_before=work.now - USE_IS_NOTED_EVERY)


_NOTE_REFUSAL = (
    update(ApiToken)
    .where(
        ApiToken.organization_id == bindparam("organization_id", type_=Uuid()),
        ApiToken.id == bindparam("token_id", type_=Uuid()),
        or_(
            ApiToken.last_refused_at.is_(None),
            ApiToken.last_refused_at <= bindparam("noted_before", type_=DateTime(timezone=True)),
        ),
    )
    .values(last_refused_at=bindparam("now", type_=DateTime(timezone=True)))
    .returning(ApiToken.membership_id, ApiToken.service_account_id)
)


@action(Permission.TOKEN_MANAGE, may_record_nothing=True)
async def note_token_refusal(work: Work, *, token_id: UUID, refusal: TokenRefusal) -> None:
    """Record that somebody who has a token's secret tried to use it in vain; at most once a minute, in all processes.

    Only who has the secret gets this far, so nobody can fill the audit log with tokens that they made up.
    """
    values = {"token_id": token_id, "now": work.now, "noted_before": work.now - USE_IS_NOTED_EVERY}
    for row in await work.rows(_NOTE_REFUSAL, **values):
        changes = (Change("refusal", None, refusal),)
        record(work, ApiTokenRefused(subject_id=token_id, changes=changes, **row))


def _call(organization_id: UUID, now: datetime) -> Call:
    """What is noted of a token is nobody's doing: its holder may know nothing of it."""
    return Call(actor=Actor.system(organization_id), now=now, request_id="")


def _key(text: str) -> bytes:
    # A header may hold any bytes; whatever they are, two texts that differ have different keys.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _known(token: Token, rows: Sequence[Mapping[str, Any]], now: datetime) -> _Known:
    """The actor of a token's rows, one for each grant in force (see `derivation`)."""
    row = rows[0]
    networks, last_used_at = row["credential_allowed_networks"], row["credential_last_used_at"]
    holder = holder_of(token.organization_id, rows)
    ends_at: datetime = row["credential_expires_at"]
    valid_until = ends_at if holder.valid_until is None else min(ends_at, holder.valid_until)
    actor = replace(
        holder,
        scopes=_scopes(row["credential_scopes"]),
        valid_until=valid_until,
        token_id=row["credential_id"],
        allowed_networks=None if networks is None else tuple(networks),
        documents=DocumentMode(row["credential_documents"]),
    )
    use_due_at = now if last_used_at is None else last_used_at + USE_IS_NOTED_EVERY
    return _Known(actor, row["credential_id"], parsed(networks), valid_until, use_due_at)


def _acting_for(integration: Actor, member: Actor) -> Actor:
    """The two as one actor, derived as of when the first of them was: a later change of either is found out."""
    versions = [party.access_version for party in (integration, member) if party.access_version is not None]
    ends = [party.valid_until for party in (integration, member) if party.valid_until is not None]
    return replace(integration, on_behalf_of=member, access_version=min(versions), valid_until=min(ends, default=None))


def _refusal(row: Mapping[str, Any], now: datetime) -> TokenRefusal | None:
    """Why a token is not good for anything, None when it is."""
    if row["credential_revoked_at"] is not None:
        return TokenRefusal.REVOKED
    if now >= row["credential_expires_at"]:
        return TokenRefusal.EXPIRED
    is_member = row["credential_membership_id"] is not None
    may_sign_in = row["membership_status"] == MembershipStatus.ACTIVE if is_member else row["deactivated_at"] is None
    return None if may_sign_in else TokenRefusal.HOLDER


def _scopes(stored: Sequence[str] | None) -> frozenset[Permission] | None:
    """A permission that this program does not know gives nothing."""
    if stored is None:
        return None
    return with_what_they_see(Permission(name) for name in stored if name in _KNOWN_PERMISSIONS)
