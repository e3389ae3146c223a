"""Create trusted documents and the releases that they belong to, and let each token say what it may send.

Revision ID: 202611271430
Revises: 202611271420
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.database.protect import bounded, bounded_list, drop_tenant_tables, indexed, reference, tenant_table, unique

revision = "202611271430"
down_revision = "202611271420"
branch_labels = None
depends_on = None

_BEFORE = (
    "'COMPENSATION', 'PRIVATE_CANDIDATES', 'CONTACT_DETAILS', 'CANDIDATE_SEARCH', 'AUDIT_LOG', 'ON_BEHALF_OF',"
    " 'PROVISIONING'"
)


def upgrade() -> None:
    tenant_table(
        "client_release",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("published_by_id", sa.Uuid()),
        bounded("client", 100),
        bounded("release", 100),
        reference("membership", "published_by_id"),
        unique("client", "release"),
        indexed("published_by_id"),
        indexed("created_at"),
    )
    tenant_table(
        "trusted_document",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("operations", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("document_id ~ '^sha256:[0-9a-f]{64}$'", name="document_id"),
        bounded("text", 20_000),
        bounded_list("operations", 10, 20_000),
        unique("document_id"),
        indexed("created_at"),
    )
    tenant_table(
        "released_document",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("trusted_document_id", sa.Uuid(), nullable=False),
        reference("client_release", "release_id"),
        reference("trusted_document", "trusted_document_id"),
        unique("release_id", "trusted_document_id", name="uq_released_document"),
        indexed("release_id", "created_at", name="ix_released_document_release"),
        indexed("trusted_document_id", "created_at", name="ix_released_document_document"),
    )
    # The default is for tokens that there are. No trigger: what a token may send never changes.
    # trigger: what a token may send never changes.
    op.execute(
        "ALTER TABLE api_token ADD COLUMN documents text NOT NULL DEFAULT 'ALLOW'"
        " CONSTRAINT ck_api_token_documents CHECK (documents IN ('OFF', 'ALLOW', 'ONLY'))"
    )
    op.execute("-- squawk-ignore ban-drop-default\nALTER TABLE api_token ALTER COLUMN documents DROP DEFAULT")
    _allow(f"{_BEFORE}, 'TRUSTED_DOCUMENTS'")


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE 'TRUSTED_DOCUMENTS' = ANY (privileges)")
    _allow(_BEFORE)
    op.execute("ALTER TABLE api_token DROP COLUMN documents")
    drop_tenant_tables("released_document", "trusted_document", "client_release")


def _allow(privileges: str) -> None:
    # One statement, so that there is no time without the guarantee; grants are few enough to look at all of them.
    op.execute(
        "-- squawk-ignore ban-drop-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_privileges, ADD CONSTRAINT ck_role_grant_privileges"
        f" CHECK (privileges <@ ARRAY[{privileges}]::text[])"
    )
