"""Create the groups of an identity provider, who is in them and what they give, and let a grant name its group.

Revision ID: 202611271440
Revises: 202611271430
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.database.protect import (
    bounded,
    bounded_list,
    closed_set,
    drop_tenant_tables,
    indexed,
    indexed_where,
    reference,
    tenant_table,
    unique,
)

revision = "202611271440"
down_revision = "202611271430"
branch_labels = None
depends_on = None

_ROLES = (
    "RECRUITER",
    "COORDINATOR",
    "SOURCER",
    "HIRING_MANAGER",
    "TEAM_MANAGER",
    "INTERVIEWER",
    "VIEWER",
    "AGENCY",
)
_PRIVILEGES = (
    "'COMPENSATION', 'PRIVATE_CANDIDATES', 'CONTACT_DETAILS', 'CANDIDATE_SEARCH', 'AUDIT_LOG', 'ON_BEHALF_OF',"
    " 'PROVISIONING', 'TRUSTED_DOCUMENTS'"
)
_THERE = "left_directory_at IS NULL"


def upgrade() -> None:
    tenant_table(
        "directory_group",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_normalised", sa.Text(), nullable=False),
        sa.Column("directory_id", sa.Text()),
        sa.Column("left_directory_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        bounded("name_normalised", 200),
        bounded("directory_id", 320),
        indexed_where(_THERE, "name_normalised", name="uq_directory_group_name_normalised", unique=True),
        indexed_where(_THERE, "directory_id", name="uq_directory_group_directory_id", unique=True),
    )
    tenant_table(
        "directory_group_member",
        sa.Column("directory_group_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        reference("directory_group", "directory_group_id"),
        reference("membership", "membership_id"),
        unique("directory_group_id", "membership_id", name="uq_directory_group_member"),
        indexed("directory_group_id", "created_at", name="ix_directory_group_member_page"),
        indexed("membership_id"),
    )
    _roles()
    _grants_name_their_group()


def _roles() -> None:
    tenant_table(
        "directory_group_role",
        sa.Column("directory_group_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid()),
        sa.Column("include_confidential", sa.Boolean(), nullable=False),
        sa.Column("privileges", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by_id", sa.Uuid()),
        closed_set("role", *_ROLES),
        closed_set("scope_type", "ORG", "DEPARTMENT", "OFFICE", "TEAM", "OPENING"),
        sa.CheckConstraint("scope_type <> 'OPENING'", name="scope_is_no_opening"),
        sa.CheckConstraint("(scope_type = 'ORG') = (scope_id IS NULL)", name="scope_id"),
        sa.CheckConstraint("NOT include_confidential OR scope_type = 'ORG'", name="include_confidential"),
        sa.CheckConstraint(f"privileges <@ ARRAY[{_PRIVILEGES}]::text[]", name="privileges"),
        bounded_list("privileges", 20, 1_000),
        reference("directory_group", "directory_group_id"),
        reference("membership", "created_by_id"),
        indexed("directory_group_id"),
        indexed("created_by_id"),
        indexed("scope_type", "scope_id"),
    )


def _grants_name_their_group() -> None:
    # A new column that is null everywhere: nothing to look through but the few thousand grants that there are.
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE role_grant ADD COLUMN directory_group_id uuid,"
        " ADD CONSTRAINT fk_role_grant_organization_id_directory_group_id"
        " FOREIGN KEY (organization_id, directory_group_id) REFERENCES directory_group (organization_id, id)"
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_role_grant_organization_id_directory_group_id"
        " ON role_grant (organization_id, directory_group_id)"
    )


def downgrade() -> None:
    # Without their group these grants would stay for good, as if somebody had given them by hand.
    op.execute("DELETE FROM role_grant WHERE directory_group_id IS NOT NULL")
    op.execute("ALTER TABLE role_grant DROP COLUMN directory_group_id")
    drop_tenant_tables("directory_group_role", "directory_group_member", "directory_group")
