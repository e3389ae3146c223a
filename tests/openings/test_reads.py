"""What is read of openings, and by whom, through GraphQL as clients read it."""

import re
from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.database.ids import public_id
from portal.openings.actions.close_reasons import archive_close_reason, create_close_reason
from portal.openings.actions.hiring_team import add_hiring_team_member
from portal.openings.actions.skills import create_skill
from portal.openings.actions.stages import StageTerms, set_stage_templates
from portal.openings.enums import HiringRole, OpeningKind, StageKind
from tests.applications.making import a_pipeline, an_application
from tests.openings.making import (
    a_department,
    a_location,
    ada,
    an_open_opening,
    an_opening,
    hiring_for,
    olga,
    teams,
)
from tests.world import World, grant

OPENINGS = """query($filter: OpeningFilter, $order: [OpeningOrder!], $first: Int, $after: String) {
    openings(filter: $filter, orderBy: $order, first: $first, after: $after) {
        totalCount nodes { title } pageInfo { hasNextPage endCursor } } }"""


async def titles(world: World, actor: Actor, **filter: Any) -> list[str]:
    """The titles of the openings that satisfy a filter, in alphabetical order."""
    answer = await world.read(actor, OPENINGS, filter=filter, order=[{"field": "TITLE"}])
    return [node["title"] for node in answer["openings"]["nodes"]]


async def _a_member(world: World, opening_id: UUID, name: str = "Hugo") -> UUID:
    member = await world.member(name)
    await world.perform(
        world.system,
        add_hiring_team_member,
        opening_id=opening_id,
        membership_id=member.id,
        role=HiringRole.HIRING_MANAGER,
    )
    return member.id


async def test_the_list_shows_teams_hiring_managers_and_counts(acme: World) -> None:
    core, ads = await teams(acme, "Core", "Ads")
    opening_id = await an_open_opening(acme, teams=hiring_for(ads, core), seats=3)
    await _a_member(acme, opening_id)

    answer = await acme.read(
        await ada(acme),
        """{ openings { nodes { title status isConfidential
            teams { priority team { name } } hiringManagers { role membership { user { name } } }
            seatCounts { total open filled } stages { name applicationCount } activeApplicationCount } } }""",
    )

    (node,) = answer["openings"]["nodes"]
    assert node["teams"] == [
        {"priority": 1, "team": {"name": "Ads"}},
        {"priority": 2, "team": {"name": "Core"}},
    ]
    assert node["hiringManagers"] == [{"role": "HIRING_MANAGER", "membership": {"user": {"name": "Hugo"}}}]
    assert node["seatCounts"] == {"total": 3, "open": 3, "filled": 0}
    assert [stage["applicationCount"] for stage in node["stages"]] == [0] * 7
    assert node["activeApplicationCount"] == 0


async def test_openings_are_found_by_what_they_hire_for_where_and_with_whom(acme: World) -> None:
    core, ads = await teams(acme, "Core", "Ads")
    place, department = await a_location(acme), await a_department(acme)
    first = await an_opening(
        acme, title="A", teams=hiring_for(core), location_ids=[place], department_id=department, requisition_code="R1"
    )
    await an_open_opening(acme, title="B", teams=hiring_for(ads), kind=OpeningKind.EVERGREEN)
    hugo, recruiter = await _a_member(acme, first), await ada(acme)

    assert await titles(acme, recruiter) == ["A", "B"]
    assert await titles(acme, recruiter, team={"eq": public_id("team", core)}) == ["A"]
    assert await titles(acme, recruiter, team={"in": [public_id("team", core), public_id("team", ads)]}) == ["A", "B"]
    assert await titles(acme, recruiter, location={"isNull": True}) == ["B"]
    assert await titles(acme, recruiter, location={"isNull": False}) == ["A"]
    assert await titles(acme, recruiter, location={"eq": public_id("loc", place)}) == ["A"]
    assert await titles(acme, recruiter, hiringTeamMember={"eq": public_id("mem", hugo)}) == ["A"]
    assert await titles(acme, recruiter, department={"eq": public_id("dep", department)}) == ["A"]
    assert await titles(acme, recruiter, requisitionCode={"startsWith": "R"}) == ["A"]
    assert await titles(acme, recruiter, status={"notIn": ["DRAFT"]}) == ["B"]
    assert await titles(acme, recruiter, kind={"eq": "EVERGREEN"}) == ["B"]
    assert await titles(acme, recruiter, team={"eq": "team_nonsense"}) == []


async def test_a_filter_tells_nothing_that_the_viewer_may_not_read(acme: World) -> None:
    (core,) = await teams(acme, "Core")
    opening_id = await an_opening(acme, teams=hiring_for(core), requisition_code="R1")
    compliance = await acme.actor("Cleo", OrganizationRole.COMPLIANCE_OFFICER)
    hugo = await _a_member(acme, opening_id)

    assert await titles(acme, compliance) == ["Backend Engineer"]
    assert await titles(acme, compliance, requisitionCode={"eq": "R1"}) == []
    assert await titles(acme, compliance, team={"eq": public_id("team", core)}) == []
    assert await titles(acme, compliance, hiringTeamMember={"eq": public_id("mem", hugo)}) == []


async def test_who_only_sees_that_an_opening_exists_gets_its_title_and_hears_what_is_hidden(acme: World) -> None:
    opening_id = await an_opening(acme, requisition_code="R1")
    compliance = await acme.actor("Cleo", OrganizationRole.COMPLIANCE_OFFICER)

    answer = await acme.read(
        compliance,
        """query($id: ID!) { opening(id: $id) { title status requisitionCode employmentType seatCounts { total }
            seats { id } stages { id } viewerCan { edit seePay readApplications } redactedFields } }""",
        id=public_id("opn", opening_id),
    )

    opening = answer["opening"]
    assert (opening["title"], opening["status"]) == ("Backend Engineer", "DRAFT")
    assert (opening["requisitionCode"], opening["employmentType"], opening["seatCounts"]) == (None, None, None)
    assert (opening["seats"], opening["stages"]) == ([], [])
    assert opening["viewerCan"] == {"edit": False, "seePay": False, "readApplications": False}
    assert "requisitionCode" in opening["redactedFields"]
    assert "title" not in opening["redactedFields"]


async def test_what_each_may_do_with_an_opening_is_said(acme: World) -> None:
    opening_id = await an_opening(acme)
    hugo = await acme.actor(
        "Hugo", OrganizationRole.MEMBER, grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, opening_id)
    )
    question = """query($id: ID!) { opening(id: $id) { viewerCan { edit manageSeats managePipeline publish seePay
        editPay submitApplication readApplications } redactedFields } }"""
    expected = {
        "Ada": (True, True, True, True, True, True, True, True),
        "Olga": (True, True, True, True, False, False, True, True),
        "Hugo": (False, False, False, False, True, False, False, True),
    }

    for name, actor in (("Ada", await ada(acme)), ("Olga", await olga(acme)), ("Hugo", hugo)):
        answer = await acme.read(actor, question, id=public_id("opn", opening_id))
        assert tuple(answer["opening"]["viewerCan"].values()) == expected[name]
        assert answer["opening"]["redactedFields"] == []


async def test_the_board_shows_stages_with_their_applications(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline, "Screen", name="Cora")

    answer = await acme.read(
        await ada(acme),
        """query($id: ID!) { opening(id: $id) { stages { name applicationCount
            applications(first: 20) { nodes { candidate { name } } } } } }""",
        id=public_id("opn", pipeline.id),
    )

    board = {stage["name"]: stage for stage in answer["opening"]["stages"]}
    assert board["Screen"]["applicationCount"] == 1
    assert board["Screen"]["applications"]["nodes"] == [{"candidate": {"name": "Cora"}}]
    assert board["Lead"]["applications"]["nodes"] == []


async def test_r37_pages_by_opaque_cursor_stay_stable_under_inserts(acme: World) -> None:
    recruiter, order = await ada(acme), [{"field": "TITLE"}]
    for title in ("B", "D"):
        await an_opening(acme, title=title)
    first = (await acme.read(recruiter, OPENINGS, order=order, first=1))["openings"]

    for title in ("A", "C"):
        await an_opening(acme, title=title)
    cursor = first["pageInfo"]["endCursor"]
    second = (await acme.read(recruiter, OPENINGS, order=order, first=10, after=cursor))["openings"]

    assert [node["title"] for node in first["nodes"]] == ["B"]
    assert [node["title"] for node in second["nodes"]] == ["C", "D"]
    assert re.fullmatch("[A-Za-z0-9_-]{40,}", cursor)


async def test_another_organization_sees_nothing_of_it(acme: World, globex: World) -> None:
    opening_id = await an_opening(acme)
    stranger = await ada(globex)

    answer = await globex.read(
        stranger,
        "query($id: ID!) { opening(id: $id) { id } node(id: $id) { id } openings { totalCount } }",
        id=public_id("opn", opening_id),
    )

    assert answer == {"opening": None, "node": None, "openings": {"totalCount": 0}}


async def test_reference_lists_are_read_in_order(acme: World) -> None:
    for name in ("SQL", "Go"):
        await acme.perform(acme.system, create_skill, name=name)
    old = (await acme.perform(acme.system, create_close_reason, name="Old")).close_reason_id
    await acme.perform(acme.system, create_close_reason, name="Budget")
    await acme.perform(acme.system, archive_close_reason, close_reason_id=old)
    await acme.perform(acme.system, set_stage_templates, stages=[StageTerms(kind=StageKind.APPLIED, name="In")])

    answer = await acme.read(
        await ada(acme),
        """{ skills { nodes { name slug aliases } } stageTemplates { nodes { kind name position } }
            closeReasons(filter: {archivedAt: {isNull: true}}) { nodes { name } } }""",
    )

    assert [node["name"] for node in answer["skills"]["nodes"]] == ["Go", "SQL"]
    assert answer["stageTemplates"]["nodes"] == [{"kind": "APPLIED", "name": "In", "position": 1}]
    assert answer["closeReasons"]["nodes"] == [{"name": "Budget"}]
