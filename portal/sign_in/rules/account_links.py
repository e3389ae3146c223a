"""For whom a link is made, for how long it is good, and when it is over."""

from collections.abc import Mapping
from datetime import timedelta

from portal.errors import Forbidden, WrongState
from portal.people.enums import MembershipStatus
from portal.sign_in.enums import LinkPurpose

LINK_LIFE: Mapping[LinkPurpose, timedelta] = {
    # Over a weekend and a day off.
    LinkPurpose.INVITATION: timedelta(days=7),
    # Until mail that is delayed has come, and not until a mailbox is found open.
    LinkPurpose.RESET: timedelta(hours=1),
}
_LINK_IS_FOR: Mapping[LinkPurpose, MembershipStatus] = {
    LinkPurpose.INVITATION: MembershipStatus.INVITED,
    LinkPurpose.RESET: MembershipStatus.ACTIVE,
}


class LinkOver(Forbidden):
    """A link that was used, replaced or is too old, or never was one: the same for every cause."""

    def __init__(self) -> None:
        super().__init__("This link is over: it works once and for a while. Ask for a new one.")


def check_link(purpose: LinkPurpose, status: MembershipStatus, *, is_theirs: bool, in_time: bool) -> None:
    """Refuses a link that is too old, whose member is not waiting for it any more, or has another address now."""
    if not (is_theirs and in_time and status is _LINK_IS_FOR[purpose]):
        raise LinkOver


def may_reset_by_mail(status: MembershipStatus, *, is_of_directory: bool) -> bool:
    """Whether whoever has a member's address may have a link to choose another password sent to it.

    Not for a member whom a directory keeps (SCIM): it decides their address, so whoever has its token could have the
    link sent to themselves, and come in with an administrator's rights.
    """
    return status is MembershipStatus.ACTIVE and not is_of_directory


def check_invited(status: MembershipStatus) -> None:
    """Refuses to invite whoever can sign in already, or must not."""
    if status is not MembershipStatus.INVITED:
        raise WrongState(f"This member is {status.lower()}; only who is invited gets an invitation.", state=status)


def check_resettable(status: MembershipStatus) -> None:
    """Refuses a new password to whoever could not sign in with it."""
    if status is not MembershipStatus.ACTIVE:
        raise WrongState(f"This member is {status.lower()} and can't sign in.", state=status)
