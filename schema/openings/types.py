"""Openings, their seats, people and stages as GraphQL types."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.applications.lists import ApplicationFilter, ApplicationOrder
from schema.openings.enums import (
    EmploymentType,
    HiringRole,
    OpeningKind,
    OpeningStatus,
    SeatReason,
    SeatStatus,
    SkillLevel,
    StageKind,
)
from schema.openings.pay_types import CompensationBand
from schema.openings.posting_types import Posting
from schema.organizations.types import Department, Location, Team
from schema.reading import Connection, Node, described, pages

if TYPE_CHECKING:
    from schema.applications.types import Application
    from schema.people.types import Membership

__all__ = [
    "CloseReason",
    "CompensationBand",
    "HiringTeamMember",
    "Opening",
    "OpeningLocation",
    "OpeningRightsSummary",
    "OpeningSkill",
    "OpeningTeam",
    "Posting",
    "Seat",
    "SeatStats",
    "Skill",
    "Stage",
    "StageTemplate",
]

_Application = Annotated["Application", strawberry.lazy("schema.applications.types")]
_Membership = Annotated["Membership", strawberry.lazy("schema.people.types")]


@strawberry.type(description="Why openings and seats are closed, in the organization's words.")
class CloseReason(Node):
    name: str = described("What it is called.")
    archived_at: datetime | None = described("When it was archived; null while it can be chosen.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A skill under its canonical name.")
class Skill(Node):
    name: str = described("Its canonical name.")
    slug: str = described("What all spellings of the name share; unique in the organization.")
    aliases: list[str] = described("What else it is called.")
    archived_at: datetime | None = described("When it was archived; null while it can be chosen.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="One stage of the pipeline that every new opening starts with.")
class StageTemplate(Node):
    kind: StageKind = described("What happens in it.")
    name: str = described("What it is called.")
    position: int = described("Its place in the pipeline, from 1.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="How many seats an opening has, by status.")
class SeatStats:
    total: int = described("All of them, closed ones included.")
    draft: int = described("Planned.")
    approved: int = described("Approved, but not open yet.")
    open: int = described("To be filled.")
    reserved: int = described("With an offer out.")
    filled: int = described("With somebody hired.")
    closed: int = described("Not to be filled any more.")


@strawberry.type(description="What the viewer may do with an opening. Its state may still refuse it.")
class OpeningRightsSummary:
    edit: bool = described("Change it, its state, hiring team, teams and locations.")
    manage_seats: bool = described("Add, open and close seats.")
    manage_pipeline: bool = described("Add, rename, reorder and archive stages.")
    publish: bool = described("Write, publish and unpublish postings.")
    see_pay: bool = described("Read internal compensation bands.")
    edit_pay: bool = described("Change compensation bands.")
    submit_application: bool = described("Submit applications for candidates.")
    read_applications: bool = described("Read its applications.")


@strawberry.type(
    description="A position to be filled, with its seats. A confidential one exists only for those with a grant on it."
)
class Opening(Node):
    title: str = described("What is hired for.")
    status: OpeningStatus = described("Where it is in its life.")
    kind: OpeningKind = described("How it ends.")
    is_confidential: bool = described("Whether it shows only to those with an explicit grant.")
    requisition_code: str | None = described("The organization's own code, unique in it.")
    department: Department | None = described("The department that hires.")
    employment_type: EmploymentType | None = described("The contract that is offered.")
    seniority: str | None = described("The level, in the organization's words.")
    relocation_offered: bool | None = described("Whether a move is supported.")
    description: str | None = described("What it is about, for those who hire.")
    opened_at: datetime | None = described("When it last opened, in UTC; null before.")
    held_at: datetime | None = described("Since when it is on hold, in UTC; null when not.")
    closed_at: datetime | None = described("When it was closed, in UTC; null when not.")
    closed_automatically: bool | None = described("Whether its last seat closed it.")
    close_reason: CloseReason | None = described("Why it was closed.")
    archived_at: datetime | None = described("When it was archived, in UTC; null when not.")
    copied_from: "Opening | None" = described("The opening that it was copied from.")
    teams: list["OpeningTeam"] = described("The teams that it hires for, by priority. Empty without `opening:read`.")
    locations: list["OpeningLocation"] = described("Where it hires. Empty without `opening:read`.")
    seats: list["Seat"] = described("Its headcount, a seat per head, by number. Empty without `opening:read`.")
    seat_counts: SeatStats | None = described("How many seats it has, by status.")
    hiring_team: list["HiringTeamMember"] = described("Who works on it, by role. Empty without `opening:read`.")
    hiring_managers: list["HiringTeamMember"] = described(
        "The hiring managers of its hiring team. Empty without `opening:read`."
    )
    compensation_bands: list[CompensationBand] = described(
        "What it pays. Internal bands are left out without `compensation:read`."
    )
    postings: list[Posting] = described(
        "What candidates read about it. Drafts and unlisted ones are left out without `opening:read`."
    )
    skills: list["OpeningSkill"] = described("The skills that it asks for. Empty without `opening:read`.")
    stages: list["Stage"] = described("Its pipeline, in order. Empty without `opening:read`.")
    archived_stages: list["Stage"] = described("Stages that are not in use any more. Empty without `opening:read`.")
    applications: Connection[_Application] = pages(
        "Its applications that the viewer may see.", filter=ApplicationFilter, order=ApplicationOrder
    )
    active_application_count: int = described(
        "How many applications are active; counts those for which the viewer has `application:count`."
    )
    viewer_can: OpeningRightsSummary = described("What the viewer may do with it.")
    redacted_fields: list[str] = described("The fields that are null because the viewer may not read them.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A team that an opening hires for.")
class OpeningTeam(Node):
    opening: Opening | None = described("The opening.")
    team: Team | None = described("The team.")
    seat_target: int | None = described("How many seats the team should get; null when undecided.")
    priority: int = described("Who is served first: the lowest, from 1.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A location that an opening hires in.")
class OpeningLocation(Node):
    opening: Opening | None = described("The opening.")
    location: Location | None = described("The location.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="One head of an opening's headcount. Other systems call this an opening or a position.")
class Seat(Node):
    opening: Opening | None = described("The opening whose headcount it is part of.")
    number: int = described("Its number in the opening, from 1; never used twice.")
    status: SeatStatus = described("Where it is in its life.")
    team: Team | None = described("The team that it is for, one of the opening's; null until one is chosen.")
    reason: SeatReason = described("Why it exists.")
    backfill_for: str | None = described("Who left, for a backfill.")
    target_start_on: date | None = described("The day on which somebody should start.")
    opened_at: datetime | None = described("When it last opened, in UTC; time to fill counts from here.")
    filled_at: datetime | None = described("When somebody was hired for it, in UTC; null while nobody is.")
    closed_at: datetime | None = described("When it was closed, in UTC; null while it is not.")
    close_reason: CloseReason | None = described("Why it was closed.")
    application: _Application | None = described("The application whose hire fills it; null while none does.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="What a member does for an opening. Descriptive: it gives no rights.")
class HiringTeamMember(Node):
    opening: Opening | None = described("The opening.")
    membership: _Membership | None = described("The member.")
    role: HiringRole = described("What they do.")
    is_responsible: bool = described("Whether they are the one to ask in that role.")
    created_at: datetime = described("When they joined the hiring team, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A skill that an opening asks for.")
class OpeningSkill(Node):
    opening: Opening | None = described("The opening.")
    skill: Skill | None = described("The skill.")
    level: SkillLevel = described("How much it is wanted.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A step of one opening's pipeline.")
class Stage(Node):
    opening: Opening | None = described("The opening whose pipeline it is part of.")
    kind: StageKind = described("What happens in it.")
    name: str = described("What it is called.")
    position: int = described("Its place in the pipeline: a later stage has a higher one.")
    archived_at: datetime | None = described("When it was archived; null while it is in use.")
    applications: Connection[_Application] = pages(
        "The active applications in it.", filter=ApplicationFilter, order=ApplicationOrder
    )
    application_count: int = described(
        "How many active applications are in it; counts those for which the viewer has `application:count`."
    )
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
