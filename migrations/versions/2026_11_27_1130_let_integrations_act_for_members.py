"""Let a grant say that an integration may act on behalf of members.

Revision ID: 202611271130
Revises: 202611271030
"""

from alembic import op

revision = "202611271130"
down_revision = "202611271030"
branch_labels = None
depends_on = None

_BEFORE = "'COMPENSATION', 'PRIVATE_CANDIDATES', 'CONTACT_DETAILS', 'CANDIDATE_SEARCH', 'AUDIT_LOG'"


def upgrade() -> None:
    _allow(f"{_BEFORE}, 'ON_BEHALF_OF'")


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE 'ON_BEHALF_OF' = ANY (privileges)")
    _allow(_BEFORE)


def _allow(privileges: str) -> None:
    # One statement, so that there is no time without the guarantee; grants are few enough to look at all of them.
    op.execute(
        "-- squawk-ignore ban-drop-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_privileges, ADD CONSTRAINT ck_role_grant_privileges"
        f" CHECK (privileges <@ ARRAY[{privileges}]::text[])"
    )
