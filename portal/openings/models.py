"""The tables of openings and of what belongs to one: headcount, pay, postings, skills and the pipeline's stages."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.base import (
    Enumerated,
    TenantRow,
    bounded,
    bounded_json,
    bounded_list,
    closed_set,
    indexed,
    reference,
    unique,
)
from portal.openings.enums import (
    BandVisibility,
    EmploymentType,
    HiringRole,
    OpeningKind,
    OpeningStatus,
    PayComponent,
    PayInterval,
    PostingStatus,
    SeatReason,
    SeatStatus,
    SkillLevel,
    StageKind,
)


class CloseReason(TenantRow, kw_only=True):
    """Why an opening or a seat was closed, in the organization's words."""

    __tablename__ = "close_reason"
    __table_args__ = (bounded("name", 200),)

    name: Mapped[str]
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class StageTemplate(TenantRow, kw_only=True):
    """One stage of the pipeline that every new opening starts with."""

    __tablename__ = "stage_template"
    __table_args__ = (closed_set("kind", StageKind), bounded("name", 200), unique("position"))

    kind: Mapped[StageKind] = mapped_column(Enumerated(StageKind))
    name: Mapped[str]
    position: Mapped[int]


class Opening(TenantRow, kw_only=True):
    """A position to be filled, with its seats. A confidential one exists only for those with an explicit grant."""

    __tablename__ = "opening"
    __table_args__ = (
        bounded("title", 200),
        bounded("requisition_code", 100),
        closed_set("status", OpeningStatus),
        closed_set("kind", OpeningKind),
        closed_set("employment_type", EmploymentType),
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

    title: Mapped[str]
    requisition_code: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[OpeningStatus] = mapped_column(Enumerated(OpeningStatus))
    kind: Mapped[OpeningKind] = mapped_column(Enumerated(OpeningKind))
    is_confidential: Mapped[bool]
    department_id: Mapped[UUID | None] = mapped_column(default=None)
    employment_type: Mapped[EmploymentType] = mapped_column(Enumerated(EmploymentType))
    seniority: Mapped[str | None] = mapped_column(default=None)
    relocation_offered: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    held_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_automatically: Mapped[bool] = mapped_column(default=False)
    close_reason_id: Mapped[UUID | None] = mapped_column(default=None)
    copied_from_id: Mapped[UUID | None] = mapped_column(default=None)


class OpeningTeam(TenantRow, kw_only=True):
    """A team that the opening hires for; the lowest `priority` is served first."""

    __tablename__ = "opening_team"
    __table_args__ = (
        CheckConstraint("seat_target >= 0", name="seat_target"),
        reference("opening", "opening_id"),
        reference("team", "team_id"),
        unique("opening_id", "team_id"),
        indexed("team_id"),
    )

    opening_id: Mapped[UUID]
    team_id: Mapped[UUID]
    seat_target: Mapped[int | None] = mapped_column(default=None)
    priority: Mapped[int]


class OpeningLocation(TenantRow, kw_only=True):
    """A location that the opening hires in."""

    __tablename__ = "opening_location"
    __table_args__ = (
        reference("opening", "opening_id"),
        reference("location", "location_id"),
        unique("opening_id", "location_id"),
        indexed("location_id"),
    )

    opening_id: Mapped[UUID]
    location_id: Mapped[UUID]


class Seat(TenantRow, kw_only=True):
    """One head of an opening's headcount. Its team, once chosen, is one of the opening's teams."""

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        closed_set("status", SeatStatus),
        closed_set("reason", SeatReason),
        bounded("backfill_for", 200),
        reference("opening", "opening_id"),
        reference("close_reason", "close_reason_id"),
        ForeignKeyConstraint(
            ["organization_id", "opening_id", "team_id"],
            ["opening_team.organization_id", "opening_team.opening_id", "opening_team.team_id"],
        ),
        unique("opening_id", "number"),
        # What an application's foreign key points to, so that a hire fills a seat of its own opening.
        unique("opening_id", "id"),
        indexed("opening_id", "status"),
        indexed("opening_id", "team_id"),
        indexed("close_reason_id"),
    )

    opening_id: Mapped[UUID]
    number: Mapped[int]
    team_id: Mapped[UUID | None] = mapped_column(default=None)
    status: Mapped[SeatStatus] = mapped_column(Enumerated(SeatStatus))
    reason: Mapped[SeatReason] = mapped_column(Enumerated(SeatReason))
    backfill_for: Mapped[str | None] = mapped_column(default=None)
    target_start_on: Mapped[date | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    filled_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    close_reason_id: Mapped[UUID | None] = mapped_column(default=None)


class HiringTeamMember(TenantRow, kw_only=True):
    """What a member does for an opening. Descriptive: rights come from grants and assignments."""

    __tablename__ = "hiring_team_member"
    __table_args__ = (
        closed_set("role", HiringRole),
        reference("opening", "opening_id"),
        reference("membership", "membership_id"),
        unique("opening_id", "membership_id", "role", name="uq_hiring_team_member_role"),
        indexed("membership_id"),
    )

    opening_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    role: Mapped[HiringRole] = mapped_column(Enumerated(HiringRole))
    is_responsible: Mapped[bool] = mapped_column(default=False)


class CompensationBand(TenantRow, kw_only=True):
    """A range of one part of the pay, for one region or for all.

    Money is in minor units of `currency` for each `pay_interval`; EQUITY_PERCENT is in basis points of the company.
    """

    __tablename__ = "compensation_band"
    __table_args__ = (
        bounded("region", 200),
        closed_set("component", PayComponent),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        closed_set("pay_interval", PayInterval),
        closed_set("visibility", BandVisibility),
        bounded("note", 10_000),
        CheckConstraint(
            "component <> 'EQUITY_PERCENT' OR (num_nonnulls(minimum_basis_points, maximum_basis_points) >= 1"
            " AND num_nonnulls(currency, minimum_minor, maximum_minor, pay_interval) = 0)",
            name="percent",
        ),
        CheckConstraint(
            "component = 'EQUITY_PERCENT' OR (num_nonnulls(minimum_minor, maximum_minor) >= 1"
            " AND num_nonnulls(currency, pay_interval) = 2"
            " AND num_nonnulls(minimum_basis_points, maximum_basis_points) = 0)",
            name="money",
        ),
        CheckConstraint("minimum_minor >= 0", name="minimum_minor"),
        CheckConstraint("minimum_basis_points >= 0", name="minimum_basis_points"),
        CheckConstraint("maximum_minor >= coalesce(minimum_minor, 0)", name="maximum_minor"),
        CheckConstraint("maximum_basis_points >= coalesce(minimum_basis_points, 0)", name="maximum_basis_points"),
        reference("opening", "opening_id"),
        indexed("opening_id"),
    )

    opening_id: Mapped[UUID]
    region: Mapped[str | None] = mapped_column(default=None)
    component: Mapped[PayComponent] = mapped_column(Enumerated(PayComponent))
    currency: Mapped[str | None] = mapped_column(default=None)
    minimum_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    maximum_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    minimum_basis_points: Mapped[int | None] = mapped_column(default=None)
    maximum_basis_points: Mapped[int | None] = mapped_column(default=None)
    pay_interval: Mapped[PayInterval | None] = mapped_column(Enumerated(PayInterval), default=None)
    visibility: Mapped[BandVisibility] = mapped_column(Enumerated(BandVisibility))
    note: Mapped[str | None] = mapped_column(default=None)


class Posting(TenantRow, kw_only=True):
    """What candidates read about an opening; one opening may have several, such as one for each location.

    `body_html` is sanitised, `body_text` the same as plain text; `sections` are {heading, html, text} in reading order.
    """

    __tablename__ = "posting"
    __table_args__ = (
        bounded("title", 200),
        bounded("language", 100),
        closed_set("status", PostingStatus),
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

    opening_id: Mapped[UUID]
    title: Mapped[str]
    language: Mapped[str]
    status: Mapped[PostingStatus] = mapped_column(Enumerated(PostingStatus))
    location_id: Mapped[UUID | None] = mapped_column(default=None)
    location_name: Mapped[str | None] = mapped_column(default=None)
    body_html: Mapped[str]
    body_text: Mapped[str]
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default_factory=list)
    eeo_statement: Mapped[str | None] = mapped_column(default=None)
    accommodation_contact: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    valid_through: Mapped[datetime | None] = mapped_column(default=None)
    first_published_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    unpublished_at: Mapped[datetime | None] = mapped_column(default=None)


class Skill(TenantRow, kw_only=True):
    """A skill under its canonical name; `aliases` are what else it is called."""

    __tablename__ = "skill"
    __table_args__ = (
        bounded("name", 200),
        bounded("slug", 100),
        bounded_list("aliases", 100, 10_000),
        unique("slug"),
    )

    name: Mapped[str]
    slug: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(default_factory=list)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class OpeningSkill(TenantRow, kw_only=True):
    """A skill that an opening asks for."""

    __tablename__ = "opening_skill"
    __table_args__ = (
        closed_set("level", SkillLevel),
        reference("opening", "opening_id"),
        reference("skill", "skill_id"),
        unique("opening_id", "skill_id"),
        indexed("skill_id"),
    )

    opening_id: Mapped[UUID]
    skill_id: Mapped[UUID]
    level: Mapped[SkillLevel] = mapped_column(Enumerated(SkillLevel))


class Stage(TenantRow, kw_only=True):
    """A step of one opening's pipeline, in `position` order. Archived, never deleted, so history stays readable."""

    __tablename__ = "stage"
    __table_args__ = (
        closed_set("kind", StageKind),
        bounded("name", 200),
        reference("opening", "opening_id"),
        # What an application's foreign key points to, so that its stage is one of its own opening.
        unique("opening_id", "id"),
        indexed("opening_id", "position"),
    )

    opening_id: Mapped[UUID]
    kind: Mapped[StageKind] = mapped_column(Enumerated(StageKind))
    name: Mapped[str]
    position: Mapped[int]
    archived_at: Mapped[datetime | None] = mapped_column(default=None)
