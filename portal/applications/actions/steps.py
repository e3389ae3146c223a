"""The steps of an application's way: its row, its history and what others are told, changed together.

Every action decides first and then takes one of these steps, so the history of a stage or status can't be forgotten.
"""

from dataclasses import dataclass
from uuid import UUID

from portal.access.work import Change, Work
from portal.applications.actions.loading import since
from portal.applications.enums import ApplicationStatus, TransitionCause
from portal.applications.events import (
    ApplicationRejected,
    ApplicationUnrejected,
    ApplicationWithdrawn,
    StageChange,
)
from portal.applications.models import Application, StageTransition
from portal.applications.rules.moves import seconds_in_stage
from portal.database.statements import made
from portal.openings.rules.stages import StageState, direction
from portal.records.enums import Origin
from portal.records.recording import record

# What the end of an application leaves in its row, and what is gone when it is in process again.
NOT_ENDED: dict[str, None] = dict.fromkeys(
    ("rejection_reason_id", "rejection_note", "rejected_at", "withdrawn_at", "hired_at", "seat_id")
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a step is taken: alone or as part of a batch, and what was noted with it."""

    cause: TransitionCause = TransitionCause.MANUAL
    batch_id: UUID | None = None
    note: str | None = None


ALONE = Cause()


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken: what it changed, and how many seconds the application was where it was before."""

    seconds: int
    changes: tuple[Change, ...]


def begin(work: Work, application: Application) -> None:
    """Add a new application with the first row of its history."""
    work.add(application)
    cause = TransitionCause.IMPORT if work.call.origin == Origin.IMPORT else TransitionCause.MANUAL
    work.add(
        made(
            StageTransition,
            application_id=application.id,
            to_stage_id=application.stage_id,
            to_status=application.status,
            occurred_at=application.entered_stage_at,
            actor_kind=work.actor.kind,
            actor_id=work.actor.id,
            cause=cause,
        )
    )


def step(
    work: Work, application: Application, to: ApplicationStatus, stage_id: UUID, why: Cause, **more: object
) -> Step:
    """Change the status, the stage or both, and write the history. `more` are further columns that change with it."""
    seconds = seconds_in_stage(since(application), work.now)
    transition = made(
        StageTransition,
        application_id=application.id,
        from_stage_id=application.stage_id,
        to_stage_id=stage_id,
        from_status=application.status,
        to_status=to,
        occurred_at=work.now,
        seconds_in_from_stage=seconds,
        actor_kind=work.actor.kind,
        actor_id=work.actor.id,
        cause=why.cause,
        batch_id=why.batch_id,
        note=why.note,
    )
    is_new_visit = to is ApplicationStatus.ACTIVE or stage_id != application.stage_id
    changes = work.change(
        application,
        status=to,
        stage_id=stage_id,
        entered_stage_at=work.now if is_new_visit else application.entered_stage_at,
        last_activity_at=work.now,
        **more,
    )
    work.add(transition)
    # The instants all say when this happened, which the records say anyway.
    return Step(seconds, tuple(change for change in changes if not change.field.endswith("_at")))


def move(
    work: Work, application: Application, from_stage: StageState, to_stage: StageState, why: Cause = ALONE
) -> None:
    """Put an active application into another stage."""
    taken = step(work, application, ApplicationStatus.ACTIVE, to_stage.id, why)
    record(
        work,
        StageChange(
            subject_id=application.id,
            opening_id=application.opening_id,
            batch_id=why.batch_id,
            changes=taken.changes,
            from_stage_id=from_stage.id,
            to_stage_id=to_stage.id,
            seconds_in_from_stage=taken.seconds,
            direction=direction(from_stage, to_stage),
        ),
    )


def reject(work: Work, application: Application, reason_id: UUID, why: Cause = ALONE) -> None:
    """Reject an active application; what is noted with it stays in the application too."""
    _end(work, application, ApplicationStatus.REJECTED, reason_id, why)


def withdraw(work: Work, application: Application, reason_id: UUID, why: Cause = ALONE) -> None:
    """Withdraw an active application for its candidate."""
    _end(work, application, ApplicationStatus.WITHDRAWN, reason_id, why)


def _end(work: Work, application: Application, to: ApplicationStatus, reason_id: UUID, why: Cause) -> None:
    rejected = to is ApplicationStatus.REJECTED
    taken = step(
        work,
        application,
        to,
        application.stage_id,
        why,
        rejection_reason_id=reason_id,
        rejection_note=why.note,
        **{"rejected_at" if rejected else "withdrawn_at": work.now},
    )
    kind = ApplicationRejected if rejected else ApplicationWithdrawn
    record(
        work,
        kind(
            subject_id=application.id,
            opening_id=application.opening_id,
            batch_id=why.batch_id,
            changes=taken.changes,
            stage_id=application.stage_id,
            seconds_in_stage=taken.seconds,
            reason_id=reason_id,
        ),
    )


def take_up(work: Work, application: Application, stage_id: UUID, why: Cause = ALONE) -> None:
    """Bring a rejected or withdrawn application back into process."""
    from_status = application.status
    taken = step(work, application, ApplicationStatus.ACTIVE, stage_id, why, **NOT_ENDED)
    record(
        work,
        ApplicationUnrejected(
            subject_id=application.id,
            opening_id=application.opening_id,
            batch_id=why.batch_id,
            changes=taken.changes,
            from_status=from_status,
            stage_id=stage_id,
        ),
    )
