"""Create audit entries, the outbox, ids of other systems, and the results of repeated calls.

Revision ID: 202611232006
Revises: 202611232005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.database.protect import (
    bounded,
    bounded_json,
    closed_set,
    drop_tenant_tables,
    function,
    indexed,
    indexed_where,
    tenant_table,
    unique,
)

revision = "202611232006"
down_revision = "202611232005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _audit_event()
    _domain_event()
    _external_id()
    _idempotency_key()
    _unpublished_events()


def _audit_event() -> None:
    tenant_table(
        "audit_event",
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("on_behalf_of_id", sa.Uuid()),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid()),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        closed_set("actor_kind", "USER", "SERVICE", "SYSTEM", "AUTOMATION", "CANDIDATE"),
        bounded("request_id", 200),
        bounded("operation", 100),
        bounded("entity_type", 100),
        indexed("occurred_at", "id"),
        indexed("entity_type", "entity_id", "occurred_at", "id", name="ix_audit_event_entity"),
        append_only=True,
    )


def _domain_event() -> None:
    # Taken while the changed rows are locked: events of one subject have positions in the order of their commits.
    op.execute("CREATE SEQUENCE event_position")
    op.execute("GRANT USAGE ON SEQUENCE event_position TO portal_app")
    tenant_table(
        "domain_event",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid()),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("on_behalf_of_id", sa.Uuid()),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("payload_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("nextval('event_position')"), nullable=False),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("published_at", sa.TIMESTAMP(timezone=True)),
        bounded("type", 100),
        bounded("subject_type", 100),
        bounded("request_id", 200),
        closed_set("actor_kind", "USER", "SERVICE", "SYSTEM", "AUTOMATION", "CANDIDATE"),
        closed_set("origin", "UI", "API", "IMPORT", "AUTOMATION", "UNDO"),
        unique("sequence"),
        indexed_where("published_at IS NULL", "position", name="ix_domain_event_unpublished"),
    )


def _external_id() -> None:
    tenant_table(
        "external_id",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("raw", postgresql.JSONB()),
        sa.Column("fingerprint", sa.Text()),
        bounded("system", 100),
        bounded("entity_type", 100),
        bounded("external_id", 200),
        bounded("fingerprint", 100),
        bounded_json("raw", 1_000_000),
        unique("system", "entity_type", "external_id", name="uq_external_id_external_id"),
        indexed("entity_type", "entity_id"),
    )


def _idempotency_key() -> None:
    tenant_table(
        "idempotency_key",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        bounded("key", 255),
        bounded("action", 100),
        bounded("fingerprint", 64),
        unique("actor_id", "key"),
        indexed("expires_at"),
    )


def _unpublished_events() -> None:
    # The relay serves all organizations at once: portal_directory, which row-level security does not bind, may read
    # which events wait, and nothing else of them.
    op.execute("GRANT SELECT (organization_id, id, position, published_at) ON domain_event TO portal_directory")
    function(
        "directory.unpublished_events(most integer) RETURNS TABLE (organization_id uuid, id uuid)",
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
        """
            SELECT event.organization_id, event.id FROM portal.domain_event AS event
            WHERE event.published_at IS NULL ORDER BY event.position LIMIT $1
        """,
        execute=["portal_app"],
    )
    # Postgres lets a role own a function only where it may create one; that right is not left behind.
    op.execute("GRANT CREATE, USAGE ON SCHEMA directory TO portal_directory")
    op.execute("ALTER FUNCTION directory.unpublished_events(integer) OWNER TO portal_directory")
    op.execute("REVOKE CREATE, USAGE ON SCHEMA directory FROM portal_directory")


def downgrade() -> None:
    drop_tenant_tables(
        "idempotency_key",
        "external_id",
        "domain_event",
        "audit_event",
    )
    op.execute("DROP SEQUENCE event_position")
    op.execute("DROP FUNCTION directory.unpublished_events(integer)")
