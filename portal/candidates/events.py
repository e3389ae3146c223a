"""What happens to candidates, tags and sources, as others are told of it.

Never personal data: whoever wants that reads it, with rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from portal.access.work import Change
from portal.candidates.enums import SourceType
from portal.records.recording import REDACTED, Event


@dataclass(frozen=True, kw_only=True)
class CandidateCreated(Event):
    """Somebody was added to the database."""

    type: ClassVar[str] = "candidate.created"
    subject_type: ClassVar[str] = "Candidate"

    source_id: UUID | None
    is_internal: bool
    is_private: bool

    @override
    def data(self) -> Mapping[str, object]:
        return {"source_id": self.source_id, "is_internal": self.is_internal, "is_private": self.is_private}


@dataclass(frozen=True, kw_only=True)
class CandidateUpdated(Event):
    """A candidate's record says something else; `changes` names the fields."""

    type: ClassVar[str] = "candidate.updated"
    subject_type: ClassVar[str] = "Candidate"


@dataclass(frozen=True, kw_only=True)
class TagCreated(Event):
    """There is a new word to put on candidates."""

    type: ClassVar[str] = "tag.created"
    subject_type: ClassVar[str] = "Tag"


@dataclass(frozen=True, kw_only=True)
class TagRenamed(Event):
    """A tag reads differently, on every candidate who has it; of these no event tells on its own."""

    type: ClassVar[str] = "tag.renamed"
    subject_type: ClassVar[str] = "Tag"

    candidates: int

    @override
    def data(self) -> Mapping[str, object]:
        return {"candidates": self.candidates}


@dataclass(frozen=True, kw_only=True)
class SourceCreated(Event):
    """There is a new channel that candidates come through."""

    type: ClassVar[str] = "source.created"
    subject_type: ClassVar[str] = "Source"

    source_type: SourceType

    @override
    def data(self) -> Mapping[str, object]:
        return {"type": self.source_type}


@dataclass(frozen=True, kw_only=True)
class SourceArchived(Event):
    """A channel can't be chosen any more."""

    type: ClassVar[str] = "source.archived"
    subject_type: ClassVar[str] = "Source"


def replaced(field: str, before: object, after: object) -> Change:
    """That a list of the candidate's is another one: whether there was and is something in it, but not what."""
    return Change(field, REDACTED if before else None, REDACTED if after else None)
