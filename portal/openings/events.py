"""What happens to openings and to what belongs to them, for the audit log and the feed.

Facts are ids, states and numbers. What somebody wrote and what somebody earns is never among them, nor whom a seat is
filled with or what another opening is: whoever reads of the one need not know of the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from typing_extensions import override  # in typing from Python 3.12

from portal.openings.enums import HiringRole, OpeningKind, PostingStatus, SeatStatus, StageKind
from portal.records.recording import Event


@dataclass(frozen=True, kw_only=True)
class _OfOpening(Event):
    subject_type: ClassVar[str] = "Opening"


@dataclass(frozen=True, kw_only=True)
class OpeningCreated(_OfOpening):
    type: ClassVar[str] = "opening.created"

    kind: OpeningKind
    seats: int

    @override
    def data(self) -> Mapping[str, object]:
        return {"kind": self.kind, "seats": self.seats}


@dataclass(frozen=True, kw_only=True)
class OpeningUpdated(_OfOpening):
    """Its own fields, teams, locations, skills or confidentiality changed: `changes` says which."""

    type: ClassVar[str] = "opening.updated"


@dataclass(frozen=True, kw_only=True)
class OpeningOpened(_OfOpening):
    type: ClassVar[str] = "opening.opened"


@dataclass(frozen=True, kw_only=True)
class OpeningPutOnHold(_OfOpening):
    type: ClassVar[str] = "opening.put_on_hold"


@dataclass(frozen=True, kw_only=True)
class OpeningResumed(_OfOpening):
    type: ClassVar[str] = "opening.resumed"


@dataclass(frozen=True, kw_only=True)
class OpeningClosed(_OfOpening):
    """`automatically`: its last seat was filled or closed."""

    type: ClassVar[str] = "opening.closed"

    automatically: bool = False

    @override
    def data(self) -> Mapping[str, object]:
        return {"automatically": self.automatically}


@dataclass(frozen=True, kw_only=True)
class OpeningReopened(_OfOpening):
    """`automatically`: a hire was taken back."""

    type: ClassVar[str] = "opening.reopened"

    automatically: bool = False

    @override
    def data(self) -> Mapping[str, object]:
        return {"automatically": self.automatically}


@dataclass(frozen=True, kw_only=True)
class OpeningArchived(_OfOpening):
    type: ClassVar[str] = "opening.archived"


@dataclass(frozen=True, kw_only=True)
class OpeningUnarchived(_OfOpening):
    type: ClassVar[str] = "opening.unarchived"


@dataclass(frozen=True, kw_only=True)
class HiringTeamChanged(_OfOpening):
    """A member joined or left the hiring team in a role, or became responsible in it."""

    type: ClassVar[str] = "hiring_team.changed"

    role: HiringRole
    added_membership_id: UUID | None = None
    removed_membership_id: UUID | None = None

    @override
    def data(self) -> Mapping[str, object]:
        return {
            "role": self.role,
            "added_membership_id": self.added_membership_id,
            "removed_membership_id": self.removed_membership_id,
        }


@dataclass(frozen=True, kw_only=True)
class PipelineReordered(_OfOpening):
    type: ClassVar[str] = "pipeline.reordered"

    stage_ids: Sequence[UUID]

    @override
    def data(self) -> Mapping[str, object]:
        return {"stage_ids": tuple(self.stage_ids)}


@dataclass(frozen=True, kw_only=True)
class _OfSeat(Event):
    subject_type: ClassVar[str] = "Seat"

    number: int

    @override
    def data(self) -> Mapping[str, object]:
        return {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class SeatCreated(_OfSeat):
    type: ClassVar[str] = "seat.created"

    status: SeatStatus

    @override
    def data(self) -> Mapping[str, object]:
        return {"number": self.number, "status": self.status}


@dataclass(frozen=True, kw_only=True)
class SeatUpdated(_OfSeat):
    type: ClassVar[str] = "seat.updated"


@dataclass(frozen=True, kw_only=True)
class SeatOpened(_OfSeat):
    type: ClassVar[str] = "seat.opened"


@dataclass(frozen=True, kw_only=True)
class SeatReserved(_OfSeat):
    type: ClassVar[str] = "seat.reserved"


@dataclass(frozen=True, kw_only=True)
class SeatFilled(_OfSeat):
    type: ClassVar[str] = "seat.filled"


@dataclass(frozen=True, kw_only=True)
class SeatReopened(_OfSeat):
    """Closed before, or freed by a hire that was taken back."""

    type: ClassVar[str] = "seat.reopened"


@dataclass(frozen=True, kw_only=True)
class SeatClosed(_OfSeat):
    type: ClassVar[str] = "seat.closed"


@dataclass(frozen=True, kw_only=True)
class _OfPosting(Event):
    subject_type: ClassVar[str] = "Posting"


@dataclass(frozen=True, kw_only=True)
class PostingCreated(_OfPosting):
    type: ClassVar[str] = "posting.created"


@dataclass(frozen=True, kw_only=True)
class PostingUpdated(_OfPosting):
    type: ClassVar[str] = "posting.updated"


@dataclass(frozen=True, kw_only=True)
class PostingPublished(_OfPosting):
    type: ClassVar[str] = "posting.published"

    status: PostingStatus

    @override
    def data(self) -> Mapping[str, object]:
        return {"status": self.status}


@dataclass(frozen=True, kw_only=True)
class PostingUnpublished(_OfPosting):
    type: ClassVar[str] = "posting.unpublished"


@dataclass(frozen=True, kw_only=True)
class PostingExpired(_OfPosting):
    type: ClassVar[str] = "posting.expired"


@dataclass(frozen=True, kw_only=True)
class _OfBand(Event):
    subject_type: ClassVar[str] = "CompensationBand"


@dataclass(frozen=True, kw_only=True)
class CompensationBandCreated(_OfBand):
    type: ClassVar[str] = "compensation_band.created"


@dataclass(frozen=True, kw_only=True)
class CompensationBandUpdated(_OfBand):
    type: ClassVar[str] = "compensation_band.updated"


@dataclass(frozen=True, kw_only=True)
class CompensationBandRemoved(_OfBand):
    type: ClassVar[str] = "compensation_band.removed"


@dataclass(frozen=True, kw_only=True)
class _OfStage(Event):
    subject_type: ClassVar[str] = "Stage"


@dataclass(frozen=True, kw_only=True)
class StageCreated(_OfStage):
    type: ClassVar[str] = "stage.created"

    kind: StageKind

    @override
    def data(self) -> Mapping[str, object]:
        return {"kind": self.kind}


@dataclass(frozen=True, kw_only=True)
class StageUpdated(_OfStage):
    type: ClassVar[str] = "stage.updated"


@dataclass(frozen=True, kw_only=True)
class StageArchived(_OfStage):
    type: ClassVar[str] = "stage.archived"


@dataclass(frozen=True, kw_only=True)
class StageUnarchived(_OfStage):
    type: ClassVar[str] = "stage.unarchived"


@dataclass(frozen=True, kw_only=True)
class StageTemplatesChanged(Event):
    """The pipeline that new openings start with."""

    type: ClassVar[str] = "stage_templates.changed"
    subject_type: ClassVar[str] = "Organization"

    kinds: Sequence[StageKind]

    @override
    def data(self) -> Mapping[str, object]:
        return {"kinds": tuple(self.kinds)}


@dataclass(frozen=True, kw_only=True)
class _OfSkill(Event):
    subject_type: ClassVar[str] = "Skill"


@dataclass(frozen=True, kw_only=True)
class SkillCreated(_OfSkill):
    type: ClassVar[str] = "skill.created"


@dataclass(frozen=True, kw_only=True)
class SkillUpdated(_OfSkill):
    type: ClassVar[str] = "skill.updated"


@dataclass(frozen=True, kw_only=True)
class SkillArchived(_OfSkill):
    type: ClassVar[str] = "skill.archived"


@dataclass(frozen=True, kw_only=True)
class SkillUnarchived(_OfSkill):
    type: ClassVar[str] = "skill.unarchived"


@dataclass(frozen=True, kw_only=True)
class _OfCloseReason(Event):
    subject_type: ClassVar[str] = "CloseReason"


@dataclass(frozen=True, kw_only=True)
class CloseReasonCreated(_OfCloseReason):
    type: ClassVar[str] = "close_reason.created"


@dataclass(frozen=True, kw_only=True)
class CloseReasonUpdated(_OfCloseReason):
    type: ClassVar[str] = "close_reason.updated"


@dataclass(frozen=True, kw_only=True)
class CloseReasonArchived(_OfCloseReason):
    type: ClassVar[str] = "close_reason.archived"


@dataclass(frozen=True, kw_only=True)
class CloseReasonUnarchived(_OfCloseReason):
    type: ClassVar[str] = "close_reason.unarchived"
