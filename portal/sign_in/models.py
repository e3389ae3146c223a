"""The tables of signing in. Sessions are in portal.people, since what ends a member's access ends them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.enums import OrganizationRole
from portal.database.base import Enumerated, TenantRow, bounded, bounded_list, closed_set, indexed, reference, unique
from portal.sign_in.enums import LinkPurpose, MembershipPolicy


class IdentityProvider(TenantRow, kw_only=True):
    """An OpenID Connect provider by which an organization's people sign in.

    `name` stands in addresses and never changes, nor does `issuer`, which identities are known by. The client's secret
    is no column: the operator keeps it in a file (portal.sign_in.client_secrets). `email_domains` are those whose
    addresses it may vouch for; empty is any, but for policy DOMAIN.
    """

    __tablename__ = "identity_provider"
    __table_args__ = (
        bounded("name", 100),
        bounded("label", 200),
        bounded("issuer", 2_000),
        bounded("client_id", 400),
        bounded_list("email_domains", 100, 10_000),
        closed_set("policy", MembershipPolicy),
        closed_set("default_role", OrganizationRole),
        CheckConstraint("policy <> 'DOMAIN' OR cardinality(email_domains) > 0", name="domains"),
        CheckConstraint("default_role <> 'ORG_ADMIN'", name="default_role_is_modest"),
        unique("name"),
        unique("issuer"),
    )

    name: Mapped[str]
    label: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    email_domains: Mapped[list[str]] = mapped_column(default_factory=list)
    policy: Mapped[MembershipPolicy] = mapped_column(Enumerated(MembershipPolicy))
    default_role: Mapped[OrganizationRole] = mapped_column(Enumerated(OrganizationRole))
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)


class Identity(TenantRow, kw_only=True):
    """Who a member is at an issuer: from the first sign-in on they are known by this, never by an e-mail address."""

    __tablename__ = "identity"
    __table_args__ = (
        bounded("issuer", 2_000),
        bounded("subject", 255),
        reference("membership", "membership_id"),
        unique("issuer", "subject"),
        unique("membership_id", "issuer"),
        indexed("membership_id"),
    )

    membership_id: Mapped[UUID]
    issuer: Mapped[str]
    subject: Mapped[str]


class Password(TenantRow, kw_only=True):
    """A member's password, as a hash that takes long to compute (argon2id); it says itself how it was made."""

    __tablename__ = "password"
    __table_args__ = (
        bounded("hash", 500),
        reference("membership", "membership_id"),
        unique("membership_id"),
    )

    membership_id: Mapped[UUID]
    hash: Mapped[str] = mapped_column(repr=False)


class AccountLink(TenantRow, kw_only=True):
    """A link that was sent to a member, by which they choose a password once; removed when they do.

    `email_normalised` is the address that it was sent to: good only while it is still theirs.
    """

    __tablename__ = "account_link"
    __table_args__ = (
        closed_set("purpose", LinkPurpose),
        bounded("email_normalised", 320),
        CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        reference("membership", "membership_id"),
        unique("membership_id"),
        indexed("expires_at"),
    )

    membership_id: Mapped[UUID]
    purpose: Mapped[LinkPurpose] = mapped_column(Enumerated(LinkPurpose))
    email_normalised: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(repr=False)
    expires_at: Mapped[datetime]


class SecondFactor(TenantRow, kw_only=True):
    """An authenticator that a member enrolled, and their recovery codes as SHA-256 in hexadecimal digits.

    It counts from `confirmed_at` on. `last_step` is the time step of the code that was accepted last, `failures` how
    many wrong ones came in a row since.
    """

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("octet_length(sealed_secret) <= 200", name="sealed_secret"),
        bounded_list("recovery_hashes", 20, 2_000),
        CheckConstraint("failures >= 0", name="failures"),
        reference("membership", "membership_id"),
        unique("membership_id"),
    )

    membership_id: Mapped[UUID]
    sealed_secret: Mapped[bytes] = mapped_column(repr=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    last_step: Mapped[int] = mapped_column(BigInteger)
    recovery_hashes: Mapped[list[str]] = mapped_column(default_factory=list, repr=False)
    failures: Mapped[int] = mapped_column(default=0)


class SignInAttempt(TenantRow, kw_only=True):
    """Somebody who was sent to a provider and has not come back; removed when they do, so that nobody does twice.

    `secret_hash` is of the state that comes back with them, `browser_hash` of the cookie of the browser that left.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        CheckConstraint("octet_length(browser_hash) = 32", name="browser_hash"),
        bounded("nonce", 100),
        bounded("code_verifier", 128),
        bounded("return_to", 2_000),
        reference("identity_provider", "provider_id"),
        indexed("provider_id"),
        indexed("expires_at"),
    )

    provider_id: Mapped[UUID]
    secret_hash: Mapped[bytes] = mapped_column(repr=False)
    browser_hash: Mapped[bytes] = mapped_column(repr=False)
    nonce: Mapped[str] = mapped_column(repr=False)
    code_verifier: Mapped[str] = mapped_column(repr=False)
    return_to: Mapped[str]
    expires_at: Mapped[datetime]
