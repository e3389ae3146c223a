"""Links that are sent to people: by which somebody who was invited comes in, and by which a lost password is replaced.

Each is good once and for a while. Its text goes to the member's own address, or to whoever operates the installation,
and is kept nowhere; not in the audit log or the outbox, which others read.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, bindparam, exists, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.ids import new_id
from portal.people.actions.ending import revoke_sessions_of
from portal.people.actions.results import MembershipResult
from portal.people.enums import MembershipStatus
from portal.people.events import MemberActivated
from portal.people.models import Membership
from portal.people.reads import MEMBERSHIP
from portal.people.row_secrets import RowSecret
from portal.records.recording import record
from portal.sign_in.actions.accounts import forget_links, locked_member, password_of, put_password
from portal.sign_in.enums import LinkPurpose
from portal.sign_in.events import AccountLinkMade
from portal.sign_in.models import AccountLink, Password
from portal.sign_in.rules import account_links as rules

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made, for whom, and until when. `text` is never stored with an idempotency key."""

    membership_id: UUID
    purpose: LinkPurpose
    email: str
    name: str
    expires_at: datetime
    text: Annotated[str | None, Field(exclude=True)] = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose link it is, before they choose a password."""

    name: str
    email: str


_WITH_PASSWORD = (
    select(Membership)
    .where(
        Membership.organization_id == _ORGANIZATION_ID,
        Membership.email_normalised == bindparam("email"),
        exists().where(Password.organization_id == _ORGANIZATION_ID, Password.membership_id == Membership.id),
    )
    .with_for_update(key_share=True)
)
_LINK = select(AccountLink).where(
    AccountLink.organization_id == _ORGANIZATION_ID, AccountLink.id == bindparam("link_id", type_=Uuid())
)
_LINK_LOCKED = _LINK.with_for_update()


@action(Permission.MEMBER_MANAGE)
async def send_invitation(work: Work, *, membership_id: UUID) -> NewLink:
    """Make the link by which somebody who was invited comes in; one that was made before is over.

    Raises WrongState for whoever is a member already.
    """
    member = await work.lock(MEMBERSHIP, membership_id)
    rules.check_invited(member.status)
    return await _make(work, member, LinkPurpose.INVITATION)


@action(Permission.MEMBER_MANAGE)
async def make_reset(work: Work, *, membership_id: UUID) -> NewLink:
    """Make the link by which a member gets another password, for whoever operates the installation.

    Not for administrators: by it they could sign in as others, with rights that they don't have.
    """
    member = await work.lock(MEMBERSHIP, membership_id)
    rules.check_resettable(member.status)
    return await _make(work, member, LinkPurpose.RESET)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def ask_for_reset(work: Work, *, email: str) -> NewLink | None:
    """Make the link for whoever has an address, a password and a good membership; None for anybody else.

    Who signs in with an identity provider alone gets no password this way: mail is a weaker proof than theirs.
    """
    for member in await work.lock_all(_WITH_PASSWORD, Membership, email=email):
        if rules.may_reset_by_mail(member.status, is_of_directory=member.user_name is not None):
            return await _make(work, member, LinkPurpose.RESET)
    return None


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def find_link(work: Work, *, link_id: UUID, secret_hash: bytes) -> Linked:
    """Whose link it is. Raises LinkOver, the same for every cause."""
    found = await work.all(_LINK, AccountLink, link_id=link_id)
    member = await _member_of(work, found, secret_hash)
    return Linked(member.name, member.email)


@action(Permission.ACCOUNT_MANAGE)
async def use_link(work: Work, *, link_id: UUID, secret_hash: bytes, hash: str) -> MembershipResult:
    """Give whoever has a link the password that they chose, once; who was invited is a member from then on.

    All of their sessions end. Raises LinkOver.
    """
    # The member is locked before the link, as where one is made.
    member = await _member_of(work, await work.all(_LINK, AccountLink, link_id=link_id), secret_hash)
    links = await work.lock_all(_LINK_LOCKED, AccountLink, link_id=link_id)
    if not links:
        raise rules.LinkOver
    work.remove(links[0])
    if member.status is MembershipStatus.INVITED:
        changes = work.change(member, status=MembershipStatus.ACTIVE, activated_at=work.now)
        record(work, MemberActivated(subject_id=member.id, changes=changes))
    put_password(work, member.id, hash, before=await password_of(work, member.id))
    await revoke_sessions_of(work, member.id)
    return MembershipResult(member.id)


async def _make(work: Work, member: Membership, purpose: LinkPurpose) -> NewLink:
    await forget_links(work, member.id)
    # Gone before the next one comes: a member has one.
    await work.flush()
    secret = RowSecret.new(work.actor.organization_id, new_id())
    row = work.add(
        AccountLink(
            id=secret.row_id,
            membership_id=member.id,
            purpose=purpose,
            email_normalised=member.email_normalised,
            secret_hash=secret.secret_hash,
            expires_at=work.now + rules.LINK_LIFE[purpose],
        )
    )
    record(work, AccountLinkMade(subject_id=member.id, purpose=purpose))
    return NewLink(member.id, purpose, member.email, member.name, row.expires_at, secret.text)


async def _member_of(work: Work, links: list[AccountLink], secret_hash: bytes) -> Membership:
    """The member whose link it is, locked; refuses one that is over, and one that was sent to another address."""
    if not links or not hmac.compare_digest(links[0].secret_hash, secret_hash):
        raise rules.LinkOver
    link = links[0]
    member = await locked_member(work, link.membership_id)
    is_theirs = member.email_normalised == link.email_normalised
    rules.check_link(link.purpose, member.status, is_theirs=is_theirs, in_time=work.now < link.expires_at)
    return member
