"""Create the passwords of members, for those who sign in without an identity provider.

Revision ID: 202611271400
Revises: 202611271230
"""

import sqlalchemy as sa

from portal.database.protect import bounded, drop_tenant_tables, reference, tenant_table, unique

revision = "202611271400"
down_revision = "202611271230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tenant_table(
        "password",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        bounded("hash", 500),
        reference("membership", "membership_id"),
        unique("membership_id"),
    )


def downgrade() -> None:
    drop_tenant_tables("password")
