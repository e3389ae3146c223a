"""Passwords: what there is to compare one with, signing in with one, setting and removing one's own.

None of these sees a password. Hashing takes long, so it is done between two transactions (portal.sign_in.passwords),
and the second refuses when the hash is not the one any more that the password was compared with.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select

from portal.access.actions import action
from portal.access.enums import ActorKind
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, BeingChanged, InvalidInput
from portal.people.actions.ending import open_sessions_of, revoke_session_row
from portal.people.actions.results import NewSession, SessionsResult
from portal.people.actions.sessions import Browser, start_session
from portal.people.enums import MembershipStatus, SignInMethod
from portal.people.models import Membership
from portal.records.recording import record
from portal.sign_in import rules
from portal.sign_in.events import PasswordRemoved, PasswordSet
from portal.sign_in.models import Identity, Password

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_MEMBERSHIP_ID = bindparam("membership_id", type_=Uuid())


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a member before their password is compared. `hash` is None where they have none."""

    membership_id: UUID | None = None
    email: str = ""
    name: str = ""
    hash: str | None = field(default=None, repr=False)


_KEPT = (
    select(
        Membership.id.label("membership_id"), Membership.email_normalised.label("email"), Membership.name, Password.hash
    )
    .outerjoin(Password, (Password.organization_id == _ORGANIZATION_ID) & (Password.membership_id == Membership.id))
    .where(Membership.organization_id == _ORGANIZATION_ID)
)
_KEPT_BY_EMAIL = _KEPT.where(Membership.email_normalised == bindparam("email"))
_KEPT_BY_ID = _KEPT.where(Membership.id == _MEMBERSHIP_ID)
_MEMBER = (
    select(Membership)
    .where(Membership.organization_id == _ORGANIZATION_ID, Membership.id == _MEMBERSHIP_ID)
    .with_for_update(key_share=True)
)
_PASSWORD = (
    select(Password)
    .where(Password.organization_id == _ORGANIZATION_ID, Password.membership_id == _MEMBERSHIP_ID)
    .with_for_update(key_share=True)
)
_HAS_IDENTITY = select(
    exists().where(Identity.organization_id == _ORGANIZATION_ID, Identity.membership_id == _MEMBERSHIP_ID)
)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def kept_password(work: Work, *, email: str) -> Kept:
    """What to compare a password with, of whoever has an e-mail address; nothing of nobody."""
    rows = await work.rows(_KEPT_BY_EMAIL, email=email)
    return Kept(**rows[0]) if rows else Kept()


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def own_password(work: Work) -> Kept:
    """What to compare the actor's own password with. Only members have one."""
    (row,) = await work.rows(_KEPT_BY_ID, membership_id=_own_id(work))
    return Kept(**row)


@action(Permission.ACCOUNT_MANAGE)
async def sign_in_with_password(
    work: Work, *, membership_id: UUID, seen: str, renewed: str | None, browser: Browser
) -> NewSession:
    """Begin a session of a member whose password was right. `renewed` is its hash by today's parameters.

    Raises WrongPassword for whoever may not sign in, and where `seen` is not the password's hash any more.
    """
    (member,) = await work.lock_all(_MEMBER, Membership, membership_id=membership_id)
    passwords = await work.lock_all(_PASSWORD, Password, membership_id=membership_id)
    if member.status is not MembershipStatus.ACTIVE or [row.hash for row in passwords] != [seen]:
        raise rules.WrongPassword
    if renewed is not None:
        work.change(passwords[0], hash=renewed)
    return await start_session(work, membership_id=member.id, method=SignInMethod.PASSWORD, browser=browser)


@action(Permission.ACCOUNT_MANAGE)
async def set_password(work: Work, *, hash: str, seen: str | None) -> SessionsResult:
    """Give the actor a password, in the place of the one whose hash is `seen`; their other sessions end.

    Raises Forbidden for a first password with a token: a token that ends must not make a way in that doesn't.
    """
    row = await _own(work, seen)
    if row is None:
        rules.check_in_browser(work.actor.session_id)
        work.add(Password(membership_id=_own_id(work), hash=hash))
    else:
        work.change(row, hash=hash)
    record(work, PasswordSet(subject_id=_own_id(work)))
    return await _end_other_sessions(work)


@action(Permission.ACCOUNT_MANAGE)
async def remove_password(work: Work, *, seen: str) -> SessionsResult:
    """Take the actor's password away; their other sessions end. Raises WrongState where it is their only way in."""
    row = await _own(work, seen)
    if row is None:
        raise AlreadyDone("You have no password.")
    rules.check_other_way(await work.value(_HAS_IDENTITY, membership_id=row.membership_id))
    work.remove(row)
    record(work, PasswordRemoved(subject_id=row.membership_id))
    return await _end_other_sessions(work)


async def _own(work: Work, seen: str | None) -> Password | None:
    """The actor's password, locked; None where they have none."""
    # The member first: two requests at once may both be about to add one.
    await work.lock_all(_MEMBER, Membership, membership_id=_own_id(work))
    found = await work.lock_all(_PASSWORD, Password, membership_id=_own_id(work))
    row = found[0] if found else None
    if (row and row.hash) != seen:
        raise BeingChanged
    return row


def _own_id(work: Work) -> UUID:
    if work.actor.kind is not ActorKind.USER or work.actor.id is None:
        raise InvalidInput("Only members have passwords.")
    return work.actor.id


async def _end_other_sessions(work: Work) -> SessionsResult:
    """End all sessions but the one that asks: whoever knew the password before may be in one of them."""
    others = [row for row in await open_sessions_of(work, _own_id(work)) if row.id != work.actor.session_id]
    for row in others:
        revoke_session_row(work, row)
    return SessionsResult(len(others))
