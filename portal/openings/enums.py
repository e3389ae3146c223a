"""The closed sets of openings, seats, pay, postings and stages. Pure; rules and the schema import them too."""

import enum


class OpeningStatus(enum.StrEnum):
    """Where an opening is in its life."""

    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    OPEN = "OPEN"
    ON_HOLD = "ON_HOLD"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"


class OpeningKind(enum.StrEnum):
    """STANDARD closes with its last seat, EVERGREEN stays open, TEMPLATE is only copied from."""

    STANDARD = "STANDARD"
    EVERGREEN = "EVERGREEN"
    TEMPLATE = "TEMPLATE"


class EmploymentType(enum.StrEnum):
    """The kind of contract that is offered."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    INTERN = "INTERN"
    CONTRACT = "CONTRACT"
    TEMPORARY = "TEMPORARY"


class SeatStatus(enum.StrEnum):
    """Where one head of the headcount is in its life; RESERVED while an offer is out."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    OPEN = "OPEN"
    RESERVED = "RESERVED"
    FILLED = "FILLED"
    CLOSED = "CLOSED"


class SeatReason(enum.StrEnum):
    """Why the seat exists."""

    NEW = "NEW"
    BACKFILL = "BACKFILL"
    TEMPORARY = "TEMPORARY"


class HiringRole(enum.StrEnum):
    """What somebody does in an opening's hiring team. Descriptive: rights come from grants."""

    HIRING_MANAGER = "HIRING_MANAGER"
    RECRUITER = "RECRUITER"
    COORDINATOR = "COORDINATOR"
    SOURCER = "SOURCER"
    INTERVIEWER = "INTERVIEWER"


class PayComponent(enum.StrEnum):
    """Which part of the pay a band is about; EQUITY_PERCENT is in basis points, all others are money."""

    SALARY = "SALARY"
    BONUS = "BONUS"
    COMMISSION = "COMMISSION"
    EQUITY_PERCENT = "EQUITY_PERCENT"
    EQUITY_CASH = "EQUITY_CASH"


class PayInterval(enum.StrEnum):
    """The time that an amount of money is paid for."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class BandVisibility(enum.StrEnum):
    """Whether a pay band is shown with the posting or needs its own permission."""

    INTERNAL = "INTERNAL"
    PUBLIC = "PUBLIC"


class PostingStatus(enum.StrEnum):
    """Where a posting can be seen: on the board, by employees, by whoever has its link, or nowhere."""

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    PUBLISHED = "PUBLISHED"
    INTERNAL = "INTERNAL"
    UNLISTED = "UNLISTED"
    UNPUBLISHED = "UNPUBLISHED"
    EXPIRED = "EXPIRED"


class SkillLevel(enum.StrEnum):
    """Whether an opening requires a skill or would like it."""

    REQUIRED = "REQUIRED"
    NICE = "NICE"


class StageKind(enum.StrEnum):
    """What happens in a stage, whatever the organization calls it; reports compare stages by kind."""

    LEAD = "LEAD"
    APPLIED = "APPLIED"
    SCREEN = "SCREEN"
    ASSESSMENT = "ASSESSMENT"
    INTERVIEW = "INTERVIEW"
    TEAM_MATCH = "TEAM_MATCH"
    OFFER = "OFFER"
    HIRED = "HIRED"
