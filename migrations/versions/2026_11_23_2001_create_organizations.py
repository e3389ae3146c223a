"""Create what an employer's own shape is made of, the slugs of all organizations, and the way into one.

Revision ID: 202611232001
Revises: 202611232000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.database.protect import (
    bounded,
    bounded_json,
    bounded_list,
    closed_set,
    drop_tenant_tables,
    function,
    indexed,
    reference,
    rights_depend_on,
    tenant_table,
)

revision = "202611232001"
down_revision = "202611232000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _organization()
    _organization_access()
    _department()
    _location()
    _team_group()
    _team()
    _directory_of_slugs()
    _access_version()
    _enter()


def _organization() -> None:
    tenant_table(
        "organization",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("default_currency", sa.Text(), nullable=False),
        sa.Column("default_timezone", sa.Text(), nullable=False),
        sa.Column("policies", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("id = organization_id", name="is_its_own_tenant"),
        bounded("slug", 100),
        bounded("name", 200),
        sa.CheckConstraint("default_currency ~ '^[A-Z]{3}$'", name="default_currency"),
        bounded("default_timezone", 100),
        bounded_json("policies", 100_000),
    )


def _organization_access() -> None:
    tenant_table(
        "organization_access",
        sa.Column("access_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = organization_id", name="is_its_own_tenant"),
    )


def _department() -> None:
    tenant_table(
        "department",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        sa.CheckConstraint("parent_id <> id", name="is_not_its_own_parent"),
        reference("department", "parent_id"),
        indexed("parent_id"),
    )


def _location() -> None:
    tenant_table(
        "location",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("country", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("timezone", sa.Text()),
        sa.Column("workplace_type", sa.Text(), nullable=False),
        sa.Column("remote_regions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        bounded("region", 200),
        bounded("city", 200),
        bounded("timezone", 100),
        closed_set("workplace_type", "ONSITE", "HYBRID", "REMOTE"),
        bounded_list("remote_regions", 100, 10_000),
        sa.CheckConstraint("parent_id <> id", name="is_not_its_own_parent"),
        reference("location", "parent_id"),
        indexed("parent_id"),
    )


def _team_group() -> None:
    tenant_table(
        "team_group",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
    )


def _team() -> None:
    tenant_table(
        "team",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Uuid()),
        sa.Column("department_id", sa.Uuid()),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        reference("team_group", "group_id"),
        reference("department", "department_id"),
        indexed("group_id"),
        indexed("department_id"),
    )


def _directory_of_slugs() -> None:
    # Slugs are unique among all organizations, so they live where no organization's session can read them.
    op.create_table(
        "organization_slug",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
        sa.UniqueConstraint("organization_id"),
        bounded("slug", 100),
        schema="directory",
    )
    function(
        "directory.organization_by_slug(slug text) RETURNS uuid",
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
        """
            SELECT organization_id FROM directory.organization_slug WHERE organization_slug.slug = $1
        """,
        execute=["portal_app"],
    )
    # For the worker, which does for each organization what is due; ids only.
    function(
        "directory.all_organizations() RETURNS TABLE (organization_id uuid)",
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
        """
            SELECT organization_id FROM directory.organization_slug ORDER BY organization_id
        """,
        execute=["portal_app"],
    )
    # Raises unique_violation (pk_organization_slug) when another organization has the slug.
    function(
        "directory.claim_slug(slug text, organization uuid) RETURNS void",
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
        """
            BEGIN
                IF $2 IS DISTINCT FROM nullif(current_setting('portal.organization_id', true), '')::uuid THEN
                    RAISE insufficient_privilege USING MESSAGE = 'an organization claims a slug for itself only';
                END IF;
                INSERT INTO directory.organization_slug AS mine (slug, organization_id) VALUES ($1, $2)
                ON CONFLICT ON CONSTRAINT uq_organization_slug_organization_id DO UPDATE SET slug = EXCLUDED.slug;
            END
        """,
        execute=["portal_app"],
    )


def _access_version() -> None:
    function(
        "portal.raise_access_version() RETURNS trigger",
        "LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp",
        """
            DECLARE
                tenant uuid;
            BEGIN
                tenant = CASE WHEN TG_OP = 'DELETE' THEN OLD.organization_id ELSE NEW.organization_id END;
                INSERT INTO portal.organization_access AS access
                    (organization_id, id, access_version, created_at, updated_at, version)
                VALUES (tenant, tenant, 1, now(), now(), 1)
                ON CONFLICT ON CONSTRAINT pk_organization_access
                DO UPDATE SET
                    access_version = access.access_version + 1, updated_at = now(), version = access.version + 1;
                RETURN NULL;
            END
        """,
    )
    rights_depend_on("organization", "policies")
    rights_depend_on("department", "parent_id")
    rights_depend_on("location", "parent_id")


def _enter() -> None:
    # Called in the same round trip as BEGIN, before all else: no SET clause, which would cost more than the body.
    function(
        "portal.enter(organization uuid, expected_access_version bigint) RETURNS void",
        "LANGUAGE plpgsql SECURITY INVOKER",
        """
            BEGIN
                PERFORM pg_catalog.set_config('portal.organization_id', organization::text, true);
                IF NOT EXISTS (
                    SELECT FROM portal.organization_access
                    WHERE organization_id = organization AND access_version = expected_access_version
                ) THEN
                    RAISE EXCEPTION USING ERRCODE = 'PT001', MESSAGE = 'stale access';
                END IF;
            END
        """,
        execute=["portal_app"],
    )


def downgrade() -> None:
    drop_tenant_tables(
        "team",
        "team_group",
        "location",
        "department",
        "organization_access",
        "organization",
    )
    op.execute("DROP FUNCTION portal.enter(uuid, bigint)")
    op.execute("DROP FUNCTION portal.raise_access_version()")
    op.execute("DROP FUNCTION directory.claim_slug(text, uuid)")
    op.execute("DROP FUNCTION directory.organization_by_slug(text)")
    op.execute("DROP FUNCTION directory.all_organizations()")
    op.drop_table("organization_slug", schema="directory")
