"""Create applications and their way through the pipeline.

Revision ID: 202611232005
Revises: 202611232004
"""

import sqlalchemy as sa

from portal.database.protect import (
    bounded,
    closed_set,
    drop_tenant_tables,
    indexed,
    indexed_where,
    reference,
    tenant_table,
    unique,
)

revision = "202611232005"
down_revision = "202611232004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rejection_reason()
    _application()
    _stage_transition()
    _interviewer_assignment()
    _team_match()


def _rejection_reason() -> None:
    tenant_table(
        "rejection_reason",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("system_code", sa.Text()),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        closed_set("type", "BY_ORGANIZATION", "BY_CANDIDATE", "OTHER"),
        closed_set("system_code", "POSITION_CLOSED", "POSITION_FILLED", "DUPLICATE", "MOVED_TO_OTHER_OPENING"),
        unique("name"),
    )


def _application() -> None:
    tenant_table(
        "application",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("entered_stage_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("applied_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_activity_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("source_id", sa.Uuid()),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("credited_to_id", sa.Uuid()),
        sa.Column("recruiter_id", sa.Uuid()),
        sa.Column("coordinator_id", sa.Uuid()),
        sa.Column("rejection_reason_id", sa.Uuid()),
        sa.Column("rejection_note", sa.Text()),
        sa.Column("rejected_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("withdrawn_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("hired_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("seat_id", sa.Uuid()),
        sa.Column("transferred_from_id", sa.Uuid()),
        sa.Column("candidate_is_private", sa.Boolean(), nullable=False),
        closed_set("status", "ACTIVE", "REJECTED", "WITHDRAWN", "HIRED", "TRANSFERRED"),
        closed_set("origin", "APPLIED", "SOURCED", "REFERRED", "AGENCY", "INTERNAL", "INVITED", "IMPORTED"),
        bounded("rejection_note", 10_000),
        sa.CheckConstraint(
            "(status = 'HIRED') = (seat_id IS NOT NULL AND hired_at IS NOT NULL)", name="hired_has_a_seat"
        ),
        sa.CheckConstraint(
            "status NOT IN ('REJECTED', 'WITHDRAWN') OR rejection_reason_id IS NOT NULL", name="ended_has_a_reason"
        ),
        reference("candidate", "candidate_id"),
        reference("posting", "posting_id"),
        reference("source", "source_id"),
        reference("membership", "credited_to_id"),
        reference("membership", "recruiter_id"),
        reference("membership", "coordinator_id"),
        reference("rejection_reason", "rejection_reason_id"),
        reference("application", "transferred_from_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "opening_id", "stage_id"], ["stage.organization_id", "stage.opening_id", "stage.id"]
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "opening_id", "seat_id"], ["seat.organization_id", "seat.opening_id", "seat.id"]
        ),
        *_application_indexes(),
    )


def _application_indexes() -> tuple[sa.Index, ...]:
    return (
        indexed_where("status = 'ACTIVE'", "candidate_id", "opening_id", name="uq_application_one_active", unique=True),
        indexed_where("status = 'HIRED'", "seat_id", name="uq_application_one_per_seat", unique=True),
        sa.Index(
            "ix_application_board",
            "organization_id",
            "opening_id",
            "stage_id",
            "status",
            sa.text("last_activity_at DESC"),
            sa.text("id DESC"),
            postgresql_include=["candidate_is_private"],
        ),
        indexed("candidate_id", "applied_at", "id"),
        indexed("last_activity_at", "id"),
        indexed("applied_at", "id"),
        indexed_where("credited_to_id IS NOT NULL", "credited_to_id", name="ix_application_credited_to"),
        indexed_where("posting_id IS NOT NULL", "posting_id", name="ix_application_posting"),
        indexed_where("source_id IS NOT NULL", "source_id", name="ix_application_source"),
        indexed_where("recruiter_id IS NOT NULL", "recruiter_id", name="ix_application_recruiter"),
        indexed_where("coordinator_id IS NOT NULL", "coordinator_id", name="ix_application_coordinator"),
        indexed_where("rejection_reason_id IS NOT NULL", "rejection_reason_id", name="ix_application_rejection_reason"),
        indexed_where("transferred_from_id IS NOT NULL", "transferred_from_id", name="ix_application_transferred_from"),
        indexed_where("seat_id IS NOT NULL", "opening_id", "seat_id", name="ix_application_seat"),
    )


def _stage_transition() -> None:
    tenant_table(
        "stage_transition",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("from_stage_id", sa.Uuid()),
        sa.Column("to_stage_id", sa.Uuid(), nullable=False),
        sa.Column("from_status", sa.Text()),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seconds_in_from_stage", sa.BigInteger()),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("note", sa.Text()),
        closed_set("from_status", "ACTIVE", "REJECTED", "WITHDRAWN", "HIRED", "TRANSFERRED"),
        closed_set("to_status", "ACTIVE", "REJECTED", "WITHDRAWN", "HIRED", "TRANSFERRED"),
        sa.CheckConstraint("seconds_in_from_stage >= 0", name="seconds_in_from_stage"),
        closed_set("actor_kind", "USER", "SERVICE", "SYSTEM", "AUTOMATION", "CANDIDATE"),
        closed_set("cause", "MANUAL", "BULK", "AUTOMATION", "IMPORT", "UNDO", "CORRECTION"),
        bounded("note", 10_000),
        reference("application", "application_id"),
        reference("stage", "from_stage_id"),
        reference("stage", "to_stage_id"),
        indexed("application_id", "occurred_at", "id", name="ix_stage_transition_history"),
        indexed("to_stage_id"),
        indexed_where("from_stage_id IS NOT NULL", "from_stage_id", name="ix_stage_transition_from_stage"),
        indexed_where("batch_id IS NOT NULL", "batch_id", name="ix_stage_transition_batch"),
        append_only=True,
    )


def _interviewer_assignment() -> None:
    tenant_table(
        "interviewer_assignment",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_by_id", sa.Uuid()),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True)),
        reference("application", "application_id"),
        reference("membership", "membership_id"),
        reference("membership", "assigned_by_id"),
        unique("application_id", "membership_id", name="uq_interviewer_assignment_member"),
        indexed("membership_id", "application_id", name="ix_interviewer_assignment_member"),
        indexed("assigned_by_id"),
    )


def _team_match() -> None:
    tenant_table(
        "team_match",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        closed_set("status", "PROPOSED", "MUTUAL", "SELECTED", "DECLINED"),
        reference("application", "application_id"),
        reference("team", "team_id"),
        unique("application_id", "team_id"),
        indexed("team_id"),
    )


def downgrade() -> None:
    drop_tenant_tables(
        "team_match",
        "interviewer_assignment",
        "stage_transition",
        "application",
        "rejection_reason",
    )
