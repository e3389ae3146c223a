"""Members, service accounts, what they were granted and their tokens as GraphQL types."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.organizations.enums import DocumentMode
from schema.organizations.types import Department, Location, Organization, Team
from schema.people.enums import (
    GrantRole,
    MembershipStatus,
    OrganizationRole,
    Permission,
    Privilege,
    ScopeType,
    SignInMethod,
)
from schema.reading import Connection, Node, described, pages

if TYPE_CHECKING:
    from schema.openings.types import Opening

__all__ = [
    "ApiToken",
    "DirectoryGroup",
    "DirectoryGroupMember",
    "DirectoryGroupRole",
    "Grant",
    "Membership",
    "ServiceAccount",
    "Session",
    "User",
    "Viewer",
]

_Opening = Annotated["Opening", strawberry.lazy("schema.openings.types")]


@strawberry.type(description="The person behind a membership.")
class User:
    id: strawberry.ID = described("The membership's id: a person is known by their place in one organization.")
    name: str = described("Their name, as this organization knows them.")
    email: str = described("The address that this organization knows them by.")
    timezone: str | None = described("The IANA time zone that they work in; null for the organization's.")


@strawberry.type(description="One person in one organization.")
class Membership(Node):
    user: User = described("The person.")
    name: str = described("Their name.")
    email: str = described("Their e-mail address, unique in the organization.")
    timezone: str | None = described("The IANA time zone that they work in; null for the organization's.")
    status: MembershipStatus = described("Whether they may sign in.")
    role: OrganizationRole = described("What they may do without any grant.")
    user_name: str | None = described(
        "Their name at the organization's identity provider (SCIM); null where it knows nothing of them."
    )
    given_name: str | None = described("Their given name, as the identity provider has it.")
    family_name: str | None = described("Their family name, as the identity provider has it.")
    directory_id: str | None = described("What the identity provider calls them (SCIM's `externalId`).")
    left_directory_at: datetime | None = described(
        "When the identity provider deleted them, in UTC; null when it did not."
    )
    grants: list["Grant"] = described(
        "What they were granted, the oldest first, revoked and expired ones included; to others than themselves only "
        "with `grant:manage`."
    )
    directory_groups: list["DirectoryGroupMember"] = described(
        "The identity provider's groups that they are in, the one they came into first first."
    )
    tokens: list["ApiToken"] = described(
        "Their personal tokens, the oldest first; to others than themselves only with `token:manage`."
    )
    sessions: list["Session"] = described(
        "The browsers in which they are signed in, the oldest first; to others than themselves only with "
        "`member:manage`."
    )
    invited_at: datetime | None = described("When they were invited, in UTC.")
    activated_at: datetime | None = described("When they could first sign in, in UTC; null before.")
    deactivated_at: datetime | None = described("When they were deactivated, in UTC; null when not.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
    redacted_fields: list[str] = described("The fields that are null because the viewer may not read them.")


@strawberry.type(description="An integration that signs in with tokens of its own and may exactly what it was granted.")
class ServiceAccount(Node):
    name: str = described("What it is called, unique in the organization.")
    description: str | None = described("What it is for.")
    grants: list["Grant"] = described(
        "What it was granted, the oldest first, revoked and expired ones included; takes `grant:manage`."
    )
    tokens: list["ApiToken"] = described("Its tokens, the oldest first; takes `token:manage`.")
    deactivated_at: datetime | None = described("When it was deactivated, in UTC; null when not.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A role that a member or service account holds somewhere, until it ends or is revoked.")
class Grant(Node):
    membership: Membership | None = described("The member who holds it; null when a service account does.")
    service_account: ServiceAccount | None = described("The service account that holds it; null when a member does.")
    role: GrantRole = described("What it lets its holder do.")
    scope_type: ScopeType = described("Where it counts.")
    department: Department | None = described("The department where it counts, for scope DEPARTMENT.")
    location: Location | None = described("The location where it counts, for scope OFFICE.")
    team: Team | None = described("The team where it counts, for scope TEAM.")
    opening: _Opening | None = described("The opening where it counts, for scope OPENING.")
    include_confidential: bool = described("Whether it counts in confidential openings of its scope too.")
    privileges: list[Privilege] = described("What it adds to the role.")
    expires_at: datetime | None = described("When it ends by itself, in UTC; null for never.")
    revoked_at: datetime | None = described("When it was revoked, in UTC; null when it was not.")
    directory_group: "DirectoryGroup | None" = described(
        "The identity provider's group that gives it, and with which it ends; null when it was given by hand."
    )
    issuer: Membership | None = described(
        "The member who gave it, or let the group give it; null when the operator or a machine did."
    )
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(
    description="A group of members that the organization's identity provider keeps (SCIM). What it gives to them is "
    "decided here."
)
class DirectoryGroup(Node):
    name: str = described("Its name at the identity provider, unique among those that it has.")
    directory_id: str | None = described("What the identity provider calls it (SCIM's `externalId`).")
    left_directory_at: datetime | None = described(
        "When the identity provider deleted it, in UTC; null when it did not."
    )
    members: Connection["DirectoryGroupMember"] = pages("Who is in it, the one who came in first first.")
    roles: list["DirectoryGroupRole"] = described(
        "What it gives to its members, the oldest first; empty without `grant:manage`."
    )
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it, who is in it or what it gives was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="That a member is in a group of the identity provider.")
class DirectoryGroupMember(Node):
    directory_group: DirectoryGroup | None = described("The group.")
    membership: Membership | None = described("The member.")
    created_at: datetime = described("When they came in, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A role that a group gives: each of its members holds a grant of it while they are in it.")
class DirectoryGroupRole(Node):
    directory_group: DirectoryGroup | None = described("The group.")
    role: GrantRole = described("What it lets them do.")
    scope_type: ScopeType = described("Where it counts.")
    department: Department | None = described("The department where it counts, for scope DEPARTMENT.")
    location: Location | None = described("The location where it counts, for scope OFFICE.")
    team: Team | None = described("The team where it counts, for scope TEAM.")
    include_confidential: bool = described("Whether it counts in confidential openings too.")
    privileges: list[Privilege] = described("What it adds to the role.")
    created_by: Membership | None = described("The member who decided it; null when the operator or a machine did.")
    created_at: datetime = described("When it was decided, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(
    description="A secret that signs a member or service account in. The secret itself is shown only once."
)
class ApiToken(Node):
    name: str = described("What it is for.")
    key_id: str = described("The readable part of the token, by which it can be recognised.")
    membership: Membership | None = described("The member whom it signs in; null when it is a service account's.")
    service_account: ServiceAccount | None = described(
        "The service account that it signs in; null when it is a member's."
    )
    replaces_key_id: str | None = described("The readable part of the token whose place it takes, if any.")
    scopes: list[Permission] | None = described(
        "The only permissions that it can be used for, of those that its holder has; null for all of them."
    )
    allowed_networks: list[str] | None = described(
        "The only networks that it can be used from, in CIDR notation; null for anywhere."
    )
    documents: DocumentMode = described("What its requests may hold; it never changes.")
    expires_at: datetime = described("When it ends, in UTC.")
    last_used_at: datetime | None = described("When it was last used, to the minute, in UTC; null for never.")
    last_refused_at: datetime | None = described(
        "When somebody who has its secret last tried to use it in vain (after its end, or from elsewhere), to the "
        "minute, in UTC; null for never. The audit log says why."
    )
    revoked_at: datetime | None = described("When it was revoked, in UTC; null when it was not.")
    created_by: Membership | None = described("The member who made it; null when the operator or a machine did.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A browser in which a member signed in. What its cookie holds is never shown.")
class Session(Node):
    membership: Membership | None = described("The member who signed in.")
    method: SignInMethod = described("How they proved who they are.")
    is_current: bool = described("Whether this very request was sent with it.")
    address: str | None = described("The address it began from; null where that is not known.")
    user_agent: str | None = described("What the browser called itself when it began.")
    last_used_at: datetime = described("When it was last used, to the minute, in UTC.")
    expires_at: datetime = described("When it ends if it is not used before then, in UTC; it never lasts over 14 days.")
    created_at: datetime = described("When it began, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="Who is asking, and what they may do.")
class Viewer:
    id: strawberry.ID = described("The id of the membership or service account that asks.")
    membership: Membership | None = described("The viewer's membership; null for a service account.")
    service_account: ServiceAccount | None = described("The service account; null for a member.")
    organization: Organization = described("The organization that all of the answer is about.")
    sessions: list[Session] = described(
        "The browsers in which the viewer is signed in, the oldest first; none for a service account."
    )
    roles: list[str] = described(
        "The roles that are held, values of OrganizationRole and GrantRole: the organization's first, each once."
    )
    permissions: list[Permission] = described(
        "What is permitted anywhere at all; whether it is in a certain row, `viewerCan` of that row says."
    )
