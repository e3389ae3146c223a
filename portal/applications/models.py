"""The tables of applications and of their way through the pipeline."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.enums import ActorKind
from portal.applications.enums import (
    ApplicationOrigin,
    ApplicationStatus,
    RejectionType,
    SystemReason,
    TeamMatchStatus,
    TransitionCause,
)
from portal.database.base import Enumerated, TenantRow, bounded, closed_set, indexed, reference, unique


def _indexed_where_set(name: str, *columns: str) -> Index:
    """An index of the rows that have the last of these columns: a move writes no entry for the empty ones."""
    return Index(name, "organization_id", *columns, postgresql_where=text(f"{columns[-1]} IS NOT NULL"))


class RejectionReason(TenantRow, kw_only=True):
    """Why an application ended, in the organization's words; `system_code` marks those that the portal itself gives."""

    __tablename__ = "rejection_reason"
    __table_args__ = (
        bounded("name", 200),
        closed_set("type", RejectionType),
        closed_set("system_code", SystemReason),
        unique("name"),
    )

    name: Mapped[str]
    type: Mapped[RejectionType] = mapped_column(Enumerated(RejectionType))
    system_code: Mapped[SystemReason | None] = mapped_column(Enumerated(SystemReason), default=None)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class Application(TenantRow, kw_only=True):
    """One candidate's try for one opening: its status, and apart from that the stage it is in.

    `candidate_is_private` repeats the candidate's flag, so that a board is counted without reading candidates.
    """

    __tablename__ = "application"
    __table_args__ = (
        closed_set("status", ApplicationStatus),
        closed_set("origin", ApplicationOrigin),
        bounded("rejection_note", 10_000),
        CheckConstraint(
            "(status = 'HIRED') = (seat_id IS NOT NULL AND hired_at IS NOT NULL)",
            name="hired_has_a_seat",
        ),
        CheckConstraint(
            "status NOT IN ('REJECTED', 'WITHDRAWN') OR rejection_reason_id IS NOT NULL",
            name="ended_has_a_reason",
        ),
        reference("candidate", "candidate_id"),
        reference("posting", "posting_id"),
        reference("source", "source_id"),
        reference("membership", "credited_to_id"),
        reference("membership", "recruiter_id"),
        reference("membership", "coordinator_id"),
        reference("rejection_reason", "rejection_reason_id"),
        reference("application", "transferred_from_id"),
        # The stage, and the seat, is one of this very opening (R2, R10); the stage's own key leads on to the opening.
        ForeignKeyConstraint(
            ["organization_id", "opening_id", "stage_id"],
            ["stage.organization_id", "stage.opening_id", "stage.id"],
        ),
        ForeignKeyConstraint(
            ["organization_id", "opening_id", "seat_id"],
            ["seat.organization_id", "seat.opening_id", "seat.id"],
        ),
        Index(
            "uq_application_one_active",  # R1
            "organization_id",
            "candidate_id",
            "opening_id",
            unique=True,
            postgresql_where=text("status = 'ACTIVE'"),
        ),
        Index(
            "uq_application_one_per_seat",  # R10
            "organization_id",
            "seat_id",
            unique=True,
            postgresql_where=text("status = 'HIRED'"),
        ),
        Index(
            "ix_application_board",
            "organization_id",
            "opening_id",
            "stage_id",
            "status",
            text("last_activity_at DESC"),
            text("id DESC"),
            postgresql_include=["candidate_is_private"],
        ),
        indexed("candidate_id", "applied_at", "id"),
        indexed("last_activity_at", "id"),
        indexed("applied_at", "id"),
        _indexed_where_set("ix_application_credited_to", "credited_to_id"),
        _indexed_where_set("ix_application_posting", "posting_id"),
        _indexed_where_set("ix_application_source", "source_id"),
        _indexed_where_set("ix_application_recruiter", "recruiter_id"),
        _indexed_where_set("ix_application_coordinator", "coordinator_id"),
        _indexed_where_set("ix_application_rejection_reason", "rejection_reason_id"),
        _indexed_where_set("ix_application_transferred_from", "transferred_from_id"),
        _indexed_where_set("ix_application_seat", "opening_id", "seat_id"),
    )

    candidate_id: Mapped[UUID]
    opening_id: Mapped[UUID]
    posting_id: Mapped[UUID | None] = mapped_column(default=None)
    status: Mapped[ApplicationStatus] = mapped_column(Enumerated(ApplicationStatus))
    stage_id: Mapped[UUID]
    entered_stage_at: Mapped[datetime]
    applied_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    source_id: Mapped[UUID | None] = mapped_column(default=None)
    origin: Mapped[ApplicationOrigin] = mapped_column(Enumerated(ApplicationOrigin))
    credited_to_id: Mapped[UUID | None] = mapped_column(default=None)
    recruiter_id: Mapped[UUID | None] = mapped_column(default=None)
    coordinator_id: Mapped[UUID | None] = mapped_column(default=None)
    rejection_reason_id: Mapped[UUID | None] = mapped_column(default=None)
    rejection_note: Mapped[str | None] = mapped_column(default=None)
    rejected_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    hired_at: Mapped[datetime | None] = mapped_column(default=None)
    seat_id: Mapped[UUID | None] = mapped_column(default=None)
    transferred_from_id: Mapped[UUID | None] = mapped_column(default=None)
    candidate_is_private: Mapped[bool]


class StageTransition(TenantRow, kw_only=True):
    """One change of an application's stage or status, as it happened. Insert-only: a correction is a further row."""

    __tablename__ = "stage_transition"
    __table_args__ = (
        closed_set("from_status", ApplicationStatus),
        closed_set("to_status", ApplicationStatus),
        CheckConstraint("seconds_in_from_stage >= 0", name="seconds_in_from_stage"),
        closed_set("actor_kind", ActorKind),
        closed_set("cause", TransitionCause),
        bounded("note", 10_000),
        reference("application", "application_id"),
        reference("stage", "from_stage_id"),
        reference("stage", "to_stage_id"),
        indexed("application_id", "occurred_at", "id", name="ix_stage_transition_history"),
        indexed("to_stage_id"),
        _indexed_where_set("ix_stage_transition_from_stage", "from_stage_id"),
        _indexed_where_set("ix_stage_transition_batch", "batch_id"),
    )

    application_id: Mapped[UUID]
    from_stage_id: Mapped[UUID | None] = mapped_column(default=None)
    to_stage_id: Mapped[UUID]
    from_status: Mapped[ApplicationStatus | None] = mapped_column(Enumerated(ApplicationStatus), default=None)
    to_status: Mapped[ApplicationStatus] = mapped_column(Enumerated(ApplicationStatus))
    occurred_at: Mapped[datetime]
    seconds_in_from_stage: Mapped[int | None] = mapped_column(BigInteger, default=None)
    actor_kind: Mapped[ActorKind] = mapped_column(Enumerated(ActorKind))
    actor_id: Mapped[UUID | None] = mapped_column(default=None)
    cause: Mapped[TransitionCause] = mapped_column(Enumerated(TransitionCause))
    batch_id: Mapped[UUID | None] = mapped_column(default=None)
    note: Mapped[str | None] = mapped_column(default=None)


class InterviewerAssignment(TenantRow, kw_only=True):
    """That a member interviews for an application, which lets them see it until the assignment has ended."""

    __tablename__ = "interviewer_assignment"
    __table_args__ = (
        reference("application", "application_id"),
        reference("membership", "membership_id"),
        reference("membership", "assigned_by_id"),
        unique("application_id", "membership_id", name="uq_interviewer_assignment_member"),
        indexed("membership_id", "application_id", name="ix_interviewer_assignment_member"),
        indexed("assigned_by_id"),
    )

    application_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    assigned_by_id: Mapped[UUID | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class TeamMatch(TenantRow, kw_only=True):
    """That an application was proposed to a team, and what became of it."""

    __tablename__ = "team_match"
    __table_args__ = (
        closed_set("status", TeamMatchStatus),
        reference("application", "application_id"),
        reference("team", "team_id"),
        unique("application_id", "team_id"),
        indexed("team_id"),
    )

    application_id: Mapped[UUID]
    team_id: Mapped[UUID]
    status: Mapped[TeamMatchStatus] = mapped_column(Enumerated(TeamMatchStatus))
