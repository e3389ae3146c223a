"""The tables of people and machines, and of what they were granted. What roles mean is in portal.access.permissions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.enums import DocumentMode, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.database.base import Enumerated, TenantRow, bounded, bounded_list, closed_set, indexed, reference, unique
from portal.people.enums import MembershipStatus, SignInMethod

_ONE_SUBJECT = "num_nonnulls(membership_id, service_account_id) = 1"


class Membership(TenantRow, kw_only=True):
    """One person in one organization, with the name and address that this organization knows them by.

    What the organization's identity provider says of them (SCIM) is null where it knows nothing of them: `user_name`,
    their name's parts, and `directory_id`, which is what it calls them. `left_directory_at` is when it deleted them.
    """

    __tablename__ = "membership"
    __table_args__ = (
        bounded("name", 200),
        bounded("email", 320),
        bounded("email_normalised", 320),
        bounded("timezone", 100),
        closed_set("status", MembershipStatus),
        closed_set("role", OrganizationRole),
        bounded("user_name", 320),
        bounded("user_name_normalised", 320),
        bounded("given_name", 200),
        bounded("family_name", 200),
        bounded("directory_id", 320),
        unique("email_normalised"),
        unique("user_name_normalised"),
        unique("directory_id"),
    )

    name: Mapped[str]
    email: Mapped[str]
    email_normalised: Mapped[str]
    timezone: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[MembershipStatus] = mapped_column(Enumerated(MembershipStatus))
    role: Mapped[OrganizationRole] = mapped_column(Enumerated(OrganizationRole))
    invited_at: Mapped[datetime | None] = mapped_column(default=None)
    activated_at: Mapped[datetime | None] = mapped_column(default=None)
    deactivated_at: Mapped[datetime | None] = mapped_column(default=None)
    user_name: Mapped[str | None] = mapped_column(default=None)
    user_name_normalised: Mapped[str | None] = mapped_column(default=None)
    given_name: Mapped[str | None] = mapped_column(default=None)
    family_name: Mapped[str | None] = mapped_column(default=None)
    directory_id: Mapped[str | None] = mapped_column(default=None)
    left_directory_at: Mapped[datetime | None] = mapped_column(default=None)


class ServiceAccount(TenantRow, kw_only=True):
    """An integration that reads and writes with tokens of its own; it may exactly what it was granted."""

    __tablename__ = "service_account"
    __table_args__ = (bounded("name", 200), bounded("description", 10_000), unique("name"))

    name: Mapped[str]
    description: Mapped[str | None] = mapped_column(default=None)
    deactivated_at: Mapped[datetime | None] = mapped_column(default=None)


class Grant(TenantRow, kw_only=True):
    """A role that a member or service account holds in a scope, until it expires or is revoked.

    `scope_id` is a department, location, team or opening as `scope_type` says, so it has no foreign key; null for ORG.
    `privileges` are values of Privilege. `directory_group_id` is the group that it comes from and ends with; null where
    it was given by hand. The table is role_grant because GRANT is a word of SQL.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        closed_set("role", GrantRole),
        closed_set("scope_type", ScopeType),
        CheckConstraint("(scope_type = 'ORG') = (scope_id IS NULL)", name="scope_id"),
        CheckConstraint("NOT include_confidential OR scope_type IN ('ORG', 'OPENING')", name="include_confidential"),
        CheckConstraint(
            "privileges <@ ARRAY[" + ", ".join(f"'{privilege.value}'" for privilege in Privilege) + "]::text[]",
            name="privileges",
        ),
        bounded_list("privileges", 20, 1_000),
        reference("membership", "membership_id"),
        reference("service_account", "service_account_id"),
        reference("membership", "granted_by_id"),
        reference("directory_group", "directory_group_id"),
        indexed("membership_id"),
        indexed("service_account_id"),
        indexed("granted_by_id"),
        indexed("directory_group_id"),
        indexed("scope_type", "scope_id"),
    )

    membership_id: Mapped[UUID | None] = mapped_column(default=None)
    service_account_id: Mapped[UUID | None] = mapped_column(default=None)
    role: Mapped[GrantRole] = mapped_column(Enumerated(GrantRole))
    scope_type: Mapped[ScopeType] = mapped_column(Enumerated(ScopeType))
    scope_id: Mapped[UUID | None] = mapped_column(default=None)
    include_confidential: Mapped[bool] = mapped_column(default=False)
    privileges: Mapped[list[str]] = mapped_column(default_factory=list)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    granted_by_id: Mapped[UUID | None] = mapped_column(default=None)
    directory_group_id: Mapped[UUID | None] = mapped_column(default=None)


class ApiToken(TenantRow, kw_only=True):
    """A secret that signs a member or service account in; only its SHA-256 is kept.

    `scopes` are values of Permission that restrict it further, `allowed_networks` where it may be used from, in CIDR
    notation; null for no restriction. `documents` is what it may send. `key_id` is the readable part of the token,
    `replaces_key_id` that of the one whose place it takes. `last_refused_at` is when it was last shown with the right
    secret, but in vain.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        bounded("name", 200),
        bounded("key_id", 100),
        CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        bounded_list("scopes", 100, 10_000),
        bounded_list("allowed_networks", 50, 2_500),
        bounded("replaces_key_id", 100),
        closed_set("documents", DocumentMode),
        reference("membership", "membership_id"),
        reference("service_account", "service_account_id"),
        reference("membership", "created_by_id"),
        unique("key_id"),
        indexed("membership_id"),
        indexed("service_account_id"),
        indexed("created_by_id"),
    )

    membership_id: Mapped[UUID | None] = mapped_column(default=None)
    service_account_id: Mapped[UUID | None] = mapped_column(default=None)
    name: Mapped[str]
    key_id: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(repr=False)
    scopes: Mapped[list[str] | None] = mapped_column(default=None)
    allowed_networks: Mapped[list[str] | None] = mapped_column(default=None)
    replaces_key_id: Mapped[str | None] = mapped_column(default=None)
    documents: Mapped[DocumentMode] = mapped_column(Enumerated(DocumentMode), default=DocumentMode.ALLOW)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    last_refused_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by_id: Mapped[UUID | None] = mapped_column(default=None)


class Session(TenantRow, kw_only=True):
    """A browser in which a member signed in; only the SHA-256 of the cookie's secret is kept.

    It ends at `expires_at`, when it was not used for long enough (portal.people.rules), or when it is revoked. When the
    member's rights change, the secret is replaced; the one before stays good until `previous_until`, for requests that
    are on their way. `rights_hash` is of the rights that the member had when it was last replaced, null until the first
    use.
    """

    __tablename__ = "session"
    __table_args__ = (
        closed_set("method", SignInMethod),
        CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        CheckConstraint("octet_length(previous_secret_hash) = 32", name="previous_secret_hash"),
        CheckConstraint("(previous_secret_hash IS NULL) = (previous_until IS NULL)", name="previous_until"),
        CheckConstraint("octet_length(rights_hash) = 32", name="rights_hash"),
        bounded("address", 100),
        bounded("user_agent", 400),
        reference("membership", "membership_id"),
        indexed("membership_id"),
    )

    membership_id: Mapped[UUID]
    method: Mapped[SignInMethod] = mapped_column(Enumerated(SignInMethod))
    secret_hash: Mapped[bytes] = mapped_column(repr=False)
    previous_secret_hash: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    previous_until: Mapped[datetime | None] = mapped_column(default=None)
    rights_hash: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    address: Mapped[str | None] = mapped_column(default=None)
    user_agent: Mapped[str | None] = mapped_column(default=None)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
