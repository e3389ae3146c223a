"""What actions on openings answer with: ids, kept as JSON with an idempotency key."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class OpeningResult:
    """The opening that was made or changed."""

    opening_id: UUID


@dataclass(frozen=True)
class SeatResult:
    """The seat that was changed, and its opening, which may have closed with it."""

    seat_id: UUID
    opening_id: UUID


@dataclass(frozen=True)
class HiringTeamResult:
    """A place in the hiring team that was filled."""

    hiring_team_member_id: UUID
    opening_id: UUID


@dataclass(frozen=True)
class CompensationBandResult:
    """The band that was made, changed or removed."""

    compensation_band_id: UUID
    opening_id: UUID


@dataclass(frozen=True)
class PostingResult:
    """The posting that was made or changed."""

    posting_id: UUID


@dataclass(frozen=True)
class StageResult:
    """The stage that was made or changed."""

    stage_id: UUID


@dataclass(frozen=True)
class StageTemplatesResult:
    """How many stages new openings start with from now on."""

    stages: int


@dataclass(frozen=True)
class SkillResult:
    """The skill that was made or changed."""

    skill_id: UUID


@dataclass(frozen=True)
class CloseReasonResult:
    """The close reason that was made or changed."""

    close_reason_id: UUID
