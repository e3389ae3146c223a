"""Sessions: listing is a read; here they begin, change their secret and end.

How somebody proved who they are is not known here: `start_session` is called by the actions that do (portal.sign_in).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Uuid, bindparam, func, or_, select, update

from portal.access.actions import action
from portal.access.enums import ActorKind
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.ids import new_id
from portal.errors import AlreadyDone, InvalidInput
from portal.people import rules
from portal.people.actions.ending import open_sessions_of, revoke_session_row
from portal.people.actions.results import NewSession, SessionResult, SessionsResult
from portal.people.enums import SignInMethod
from portal.people.events import SessionRotated, SessionStarted
from portal.people.models import Session
from portal.people.reads import MEMBERSHIP, SESSION
from portal.people.row_secrets import RowSecret
from portal.records.recording import record

_USER_AGENT_LENGTH = 400  # characters


@dataclass(frozen=True, slots=True)
class Browser:
    """What is kept of the browser that a session is in, so that its owner knows it again."""

    address: str | None = None
    user_agent: str | None = None


async def start_session(work: Work, *, membership_id: UUID, method: SignInMethod, browser: Browser) -> NewSession:
    """Begin a session of a member who has proved who they are and may sign in; its text is for their browser only."""
    secret = RowSecret.new(work.actor.organization_id, new_id())
    row = work.add(
        Session(
            id=secret.row_id,
            membership_id=membership_id,
            method=method,
            secret_hash=secret.secret_hash,
            address=browser.address,
            user_agent=None if browser.user_agent is None else browser.user_agent[:_USER_AGENT_LENGTH],
            expires_at=work.now + rules.LONGEST_SESSION,
            last_used_at=work.now,
        )
    )
    record(work, SessionStarted(subject_id=row.id, membership_id=membership_id, method=method))
    return NewSession(row.id, secret.text)


@action(Permission.ACCOUNT_MANAGE)
async def revoke_session(work: Work, *, session_id: UUID) -> SessionResult:
    """End a session at once: one's own or, with `member:manage`, anybody's. Raises AlreadyDone."""
    # A session is visible to exactly those who may end it.
    row = await work.lock(SESSION, session_id)
    rules.check_revoke(row.revoked_at)
    revoke_session_row(work, row)
    return SessionResult(row.id)


@action(Permission.ACCOUNT_MANAGE)
async def revoke_all_sessions(work: Work, *, membership_id: UUID | None = None) -> SessionsResult:
    """Sign a member out everywhere: oneself or, with `member:manage`, anybody. Tokens are not sessions, and stay.

    Raises AlreadyDone when no session is open.
    """
    own = work.actor.id if work.actor.kind is ActorKind.USER else None
    if membership_id is None and own is None:
        raise InvalidInput("Name the member: only members have sessions.", path=("membershipId",))
    if membership_id not in (None, own):
        await work.lock(MEMBERSHIP, membership_id, permission=Permission.MEMBER_MANAGE)
    sessions = await open_sessions_of(work, membership_id or own)
    if not sessions:
        raise AlreadyDone("No session is open.")
    for row in sessions:
        revoke_session_row(work, row)
    return SessionsResult(len(sessions))


_SESSION = (
    select(Session)
    .where(
        Session.organization_id == bindparam("organization_id", type_=Uuid()),
        Session.id == bindparam("session_id", type_=Uuid()),
    )
    .with_for_update(key_share=True)
)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def rotate_session(work: Work, *, session_id: UUID, secret_hash: bytes, rights_hash: bytes) -> NewSession:
    """Replace a session's secret, because its member's rights have changed; the one before is good for a moment.

    Without a text where it was replaced already: of several requests that come together, one brings the new secret.
    """
    (row,) = await work.lock_all(_SESSION, Session, session_id=session_id)
    if row.secret_hash != secret_hash:
        return NewSession(row.id)
    secret = RowSecret.new(work.actor.organization_id, row.id)
    work.change(
        row,
        secret_hash=secret.secret_hash,
        previous_secret_hash=row.secret_hash,
        previous_until=work.now + rules.SESSION_OVERLAP,
        rights_hash=rights_hash,
    )
    record(work, SessionRotated(subject_id=row.id, membership_id=row.membership_id, method=row.method))
    return NewSession(row.id, secret.text)


_NOTE_USE = (
    update(Session)
    .where(
        Session.organization_id == bindparam("organization_id", type_=Uuid()),
        Session.id == bindparam("session_id", type_=Uuid()),
        or_(
            Session.rights_hash.is_(None),
            Session.last_used_at < bindparam("now", type_=DateTime(timezone=True)),
        ),
    )
    .values(
        last_used_at=func.greatest(Session.last_used_at, bindparam("now", type_=DateTime(timezone=True))),
        rights_hash=func.coalesce(Session.rights_hash, bindparam("rights_hash", type_=LargeBinary())),
    )
)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def note_session_use(work: Work, *, session_id: UUID, rights_hash: bytes) -> None:
    """Keep when a session was last used, which its end depends on; with the first use, which rights it was given for.

    No change of the session itself: its version stays, and nothing is recorded.
    """
    await work.rows(_NOTE_USE, session_id=session_id, now=work.now, rights_hash=rights_hash)
