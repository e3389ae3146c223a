"""Whom an identity provider lets in, and what an address to come back to may be."""

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from portal.errors import Forbidden
from portal.people.enums import MembershipStatus
from portal.sign_in.enums import MembershipPolicy

# From leaving for the provider to coming back: long enough to find one's second factor.
ATTEMPT_LIFE = timedelta(minutes=10)

_ADMITTED: dict[MembershipPolicy, frozenset[MembershipStatus | None]] = {
    MembershipPolicy.MEMBERS: frozenset({MembershipStatus.ACTIVE}),
    MembershipPolicy.INVITED: frozenset({MembershipStatus.ACTIVE, MembershipStatus.INVITED}),
    MembershipPolicy.DOMAIN: frozenset({MembershipStatus.ACTIVE, MembershipStatus.INVITED, None}),
}


class NotAdmitted(Forbidden):
    """Somebody proved who they are, but may not come in. The same for every cause: a stranger learns none."""

    def __init__(self) -> None:
        super().__init__(
            "This account can't sign in here. Ask an administrator of the organization to invite you, or to look at "
            "your membership."
        )


def check_known(status: MembershipStatus) -> None:
    """Refuses somebody who signed in before, but is no active member any more."""
    if status is not MembershipStatus.ACTIVE:
        raise NotAdmitted


def check_new(status: MembershipStatus | None, policy: MembershipPolicy) -> None:
    """Refuses somebody who comes for the first time, whose address is a member's or nobody's (None)."""
    if status not in _ADMITTED[policy]:
        raise NotAdmitted


def vouched_address(email: str | None, domains: Collection[str]) -> str:
    """The address by which somebody who comes for the first time is known, in small letters.

    Refuses one that the provider has not verified, and one of a domain that it may not vouch for (none named: any).
    """
    if email is None:
        raise NotAdmitted
    normalised = email.lower()
    if domains and normalised.rpartition("@")[2] not in domains:
        raise NotAdmitted
    return normalised


def return_path(wanted: str | None) -> str:
    """Where a browser goes after signing in: a path of our own, `/` for anything else."""
    if wanted is None or not wanted.startswith("/") or len(wanted) > 2_000 or not wanted.isascii():
        return "/"
    parts = urlsplit(wanted)
    # Browsers read a backslash as a slash and drop control characters: //evil.example in disguise.
    is_plain = wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//") and " " not in wanted
    return wanted if is_plain and not parts.netloc and not parts.scheme else "/"
