"""Create the sessions of browsers in which members signed in.

Revision ID: 202611271210
Revises: 202611271200
"""

import sqlalchemy as sa
from alembic import op

from portal.database.protect import bounded, closed_set, drop_tenant_tables, indexed, reference, tenant_table

revision = "202611271210"
down_revision = "202611271200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tenant_table(
        "session",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret_hash", sa.LargeBinary()),
        sa.Column("previous_until", sa.TIMESTAMP(timezone=True)),
        sa.Column("rights_hash", sa.LargeBinary()),
        sa.Column("address", sa.Text()),
        sa.Column("user_agent", sa.Text()),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True)),
        closed_set("method", "IDENTITY_PROVIDER", "PASSWORD"),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
        sa.CheckConstraint("octet_length(previous_secret_hash) = 32", name="previous_secret_hash"),
        sa.CheckConstraint("(previous_secret_hash IS NULL) = (previous_until IS NULL)", name="previous_until"),
        sa.CheckConstraint("octet_length(rights_hash) = 32", name="rights_hash"),
        bounded("address", 100),
        bounded("user_agent", 400),
        reference("membership", "membership_id"),
        indexed("membership_id"),
    )
    # Not rights_depend_on: a session that begins changes nobody's rights, and one begins with every sign-in. What ends
    # one, or replaces its secret, must count in every process at once.
    op.execute(
        "CREATE TRIGGER access_row AFTER DELETE ON session"
        " FOR EACH ROW WHEN (OLD.revoked_at IS NULL) EXECUTE FUNCTION portal.raise_access_version()"
    )
    op.execute(
        "CREATE TRIGGER access_change AFTER UPDATE ON session FOR EACH ROW WHEN ("
        "OLD.membership_id IS DISTINCT FROM NEW.membership_id OR OLD.secret_hash IS DISTINCT FROM NEW.secret_hash"
        " OR OLD.previous_secret_hash IS DISTINCT FROM NEW.previous_secret_hash"
        " OR OLD.previous_until IS DISTINCT FROM NEW.previous_until"
        " OR OLD.expires_at IS DISTINCT FROM NEW.expires_at OR OLD.revoked_at IS DISTINCT FROM NEW.revoked_at"
        ") EXECUTE FUNCTION portal.raise_access_version()"
    )


def downgrade() -> None:
    drop_tenant_tables("session")
