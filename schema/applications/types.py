"""Applications and their way through the pipeline as GraphQL types."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.applications.enums import (
    ApplicationOrigin,
    ApplicationStatus,
    RejectionType,
    StatusBucket,
    SystemReason,
    TeamMatchStatus,
    TransitionCause,
)
from schema.reading import Node, described
from schema.records.enums import ActorKind

if TYPE_CHECKING:
    from schema.candidates.types import Candidate, Source
    from schema.openings.types import Opening, Posting, Seat, Stage
    from schema.organizations.types import Team
    from schema.people.types import Membership

_Candidate = Annotated["Candidate", strawberry.lazy("schema.candidates.types")]
_Source = Annotated["Source", strawberry.lazy("schema.candidates.types")]
_Opening = Annotated["Opening", strawberry.lazy("schema.openings.types")]
_Posting = Annotated["Posting", strawberry.lazy("schema.openings.types")]
_Seat = Annotated["Seat", strawberry.lazy("schema.openings.types")]
_Stage = Annotated["Stage", strawberry.lazy("schema.openings.types")]
_Team = Annotated["Team", strawberry.lazy("schema.organizations.types")]
_Membership = Annotated["Membership", strawberry.lazy("schema.people.types")]


@strawberry.type(description="Why an application ended, in the organization's words.")
class RejectionReason(Node):
    name: str = described("What it is called.")
    type: RejectionType = described("Who ends the application with it.")
    system_code: SystemReason | None = described("What the portal itself uses it for; null for the organization's own.")
    archived_at: datetime | None = described("When it was archived; null while it can be chosen.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="What the viewer may do with an application. Its state may still refuse it.")
class ApplicationRightsSummary:
    read: bool = described("Read its stage, dates and history.")
    move: bool = described("Move it to another stage, or transfer it to another opening.")
    reject: bool = described("Reject, unreject and withdraw it.")
    hire: bool = described("Hire and unhire.")
    assign_interviewer: bool = described("Assign interviewers and take them off.")
    propose_team_match: bool = described("Propose it to a team.")


@strawberry.type(description="One candidate's try for one opening: its status, and apart from that the stage it is in.")
class Application(Node):
    progress: StatusBucket = described("In process, closed or hired: what everybody who sees the application may know.")
    status: ApplicationStatus | None = described("Whether it is in process or how it ended.")
    candidate: _Candidate | None = described("Whose application it is.")
    opening: _Opening | None = described("What it is for.")
    stage: _Stage | None = described("The stage it is in; after its end, the one it ended in.")
    entered_stage_at: datetime | None = described("When it entered its stage, in UTC.")
    days_in_stage: float | None = described(
        "Fractional days since it entered its stage, or from then to its end if it has ended."
    )
    applied_at: datetime = described("When the candidate applied or was added to the pipeline, in UTC.")
    last_activity_at: datetime | None = described("When something last happened to it, in UTC.")
    origin: ApplicationOrigin | None = described("How it came to be.")
    source: _Source | None = described("The channel that the candidate came through.")
    posting: _Posting | None = described("The posting that the candidate applied through.")
    credited_to: _Membership | None = described("Who sourced, referred or submitted the candidate.")
    recruiter: _Membership | None = described("Who recruits.")
    coordinator: _Membership | None = described("Who coordinates.")
    rejection_reason: RejectionReason | None = described("Why it ended; null unless it was rejected or withdrawn.")
    rejection_note: str | None = described("What was noted about its end.")
    rejected_at: datetime | None = described("When it was rejected, in UTC.")
    withdrawn_at: datetime | None = described("When the candidate withdrew, in UTC.")
    hired_at: datetime | None = described("When the candidate was hired, in UTC.")
    seat: _Seat | None = described("The seat that the hire fills.")
    transferred_from: "Application | None" = described("The application that this one continues.")
    transitions: list["StageTransition"] = described("Its history, oldest first.")
    interviewers: list["InterviewerAssignment"] = described(
        "Who interviews or interviewed, in the order of assignment."
    )
    team_matches: list["TeamMatch"] = described("The teams it was proposed to.")
    viewer_can: ApplicationRightsSummary = described("What the viewer may do with it.")
    redacted_fields: list[str] = described("The fields that are null because the viewer may not read them.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="One change of an application's stage or status, as it happened. Never rewritten.")
class StageTransition(Node):
    application: Application | None = described("The application that it happened to.")
    from_stage: _Stage | None = described("The stage before; null for the first row, which is the submission.")
    to_stage: _Stage | None = described("The stage after.")
    from_status: ApplicationStatus | None = described("The status before; null for the submission.")
    to_status: ApplicationStatus = described("The status after.")
    occurred_at: datetime = described("When it happened, in UTC.")
    seconds_in_from_stage: float | None = described(
        "Whole seconds that it was in the stage before with the status before; null for the submission."
    )
    actor_kind: ActorKind = described("What kind of actor did it.")
    actor: _Membership | None = described("The member who did it; null if it was no member.")
    cause: TransitionCause = described("What made it happen.")
    batch_id: strawberry.ID | None = described("The batch that it belongs to, for `undoBatch`; null when it was alone.")
    note: str | None = described("What was noted with it.")
    created_at: datetime = described("When it was recorded, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; always 1.")


@strawberry.type(
    description="That a member interviews for an application, and so may see it until the assignment ends."
)
class InterviewerAssignment(Node):
    application: Application | None = described("What they interview for.")
    membership: _Membership | None = described("Who interviews.")
    assigned_by: _Membership | None = described("Who assigned them; null if it was no member.")
    ended_at: datetime | None = described("When they were taken off, in UTC; null while they are assigned.")
    created_at: datetime = described("When they were first assigned, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="That an application was proposed to a team, and what became of it.")
class TeamMatch(Node):
    application: Application | None = described("What was proposed.")
    team: _Team | None = described("To whom.")
    status: TeamMatchStatus = described("Where it stands.")
    created_at: datetime = described("When it was first proposed, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
