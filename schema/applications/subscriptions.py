"""What is told of applications as it happens."""

import enum
from datetime import datetime

import strawberry

from schema.applications.types import Application, RejectionReason
from schema.openings.types import Opening, Seat, Stage
from schema.organizations.types import Team
from schema.people.types import Grant
from schema.reading import described
from schema.records.enums import Origin
from schema.subscribing import CURSOR, stream


@strawberry.interface(description="One change of an opening's pipeline.")
class PipelineChange:
    cursor: str = described(CURSOR)
    type: str = described("What happened, such as `application.stage_changed`.")
    origin: Origin = described("Through what it came about; `UNDO` for what was taken back.")
    occurred_at: datetime = described("When it happened, in UTC.")
    application: Application | None = described("The application as it is now, which may be later than the change.")


@strawberry.type(description="A candidate is in the pipeline.")
class ApplicationCreated(PipelineChange):
    to_stage: Stage | None = described("The stage it begins in.")


@strawberry.type(description="The application is in another stage.")
class ApplicationMoved(PipelineChange):
    from_stage: Stage | None = described("The stage before.")
    to_stage: Stage | None = described("The stage after.")


@strawberry.type(description="The organization turned the candidate down.")
class ApplicationRejected(PipelineChange):
    stage: Stage | None = described("The stage it ended in.")
    reason: RejectionReason | None = described("Why.")


@strawberry.type(description="The candidate withdrew.")
class ApplicationWithdrawn(PipelineChange):
    stage: Stage | None = described("The stage it ended in.")
    reason: RejectionReason | None = described("Why.")


@strawberry.type(description="A rejected or withdrawn application is in process again.")
class ApplicationUnrejected(PipelineChange):
    stage: Stage | None = described("The stage it is in again.")


@strawberry.type(description="The application goes on as another one, for another opening.")
class ApplicationTransferred(PipelineChange):
    pass


@strawberry.type(description="The candidate is hired.")
class ApplicationHired(PipelineChange):
    stage: Stage | None = described("The stage it ended in.")
    seat: Seat | None = described("The seat that the hire fills.")


@strawberry.type(description="The hire was taken back.")
class ApplicationUnhired(PipelineChange):
    stage: Stage | None = described("The stage it is in again.")
    seat: Seat | None = described("The seat that is free again.")


PIPELINE_CHANGES = (
    ApplicationCreated,
    ApplicationMoved,
    ApplicationRejected,
    ApplicationWithdrawn,
    ApplicationUnrejected,
    ApplicationTransferred,
    ApplicationHired,
    ApplicationUnhired,
)


@strawberry.type(description="That something happened to an application.")
class ApplicationChange:
    cursor: str = described(CURSOR)
    type: str | None = described("What happened, such as `application.rejected`.")
    origin: Origin | None = described("Through what it came about.")
    occurred_at: datetime = described("When it happened, in UTC.")
    application: Application | None = described("The application as it is now, which may be later than the change.")


@strawberry.enum(description="What a notification is about.")
class NotificationKind(enum.Enum):
    INTERVIEW_ASSIGNED = strawberry.enum_value(
        "INTERVIEW_ASSIGNED", description="The member interviews for the application."
    )
    INTERVIEW_UNASSIGNED = strawberry.enum_value(
        "INTERVIEW_UNASSIGNED", description="The member no longer interviews for an application."
    )
    HIRING_TEAM_CHANGED = strawberry.enum_value(
        "HIRING_TEAM_CHANGED", description="The member joined or left the opening's hiring team."
    )
    TEAM_MATCH_PROPOSED = strawberry.enum_value(
        "TEAM_MATCH_PROPOSED", description="The application was proposed to a team that the member manages."
    )
    GRANT_CREATED = strawberry.enum_value("GRANT_CREATED", description="The member was given a grant.")
    GRANT_REVOKED = strawberry.enum_value("GRANT_REVOKED", description="A grant of the member was revoked.")
    REFERRAL_HIRED = strawberry.enum_value(
        "REFERRAL_HIRED", description="Somebody whom the member referred, sourced or submitted is hired."
    )
    REFERRAL_CLOSED = strawberry.enum_value(
        "REFERRAL_CLOSED",
        description="The application of somebody whom the member referred, sourced or submitted ended.",
    )
    REFERRAL_REOPENED = strawberry.enum_value(
        "REFERRAL_REOPENED",
        description="The application of somebody whom the member referred, sourced or submitted is in process again.",
    )


@strawberry.type(description="Something that concerns the signed-in member personally.")
class Notification:
    cursor: str = described(CURSOR)
    kind: NotificationKind = described("What it is about.")
    occurred_at: datetime = described("When it happened, in UTC.")
    opening: Opening | None = described("The opening, if it is about one.")
    application: Application | None = described("The application, if it is about one.")
    team: Team | None = described("The team that a proposal was made to.")
    grant: Grant | None = described("The grant that was given or revoked.")


@strawberry.type
class ApplicationSubscriptions:
    pipeline_changed: PipelineChange = stream(
        PipelineChange,
        "Changes of an opening's pipeline, of those applications that the viewer may read.",
        opening_id="The opening's id.",
    )
    application_changed: ApplicationChange = stream(
        ApplicationChange,
        "What happens to an application. Whoever only sees it is told of what changes its `progress`.",
        id="The application's id.",
    )
    notifications: Notification = stream(
        Notification,
        "What concerns the signed-in member personally: interviews, hiring teams, proposals to their teams, their "
        "grants, and how those whom they referred are doing. Service accounts can't subscribe.",
    )
