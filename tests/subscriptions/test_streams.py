"""What each subscription tells, to whom, and what ends it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.applications.actions.outcomes import reject_application
from portal.applications.actions.people import assign_interviewer
from portal.database.connection import Database
from portal.database.ids import new_id, public_id
from portal.openings.actions.states import put_opening_on_hold
from portal.people.actions.directory_groups import add_group_from_directory, update_group_from_directory
from portal.people.actions.group_roles import add_directory_group_role
from portal.people.actions.members import deactivate_member
from portal.people.groups.rules import MemberChanges
from portal.people.models import Grant
from portal.people.rules import RoleTerms
from tests.applications.making import a_pipeline, a_reason, ada, an_application, move
from tests.subscriptions.watching import Portal, a_portal, failure, payload
from tests.world import NOON, World

PIPELINE = """subscription($id: ID!, $after: String) { pipelineChanged(openingId: $id, after: $after) {
    __typename cursor type application { id stage { name } }
    ... on ApplicationMoved { fromStage { name } toStage { name } }
    ... on ApplicationRejected { stage { name } reason { name } } } }"""
OPENING = "subscription($id: ID!) { openingChanged(id: $id) { cursor type opening { status } } }"
APPLICATION = """subscription($id: ID!) {
    applicationChanged(id: $id) { cursor type application { progress status } } }"""
NOTIFICATIONS = "subscription { notifications { cursor kind application { id progress } opening { id } } }"


@pytest.fixture
async def portal(database: Database) -> AsyncIterator[Portal]:
    async with a_portal(database) as one:
        yield one


def opening(id: Any) -> str:
    return public_id("opn", id)


async def test_a_board_is_told_of_moves_and_rejections_as_what_they_are(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    actor = await ada(acme)
    watcher = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    talk = await portal.watch(acme, watcher, PIPELINE, id=opening(pipeline.id))

    screen, offer = pipeline.stages["Screen"], pipeline.stages["Offer"]
    await move(acme, actor, application, screen, offer)
    await portal.publish()
    moved = await payload(talk.hear())
    await acme.perform(actor, reject_application, application_id=application.id, reason_id=await a_reason(acme))
    await portal.publish()
    rejected = await payload(talk.hear())

    assert moved | {"cursor": None} == {
        "__typename": "ApplicationMoved",
        "cursor": None,
        "type": "application.stage_changed",
        "application": {"id": public_id("app", application.id), "stage": {"name": "Offer"}},
        "fromStage": {"name": "Screen"},
        "toStage": {"name": "Offer"},
    }
    assert (rejected["__typename"], rejected["stage"], rejected["reason"]) == (
        "ApplicationRejected",
        {"name": "Offer"},
        {"name": "Unsuitable"},
    )
    assert moved["cursor"] < rejected["cursor"]


async def test_what_a_viewer_may_not_see_is_passed_over(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    private = await an_application(acme, pipeline, private=True, name="Hidden")
    seen = await an_application(acme, pipeline)
    actor = acme.system
    watcher = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    talk = await portal.watch(acme, watcher, PIPELINE, id=opening(pipeline.id))

    screen, offer = pipeline.stages["Screen"], pipeline.stages["Offer"]
    for application in (private, seen):
        await move(acme, actor, application, screen, offer)
    await portal.publish()

    assert (await payload(talk.hear()))["application"]["id"] == public_id("app", seen.id)


@pytest.mark.parametrize("which", ["unknown", "malformed", "foreign", "confidential", "of another type"])
async def test_what_is_not_visible_is_refused_as_what_is_unknown(
    portal: Portal, acme: World, globex: World, which: str
) -> None:
    theirs, secret = await a_pipeline(globex), await a_pipeline(acme, confidential=True)
    asked = {
        "unknown": opening(new_id()),
        "malformed": "opn_nonsense",
        "foreign": opening(theirs.id),
        "confidential": opening(secret.id),
        "of another type": public_id("app", secret.id),
    }[which]
    watcher = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    talk = await portal.talk_as(acme, membership_id=watcher.id)

    for query in (PIPELINE, OPENING):
        await talk.subscribe("1", query, id=asked)
        assert failure(await talk.hear()) == ("NOT_FOUND", "No such opening.")


async def test_a_cursor_goes_on_without_gap_or_repetition(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    other = await an_application(acme, await a_pipeline(acme, title="Other"))
    watcher = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    talk = await portal.watch(acme, watcher, PIPELINE, id=opening(pipeline.id))
    screen, offer = pipeline.stages["Screen"], pipeline.stages["Offer"]

    heard: list[str] = []
    for index in range(6):
        await move(acme, acme.system, application, *((screen, offer) if index % 2 == 0 else (offer, screen)))
        if index == 2:
            assert other.opening_id != application.opening_id
        await portal.publish()
        heard.append((await payload(talk.hear()))["cursor"])
    again = await portal.talk_as(acme, membership_id=watcher.id)
    await again.subscribe("1", PIPELINE, id=opening(pipeline.id), after=heard[1])

    assert [(await payload(again.hear()))["cursor"] for _ in heard[2:]] == heard[2:]
    await move(acme, acme.system, application, screen, offer)
    await portal.publish()
    assert (await payload(again.hear()))["cursor"] == (await payload(talk.hear()))["cursor"]


async def test_a_cursor_of_something_else_is_refused(portal: Portal, acme: World) -> None:
    first, second = await a_pipeline(acme), await a_pipeline(acme, title="Other")
    application = await an_application(acme, first)
    watcher = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    talk = await portal.watch(acme, watcher, PIPELINE, id=opening(first.id))
    await move(acme, acme.system, application, first.stages["Screen"], first.stages["Offer"])
    await portal.publish()
    cursor = (await payload(talk.hear()))["cursor"]

    later = f"{int(cursor[:16], 16) + 1_000:016x}{cursor[16:]}"
    for of, after in ((second.id, cursor), (first.id, "x"), (first.id, cursor[:-1]), (first.id, later)):
        await talk.subscribe("2", PIPELINE, id=opening(of), after=after)
        code, message = failure(await talk.hear())
        assert code == "BAD_USER_INPUT"
        assert message.startswith("This cursor")


async def test_who_only_sees_an_application_is_told_of_its_progress(portal: Portal, acme: World) -> None:
    referrer = await acme.member("Emil")
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, credited_to=referrer.id)
    talk = await portal.watch(acme, referrer, APPLICATION, id=public_id("app", application.id))

    await move(acme, acme.system, application, pipeline.stages["Screen"], pipeline.stages["Offer"])
    reason_id = await a_reason(acme)
    await acme.perform(acme.system, reject_application, application_id=application.id, reason_id=reason_id)
    await portal.publish()

    told = await payload(talk.hear())
    assert (told["type"], told["application"]) == (None, {"progress": "CLOSED", "status": None})


async def test_an_opening_is_told_of_its_changes(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    viewer = await acme.member("Eva", OrganizationRole.COMPLIANCE_OFFICER)
    talk = await portal.watch(acme, viewer, OPENING, id=opening(pipeline.id))

    await acme.perform(acme.system, put_opening_on_hold, opening_id=pipeline.id)
    await portal.publish()

    told = await payload(talk.hear())
    assert (told["type"], told["opening"]) == ("opening.put_on_hold", {"status": "ON_HOLD"})


async def test_members_are_told_what_concerns_them_and_nobody_else(portal: Portal, acme: World) -> None:
    iris, emil = await acme.member("Iris"), await acme.member("Emil")
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, credited_to=emil.id)
    talks = [await portal.watch(acme, member, NOTIFICATIONS) for member in (iris, emil)]

    await acme.perform(acme.system, assign_interviewer, application_id=application.id, membership_id=iris.id)
    reason_id = await a_reason(acme)
    await acme.perform(acme.system, reject_application, application_id=application.id, reason_id=reason_id)
    await portal.publish()

    told = [await payload(talk.hear()) for talk in talks]
    assert [each["kind"] for each in told] == ["INTERVIEW_ASSIGNED", "REFERRAL_CLOSED"]
    assert [each["application"]["progress"] for each in told] == ["CLOSED", "CLOSED"]


async def test_a_deactivated_member_is_told_nothing_more(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    watcher = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    talk = await portal.watch(acme, watcher, PIPELINE, id=opening(pipeline.id))

    await acme.perform(acme.system, deactivate_member, membership_id=watcher.id)

    assert failure(await talk.hear())[0] == "UNAUTHENTICATED"
    assert await talk.closed() == (4403, "Forbidden")


async def test_a_grant_that_ends_takes_its_subscription_along(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    hugo = await acme.member("Hugo")
    given = Grant(
        membership_id=hugo.id,
        role=GrantRole.HIRING_MANAGER,
        scope_type=ScopeType.OPENING,
        scope_id=pipeline.id,
        include_confidential=False,
    )
    await acme.plant(given)
    talk = await portal.watch(acme, hugo, PIPELINE, id=opening(pipeline.id))

    async with acme.database.writing(acme.id, None) as connection:
        await connection.rows("UPDATE role_grant SET revoked_at = $1 WHERE id = $2", [NOON, given.id])

    assert failure(await talk.hear()) == ("NOT_FOUND", "No such opening.")
    await talk.say({"type": "ping"})
    assert await talk.hear() == {"type": "pong"}


async def test_whoever_is_taken_out_of_a_group_is_told_nothing_more(portal: Portal, acme: World) -> None:
    pipeline = await a_pipeline(acme)
    hugo = await acme.member("Hugo")
    group = await acme.perform(acme.system, add_group_from_directory, name="Hiring", member_ids=frozenset({hugo.id}))
    named = {"directory_group_id": group.directory_group_id}
    terms = RoleTerms(role=GrantRole.HIRING_MANAGER, scope_type=ScopeType.ORG)
    await acme.perform(acme.system, add_directory_group_role, **named, terms=terms)
    talk = await portal.watch(acme, hugo, PIPELINE, id=opening(pipeline.id))

    gone = MemberChanges(remove=frozenset({hugo.id}))
    await acme.perform(acme.system, update_group_from_directory, **named, members=gone)

    assert failure(await talk.hear()) == ("NOT_FOUND", "No such opening.")
