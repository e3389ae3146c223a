"""Whoever asks something about how they sign in themselves."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal.access.enums import ActorKind
from portal.access.work import Work
from portal.errors import InvalidInput
from portal.people.models import Membership

MEMBER = (
    select(Membership)
    .where(
        Membership.organization_id == bindparam("organization_id", type_=Uuid()),
        Membership.id == bindparam("membership_id", type_=Uuid()),
    )
    .with_for_update(key_share=True)
)


def own_id(work: Work) -> UUID:
    """The actor's membership. Raises InvalidInput where it is no member."""
    if work.actor.kind is not ActorKind.USER or work.actor.id is None:
        raise InvalidInput("Only members have passwords and second factors.")
    return work.actor.id


async def own_member(work: Work) -> Membership:
    """The actor's membership, locked: what it has one of, two requests at once may both be about to add."""
    (member,) = await work.lock_all(MEMBER, Membership, membership_id=own_id(work))
    return member
