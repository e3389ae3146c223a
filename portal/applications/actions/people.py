"""Who has to do with an application: its interviewers, and the teams that it is proposed to."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions.loading import application_state
from portal.applications.actions.results import InterviewerResult, TeamMatchResult
from portal.applications.enums import TeamMatchStatus
from portal.applications.events import InterviewerAssigned, InterviewerUnassigned, TeamMatchProposed
from portal.applications.models import Application, InterviewerAssignment, TeamMatch
from portal.applications.reads import APPLICATION
from portal.applications.rules import people
from portal.candidates.models import Candidate
from portal.errors import AlreadyDone
from portal.openings.loading import team_ids_of
from portal.organizations.reads import TEAM
from portal.people.reads import MEMBERSHIP
from portal.records.recording import record

means("uq_interviewer_assignment_member", lambda: AlreadyDone("This member is already assigned."))
means(
    "uq_team_match_organization_id_application_id_team_id",
    lambda: AlreadyDone("The application is already proposed to that team."),
)

_ORGANIZATION = bindparam("organization_id", type_=Uuid())
_APPLICATION = bindparam("application_id", type_=Uuid())
_ASSIGNMENT = (
    select(InterviewerAssignment)
    .where(
        InterviewerAssignment.organization_id == _ORGANIZATION,
        InterviewerAssignment.application_id == _APPLICATION,
        InterviewerAssignment.membership_id == bindparam("membership_id", type_=Uuid()),
    )
    .with_for_update(key_share=True)
)
_MATCH = (
    select(TeamMatch)
    .where(
        TeamMatch.organization_id == _ORGANIZATION,
        TeamMatch.application_id == _APPLICATION,
        TeamMatch.team_id == bindparam("team_id", type_=Uuid()),
    )
    .with_for_update(key_share=True)
)
_LINKED = select(Candidate.linked_membership_id).where(
    Candidate.organization_id == _ORGANIZATION, Candidate.id == bindparam("candidate_id", type_=Uuid())
)


@action(Permission.APPLICATION_ASSIGN)
async def assign_interviewer(work: Work, *, application_id: UUID, membership_id: UUID) -> InterviewerResult:
    """Let a member interview for an application, which also lets them see it, until they are taken off.

    Raises AlreadyDone, WrongState when the application is not active, InvalidInput for a member who is not active or is
    the candidate (R22).
    """
    application = await work.lock(APPLICATION, application_id)
    member = await work.find(MEMBERSHIP, membership_id)
    existing = await _assignment(work, application.id, member.id)
    people.check_assign_interviewer(
        application_state(application, ""),
        membership_id=member.id,
        status=member.status,
        candidates_own_membership_id=await work.value(_LINKED, candidate_id=application.candidate_id),
        is_assigned=existing is not None and existing.ended_at is None,
    )
    assigned_by_id = work.actor.member_id
    if existing is None:
        assignment = work.add(
            InterviewerAssignment(application_id=application.id, membership_id=member.id, assigned_by_id=assigned_by_id)
        )
    else:
        assignment = existing
        work.change(assignment, ended_at=None, assigned_by_id=assigned_by_id)
    _touch(work, application)
    record(
        work,
        InterviewerAssigned(subject_id=application.id, opening_id=application.opening_id, membership_id=member.id),
    )
    return InterviewerResult(assignment.id, application.id)


@action(Permission.APPLICATION_ASSIGN)
async def unassign_interviewer(work: Work, *, application_id: UUID, membership_id: UUID) -> InterviewerResult:
    """Take an interviewer off an application, who no longer sees it then. Raises AlreadyDone for one who is not on."""
    application = await work.lock(APPLICATION, application_id)
    assignment = await _assignment(work, application.id, membership_id)
    if assignment is None or assignment.ended_at is not None:
        raise AlreadyDone("This member is not assigned.")
    work.change(assignment, ended_at=work.now)
    _touch(work, application)
    record(
        work,
        InterviewerUnassigned(
            subject_id=application.id, opening_id=application.opening_id, membership_id=membership_id
        ),
    )
    return InterviewerResult(assignment.id, application.id)


@action(Permission.TEAM_MATCH_PROPOSE)
async def propose_team_match(work: Work, *, application_id: UUID, team_id: UUID) -> TeamMatchResult:
    """Propose an application to one of the opening's teams (R19), whose managers can see it from then on.

    Raises InvalidInput for another team, WrongState when the application is not active, AlreadyDone. A team that
    declined can be asked again.
    """
    application = await work.lock(APPLICATION, application_id)
    team = await work.find(TEAM, team_id)
    rows = await work.lock_all(_MATCH, TeamMatch, application_id=application.id, team_id=team.id)
    match = rows[0] if rows else None
    people.check_propose(
        application_state(application, ""),
        team_id=team.id,
        opening_team_ids=await team_ids_of(work, application.opening_id),
        match=None if match is None else match.status,
    )
    if match is None:
        match = work.add(TeamMatch(application_id=application.id, team_id=team.id, status=TeamMatchStatus.PROPOSED))
    else:
        work.change(match, status=TeamMatchStatus.PROPOSED)
    _touch(work, application)
    record(
        work,
        TeamMatchProposed(
            subject_id=match.id, opening_id=application.opening_id, application_id=application.id, team_id=team.id
        ),
    )
    return TeamMatchResult(match.id, application.id)


async def _assignment(work: Work, application_id: UUID, membership_id: UUID) -> InterviewerAssignment | None:
    rows = await work.lock_all(
        _ASSIGNMENT, InterviewerAssignment, application_id=application_id, membership_id=membership_id
    )
    return rows[0] if rows else None


def _touch(work: Work, application: Application) -> None:
    """Something happened to the application, so it comes first on its board."""
    work.change(application, last_activity_at=work.now)
