"""Mutations of who has to do with an application: interviewers and teams."""

import strawberry

from portal.applications.actions import people
from portal.applications.reads import APPLICATION, INTERVIEWER_ASSIGNMENT, TEAM_MATCH
from portal.organizations.reads import TEAM
from portal.people.reads import MEMBERSHIP
from schema.applications.types import Application, InterviewerAssignment, TeamMatch
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation
from schema.reading import described, the


@strawberry.input(description="Who shall interview for which application.")
class AssignInterviewerInput:
    application_id: strawberry.ID = described("The application's id.")
    membership_id: strawberry.ID = described("The member's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `assignInterviewer` answers.")
class AssignInterviewerPayload(Payload):
    assignment: InterviewerAssignment | None = described("The assignment; null when nothing was changed.", default=None)
    application: Application | None = described("The application; null when nothing was changed.", default=None)


@strawberry.input(description="Who shall no longer interview for which application.")
class UnassignInterviewerInput:
    application_id: strawberry.ID = described("The application's id.")
    membership_id: strawberry.ID = described("The member's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `unassignInterviewer` answers.")
class UnassignInterviewerPayload(Payload):
    assignment: InterviewerAssignment | None = described("The assignment; null when nothing was changed.", default=None)
    application: Application | None = described("The application; null when nothing was changed.", default=None)


@strawberry.input(description="Which application to propose to which team.")
class ProposeTeamMatchInput:
    application_id: strawberry.ID = described("The application's id.")
    team_id: strawberry.ID = described("The id of one of the opening's teams.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `proposeTeamMatch` answers.")
class ProposeTeamMatchPayload(Payload):
    team_match: TeamMatch | None = described("The match; null when nothing was changed.", default=None)
    application: Application | None = described("The application; null when nothing was changed.", default=None)


@strawberry.type
class PeopleOfApplicationMutations:
    @mutation("Let a member interview for an application, and see it. Takes `application:assign`.")
    async def assign_interviewer(self, info: Info, input: AssignInterviewerInput) -> AssignInterviewerPayload:
        done = await info.context.perform(
            input.idempotency_key,
            people.assign_interviewer,
            application_id=id_of(APPLICATION, input.application_id),
            membership_id=id_of(MEMBERSHIP, input.membership_id),
        )
        return AssignInterviewerPayload(
            assignment=the(INTERVIEWER_ASSIGNMENT, done.interviewer_assignment_id),
            application=the(APPLICATION, done.application_id),
        )

    @mutation("Take an interviewer off an application, who no longer sees it then. Takes `application:assign`.")
    async def unassign_interviewer(self, info: Info, input: UnassignInterviewerInput) -> UnassignInterviewerPayload:
        done = await info.context.perform(
            input.idempotency_key,
            people.unassign_interviewer,
            application_id=id_of(APPLICATION, input.application_id),
            membership_id=id_of(MEMBERSHIP, input.membership_id),
        )
        return UnassignInterviewerPayload(
            assignment=the(INTERVIEWER_ASSIGNMENT, done.interviewer_assignment_id),
            application=the(APPLICATION, done.application_id),
        )

    @mutation(
        "Propose an application to one of its opening's teams, whose managers can see it then. Takes "
        "`team_match:propose`."
    )
    async def propose_team_match(self, info: Info, input: ProposeTeamMatchInput) -> ProposeTeamMatchPayload:
        done = await info.context.perform(
            input.idempotency_key,
            people.propose_team_match,
            application_id=id_of(APPLICATION, input.application_id),
            team_id=id_of(TEAM, input.team_id),
        )
        return ProposeTeamMatchPayload(
            team_match=the(TEAM_MATCH, done.team_match_id), application=the(APPLICATION, done.application_id)
        )
