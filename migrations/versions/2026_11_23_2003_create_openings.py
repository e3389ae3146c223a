"""Create openings and what belongs to them.

Revision ID: 202611232003
Revises: 202611232002
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from portal.database.protect import (
    bounded,
    bounded_json,
    bounded_list,
    closed_set,
    drop_tenant_tables,
    indexed,
    reference,
    tenant_table,
    unique,
)

revision = "202611232003"
down_revision = "202611232002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _close_reason()
    _stage_template()
    _opening()
    _opening_team()
    _opening_location()
    _seat()
    _hiring_team_member()
    _compensation_band()
    _posting()
    _skill()
    _opening_skill()
    _stage()


def _close_reason() -> None:
    tenant_table(
        "close_reason",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
    )


def _stage_template() -> None:
    tenant_table(
        "stage_template",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        closed_set("kind", "LEAD", "APPLIED", "SCREEN", "ASSESSMENT", "INTERVIEW", "TEAM_MATCH", "OFFER", "HIRED"),
        bounded("name", 200),
        unique("position"),
    )


def _opening() -> None:
    tenant_table(
        "opening",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("requisition_code", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("department_id", sa.Uuid()),
        sa.Column("employment_type", sa.Text(), nullable=False),
        sa.Column("seniority", sa.Text()),
        sa.Column("relocation_offered", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("held_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("closed_automatically", sa.Boolean(), nullable=False),
        sa.Column("close_reason_id", sa.Uuid()),
        sa.Column("copied_from_id", sa.Uuid()),
        bounded("title", 200),
        bounded("requisition_code", 100),
        closed_set("status", "DRAFT", "PENDING_APPROVAL", "APPROVED", "OPEN", "ON_HOLD", "CLOSED", "ARCHIVED"),
        closed_set("kind", "STANDARD", "EVERGREEN", "TEMPLATE"),
        closed_set("employment_type", "FULL_TIME", "PART_TIME", "INTERN", "CONTRACT", "TEMPORARY"),
        bounded("seniority", 100),
        bounded("description", 10_000),
        reference("department", "department_id"),
        reference("close_reason", "close_reason_id"),
        reference("opening", "copied_from_id"),
        unique("requisition_code"),
        indexed("status", "updated_at", "id"),
        indexed("updated_at", "id"),
        indexed("created_at", "id"),
        indexed("title", "id"),
        indexed("department_id"),
        indexed("close_reason_id"),
        indexed("copied_from_id"),
    )


def _opening_team() -> None:
    tenant_table(
        "opening_team",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("seat_target", sa.Integer()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.CheckConstraint("seat_target >= 0", name="seat_target"),
        reference("opening", "opening_id"),
        reference("team", "team_id"),
        unique("opening_id", "team_id"),
        indexed("team_id"),
    )


def _opening_location() -> None:
    tenant_table(
        "opening_location",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        reference("opening", "opening_id"),
        reference("location", "location_id"),
        unique("opening_id", "location_id"),
        indexed("location_id"),
    )


def _seat() -> None:
    tenant_table(
        "seat",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("backfill_for", sa.Text()),
        sa.Column("target_start_on", sa.Date()),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("filled_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("close_reason_id", sa.Uuid()),
        sa.CheckConstraint("number >= 1", name="number"),
        closed_set("status", "DRAFT", "APPROVED", "OPEN", "RESERVED", "FILLED", "CLOSED"),
        closed_set("reason", "NEW", "BACKFILL", "TEMPORARY"),
        bounded("backfill_for", 200),
        reference("opening", "opening_id"),
        reference("close_reason", "close_reason_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "opening_id", "team_id"],
            ["opening_team.organization_id", "opening_team.opening_id", "opening_team.team_id"],
        ),
        unique("opening_id", "number"),
        unique("opening_id", "id"),
        indexed("opening_id", "status"),
        indexed("opening_id", "team_id"),
        indexed("close_reason_id"),
    )


def _hiring_team_member() -> None:
    tenant_table(
        "hiring_team_member",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_responsible", sa.Boolean(), nullable=False),
        closed_set("role", "HIRING_MANAGER", "RECRUITER", "COORDINATOR", "SOURCER", "INTERVIEWER"),
        reference("opening", "opening_id"),
        reference("membership", "membership_id"),
        unique("opening_id", "membership_id", "role", name="uq_hiring_team_member_role"),
        indexed("membership_id"),
    )


def _compensation_band() -> None:
    tenant_table(
        "compensation_band",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text()),
        sa.Column("minimum_minor", sa.BigInteger()),
        sa.Column("maximum_minor", sa.BigInteger()),
        sa.Column("minimum_basis_points", sa.Integer()),
        sa.Column("maximum_basis_points", sa.Integer()),
        sa.Column("pay_interval", sa.Text()),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        bounded("region", 200),
        closed_set("component", "SALARY", "BONUS", "COMMISSION", "EQUITY_PERCENT", "EQUITY_CASH"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        closed_set("pay_interval", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"),
        closed_set("visibility", "INTERNAL", "PUBLIC"),
        bounded("note", 10_000),
        sa.CheckConstraint(
            "component <> 'EQUITY_PERCENT' OR (num_nonnulls(minimum_basis_points, maximum_basis_points) >= 1"
            " AND num_nonnulls(currency, minimum_minor, maximum_minor, pay_interval) = 0)",
            name="percent",
        ),
        sa.CheckConstraint(
            "component = 'EQUITY_PERCENT' OR (num_nonnulls(minimum_minor, maximum_minor) >= 1"
            " AND num_nonnulls(currency, pay_interval) = 2"
            " AND num_nonnulls(minimum_basis_points, maximum_basis_points) = 0)",
            name="money",
        ),
        sa.CheckConstraint("minimum_minor >= 0", name="minimum_minor"),
        sa.CheckConstraint("minimum_basis_points >= 0", name="minimum_basis_points"),
        sa.CheckConstraint("maximum_minor >= coalesce(minimum_minor, 0)", name="maximum_minor"),
        sa.CheckConstraint("maximum_basis_points >= coalesce(minimum_basis_points, 0)", name="maximum_basis_points"),
        reference("opening", "opening_id"),
        indexed("opening_id"),
    )


def _posting() -> None:
    tenant_table(
        "posting",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid()),
        sa.Column("location_name", sa.Text()),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("sections", postgresql.JSONB(), nullable=False),
        sa.Column("eeo_statement", sa.Text()),
        sa.Column("accommodation_contact", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("valid_through", sa.TIMESTAMP(timezone=True)),
        sa.Column("first_published_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("published_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("unpublished_at", sa.TIMESTAMP(timezone=True)),
        bounded("title", 200),
        bounded("language", 100),
        closed_set("status", "DRAFT", "PENDING", "PUBLISHED", "INTERNAL", "UNLISTED", "UNPUBLISHED", "EXPIRED"),
        bounded("location_name", 200),
        bounded("body_html", 200_000),
        bounded("body_text", 200_000),
        bounded_json("sections", 500_000),
        bounded("eeo_statement", 10_000),
        bounded("accommodation_contact", 10_000),
        bounded("url", 2_000),
        reference("opening", "opening_id"),
        reference("location", "location_id"),
        indexed("opening_id"),
        indexed("location_id"),
    )


def _skill() -> None:
    tenant_table(
        "skill",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        bounded("slug", 100),
        bounded_list("aliases", 100, 10_000),
        unique("slug"),
    )


def _opening_skill() -> None:
    tenant_table(
        "opening_skill",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        closed_set("level", "REQUIRED", "NICE"),
        reference("opening", "opening_id"),
        reference("skill", "skill_id"),
        unique("opening_id", "skill_id"),
        indexed("skill_id"),
    )


def _stage() -> None:
    tenant_table(
        "stage",
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        closed_set("kind", "LEAD", "APPLIED", "SCREEN", "ASSESSMENT", "INTERVIEW", "TEAM_MATCH", "OFFER", "HIRED"),
        bounded("name", 200),
        reference("opening", "opening_id"),
        unique("opening_id", "id"),
        indexed("opening_id", "position"),
    )


def downgrade() -> None:
    drop_tenant_tables(
        "stage",
        "opening_skill",
        "skill",
        "posting",
        "compensation_band",
        "hiring_team_member",
        "seat",
        "opening_location",
        "opening_team",
        "opening",
        "stage_template",
        "close_reason",
    )
