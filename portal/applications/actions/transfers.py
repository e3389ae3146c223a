"""Transferring an application: the candidate goes on in another opening's pipeline, and the history stays."""

from collections.abc import Iterable
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import (
    application_state,
    earlier_applications,
    lock_candidates,
    stages_of,
)
from portal.applications.actions.results import TransferResult
from portal.applications.actions.steps import Cause
from portal.applications.actions.submissions import created
from portal.applications.enums import ApplicationOrigin, ApplicationStatus
from portal.applications.events import ApplicationTransferred
from portal.applications.models import Application
from portal.applications.reads import APPLICATION
from portal.applications.rules import submission
from portal.applications.rules.submission import CARRIED_BY_TRANSFER
from portal.errors import NotFound
from portal.openings.loading import opening_state
from portal.openings.models import Opening
from portal.openings.reads import OPENING
from portal.openings.rules.stages import StageState, arrival_stage, check_destination
from portal.records.recording import record

# What decides how much somebody sees of candidates on an opening, and can do with them.
_COMPARED = (
    Permission.APPLICATION_READ,
    Permission.APPLICATION_SEE,
    Permission.CANDIDATE_CONTACT,
    Permission.CANDIDATE_EDIT,
    Permission.CANDIDATE_PRIVATE,
    Permission.CANDIDATE_READ,
    Permission.CANDIDATE_SEE,
)


@action(Permission.APPLICATION_MOVE)
async def transfer_application(
    work: Work,
    *,
    application_id: UUID,
    opening_id: UUID,
    stage_id: UUID | None = None,
    note: str | None = None,
    expected_version: int | None = None,
) -> TransferResult:
    """Continue an application as one for another opening, in a stage of that one; this one ends as TRANSFERRED (R7).

    Raises WrongState when it is not active or the other opening takes no applications, AlreadyDone when it is for that
    opening or the candidate was hired there, DuplicateActiveApplication (R1), Forbidden for those who may see more of
    candidates there than here, InvalidInput and NotFound for a stage where it can't go.
    """
    note = bounds.optional_text(note, longest=bounds.NOTE_LENGTH, path="note")
    seen = await work.find(APPLICATION, application_id, permission=Permission.APPLICATION_MOVE)
    target = await work.lock(OPENING, opening_id)
    await lock_candidates(work, [seen.candidate_id])
    application = await work.lock(APPLICATION, application_id, expected_version=expected_version)
    stages = await stages_of(work, target.id)
    if stage_id is not None and stage_id not in stages:
        raise NotFound("stage", path=("stageId",))
    chosen = stages[stage_id] if stage_id else None
    (carried,) = await carry(work, [application], target, stages.values(), chosen=chosen, why=Cause(note=note))
    return TransferResult(carried.id, application.id)


async def carry(
    work: Work,
    applications: list[Application],
    target: Opening,
    stages: Iterable[StageState],
    *,
    chosen: StageState | None,
    why: Cause,
) -> list[Application]:
    """Transfer applications of one opening, all or none. They and their candidates are locked.

    `stages` are the target's.
    """
    arrival = list(stages)
    if chosen is not None:
        check_destination(chosen, opening_id=target.id, path="stageId")
    at_target = await earlier_applications(work, (row.candidate_id for row in applications), target.id)
    there = await _rights(work, target.id)
    here = await _rights(work, applications[0].opening_id)
    for application in applications:
        submission.check_transfer(
            application_state(application, ""),
            opening_state(target),
            at_target[application.candidate_id],
            rights_here=here,
            rights_there=there,
        )
    return [
        _carried(work, application, target, chosen or _arrival(arrival, application.origin), why)
        for application in applications
    ]


def _arrival(stages: list[StageState], origin: ApplicationOrigin) -> StageState:
    return arrival_stage(stages, is_lead=origin is ApplicationOrigin.SOURCED)


def _carried(work: Work, application: Application, target: Opening, stage: StageState, why: Cause) -> Application:
    carried = {name: getattr(application, name) for name in CARRIED_BY_TRANSFER}
    new = Application(
        **carried,
        opening_id=target.id,
        status=ApplicationStatus.ACTIVE,
        stage_id=stage.id,
        entered_stage_at=work.now,
        last_activity_at=work.now,
        transferred_from_id=application.id,
    )
    taken = steps.step(work, application, ApplicationStatus.TRANSFERRED, application.stage_id, why)
    record(
        work,
        ApplicationTransferred(
            subject_id=application.id,
            opening_id=application.opening_id,
            batch_id=why.batch_id,
            changes=taken.changes,
        ),
    )
    created(work, new)
    return new


async def _rights(work: Work, opening_id: UUID) -> frozenset[str]:
    """What the actor may see of candidates of an opening, and do with them."""
    same = work.actor.representative
    held = {
        first: work.actor.may(first) and await work.holds(OPENING, opening_id, first)
        for first in {same[permission] for permission in _COMPARED}
    }
    return frozenset(permission for permission in _COMPARED if held[same[permission]])
