"""What actions on applications answer with: ids and counts, kept as JSON with an idempotency key."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from portal.errors import UserError, UserErrorCode


@dataclass(frozen=True)
class ApplicationResult:
    """The application that was made or changed."""

    application_id: UUID


@dataclass(frozen=True)
class HireResult:
    """The application and the seat that its hire fills, or filled."""

    application_id: UUID
    seat_id: UUID


@dataclass(frozen=True)
class ClosedResult:
    """The opening, how many of its applications were rejected or transferred with it, and the batch of those."""

    opening_id: UUID
    changed: int
    batch_id: UUID | None = None


@dataclass(frozen=True)
class TransferResult:
    """The application that goes on for the other opening, and the one that it continues."""

    application_id: UUID
    transferred_from_id: UUID


@dataclass(frozen=True)
class StageArchived:
    """The stage, how many applications moved out of it, and the batch that they moved in."""

    stage_id: UUID
    moved: int
    batch_id: UUID | None = None


@dataclass(frozen=True)
class Reopened:
    """The opening; how many of the applications that its closing rejected are back, and how many could still be."""

    opening_id: UUID
    restored: int
    restorable: int
    batch_id: UUID | None = None


@dataclass(frozen=True)
class ReasonResult:
    """The rejection reason that was made or changed."""

    rejection_reason_id: UUID


@dataclass(frozen=True)
class ReasonsResult:
    """How many rejection reasons were made."""

    made: int


@dataclass(frozen=True)
class InterviewerResult:
    """The assignment that was made or ended, and its application."""

    interviewer_assignment_id: UUID
    application_id: UUID


@dataclass(frozen=True)
class TeamMatchResult:
    """The match that was proposed, and its application."""

    team_match_id: UUID
    application_id: UUID


@dataclass(frozen=True)
class ItemRefusal:
    """Why one application of a batch was left as it is: what a UserError says, as data."""

    code: UserErrorCode
    message: str
    path: list[str] | None = None
    current_stage_id: UUID | None = None
    application_id: UUID | None = None
    state: str | None = None

    @classmethod
    def of(cls, error: UserError) -> Self:
        """A refusal, to be kept with the results of the others."""
        return cls(
            code=error.code,
            message=error.message,
            path=list(error.path) if error.path else None,
            current_stage_id=getattr(error, "current_stage_id", None),
            application_id=getattr(error, "application_id", None),
            state=getattr(error, "state", None),
        )


@dataclass(frozen=True)
class ItemResult:
    """One application of a batch; `refusal` is None when it was changed."""

    application_id: UUID
    refusal: ItemRefusal | None = None


@dataclass(frozen=True)
class BatchResult:
    """What became of each application, in the order in which they were given.

    `batch_id` is what `undo_batch` takes; None when nothing was changed.
    """

    batch_id: UUID | None
    results: list[ItemResult]
