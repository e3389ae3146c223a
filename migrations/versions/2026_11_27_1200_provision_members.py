"""Keep what an identity provider says of members, and let a grant say that an integration brings it.

Revision ID: 202611271200
Revises: 202611271130
"""

from alembic import op

from portal.database.protect import name_keys_of_partitions

revision = "202611271200"
down_revision = "202611271130"
branch_labels = None
depends_on = None

_BEFORE = "'COMPENSATION', 'PRIVATE_CANDIDATES', 'CONTACT_DETAILS', 'CANDIDATE_SEARCH', 'AUDIT_LOG', 'ON_BEHALF_OF'"
_BOUNDS = {"user_name": 320, "user_name_normalised": 320, "given_name": 200, "family_name": 200, "directory_id": 320}
_UNIQUE = ("user_name_normalised", "directory_id")


def upgrade() -> None:
    columns = [
        f"ADD COLUMN {name} text CONSTRAINT ck_membership_{name}_length CHECK (char_length({name}) <= {longest})"
        for name, longest in _BOUNDS.items()
    ]
    op.execute(f"ALTER TABLE membership {', '.join(columns)}, ADD COLUMN left_directory_at timestamptz")
    for name in _UNIQUE:
        constraint = f"uq_membership_organization_id_{name}"
        # Of a column that is empty: nothing to sort, and of members there are thousands, not millions.
        op.execute(
            "-- squawk-ignore disallowed-unique-constraint\n"
            f"ALTER TABLE membership ADD CONSTRAINT {constraint} UNIQUE (organization_id, {name})"
        )
    name_keys_of_partitions("membership")
    _allow(f"{_BEFORE}, 'PROVISIONING'")


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE 'PROVISIONING' = ANY (privileges)")
    _allow(_BEFORE)
    columns = [f"DROP COLUMN {name}" for name in (*_BOUNDS, "left_directory_at")]
    op.execute(f"ALTER TABLE membership {', '.join(columns)}")


def _allow(privileges: str) -> None:
    # One statement, so that there is no time without the guarantee; grants are few enough to look at all of them.
    op.execute(
        "-- squawk-ignore ban-drop-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_privileges, ADD CONSTRAINT ck_role_grant_privileges"
        f" CHECK (privileges <@ ARRAY[{privileges}]::text[])"
    )
