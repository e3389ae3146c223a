"""Members and what they sign in with, locked: two requests at once may both be about to add what one has one of."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal.access.enums import ActorKind
from portal.access.work import Work
from portal.errors import InvalidInput
from portal.people.models import Membership
from portal.records.recording import record
from portal.sign_in.events import PasswordSet
from portal.sign_in.models import AccountLink, Password

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_MEMBERSHIP_ID = bindparam("membership_id", type_=Uuid())
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
_LINKS = (
    select(AccountLink)
    .where(AccountLink.organization_id == _ORGANIZATION_ID, AccountLink.membership_id == _MEMBERSHIP_ID)
    .with_for_update()
)


async def locked_member(work: Work, membership_id: UUID) -> Membership:
    """A member who is known to be there."""
    (member,) = await work.lock_all(_MEMBER, Membership, membership_id=membership_id)
    return member


def own_id(work: Work) -> UUID:
    """The actor's membership. Raises InvalidInput where it is no member."""
    if work.actor.kind is not ActorKind.USER or work.actor.id is None:
        raise InvalidInput("Only members have passwords and second factors.")
    return work.actor.id


async def own_member(work: Work) -> Membership:
    """The actor's membership. Raises InvalidInput where it is no member."""
    return await locked_member(work, own_id(work))


async def password_of(work: Work, membership_id: UUID) -> Password | None:
    """A member's password; None where they have none."""
    found = await work.lock_all(_PASSWORD, Password, membership_id=membership_id)
    return found[0] if found else None


def put_password(work: Work, membership_id: UUID, hash: str, *, before: Password | None) -> None:
    """Give a member a password, in the place of the one that they have (`before`)."""
    if before is None:
        work.add(Password(membership_id=membership_id, hash=hash))
    else:
        work.change(before, hash=hash)
    record(work, PasswordSet(subject_id=membership_id))


async def forget_links(work: Work, membership_id: UUID) -> None:
    """Make a member's links worthless that were sent and not used."""
    for link in await work.lock_all(_LINKS, AccountLink, membership_id=membership_id):
        work.remove(link)
