"""The closed sets of openings as GraphQL enums."""

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
from schema.enums import described_enum

__all__ = [
    "BandVisibility",
    "EmploymentType",
    "HiringRole",
    "OpeningKind",
    "OpeningStatus",
    "PayComponent",
    "PayInterval",
    "PostingStatus",
    "SeatReason",
    "SeatStatus",
    "SkillLevel",
    "StageKind",
]

described_enum(
    OpeningStatus,
    "Where an opening is in its life.",
    {
        OpeningStatus.DRAFT: "Being prepared; nobody can apply.",
        OpeningStatus.PENDING_APPROVAL: "Waiting for its approvers.",
        OpeningStatus.APPROVED: "Approved, but not open yet.",
        OpeningStatus.OPEN: "Hiring.",
        OpeningStatus.ON_HOLD: "Paused; nobody can apply, and its applications stay where they are.",
        OpeningStatus.CLOSED: "Over, because it was filled or given up.",
        OpeningStatus.ARCHIVED: "Put away.",
    },
)
described_enum(
    OpeningKind,
    "How an opening ends.",
    {
        OpeningKind.STANDARD: "Closes when its last seat is filled or closed.",
        OpeningKind.EVERGREEN: "Stays open: a filled seat is followed by another.",
        OpeningKind.TEMPLATE: "Never opens; other openings are copied from it.",
    },
)
described_enum(
    EmploymentType,
    "The kind of contract that is offered.",
    {
        EmploymentType.FULL_TIME: "Full time.",
        EmploymentType.PART_TIME: "Part time.",
        EmploymentType.INTERN: "An internship.",
        EmploymentType.CONTRACT: "A contractor's.",
        EmploymentType.TEMPORARY: "For a limited time.",
    },
)
described_enum(
    SeatStatus,
    "Where one head of the headcount is in its life.",
    {
        SeatStatus.DRAFT: "Planned; opens with its opening, or by itself.",
        SeatStatus.APPROVED: "Approved, but not open yet.",
        SeatStatus.OPEN: "To be filled.",
        SeatStatus.RESERVED: "An offer for it is out.",
        SeatStatus.FILLED: "Somebody was hired for it.",
        SeatStatus.CLOSED: "Not to be filled any more.",
    },
)
described_enum(
    SeatReason,
    "Why a seat exists.",
    {
        SeatReason.NEW: "The team grows.",
        SeatReason.BACKFILL: "Somebody left.",
        SeatReason.TEMPORARY: "For a limited time.",
    },
)
described_enum(
    HiringRole,
    "What somebody does in a hiring team. Descriptive: rights come from grants.",
    {
        HiringRole.HIRING_MANAGER: "Decides whom to hire.",
        HiringRole.RECRUITER: "Runs the pipeline.",
        HiringRole.COORDINATOR: "Schedules.",
        HiringRole.SOURCER: "Finds candidates.",
        HiringRole.INTERVIEWER: "Interviews.",
    },
)
described_enum(
    PayComponent,
    "Which part of the pay a band is about.",
    {
        PayComponent.SALARY: "Base pay.",
        PayComponent.BONUS: "A bonus.",
        PayComponent.COMMISSION: "Commission.",
        PayComponent.EQUITY_PERCENT: "Equity as a share of the company, in basis points.",
        PayComponent.EQUITY_CASH: "Equity as its value in money.",
    },
)
described_enum(
    PayInterval,
    "The time that an amount of money is paid for.",
    {
        PayInterval.HOUR: "An hour.",
        PayInterval.DAY: "A day.",
        PayInterval.WEEK: "A week.",
        PayInterval.MONTH: "A month.",
        PayInterval.YEAR: "A year.",
    },
)
described_enum(
    BandVisibility,
    "Who may read a compensation band.",
    {
        BandVisibility.INTERNAL: "Those with `compensation:read` on the opening.",
        BandVisibility.PUBLIC: "Everybody who reads the opening; it may stand in a posting.",
    },
)
described_enum(
    PostingStatus,
    "Where a posting can be seen.",
    {
        PostingStatus.DRAFT: "Nowhere yet.",
        PostingStatus.PENDING: "Nowhere yet: it waits to be checked.",
        PostingStatus.PUBLISHED: "On the organization's board.",
        PostingStatus.INTERNAL: "By the organization's members.",
        PostingStatus.UNLISTED: "By whoever has its address.",
        PostingStatus.UNPUBLISHED: "Nowhere any more: it was taken down.",
        PostingStatus.EXPIRED: "Nowhere any more: its last day is over.",
    },
)
described_enum(
    SkillLevel,
    "How much an opening wants a skill.",
    {SkillLevel.REQUIRED: "It requires it.", SkillLevel.NICE: "It would like it."},
)
described_enum(
    StageKind,
    "What happens in a stage, whatever it is called; reports compare stages by kind.",
    {
        StageKind.LEAD: "Found, but has not applied.",
        StageKind.APPLIED: "Has applied.",
        StageKind.SCREEN: "A first look or call.",
        StageKind.ASSESSMENT: "A test or task.",
        StageKind.INTERVIEW: "Interviews.",
        StageKind.TEAM_MATCH: "Candidate and teams find each other.",
        StageKind.OFFER: "An offer is made.",
        StageKind.HIRED: "Hired. At most one, and always the last.",
    },
)
