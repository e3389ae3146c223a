"""Create the second factors of members who sign in with passwords.

Revision ID: 202611271420
Revises: 202611271410
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from portal.database.protect import bounded_list, drop_tenant_tables, reference, tenant_table, unique

revision = "202611271420"
down_revision = "202611271410"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tenant_table(
        "second_factor",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery_hashes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("octet_length(sealed_secret) <= 200", name="sealed_secret"),
        bounded_list("recovery_hashes", 20, 2_000),
        sa.CheckConstraint("failures >= 0", name="failures"),
        reference("membership", "membership_id"),
        unique("membership_id"),
    )


def downgrade() -> None:
    drop_tenant_tables("second_factor")
