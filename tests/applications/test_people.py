"""Interviewers and teams of an application: who is let in, and what they see then."""

from datetime import timedelta
from typing import Any

import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.applications.actions.outcomes import reject_application
from portal.applications.actions.people import assign_interviewer, propose_team_match, unassign_interviewer
from portal.applications.enums import TeamMatchStatus
from portal.applications.models import TeamMatch
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound, WrongState
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from tests.applications.making import (
    a_pipeline,
    a_reason,
    a_team,
    ada,
    an_application,
    events,
    row_of,
    untouched,
)
from tests.refusals import refused
from tests.world import NOON, World, grant

LATER = NOON + timedelta(hours=2)
APPLICATIONS = "{ applications { nodes { candidate { name } } } }"


async def seen(world: World, actor: object) -> list[str]:
    answer = await world.read(actor, APPLICATIONS)  # type: ignore[arg-type] # an Actor
    return [node["candidate"]["name"] for node in answer["applications"]["nodes"]]


async def test_an_assigned_interviewer_sees_that_application_until_taken_off(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, name="Ann")
    await an_application(acme, pipeline, name="Ben")
    recruiter, iris = await ada(acme), await acme.actor("Iris")
    arguments: dict[str, Any] = {"application_id": application.id, "membership_id": iris.id}
    assert await seen(acme, iris) == []

    done = await acme.perform(recruiter, assign_interviewer, **arguments, at=LATER)

    assert await seen(acme, iris) == ["Ann"]
    row = await row_of(acme, "interviewer_assignment", done.interviewer_assignment_id)
    assert (row["assigned_by_id"], row["ended_at"]) == (recruiter.id, None)
    assert (await row_of(acme, "application", application.id))["last_activity_at"] == LATER
    await acme.perform(recruiter, unassign_interviewer, **arguments)
    assert await seen(acme, iris) == []
    again = await acme.perform(recruiter, assign_interviewer, **arguments)
    assert again.interviewer_assignment_id == done.interviewer_assignment_id
    assert await seen(acme, iris) == ["Ann"]
    assert await events(acme) == [
        "application.interviewer_assigned",
        "application.interviewer_unassigned",
        "application.interviewer_assigned",
    ]


async def test_nobody_is_assigned_twice_or_taken_off_twice(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    recruiter, iris = await ada(acme), await acme.member("Iris")
    arguments: dict[str, Any] = {"application_id": application.id, "membership_id": iris.id}

    with refused(AlreadyDone, "This member is not assigned."):
        await acme.perform(recruiter, unassign_interviewer, **arguments)
    await acme.perform(recruiter, assign_interviewer, **arguments)
    async with untouched(acme):
        with refused(AlreadyDone, "This member is already assigned."):
            await acme.perform(recruiter, assign_interviewer, **arguments)


async def test_only_active_members_interview_and_never_themselves(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    recruiter, cora = await ada(acme), await acme.member("Cora")
    gone = Membership(
        name="Gone",
        email="gone@example.com",
        email_normalised="gone@example.com",
        status=MembershipStatus.DEACTIVATED,
        role=OrganizationRole.MEMBER,
    )
    await acme.plant(gone)
    async with acme.database.writing(acme.id, None) as connection:
        linked = "UPDATE candidate SET linked_membership_id = $1 WHERE id = $2 RETURNING 1"
        await connection.value(linked, [cora.id, application.candidate_id])

    async with untouched(acme):
        with refused(InvalidInput, "This member is deactivated and can't interview.", path=("membershipId",)):
            await acme.perform(recruiter, assign_interviewer, application_id=application.id, membership_id=gone.id)
        with refused(InvalidInput, "Nobody interviews themselves.", path=("membershipId",)):
            await acme.perform(recruiter, assign_interviewer, application_id=application.id, membership_id=cora.id)


async def test_only_for_an_active_application(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    team_id = await a_team(acme, pipeline)
    application = await an_application(acme, pipeline)
    recruiter, iris = await ada(acme), await acme.member("Iris")
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=await a_reason(acme))

    async with untouched(acme):
        with pytest.raises(WrongState, match="given interviewers"):
            await acme.perform(recruiter, assign_interviewer, application_id=application.id, membership_id=iris.id)
        with pytest.raises(WrongState, match="proposed to a team"):
            await acme.perform(recruiter, propose_team_match, application_id=application.id, team_id=team_id)


async def test_r19_a_team_manager_sees_what_was_proposed_to_the_team_and_nothing_else(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    payments, search = await a_team(acme, pipeline), await a_team(acme, pipeline, name="Search")
    ann, ben = await an_application(acme, pipeline, name="Ann"), await an_application(acme, pipeline, name="Ben")
    recruiter = await ada(acme)
    tom = await acme.actor("Tom", OrganizationRole.MEMBER, grant(GrantRole.TEAM_MANAGER, ScopeType.TEAM, payments))

    done = await acme.perform(recruiter, propose_team_match, application_id=ann.id, team_id=payments)
    await acme.perform(recruiter, propose_team_match, application_id=ben.id, team_id=search)

    assert await seen(acme, tom) == ["Ann"]
    assert (await row_of(acme, "team_match", done.team_match_id))["status"] == "PROPOSED"
    assert await events(acme) == ["team_match.proposed"] * 2


async def test_r19_only_the_openings_own_teams_are_asked_and_once(acme: World, globex: World) -> None:
    pipeline = await a_pipeline(acme)
    payments, design, theirs = await a_team(acme, pipeline), await a_team(acme, name="Design"), await a_team(globex)
    application = await an_application(acme, pipeline)
    recruiter = await ada(acme)
    await acme.perform(recruiter, propose_team_match, application_id=application.id, team_id=payments)

    async with untouched(acme):
        with refused(InvalidInput, "This opening does not hire for that team.", path=("teamId",)):
            await acme.perform(recruiter, propose_team_match, application_id=application.id, team_id=design)
        with refused(NotFound, "No such team."):
            await acme.perform(recruiter, propose_team_match, application_id=application.id, team_id=theirs)
        with refused(AlreadyDone, "The application is already proposed to that team."):
            await acme.perform(recruiter, propose_team_match, application_id=application.id, team_id=payments)


async def test_a_team_that_declined_is_asked_again(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    team_id = await a_team(acme, pipeline)
    application = await an_application(acme, pipeline)
    match = TeamMatch(application_id=application.id, team_id=team_id, status=TeamMatchStatus.DECLINED)
    await acme.plant(match)

    done = await acme.perform(await ada(acme), propose_team_match, application_id=application.id, team_id=team_id)

    assert done.team_match_id == match.id
    assert (await row_of(acme, "team_match", match.id))["status"] == "PROPOSED"


async def test_an_interviewer_assigns_nobody(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    iris = await acme.actor("Iris")
    await acme.perform(await ada(acme), assign_interviewer, application_id=application.id, membership_id=iris.id)

    async with untouched(acme):
        with refused(Forbidden, "You may not do this."):
            await acme.perform(iris, assign_interviewer, application_id=application.id, membership_id=iris.id)
