"""What actions on applications answer with: ids and counts, kept as JSON with an idempotency key."""

from dataclasses import dataclass
from uuid import UUID


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
class OpeningResult:
    """The opening, how many of its applications were changed with it, and the batch that they were changed in."""

    opening_id: UUID
    changed: int
    batch_id: UUID | None = None
