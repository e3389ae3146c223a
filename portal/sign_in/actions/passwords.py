"""Passwords: what there is to compare one with, signing in with one, setting and removing one's own.

None of these sees a password. Hashing takes long, so it is done between two transactions (portal.sign_in.passwords),
and the second refuses when the hash is not the one any more that the password was compared with.
"""

import enum
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, BeingChanged
from portal.people.actions.ending import open_sessions_of, revoke_session_row
from portal.people.actions.results import NewSession, SessionsResult
from portal.people.actions.sessions import Browser, start_session
from portal.people.enums import MembershipStatus, SignInMethod
from portal.people.models import Membership, Session
from portal.records.recording import record
from portal.sign_in.actions.accounts import forget_links, locked_member, own_id, own_member, password_of, put_password
from portal.sign_in.actions.second_factors import Enrolment, confirm, enrol, factor_of, is_required, proves
from portal.sign_in.events import PasswordRemoved
from portal.sign_in.models import Identity, Password
from portal.sign_in.rules import passwords as rules
from portal.sign_in.sealing import Sealing

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_MEMBERSHIP_ID = bindparam("membership_id", type_=Uuid())


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a member before their password is compared. `hash` is None where they have none."""

    membership_id: UUID | None = None
    email: str = ""
    name: str = ""
    hash: str | None = field(default=None, repr=False)


class Needs(enum.StrEnum):
    """What is missing beside a right password."""

    CODE = "CODE"
    ANOTHER_CODE = "ANOTHER_CODE"
    ENROLMENT = "ENROLMENT"


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that was right: whose, by which hash (`seen`), and its hash by today's parameters if that is another.

    `code` is of their second factor, None where none was sent.
    """

    membership_id: UUID
    seen: str = field(repr=False)
    renewed: str | None = field(repr=False)
    code: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of a right password: a session, or what is needed before one begins.

    `enrolment` is shown to whoever has to enrol, `recovery_codes` to whoever just has.
    """

    session: NewSession | None = None
    needs: Needs | None = None
    enrolment: Enrolment | None = None
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


_KEPT = (
    select(
        Membership.id.label("membership_id"), Membership.email_normalised.label("email"), Membership.name, Password.hash
    )
    .outerjoin(Password, (Password.organization_id == _ORGANIZATION_ID) & (Password.membership_id == Membership.id))
    .where(Membership.organization_id == _ORGANIZATION_ID)
)
_KEPT_BY_EMAIL = _KEPT.where(Membership.email_normalised == bindparam("email"))
_KEPT_BY_ID = _KEPT.where(Membership.id == _MEMBERSHIP_ID)
_SESSION_BEGAN_AT = select(Session.created_at).where(
    Session.organization_id == _ORGANIZATION_ID, Session.id == bindparam("session_id", type_=Uuid())
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
    (row,) = await work.rows(_KEPT_BY_ID, membership_id=own_id(work))
    return Kept(**row)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def sign_in_with_password(work: Work, *, proof: Proof, sealing: Sealing, browser: Browser) -> Entry:
    """Begin a session of a member whose password was right, or say what else they have to prove.

    Raises WrongPassword for whoever may not sign in, and where `seen` is not the password's hash any more. A wrong code
    is no refusal: that it was tried has to be kept.
    """
    member = await locked_member(work, proof.membership_id)
    password = await password_of(work, member.id)
    if member.status is not MembershipStatus.ACTIVE or password is None or password.hash != proof.seen:
        raise rules.WrongPassword
    entry = await _second_step(work, member, proof.code, sealing)
    if entry.needs is not None:
        return entry
    if proof.renewed is not None:
        work.change(password, hash=proof.renewed)
    session = await start_session(work, membership_id=member.id, method=SignInMethod.PASSWORD, browser=browser)
    return replace(entry, session=session)


async def _second_step(work: Work, member: Membership, code: str | None, sealing: Sealing) -> Entry:
    """What a member's second factor says to a code, and what one says who has none where the organization asks for it.

    Who enrols as they sign in confirms with the first code that their authenticator shows.
    """
    factor = await factor_of(work, member.id)
    if factor is not None and factor.confirmed_at is not None:
        if code is None:
            return Entry(needs=Needs.CODE)
        return Entry() if proves(work, factor, code, sealing) else Entry(needs=Needs.ANOTHER_CODE)
    if not await is_required(work):
        return Entry()
    if factor is None or code is None:
        return Entry(needs=Needs.ENROLMENT, enrolment=await enrol(work, member.id, member.email, sealing))
    confirmed = confirm(work, factor, code, sealing)
    return Entry(needs=Needs.ANOTHER_CODE) if confirmed is None else Entry(recovery_codes=confirmed.codes)


@action(Permission.ACCOUNT_MANAGE)
async def set_password(work: Work, *, hash: str, seen: str | None) -> SessionsResult:
    """Give the actor a password, in the place of the one whose hash is `seen`; their other sessions end, and a link
    by which somebody could choose another.

    Raises Forbidden for a first password with a token, or long after the sign-in: what ends must not make a way in that
    doesn't.
    """
    row = await _own(work, seen)
    if row is None:
        rules.check_fresh_sign_in(await _signed_in_at(work), work.now)
    put_password(work, own_id(work), hash, before=row)
    await forget_links(work, own_id(work))
    return await _end_other_sessions(work)


@action(Permission.ACCOUNT_MANAGE)
async def remove_password(work: Work, *, seen: str) -> SessionsResult:
    """Take the actor's password away; their other sessions end, and links to another.

    Raises WrongState where it is their only way in.
    """
    row = await _own(work, seen)
    if row is None:
        raise AlreadyDone("You have no password.")
    rules.check_other_way(await work.value(_HAS_IDENTITY, membership_id=row.membership_id))
    work.remove(row)
    record(work, PasswordRemoved(subject_id=row.membership_id))
    await forget_links(work, row.membership_id)
    return await _end_other_sessions(work)


async def _signed_in_at(work: Work) -> datetime | None:
    """When the session began that asks; None where none does."""
    session_id = work.actor.session_id
    return None if session_id is None else await work.value(_SESSION_BEGAN_AT, session_id=session_id)


async def _own(work: Work, seen: str | None) -> Password | None:
    """The actor's password, locked; None where they have none."""
    member = await own_member(work)
    row = await password_of(work, member.id)
    if (row and row.hash) != seen:
        raise BeingChanged
    return row


async def _end_other_sessions(work: Work) -> SessionsResult:
    """End all sessions but the one that asks: whoever knew the password before may be in one of them."""
    others = [row for row in await open_sessions_of(work, own_id(work)) if row.id != work.actor.session_id]
    for row in others:
        revoke_session_row(work, row)
    return SessionsResult(len(others))
