"""What happens to applications, as others are told of it. Ids, states and numbers only; never free text.

No event names a row of another opening: whoever may know of the one need not know of the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from typing_extensions import override  # in typing from Python 3.12

from portal.applications.enums import ApplicationOrigin, ApplicationStatus
from portal.openings.rules.stages import Direction
from portal.records.recording import Event


@dataclass(frozen=True, kw_only=True)
class ApplicationEvent(Event):
    """Something that happened to one application."""

    subject_type: ClassVar[str] = "Application"


@dataclass(frozen=True, kw_only=True)
class ApplicationCreated(ApplicationEvent):
    """A candidate is in the pipeline."""

    type: ClassVar[str] = "application.created"

    candidate_id: UUID
    stage_id: UUID
    origin: ApplicationOrigin

    @override
    def data(self) -> Mapping[str, object]:
        return {
            "candidate_id": self.candidate_id,
            "stage_id": self.stage_id,
            "origin": self.origin,
        }


@dataclass(frozen=True, kw_only=True)
class StageChange(ApplicationEvent):
    """The application is in another stage; `seconds_in_from_stage` is how long it was in the one before."""

    type: ClassVar[str] = "application.stage_changed"

    from_stage_id: UUID
    to_stage_id: UUID
    seconds_in_from_stage: int
    direction: Direction

    @override
    def data(self) -> Mapping[str, object]:
        return {
            "from_stage_id": self.from_stage_id,
            "to_stage_id": self.to_stage_id,
            "seconds_in_from_stage": self.seconds_in_from_stage,
            "direction": self.direction,
        }


@dataclass(frozen=True, kw_only=True)
class Ended(ApplicationEvent):
    """The application ended; `reason_id` is the organization's or the candidate's reason."""

    stage_id: UUID
    seconds_in_stage: int
    reason_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"stage_id": self.stage_id, "seconds_in_stage": self.seconds_in_stage, "reason_id": self.reason_id}


@dataclass(frozen=True, kw_only=True)
class ApplicationRejected(Ended):
    """The organization turned the candidate down."""

    type: ClassVar[str] = "application.rejected"


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(Ended):
    """The candidate withdrew."""

    type: ClassVar[str] = "application.withdrawn"


@dataclass(frozen=True, kw_only=True)
class ApplicationUnrejected(ApplicationEvent):
    """A rejected or withdrawn application is in process again."""

    type: ClassVar[str] = "application.unrejected"

    from_status: ApplicationStatus
    stage_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"from_status": self.from_status, "stage_id": self.stage_id}


@dataclass(frozen=True, kw_only=True)
class ApplicationTransferred(ApplicationEvent):
    """The application goes on as another one, for another opening."""

    type: ClassVar[str] = "application.transferred"


@dataclass(frozen=True, kw_only=True)
class ApplicationHired(ApplicationEvent):
    """The candidate is hired into a seat."""

    type: ClassVar[str] = "application.hired"

    seat_id: UUID
    team_id: UUID | None
    stage_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"seat_id": self.seat_id, "team_id": self.team_id, "stage_id": self.stage_id}


@dataclass(frozen=True, kw_only=True)
class ApplicationUnhired(ApplicationEvent):
    """The hire was taken back, and its seat is free again."""

    type: ClassVar[str] = "application.unhired"

    seat_id: UUID
    stage_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"seat_id": self.seat_id, "stage_id": self.stage_id}


@dataclass(frozen=True, kw_only=True)
class InterviewerEvent(ApplicationEvent):
    """Who interviews for the application has changed."""

    membership_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"membership_id": self.membership_id}


@dataclass(frozen=True, kw_only=True)
class InterviewerAssigned(InterviewerEvent):
    """A member interviews for the application, and may see it."""

    type: ClassVar[str] = "application.interviewer_assigned"


@dataclass(frozen=True, kw_only=True)
class InterviewerUnassigned(InterviewerEvent):
    """A member no longer interviews for the application."""

    type: ClassVar[str] = "application.interviewer_unassigned"


@dataclass(frozen=True, kw_only=True)
class TeamMatchProposed(Event):
    """An application was proposed to a team."""

    type: ClassVar[str] = "team_match.proposed"
    subject_type: ClassVar[str] = "TeamMatch"

    application_id: UUID
    team_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"application_id": self.application_id, "team_id": self.team_id}


@dataclass(frozen=True, kw_only=True)
class RejectionReasonChanged(Event):
    """The organization's list of reasons has changed."""

    type: ClassVar[str] = "rejection_reason.changed"
    subject_type: ClassVar[str] = "RejectionReason"
