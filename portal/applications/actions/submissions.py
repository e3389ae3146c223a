"""Submitting an application: a candidate enters an opening's pipeline."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import archiving, bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.enums import GrantRole, OrganizationRole
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions import steps
from portal.applications.actions.loading import earlier_applications, stages_of
from portal.applications.actions.results import ApplicationResult
from portal.applications.enums import ApplicationOrigin, ApplicationStatus
from portal.applications.events import ApplicationCreated
from portal.applications.models import Application
from portal.applications.rules import credit, submission
from portal.applications.rules.credit import Submitter
from portal.candidates.actions.create import NewCandidate, add_candidate
from portal.candidates.models import Candidate
from portal.candidates.reads import CANDIDATE, SOURCE
from portal.errors import DuplicateActiveApplication, Forbidden, InvalidInput, NotFound
from portal.openings.enums import HiringRole
from portal.openings.loading import opening_state, policies_of, posting_state
from portal.openings.models import HiringTeamMember, Opening
from portal.openings.reads import OPENING, POSTING
from portal.openings.rules.stages import arrival_stage, check_destination
from portal.people.reads import MEMBERSHIP
from portal.records.enums import Origin
from portal.records.recording import record

means("uq_application_one_active", DuplicateActiveApplication)

_RESPONSIBLE = (
    select(HiringTeamMember.role, HiringTeamMember.membership_id)
    .where(
        HiringTeamMember.organization_id == bindparam("organization_id", type_=Uuid()),
        HiringTeamMember.opening_id == bindparam("opening_id", type_=Uuid()),
        HiringTeamMember.is_responsible,
    )
    .order_by(HiringTeamMember.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a candidate comes to an opening. What is None follows from who submits, and from the pipeline."""

    posting_id: UUID | None = None
    source_id: UUID | None = None
    origin: ApplicationOrigin | None = None
    credited_to_id: UUID | None = None
    stage_id: UUID | None = None
    applied_at: datetime | None = None
    """When it was, if not now; for those who recruit for the opening, and for imports."""


ORDINARY = Terms()


@action(Permission.APPLICATION_CREATE)
async def submit_application(
    work: Work, *, candidate_id: UUID, opening_id: UUID, terms: Terms = ORDINARY
) -> ApplicationResult:
    """Put a candidate into an opening's pipeline.

    Raises WrongState when the opening takes no applications or the posting is down (R17), DuplicateActiveApplication
    (R1), AlreadyDone for somebody who was hired there, InvalidInput during the cool-down, for a missing source and for
    what this submitter may not say, Forbidden for a stage that the actor may not move applications to.
    """
    opening = await work.lock(OPENING, opening_id)
    candidate = await work.lock(CANDIDATE, candidate_id, permission=Permission.CANDIDATE_SEE)
    return ApplicationResult((await _enter(work, opening, candidate, terms)).id)


@action(Permission.APPLICATION_CREATE)
async def submit_candidate(
    work: Work, *, candidate: NewCandidate, opening_id: UUID, terms: Terms = ORDINARY
) -> ApplicationResult:
    """Add a candidate and put them into an opening's pipeline at once, for sourcers and agencies.

    Takes candidate:create as well. Raises what creating a candidate and submitting an application raise.
    """
    if not work.actor.may(Permission.CANDIDATE_CREATE):
        raise Forbidden("You may not add candidates.")
    opening = await work.lock(OPENING, opening_id)
    added = await add_candidate(work, candidate)
    return ApplicationResult((await _enter(work, opening, added, terms)).id)


async def _enter(work: Work, opening: Opening, candidate: Candidate, terms: Terms) -> Application:
    submitter = await _submitter(work, opening)
    origin = credit.origin_of(submitter, terms.origin)
    posting = None if terms.posting_id is None else posting_state(await work.find(POSTING, terms.posting_id))
    policies = await policies_of(work)
    earlier = await earlier_applications(work, [candidate.id], opening.id)
    submission.check_submission(
        opening_state(opening),
        earlier[candidate.id],
        origin=origin,
        posting=posting,
        at=work.now,
        reapply_after_days=policies.reapply_after_days,
    )
    await _check_source(work, terms.source_id, is_required=policies.require_source)
    credited_to_id = credit.credited_to(submitter, origin, terms.credited_to_id)
    if credited_to_id is not None and credited_to_id != submitter.membership_id:
        await work.find(MEMBERSHIP, credited_to_id)
    responsible = await _responsible(work, opening.id)
    applied_at = _applied_at(work, submitter, terms.applied_at)
    application = Application(
        candidate_id=candidate.id,
        opening_id=opening.id,
        posting_id=terms.posting_id,
        status=ApplicationStatus.ACTIVE,
        stage_id=await _stage(work, opening, submitter, origin, terms.stage_id),
        entered_stage_at=applied_at,
        applied_at=applied_at,
        last_activity_at=applied_at,
        source_id=terms.source_id,
        origin=origin,
        credited_to_id=credited_to_id,
        recruiter_id=responsible.get(HiringRole.RECRUITER),
        coordinator_id=responsible.get(HiringRole.COORDINATOR),
        candidate_is_private=candidate.is_private,
    )
    created(work, application)
    return application


def created(work: Work, application: Application) -> None:
    """Add an application that begins here, with its history and what others are told."""
    steps.begin(work, application)
    record(
        work,
        ApplicationCreated(
            subject_id=application.id,
            opening_id=application.opening_id,
            candidate_id=application.candidate_id,
            stage_id=application.stage_id,
            origin=application.origin,
        ),
        occurred_at=application.entered_stage_at,
    )


async def _submitter(work: Work, opening: Opening) -> Submitter:
    actor = work.actor
    agency = any(
        party.role is OrganizationRole.AGENCY or any(grant.role is GrantRole.AGENCY for grant in party.grants)
        for party in actor.parties
    )
    return Submitter(
        membership_id=actor.member_id,
        recruits=await work.holds(OPENING, opening.id, Permission.APPLICATION_MOVE),
        is_agency=agency,
        imports=work.call.origin == Origin.IMPORT,
    )


async def _check_source(work: Work, source_id: UUID | None, *, is_required: bool) -> None:
    submission.check_source(is_given=source_id is not None, is_required=is_required)
    if source_id is not None:
        source = await work.find(SOURCE, source_id)
        archiving.check_choosable("source", source.name, source.archived_at, path="sourceId")


async def _stage(
    work: Work, opening: Opening, submitter: Submitter, origin: ApplicationOrigin, wanted: UUID | None
) -> UUID:
    """The stage to start in: the chosen one for those who may move applications there, else where they arrive."""
    stages = await stages_of(work, opening.id)
    if wanted is None:
        return arrival_stage(stages.values(), is_lead=origin is ApplicationOrigin.SOURCED).id
    if wanted not in stages:
        raise NotFound("stage", path=("stageId",))
    if not (submitter.recruits or submitter.imports):
        raise Forbidden("Only those who recruit for this opening choose the stage.", path=("stageId",))
    check_destination(stages[wanted], opening_id=opening.id, path="stageId")
    return wanted


def _applied_at(work: Work, submitter: Submitter, wanted: datetime | None) -> datetime:
    if wanted is None:
        return work.now
    if not (submitter.recruits or submitter.imports):
        raise Forbidden("Only those who recruit for this opening say when it was.", path=("appliedAt",))
    applied_at = bounds.instant(wanted, path="appliedAt")
    if applied_at > work.now:
        raise InvalidInput("An application can't come from the future.", path=("appliedAt",))
    return applied_at


async def _responsible(work: Work, opening_id: UUID) -> dict[HiringRole, UUID]:
    """Who is responsible for an opening, by role: the application's recruiter and coordinator from the start."""
    rows = await work.rows(_RESPONSIBLE, opening_id=opening_id)
    return {HiringRole(row["role"]): row["membership_id"] for row in reversed(rows)}
