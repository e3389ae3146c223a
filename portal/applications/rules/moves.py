"""Moving an application along the pipeline, alone or with many others, and taking a batch back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import bounds
from portal.applications.enums import ApplicationStatus
from portal.applications.rules.states import ACTIVE, HIRED, TRANSFERRED, ApplicationState, check_active
from portal.applications.rules.submission import EarlierApplication, check_not_taken, check_open_again
from portal.errors import AlreadyDone, InvalidInput, NotFound, StageChanged, WrongState
from portal.openings.rules.stages import StageState, check_destination
from portal.openings.rules.states import OpeningState


@dataclass(frozen=True, slots=True)
class RecordedTransition:
    """One row of an application's history, as far as taking it back needs it. The first row has no `from`."""

    id: UUID
    batch_id: UUID | None
    from_stage_id: UUID | None
    from_status: ApplicationStatus | None


@dataclass(frozen=True, slots=True)
class Undone:
    """Where an application goes back to when its batch is undone."""

    stage_id: UUID
    status: ApplicationStatus


def check_move(application: ApplicationState, *, from_stage_id: UUID, to_stage: StageState | None) -> StageState:
    """The stage to move to, unless the pipeline's rules refuse; backwards and skipping stages are allowed (R3).

    Only an active application moves (R4). `from_stage_id` is where the actor saw it: when it is elsewhere by now,
    StageChanged tells where (R2). The target is a stage in use of the same opening (R2); None is one that is not there.
    """
    check_active(application, to=ACTIVE, deed="moved")
    if application.stage_id != from_stage_id:
        raise StageChanged(application.stage_id, application.stage_name)
    if to_stage is None:
        raise NotFound("stage", path=("toStageId",))
    check_destination(to_stage, opening_id=application.opening_id, path="toStageId")
    if to_stage.id == application.stage_id:
        raise AlreadyDone(f"The application is already in {application.stage_name}.")
    return to_stage


def seconds_in_stage(entered_at: datetime, left_at: datetime) -> int:
    """Whole seconds from entering a stage to leaving it; none if an import claims that it was entered later."""
    return max(0, int((left_at - entered_at).total_seconds()))


def check_bulk(application_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The applications of one batch, in the order given, each once, 1 to 100 of them (R9)."""
    return bounds.distinct(application_ids, most=bounds.MOST_BULK_ITEMS, least=1, path="applicationIds")


def undone(
    application: ApplicationState,
    opening: OpeningState,
    *,
    batch_id: UUID,
    latest: RecordedTransition,
    from_stage: StageState,
    others: Iterable[EarlierApplication],
) -> Undone:
    """Where an application of the batch goes back to (R9): exactly where it was before.

    `latest` is the last row of its history and has to be the batch's: what was done to the application since then is
    not thrown away. A hire or a transfer has its own way back. `from_stage` is the stage it was in before, `others` are
    the candidate's other applications for the opening: one of them may be active, or hired, by now (R1).
    """
    if latest.batch_id != batch_id:
        raise WrongState("This application was changed since; it is left as it is.", state=application.status)
    if application.status in {HIRED, TRANSFERRED}:
        raise WrongState(
            f"This application is {application.status.lower()}, which can't be undone here.", state=application.status
        )
    if latest.from_stage_id is None or latest.from_status is None:
        raise WrongState("The batch submitted this application; there is nothing before it.", state=application.status)
    if from_stage.is_archived and latest.from_status is ACTIVE:
        raise InvalidInput(f"The stage {from_stage.name} is archived by now, so the application can't go back to it.")
    if application.status is not ACTIVE and latest.from_status is ACTIVE:
        check_open_again(opening)
        check_not_taken(others)
    return Undone(stage_id=latest.from_stage_id, status=latest.from_status)
