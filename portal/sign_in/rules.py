"""Whom a provider lets in, and what an address to come back to may be."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from portal.errors import Forbidden, InvalidInput, WrongState
from portal.people.enums import MembershipStatus
from portal.sign_in.enums import LinkPurpose, MembershipPolicy

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


class WrongPassword(Forbidden):
    """Nobody has this address, or not this password, or may not sign in: the same for every cause."""

    def __init__(self) -> None:
        super().__init__(
            "That did not work: the address or the password is wrong, or the account can't sign in. Try again, or ask "
            "for a new password."
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


# In a row; a right one begins anew. Somebody who knows the password and guesses has a chance of 1 in 17,000 until then.
MOST_WRONG_CODES = 20


def may_guess(failures: int) -> bool:
    """Whether codes of an authenticator still count after so many wrong ones in a row."""
    return failures < MOST_WRONG_CODES


def check_code(*, is_right: bool) -> None:
    """Refuses a wrong code; after what has to be kept of it is."""
    if not is_right:
        raise InvalidInput("This code is not right, or was used before. Wait for the next one.", path=("code",))


def check_in_browser(session_id: UUID | None) -> None:
    """Refuses to make a way in with a token, which may end, or be narrowed, where a password isn't."""
    if session_id is None:
        raise Forbidden("A first password is set in a browser that is signed in, not with a token.")


def check_other_way(has_identity: bool) -> None:
    """Refuses to take away a member's only way to sign in."""
    if not has_identity:
        raise WrongState("Sign in with an identity provider once: the password is your only way in.", state="ONLY")


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


def check_invited(status: MembershipStatus) -> None:
    """Refuses to invite whoever can sign in already, or must not."""
    if status is not MembershipStatus.INVITED:
        raise WrongState(f"This member is {status.lower()}; only who is invited gets an invitation.", state=status)


def check_resettable(status: MembershipStatus) -> None:
    """Refuses a new password to whoever could not sign in with it."""
    if status is not MembershipStatus.ACTIVE:
        raise WrongState(f"This member is {status.lower()} and can't sign in.", state=status)
