"""What people may change about each other's rights: nobody their own, nobody beyond their own, never the last admin."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal import bounds
from portal.access.enums import DocumentMode, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.errors import (
    AlreadyDone,
    BeyondOwnRights,
    InvalidInput,
    LastAdministrator,
    OwnGrant,
    WrongState,
)
from portal.people.enums import MembershipStatus

INVITED = MembershipStatus.INVITED
ACTIVE = MembershipStatus.ACTIVE
DEACTIVATED = MembershipStatus.DEACTIVATED

TRANSITIONS: Mapping[MembershipStatus, AbstractSet[MembershipStatus]] = {
    INVITED: {ACTIVE, DEACTIVATED},
    ACTIVE: {DEACTIVATED},
    DEACTIVATED: {ACTIVE},
}

# A token that never ends is found years later in a script, still good.
LONGEST_TOKEN_LIFE = timedelta(days=365)
MOST_SCOPES = 100
# A week: long enough to replace a token wherever it is used, short enough that the old one is not forgotten.
LONGEST_OVERLAP_SECONDS = 7 * 24 * 60 * 60

# A browser that nobody uses for half a day was left open; one that is used every day asks again twice a month.
SESSION_IDLE = timedelta(hours=12)
LONGEST_SESSION = timedelta(days=14)
# How long the secret before is good, for requests that left the browser before it had the new one.
SESSION_OVERLAP = timedelta(minutes=1)

_CONFIDENTIAL_SCOPES = frozenset({ScopeType.ORG, ScopeType.OPENING})


@dataclass(frozen=True, slots=True)
class MemberState:
    """What the rules need to know of a member."""

    id: UUID
    status: MembershipStatus
    role: OrganizationRole


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerms:
    """A role with what it adds, and where it counts; `scope_id` is None for ORG only."""

    role: GrantRole
    scope_type: ScopeType
    scope_id: UUID | None = None
    include_confidential: bool = False
    privileges: frozenset[Privilege] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantTerms(RoleTerms):
    """What a grant gives, to whom, where and until when. Exactly one subject."""

    membership_id: UUID | None = None
    service_account_id: UUID | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What somebody may do in one scope; `permissions` are their names, and `until` is None for good."""

    permissions: frozenset[str]
    include_confidential: bool = False
    until: datetime | None = None


def member_status(member: MemberState, *, to: MembershipStatus) -> MembershipStatus:
    """The member's next status; refuses a step that is none."""
    if member.status is to:
        raise AlreadyDone(f"This member is already {to.lower()}.")
    if to not in TRANSITIONS[member.status]:
        raise WrongState(f"A member who is {member.status.lower()} can't become {to.lower()}.", state=member.status)
    return to


def check_awaited(member: MemberState) -> None:
    """Refuses to activate somebody who was active before: that is to reactivate them, which is another decision."""
    if member.status is DEACTIVATED:
        raise WrongState("This member was deactivated. Reactivate them.", state=member.status)


def check_was_deactivated(member: MemberState) -> None:
    """Refuses to reactivate somebody who is only invited."""
    if member.status is INVITED:
        raise WrongState("This member is only invited. Activate them.", state=member.status)


def check_may_hold(status: MembershipStatus) -> None:
    """Refuses to give rights to somebody who was deactivated; who is invited may have them before they come."""
    if status is DEACTIVATED:
        raise WrongState("This member is deactivated. Reactivate them first.", state=status)


def check_may_sign_in(status: MembershipStatus) -> None:
    """Refuses a token for somebody who could not use it."""
    if status is not ACTIVE:
        raise WrongState(f"This member is {status.lower()} and can't sign in.", state=status)


def check_in_use(deactivated_at: datetime | None) -> None:
    """Refuses to give rights or tokens to a service account that was deactivated."""
    if deactivated_at is not None:
        raise WrongState("This service account is deactivated.", state=DEACTIVATED)


def check_administrator_remains(administrators: Iterable[MemberState], *, without: UUID) -> None:
    """Refuses to leave the organization without an active administrator (R35), by deactivation or by another role.

    `administrators` are the organization's members with the role ORG_ADMIN, locked; `without` is the member who stops
    being one.
    """
    active = {member.id for member in administrators if _administers(member)}
    if without in active and len(active) == 1:
        raise LastAdministrator


def check_role_change(
    member: MemberState,
    *,
    to: OrganizationRole,
    actor_membership_id: UUID | None,
    administrators: Iterable[MemberState],
) -> None:
    """Refuses to change one's own role, to the one it already is, or away from the last administrator (R35)."""
    if member.id == actor_membership_id:
        raise OwnGrant
    if member.role is to:
        raise AlreadyDone("This member already has that role.")
    if to is not OrganizationRole.ORG_ADMIN:
        check_administrator_remains(administrators, without=member.id)


def check_not_own_grant(*, actor_membership_id: UUID | None, subject_membership_id: UUID | None) -> None:
    """Refuses to give oneself a grant, or to change or revoke one's own (R35)."""
    if actor_membership_id is not None and actor_membership_id == subject_membership_id:
        raise OwnGrant


def check_grant(grant: GrantTerms, *, at: datetime) -> None:
    """Refuses a grant that makes no sense: no subject or two, a role that `check_role` refuses, an end that is over."""
    if (grant.membership_id is None) == (grant.service_account_id is None):
        raise InvalidInput("A grant is for one member or one service account.", path=("membershipId",))
    check_role(grant)
    if grant.expires_at is not None and bounds.instant(grant.expires_at, path="expiresAt") <= at:
        raise InvalidInput("The grant would be over before it began.", path=("expiresAt",))


def check_role(terms: RoleTerms) -> None:
    """Refuses a role that makes no sense where it shall count: a scope without its row.

    Confidential openings are opened up one by one or for the whole organization, never by department, office or team.
    """
    if (terms.scope_type is ScopeType.ORG) != (terms.scope_id is None):
        raise InvalidInput("Name the row of the scope, or none for the whole organization.", path=("scopeId",))
    if terms.include_confidential and terms.scope_type not in _CONFIDENTIAL_SCOPES:
        raise InvalidInput(
            "Confidential openings are included one by one or for the whole organization.",
            path=("includeConfidential",),
        )


def check_within_own_rights(given: Rights, own: Rights) -> None:
    """Refuses a grant or token that gives more than the giver has there, or for longer (R35)."""
    beyond = sorted(given.permissions - own.permissions)
    if beyond:
        raise BeyondOwnRights(f"You can't give what you may not do yourself there: {', '.join(beyond)}.")
    if given.include_confidential and not own.include_confidential:
        raise BeyondOwnRights(
            "You can't open up confidential openings that you may not see yourself.", path=("includeConfidential",)
        )
    if own.until is not None and (given.until is None or given.until > own.until):
        raise BeyondOwnRights(
            f"Your own right ends on {own.until:%Y-%m-%d}; you can't give it for longer.", path=("expiresAt",)
        )


def check_documents(wanted: DocumentMode, own: DocumentMode) -> None:
    """Refuses a token that may send any document, from somebody who may not with what they signed in with."""
    if own is DocumentMode.ONLY and wanted is not DocumentMode.ONLY:
        raise BeyondOwnRights(
            "You are signed in with what runs published documents only; so may this token.", path=("documents",)
        )


def check_given_by_hand(directory_group_id: UUID | None) -> None:
    """Refuses to revoke a grant that a group gives: its member would be without what the group is said to give."""
    if directory_group_id is not None:
        raise WrongState(
            "This grant comes from a directory group. Take the role from the group with removeDirectoryGroupRole, or "
            "the member out of the group at the identity provider.",
            state="FROM_DIRECTORY_GROUP",
        )


def check_revoke(revoked_at: datetime | None) -> None:
    """Refuses to revoke a grant or token again."""
    if revoked_at is not None:
        raise AlreadyDone("This is already revoked.")


def check_in_force(revoked_at: datetime | None, expires_at: datetime, *, at: datetime) -> None:
    """Refuses to replace or change a token that is not in force any more."""
    if revoked_at is not None:
        raise WrongState("This token is revoked. Make a new one.", state="REVOKED")
    if expires_at <= at:
        raise WrongState("This token has ended. Make a new one.", state="EXPIRED")


def check_not_replaced(replacements: Iterable[str]) -> None:
    """Refuses to replace a token for the second time: two secrets at once are enough to change over.

    `replacements` are the key ids of tokens in force that take its place.
    """
    for key_id in replacements:
        raise WrongState(
            f"This token is being replaced by {key_id} already. Revoke one of the two first.", state="REPLACED"
        )


def rotation_end(expires_at: datetime, overlap_seconds: int, *, at: datetime) -> datetime:
    """When a token ends that another takes the place of: after the overlap, or when it would have ended anyway."""
    bounds.whole_number(overlap_seconds, least=0, most=LONGEST_OVERLAP_SECONDS, path="overlapSeconds")
    return min(expires_at, at + timedelta(seconds=overlap_seconds))


def token_scopes(scopes: Iterable[str] | None, *, known: AbstractSet[str]) -> tuple[str, ...] | None:
    """The permissions that a token is narrowed to, in alphabetical order; None is everything its holder may do.

    A scope never adds a right: what counts is what is in both, so naming more than one holds is harmless.
    """
    if scopes is None:
        return None
    named = bounds.distinct(scopes, most=MOST_SCOPES, least=1, path="scopes")
    for position, scope in enumerate(named):
        if scope not in known:
            raise InvalidInput(
                f"There is no permission {scope}. docs/permissions.md lists them.", path=("scopes", str(position))
            )
    return tuple(sorted(named))


def token_end(expires_at: datetime, *, at: datetime) -> datetime:
    """When a token ends: in the future, and at most 365 days from now."""
    end = bounds.instant(expires_at, path="expiresAt")
    if not at < end <= at + LONGEST_TOKEN_LIFE:
        raise InvalidInput("A token ends in the future, at most 365 days from now.", path=("expiresAt",))
    return end


def _administers(member: MemberState) -> bool:
    return member.status is ACTIVE and member.role is OrganizationRole.ORG_ADMIN
