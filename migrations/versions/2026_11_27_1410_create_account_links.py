"""Create the links by which members choose a password: invitations and resets.

Revision ID: 202611271410
Revises: 202611271400
"""

import sqlalchemy as sa

from portal.database.protect import bounded, closed_set, drop_tenant_tables, indexed, reference, tenant_table, unique

revision = "202611271410"
down_revision = "202611271400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tenant_table(
        "account_link",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email_normalised", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        closed_set("purpose", "INVITATION", "RESET"),
        bounded("email_normalised", 320),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        reference("membership", "membership_id"),
        unique("membership_id"),
        indexed("expires_at"),
    )


def downgrade() -> None:
    drop_tenant_tables("account_link")
