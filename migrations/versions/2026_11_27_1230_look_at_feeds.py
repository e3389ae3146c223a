"""Let one look tell how far the feeds of several organizations are, and as of when rights are current in each.

Revision ID: 202611271230
Revises: 202611271220
"""

from alembic import op

from portal.database.protect import function

revision = "202611271230"
down_revision = "202611271220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A server looks for all of its subscribers at once: portal_directory may read these numbers, and nothing else.
    op.execute("GRANT SELECT (sequence) ON domain_event TO portal_directory")
    op.execute("GRANT SELECT (organization_id, access_version) ON organization_access TO portal_directory")
    function(
        "directory.feed_heads(organizations uuid[])"
        " RETURNS TABLE (organization_id uuid, access_version bigint, sequence bigint)",
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
        """
            SELECT access.organization_id, access.access_version, coalesce((
                SELECT max(event.sequence) FROM portal.domain_event AS event
                WHERE event.organization_id = access.organization_id
            ), 0)
            FROM portal.organization_access AS access WHERE access.organization_id = ANY ($1)
        """,
        execute=["portal_app"],
    )
    # Postgres lets a role own a function only where it may create one; that right is not left behind.
    op.execute("GRANT CREATE, USAGE ON SCHEMA directory TO portal_directory")
    op.execute("ALTER FUNCTION directory.feed_heads(uuid[]) OWNER TO portal_directory")
    op.execute("REVOKE CREATE, USAGE ON SCHEMA directory FROM portal_directory")


def downgrade() -> None:
    op.execute("DROP FUNCTION directory.feed_heads(uuid[])")
    op.execute("REVOKE SELECT (organization_id, access_version) ON organization_access FROM portal_directory")
    op.execute("REVOKE SELECT (sequence) ON domain_event FROM portal_directory")
