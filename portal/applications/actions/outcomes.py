"""Ending an application without a hire, and taking it up again."""

from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import (
    application_state,
    earlier_applications,
    lock_opening,
    reason_state,
    stages_of,
)
from portal.applications.actions.results import ApplicationResult
from portal.applications.actions.steps import Cause
from portal.applications.models import RejectionReason
from portal.applications.reads import APPLICATION, REJECTION_REASON
from portal.applications.rules import outcomes
from portal.applications.rules.outcomes import ReasonState
from portal.errors import NotFound
from portal.openings.loading import opening_state


@action(Permission.APPLICATION_REJECT)
async def reject_application(
    work: Work,
    *,
    application_id: UUID,
    reason_id: UUID | None,
    note: str | None = None,
    expected_version: int | None = None,
) -> ApplicationResult:
    """Turn a candidate down, for a reason of the organization's (R4, R5); the stage stays as it is.

    Raises ReasonRequired without a reason, InvalidInput for an archived one or one of a candidate's, AlreadyDone and
    WrongState when the application is not active.
    """
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    application = await work.lock(APPLICATION, application_id, expected_version=expected_version)
    reason = await reason_of(work, reason_id)
    outcomes.check_reject(application_state(application, ""), known(reason))
    steps.reject(work, application, chosen(reason), Cause(note=note))
    return ApplicationResult(application.id)


@action(Permission.APPLICATION_REJECT)
async def withdraw_application(
    work: Work,
    *,
    application_id: UUID,
    reason_id: UUID | None,
    note: str | None = None,
    expected_version: int | None = None,
) -> ApplicationResult:
    """End an application whose candidate withdrew, for a reason of the candidate's; no rejection in any count (R8).

    Raises ReasonRequired without a reason, InvalidInput for an archived one or one of the organization's, AlreadyDone
    and WrongState when the application is not active.
    """
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    application = await work.lock(APPLICATION, application_id, expected_version=expected_version)
    reason = await reason_of(work, reason_id)
    outcomes.check_withdraw(application_state(application, ""), known(reason))
    steps.withdraw(work, application, chosen(reason), Cause(note=note))
    return ApplicationResult(application.id)


@action(Permission.APPLICATION_REJECT)
async def unreject_application(
    work: Work,
    *,
    application_id: UUID,
    reason: str,
    stage_id: UUID | None = None,
    expected_version: int | None = None,
) -> ApplicationResult:
    """Take up a rejected or withdrawn application again: in its last stage, or in another one of its pipeline (R5).

    Raises WrongState when it is neither, or when its opening is over; ReasonRequired without a reason; InvalidInput for
    an archived stage or the HIRED one; DuplicateActiveApplication when the candidate has another one by now (R1).
    """
    note = bounds.optional_text(reason, longest=bounds.NOTE_LENGTH, path="reason")
    seen = await work.find(APPLICATION, application_id, permission=Permission.APPLICATION_REJECT)
    opening = await lock_opening(work, seen.opening_id)
    application = await work.lock(APPLICATION, application_id, expected_version=expected_version)
    stages = await stages_of(work, opening.id)
    others = (await earlier_applications(work, [application.candidate_id], opening.id))[application.candidate_id]
    if stage_id is not None and stage_id not in stages:
        raise NotFound("stage", path=("stageId",))
    stage = outcomes.reopened_stage(
        application_state(application, stages[application.stage_id].name),
        opening_state(opening),
        [other for other in others if other.id != application.id],
        stage_before=stages[application.stage_id],
        chosen=stages[stage_id] if stage_id else None,
        reason=note,
    )
    steps.take_up(work, application, stage.id, Cause(note=note))
    return ApplicationResult(application.id)


async def reason_of(work: Work, reason_id: UUID | None) -> RejectionReason | None:
    """The reason that was given, None when none was. Raises NotFound for one that does not exist."""
    return None if reason_id is None else await work.find(REJECTION_REASON, reason_id)


def known(reason: RejectionReason | None) -> ReasonState | None:
    """A reason as the rules see it, None when none was given."""
    return None if reason is None else reason_state(reason)


def chosen(reason: RejectionReason | None) -> UUID:
    """The id of a reason after the rules have seen that there is one."""
    if reason is None:
        raise RuntimeError("The rules let an application end without a reason.")
    return reason.id
