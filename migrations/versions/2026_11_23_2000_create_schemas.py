"""Let portal_app into the two schemas, and create the functions that no table is needed for.

The schemas themselves exist by then (migrations/env.py): alembic keeps its own table in one of them.

Revision ID: 202611232000
Revises:
"""

from alembic import op

from portal.database.protect import function

revision = "202611232000"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT USAGE ON SCHEMA portal, directory TO portal_app")
    op.execute("GRANT USAGE ON SCHEMA portal TO portal_directory")
    function(
        "portal.refuse_change() RETURNS trigger",
        "LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp",
        """
            BEGIN
                RAISE insufficient_privilege USING MESSAGE = concat('rows of ', TG_TABLE_NAME, ' are never changed');
            END
        """,
    )
    # portal_app may know which revision this is, for its readiness; not read the table that alembic writes.
    function(
        "directory.applied_revision() RETURNS text",
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
        """
            SELECT version_num FROM directory.alembic_version
        """,
        execute=["portal_app"],
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION directory.applied_revision()")
    op.execute("DROP FUNCTION portal.refuse_change()")
    op.execute("REVOKE USAGE ON SCHEMA portal FROM portal_directory")
    op.execute("REVOKE USAGE ON SCHEMA portal, directory FROM portal_app")
