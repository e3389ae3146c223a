"""What actions on candidates answer with: ids, kept as JSON with an idempotency key."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class CandidateResult:
    """The candidate that was added or changed."""

    candidate_id: UUID


@dataclass(frozen=True)
class TagResult:
    """The tag that was added or changed."""

    tag_id: UUID


@dataclass(frozen=True)
class SourceResult:
    """The source that was added or changed."""

    source_id: UUID
