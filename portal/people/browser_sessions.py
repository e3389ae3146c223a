"""Signing in with a session: from its text, which a browser keeps in a cookie, to the actor whose rights it carries.

As with tokens (credentials.py), the actor is kept in memory until its rights change. With them the text changes too
(`renewed`): what was stolen before somebody was made an administrator is of no use afterwards.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from portal.access.actions import WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.database.connection import Database
from portal.database.statements import text_of
from portal.people.actions.sessions import note_session_use, rotate_session
from portal.people.credentials import MOST_KNOWN, USE_IS_NOTED_EVERY, BadCredential
from portal.people.derivation import A_SESSION, OwnRecords, derivation, holder_of
from portal.people.enums import MembershipStatus
from portal.people.notes import Notes
from portal.people.row_secrets import RowSecret, parse_row_secret
from portal.recent import Recent

Row: TypeAlias = Mapping[str, Any]  # Any: columns of all types

# Compared with where there is no such session: no secret has this hash.
_NOBODY = hashlib.sha256(b"").digest()


@dataclass(slots=True)
class _Known:
    """An actor that was derived, until when that holds at most, and when its next use is worth a write.

    `rights_hash` is of the actor's rights; `renewal_due`, that it is another than when the session got its secret.
    """

    actor: Actor
    secret: RowSecret
    valid_until: datetime
    use_due_at: datetime
    rights_hash: bytes
    renewal_due: bool


class BrowserSessions:
    """Who a session stands for."""

    def __init__(self, database: Database, own_records: OwnRecords) -> None:
        """`own_records` finds the candidate records of a member, which that member never sees."""
        self._database = database
        self._door = WriteDoor(database)
        self._derivation = text_of(derivation(A_SESSION, own_records))
        self._known: Recent[bytes, _Known] = Recent(MOST_KNOWN)
        self._notes = Notes()

    async def authenticate(self, text: str, now: datetime) -> Actor:
        """The actor that a session's text stands for. Raises BadCredential, the same for every cause.

        An actor from memory may be out of date; its next transaction finds that out (StaleAccess).
        """
        return (await self._authenticate(text, now)).actor

    async def renewed(self, text: str, now: datetime) -> str | None:
        """The text that replaces a session's, where its holder's rights are not what they were when it got this one.

        None where they are, and where another request has just been given the new one.
        """
        known = await self._authenticate(text, now)
        if not known.renewal_due:
            return None
        new = await self._door.perform(
            _call(known, now),
            rotate_session,
            session_id=known.secret.row_id,
            secret_hash=known.secret.secret_hash,
            rights_hash=known.rights_hash,
        )
        self.forget(text)
        return new.text

    def forget(self, text: str) -> None:
        """Derive the session's actor anew at its next use, because its rights have changed."""
        self._known.pop(_key(text))

    async def close(self) -> None:
        """Wait until the last uses are written down; give up those that take too long."""
        await self._notes.close()

    async def _authenticate(self, text: str, now: datetime) -> _Known:
        key = _key(text)
        known = self._known.get(key)
        if known is None or now >= known.valid_until:
            self._known.pop(key)
            known = self._known.put(key, await self._derive(text, now))
        if now >= known.use_due_at:
            known.use_due_at = now + USE_IS_NOTED_EVERY
            self._notes.add(
                self._door.perform(
                    _call(known, now),
                    note_session_use,
                    session_id=known.secret.row_id,
                    rights_hash=known.rights_hash,
                )
            )
        return known

    async def _derive(self, text: str, now: datetime) -> _Known:
        secret = parse_row_secret(text)
        if secret is None:
            raise BadCredential
        async with self._database.reading(secret.organization_id, None) as connection:
            values = {"organization_id": secret.organization_id, "session_id": secret.row_id, "now": now}
            rows = await connection.rows(self._derivation.sql, self._derivation.bound(values))
        if not rows or not _is_good(rows[0], now):
            raise BadCredential
        return _known(secret, rows, now)


def _known(secret: RowSecret, rows: Sequence[Row], now: datetime) -> _Known:
    """The actor of a session's rows, by its secret or, for a moment, by the one before, which is not renewed again."""
    row = rows[0]
    is_current = hmac.compare_digest(row["credential_secret_hash"], secret.secret_hash)
    is_previous = hmac.compare_digest(row["credential_previous_secret_hash"] or _NOBODY, secret.secret_hash)
    ends_at: datetime = row["credential_previous_until"] if is_previous else row["credential_expires_at"]
    if not (is_current or is_previous) or now >= ends_at:
        raise BadCredential
    holder = holder_of(secret.organization_id, rows)
    ends_at = min(ends_at, row["credential_expires_at"], holder.valid_until or ends_at)
    rights, rights_before = _rights_hash(rows), row["credential_rights_hash"]
    return _Known(
        replace(holder, valid_until=ends_at, session_id=secret.row_id),
        secret,
        ends_at,
        # Which rights it was given for is written down with its first use.
        now if rights_before is None else row["credential_last_used_at"] + USE_IS_NOTED_EVERY,
        rights,
        renewal_due=is_current and rights_before not in (None, rights),
    )


def _is_good(row: Row, now: datetime) -> bool:
    in_force = row["credential_revoked_at"] is None and now < row["credential_expires_at"]
    return in_force and bool(row["membership_status"] == MembershipStatus.ACTIVE)


def _rights_hash(rows: Sequence[Row]) -> bytes:
    """What rights the rows give: another when the role is, or when a grant has come or gone."""
    grants = sorted(row["grant_id"].hex for row in rows if row["grant_id"] is not None)
    return hashlib.sha256(" ".join([rows[0]["organization_role"], *grants]).encode()).digest()


def _call(known: _Known, now: datetime) -> Call:
    return Call(actor=Actor.system(known.actor.organization_id), now=now, request_id="")


def _key(text: str) -> bytes:
    # The text itself is kept nowhere. A header may hold any bytes; texts that differ have different keys.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
