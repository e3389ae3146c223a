"""Create identity providers, who members are there, and those who are on their way.

Revision ID: 202611271220
Revises: 202611271210
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from portal.database.protect import (
    bounded,
    bounded_list,
    closed_set,
    drop_tenant_tables,
    indexed,
    reference,
    tenant_table,
    unique,
)

revision = "202611271220"
down_revision = "202611271210"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _identity_provider()
    _identity()
    _sign_in_attempt()


def _identity_provider() -> None:
    tenant_table(
        "identity_provider",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("email_domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("default_role", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 100),
        bounded("label", 200),
        bounded("issuer", 2_000),
        bounded("client_id", 400),
        bounded_list("email_domains", 100, 10_000),
        closed_set("policy", "MEMBERS", "INVITED", "DOMAIN"),
        closed_set(
            "default_role",
            "ORG_ADMIN",
            "COMPLIANCE_OFFICER",
            "EXECUTIVE_VIEWER",
            "RECRUITER_ALL",
            "MEMBER",
            "AGENCY",
        ),
        sa.CheckConstraint("policy <> 'DOMAIN' OR cardinality(email_domains) > 0", name="domains"),
        sa.CheckConstraint("default_role <> 'ORG_ADMIN'", name="default_role_is_modest"),
        unique("name"),
        unique("issuer"),
    )


def _identity() -> None:
    tenant_table(
        "identity",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        bounded("issuer", 2_000),
        bounded("subject", 255),
        reference("membership", "membership_id"),
        unique("issuer", "subject"),
        unique("membership_id", "issuer"),
        indexed("membership_id"),
    )


def _sign_in_attempt() -> None:
    tenant_table(
        "sign_in_attempt",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        sa.CheckConstraint("octet_length(browser_hash) = 32", name="browser_hash"),
        bounded("nonce", 100),
        bounded("code_verifier", 128),
        bounded("return_to", 2_000),
        reference("identity_provider", "provider_id"),
        indexed("provider_id"),
        indexed("expires_at"),
    )


def downgrade() -> None:
    drop_tenant_tables("sign_in_attempt", "identity", "identity_provider")
