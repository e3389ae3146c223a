"""Create members, service accounts, and what they were granted.

Revision ID: 202611232002
Revises: 202611232001
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
    rights_depend_on,
    tenant_table,
    unique,
)

revision = "202611232002"
down_revision = "202611232001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _membership()
    _service_account()
    _role_grant()
    _api_token()
    rights_depend_on("membership", "status", "role", "name")
    rights_depend_on("service_account", "deactivated_at", "name")
    rights_depend_on(
        "role_grant",
        "membership_id",
        "service_account_id",
        "role",
        "scope_type",
        "scope_id",
        "include_confidential",
        "privileges",
        "expires_at",
        "revoked_at",
    )
    # Not last_used_at, which every call may touch.
    rights_depend_on(
        "api_token",
        "membership_id",
        "service_account_id",
        "key_id",
        "secret_hash",
        "scopes",
        "expires_at",
        "revoked_at",
    )


def _membership() -> None:
    tenant_table(
        "membership",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_normalised", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("activated_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("deactivated_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        bounded("email", 320),
        bounded("email_normalised", 320),
        bounded("timezone", 100),
        closed_set("status", "INVITED", "ACTIVE", "DEACTIVATED"),
        closed_set("role", "ORG_ADMIN", "COMPLIANCE_OFFICER", "EXECUTIVE_VIEWER", "RECRUITER_ALL", "MEMBER", "AGENCY"),
        unique("email_normalised"),
    )


def _service_account() -> None:
    tenant_table(
        "service_account",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("deactivated_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        bounded("description", 10_000),
        unique("name"),
    )


def _role_grant() -> None:
    tenant_table(
        "role_grant",
        sa.Column("membership_id", sa.Uuid()),
        sa.Column("service_account_id", sa.Uuid()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid()),
        sa.Column("include_confidential", sa.Boolean(), nullable=False),
        sa.Column("privileges", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("granted_by_id", sa.Uuid()),
        sa.CheckConstraint("num_nonnulls(membership_id, service_account_id) = 1", name="one_subject"),
        closed_set(
            "role",
            "RECRUITER",
            "COORDINATOR",
            "SOURCER",
            "HIRING_MANAGER",
            "TEAM_MANAGER",
            "INTERVIEWER",
            "VIEWER",
            "AGENCY",
        ),
        closed_set("scope_type", "ORG", "DEPARTMENT", "OFFICE", "TEAM", "OPENING"),
        sa.CheckConstraint("(scope_type = 'ORG') = (scope_id IS NULL)", name="scope_id"),
        sa.CheckConstraint("NOT include_confidential OR scope_type IN ('ORG', 'OPENING')", name="include_confidential"),
        sa.CheckConstraint(
            "privileges <@ ARRAY['COMPENSATION', 'PRIVATE_CANDIDATES', 'CONTACT_DETAILS', 'CANDIDATE_SEARCH',"
            " 'AUDIT_LOG']::text[]",
            name="privileges",
        ),
        bounded_list("privileges", 20, 1_000),
        reference("membership", "membership_id"),
        reference("service_account", "service_account_id"),
        reference("membership", "granted_by_id"),
        indexed("membership_id"),
        indexed("service_account_id"),
        indexed("granted_by_id"),
        indexed("scope_type", "scope_id"),
    )


def _api_token() -> None:
    tenant_table(
        "api_token",
        sa.Column("membership_id", sa.Uuid()),
        sa.Column("service_account_id", sa.Uuid()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text())),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("created_by_id", sa.Uuid()),
        sa.CheckConstraint("num_nonnulls(membership_id, service_account_id) = 1", name="one_subject"),
        bounded("name", 200),
        bounded("key_id", 100),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        bounded_list("scopes", 100, 10_000),
        reference("membership", "membership_id"),
        reference("service_account", "service_account_id"),
        reference("membership", "created_by_id"),
        unique("key_id"),
        indexed("membership_id"),
        indexed("service_account_id"),
        indexed("created_by_id"),
    )


def downgrade() -> None:
    drop_tenant_tables(
        "api_token",
        "role_grant",
        "service_account",
        "membership",
    )
