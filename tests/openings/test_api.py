"""Every mutation of openings through GraphQL: once as it should go, and once refused with a user error."""

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, Undefined

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole
from portal.access.permissions import Permission
from portal.database.ids import public_id
from schema.openings.mutations.together import OpeningMutations
from schema.root import GRAPHQL_SCHEMA
from tests.openings.making import a_close_reason, a_department, a_location, olga, snapshot, teams
from tests.world import World, grant

ERRORS = "userErrors { __typename code message path }"


async def do(world: World, actor: Actor, name: str, answer: str = "", /, **input: Any) -> dict[str, Any]:
    """One mutation by its name; what it answers below its payload, with its user errors."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation($input: {type_}!) {{ {name}(input: $input) {{ {answer} {ERRORS} }} }}"
    data = await world.read(actor, query, input=input)
    payload: dict[str, Any] = data[name]
    return payload


async def done(world: World, actor: Actor, name: str, answer: str = "", /, **input: Any) -> dict[str, Any]:
    """The same for one that must not be refused."""
    payload = await do(world, actor, name, answer, **input)
    assert payload["userErrors"] == []
    return payload


@pytest.fixture
async def everything(acme: World) -> Actor:
    """A member who may do all that is done with openings: administrator and recruiter, of confidential ones too."""
    member = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    return acme.acting(member.id, OrganizationRole.ORG_ADMIN, grant(GrantRole.RECRUITER, confidential=True))


async def an_opening(world: World, actor: Actor, **more: Any) -> str:
    payload = await done(
        world, actor, "createOpening", "opening { id }", title="Engineer", employmentType="FULL_TIME", **more
    )
    return str(payload["opening"]["id"])


async def test_an_opening_from_draft_to_archive(acme: World, everything: Actor) -> None:
    team, place = (await teams(acme, "Core"))[0], await a_location(acme)
    created = await done(
        acme,
        everything,
        "createOpening",
        """opening { id version status title kind requisitionCode department { name } seatCounts { draft }
            teams { seatTarget team { name } } locations { location { name } } }""",
        title="Engineer",
        employmentType="FULL_TIME",
        kind="EVERGREEN",
        requisitionCode="R1",
        departmentId=public_id("dep", await a_department(acme)),
        locationIds=[public_id("loc", place)],
        teams=[{"teamId": public_id("team", team), "seatTarget": 2}],
        seats=2,
        idempotencyKey="first",
    )
    opening = created["opening"]
    assert (opening["status"], opening["kind"], opening["requisitionCode"]) == ("DRAFT", "EVERGREEN", "R1")
    assert (opening["department"], opening["seatCounts"]) == ({"name": "Engineering"}, {"draft": 2})
    assert opening["teams"] == [{"seatTarget": 2, "team": {"name": "Core"}}]
    assert opening["locations"] == [{"location": {"name": "New York"}}]

    opening_id = opening["id"]
    updated = await done(
        acme,
        everything,
        "updateOpening",
        "opening { title requisitionCode seniority }",
        openingId=opening_id,
        requisitionCode=None,
        seniority="Senior",
        expectedVersion=opening["version"],
    )
    assert updated["opening"] == {"title": "Engineer", "requisitionCode": None, "seniority": "Senior"}
    copied = await done(
        acme, everything, "copyOpening", "opening { id title copiedFrom { id } }", openingId=opening_id, title="Copy"
    )
    assert copied["opening"] | {"id": ""} == {"id": "", "title": "Copy", "copiedFrom": {"id": opening_id}}
    for name, status in (
        ("openOpening", "OPEN"),
        ("putOpeningOnHold", "ON_HOLD"),
        ("resumeOpening", "OPEN"),
    ):
        payload = await done(acme, everything, name, "opening { status }", openingId=opening_id)
        assert payload["opening"] == {"status": status}
    for name, status in (("archiveOpening", "ARCHIVED"), ("unarchiveOpening", "DRAFT")):
        payload = await done(acme, everything, name, "opening { status }", openingId=copied["opening"]["id"])
        assert payload["opening"] == {"status": status}
    hidden = await done(acme, everything, "makeOpeningConfidential", "opening { isConfidential }", openingId=opening_id)
    shown = await done(
        acme, everything, "makeOpeningPublic", "opening { isConfidential }", openingId=opening_id, confirmed=True
    )
    assert (hidden["opening"], shown["opening"]) == ({"isConfidential": True}, {"isConfidential": False})


async def test_an_opening_is_staffed(acme: World, everything: Actor) -> None:
    opening_id = await an_opening(acme, everything)
    core, ads = [public_id("team", team) for team in await teams(acme, "Core", "Ads")]
    hugo, iris = [public_id("mem", (await acme.member(name)).id) for name in ("Hugo", "Iris")]

    answer = "opening { teams { team { name } } locations { location { name } } }"
    await done(acme, everything, "setOpeningTeams", answer, openingId=opening_id, teams=[{"teamId": core}])
    await done(acme, everything, "addOpeningTeam", answer, openingId=opening_id, team={"teamId": ads})
    await done(acme, everything, "removeOpeningTeam", answer, openingId=opening_id, teamId=core)
    place = public_id("loc", await a_location(acme))
    payload = await done(acme, everything, "setOpeningLocations", answer, openingId=opening_id, locationIds=[place])
    assert payload["opening"] == {
        "teams": [{"team": {"name": "Ads"}}],
        "locations": [{"location": {"name": "New York"}}],
    }

    answer = "hiringTeamMember { id role membership { user { name } } }"
    joined = await done(
        acme, everything, "addHiringTeamMember", answer, openingId=opening_id, membershipId=hugo, role="RECRUITER"
    )
    place_id = joined["hiringTeamMember"]["id"]
    replaced = await done(
        acme, everything, "replaceHiringTeamMember", answer, hiringTeamMemberId=place_id, membershipId=iris
    )
    assert replaced["hiringTeamMember"]["membership"] == {"user": {"name": "Iris"}}
    left = await done(
        acme,
        everything,
        "removeHiringTeamMember",
        "opening { hiringTeam { id } }",
        hiringTeamMemberId=replaced["hiringTeamMember"]["id"],
    )
    assert left["opening"] == {"hiringTeam": []}

    given = await done(
        acme,
        everything,
        "grantOpeningRole",
        "grant { role membership { user { name } } }",
        openingId=opening_id,
        membershipId=hugo,
        role="HIRING_MANAGER",
        privileges=["CONTACT_DETAILS"],
    )
    assert given["grant"] == {"role": "HIRING_MANAGER", "membership": {"user": {"name": "Hugo"}}}


async def test_a_headcount_is_managed(acme: World, everything: Actor) -> None:
    opening_id = await an_opening(acme, everything)
    reason = public_id("clr", await a_close_reason(acme))
    await done(acme, everything, "openOpening", openingId=opening_id)

    added = await done(
        acme,
        everything,
        "addSeats",
        "opening { seats { id number reason targetStartOn } }",
        openingId=opening_id,
        count=2,
        reason="BACKFILL",
        targetStartOn="2027-01-04",
    )
    seats = added["opening"]["seats"]
    assert [(seat["number"], seat["reason"]) for seat in seats] == [(1, "NEW"), (2, "BACKFILL"), (3, "BACKFILL")]
    seat = seats[2]["id"]
    updated = await done(
        acme, everything, "updateSeat", "seat { targetStartOn backfillFor }", seatId=seat, targetStartOn=None
    )
    assert updated["seat"] == {"targetStartOn": None, "backfillFor": None}
    closed = await done(
        acme,
        everything,
        "closeSeat",
        "seat { status closeReason { name } } opening { status }",
        seatId=seat,
        closeReasonId=reason,
    )
    assert closed["seat"] == {"status": "CLOSED", "closeReason": {"name": "Budget"}}
    assert closed["opening"] == {"status": "OPEN"}
    reopened = await done(acme, everything, "reopenSeat", "seat { status }", seatId=seat)
    assert reopened["seat"] == {"status": "OPEN"}
    lowered = await done(
        acme,
        everything,
        "changeHeadcount",
        "opening { seatCounts { open closed } }",
        openingId=opening_id,
        headcount=1,
        closeReasonId=reason,
    )
    assert lowered["opening"] == {"seatCounts": {"open": 1, "closed": 2}}
    refused = await do(acme, everything, "openSeat", "seat { id }", seatId=seats[0]["id"])
    assert refused["seat"] is None
    assert refused["userErrors"] == [
        {"__typename": "RefusalError", "code": "ALREADY_DONE", "message": "Seat 1 is already open.", "path": None}
    ]


async def test_r39_pay_is_said_in_minor_units_beyond_what_an_int_holds(acme: World, everything: Actor) -> None:
    opening_id = await an_opening(acme, everything)

    answer = "compensationBand { id minimum { amountMinor currency } maximum { amountMinor } payInterval }"
    made = await done(
        acme,
        everything,
        "createCompensationBand",
        answer,
        openingId=opening_id,
        component="SALARY",
        currency="IDR",
        minimumMinor=50_000_000_000,
        payInterval="YEAR",
    )
    assert made["compensationBand"]["minimum"] == {"amountMinor": 50_000_000_000, "currency": "IDR"}
    band = made["compensationBand"]["id"]
    changed = await done(
        acme,
        everything,
        "updateCompensationBand",
        answer,
        compensationBandId=band,
        maximumMinor=60_000_000_000,
        visibility="PUBLIC",
    )
    assert changed["compensationBand"]["maximum"] == {"amountMinor": 60_000_000_000}
    removed = await done(
        acme, everything, "removeCompensationBand", "opening { compensationBands { id } }", compensationBandId=band
    )
    assert removed["opening"] == {"compensationBands": []}
    for wrong in ("1", 1.5, True, 2**53):
        answered = await acme.ask(
            everything,
            "mutation($input: CreateCompensationBandInput!)"
            " { createCompensationBand(input: $input) { userErrors { code } } }",
            input={"openingId": opening_id, "component": "SALARY", "minimumMinor": wrong},
        )
        assert "errors" in answered


async def test_r40_a_posting_is_written_published_and_taken_down(acme: World, everything: Actor) -> None:
    opening_id = await an_opening(acme, everything)
    await done(acme, everything, "openOpening", openingId=opening_id)

    made = await done(
        acme,
        everything,
        "createPosting",
        "posting { id status bodyHtml bodyText sections { heading html text } }",
        openingId=opening_id,
        content={"bodyHtml": "<p>Hi<script>x</script></p>", "sections": [{"heading": "You", "html": "<b>Kind</b>"}]},
    )
    posting = made["posting"]
    assert (posting["status"], posting["bodyHtml"], posting["bodyText"]) == ("DRAFT", "<p>Hi</p>", "Hi")
    assert posting["sections"] == [{"heading": "You", "html": "<b>Kind</b>", "text": "Kind"}]
    changed = await done(
        acme,
        everything,
        "updatePosting",
        "posting { title sections { heading } validThrough }",
        postingId=posting["id"],
        content={"title": "Join us", "sections": None, "validThrough": "2027-01-01T00:00:00+01:00"},
    )
    assert changed["posting"]["title"] == "Join us"
    assert changed["posting"]["sections"] == []
    assert changed["posting"]["validThrough"] == "2026-12-31T23:00:00+00:00"
    published = await done(acme, everything, "publishPosting", "posting { status }", postingId=posting["id"])
    taken_down = await done(acme, everything, "unpublishPosting", "posting { status }", postingId=posting["id"])
    assert (published["posting"], taken_down["posting"]) == ({"status": "PUBLISHED"}, {"status": "UNPUBLISHED"})


async def test_lists_and_pipelines_are_managed(acme: World, everything: Actor) -> None:
    skill = (await done(acme, everything, "createSkill", "skill { id slug }", name="Node.js", aliases=["Node"]))[
        "skill"
    ]
    assert skill["slug"] == "node-js"
    opening_id = await an_opening(acme, everything)
    wanted = await done(
        acme,
        everything,
        "setOpeningSkills",
        "opening { skills { level skill { name } } }",
        openingId=opening_id,
        skills=[{"skillId": skill["id"], "level": "NICE"}],
    )
    assert wanted["opening"] == {"skills": [{"level": "NICE", "skill": {"name": "Node.js"}}]}
    renamed = await done(acme, everything, "updateSkill", "skill { aliases }", skillId=skill["id"], aliases=[])
    assert renamed["skill"] == {"aliases": []}
    for name, is_archived in (("archiveSkill", True), ("unarchiveSkill", False)):
        payload = await done(acme, everything, name, "skill { archivedAt }", skillId=skill["id"])
        assert (payload["skill"]["archivedAt"] is not None) is is_archived

    reason = (await done(acme, everything, "createCloseReason", "closeReason { id }", name="Budget"))["closeReason"][
        "id"
    ]
    await done(acme, everything, "renameCloseReason", "closeReason { name }", closeReasonId=reason, name="Merger")
    for name, is_archived in (("archiveCloseReason", True), ("unarchiveCloseReason", False)):
        payload = await done(acme, everything, name, "closeReason { name archivedAt }", closeReasonId=reason)
        assert payload["closeReason"]["name"] == "Merger"
        assert (payload["closeReason"]["archivedAt"] is not None) is is_archived

    pipeline = [{"kind": "APPLIED", "name": "In"}, {"kind": "HIRED", "name": "Yes"}]
    assert (await done(acme, everything, "setStageTemplates", "stageCount", stages=pipeline))["stageCount"] == 2
    other = await an_opening(acme, everything)
    stage = (
        await done(acme, everything, "addStage", "stage { id position }", openingId=other, kind="SCREEN", name="Call")
    )["stage"]
    assert stage["position"] == 2
    await done(acme, everything, "renameStage", "stage { name }", stageId=stage["id"], name="Chat")
    board = await acme.read(everything, "query($id: ID!) { opening(id: $id) { stages { id } } }", id=other)
    ids = [row["id"] for row in board["opening"]["stages"]]
    ordered = await done(
        acme,
        everything,
        "reorderStages",
        "opening { stages { name } }",
        openingId=other,
        stageIds=[ids[1], ids[0], ids[2]],
    )
    assert [row["name"] for row in ordered["opening"]["stages"]] == ["Chat", "In", "Yes"]
    refused = await do(acme, everything, "unarchiveStage", "stage { id }", stageId=stage["id"])
    assert refused["userErrors"][0]["message"] == "The stage Chat is not archived."


async def test_a_stale_version_and_a_wrong_state_say_what_is_so_now(acme: World, everything: Actor) -> None:
    opening_id = await an_opening(acme, everything)
    query = """mutation($id: ID!) {
        updateOpening(input: {openingId: $id, title: "X", expectedVersion: 9}) {
            userErrors { ... on StaleVersionError { current path } } }
        resumeOpening(input: {openingId: $id}) {
            opening { id } userErrors { ... on WrongStateError { state message } } } }"""

    answer = await acme.read(everything, query, id=opening_id)

    assert answer["updateOpening"]["userErrors"] == [{"current": 1, "path": ["expectedVersion"]}]
    assert answer["resumeOpening"] == {
        "opening": None,
        "userErrors": [{"state": "DRAFT", "message": "This opening is draft; it can't be resumed."}],
    }


async def test_the_same_key_gives_the_same_opening_and_another_input_is_refused(acme: World, everything: Actor) -> None:
    first = await an_opening(acme, everything, idempotencyKey="k")

    assert await an_opening(acme, everything, idempotencyKey="k") == first
    other = await do(acme, everything, "createOpening", title="Other", employmentType="FULL_TIME", idempotencyKey="k")
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"


def _inputs(name: str) -> dict[str, Any]:
    """Input for a mutation that names a thing which nobody has, for each of its required fields."""
    values: dict[str, Any] = {
        "title": "X",
        "name": "X",
        "employmentType": "FULL_TIME",
        "confirmed": True,
        "role": "RECRUITER" if name != "grantOpeningRole" else "VIEWER",
        "headcount": 1,
        "component": "SALARY",
        "content": {},
        "kind": "SCREEN",
        "teams": [],
        "skills": [],
        "stages": [],
        "stageIds": [],
        "locationIds": [],
        "team": {"teamId": "team_nothing"},
    }
    type_ = GRAPHQL_SCHEMA.type_map[f"{name[0].upper()}{name[1:]}Input"]
    assert isinstance(type_, GraphQLInputObjectType)
    return {
        field: values.get(field, "opn_nothing")
        for field, declared in type_.fields.items()
        if str(declared.type).endswith("!") and declared.default_value is Undefined
    }


MUTATIONS = sorted(field.name for field in OpeningMutations.__strawberry_definition__.fields)  # type: ignore[attr-defined]
# They concern the organization's lists and need no id of anything.
WITHOUT_ID = {"create_opening", "create_skill", "create_close_reason", "set_stage_templates"}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize("name", [name for name in MUTATIONS if name not in WITHOUT_ID])
async def test_an_unknown_or_malformed_id_is_not_found_and_changes_nothing(
    acme: World, everything: Actor, name: str
) -> None:
    before = await snapshot(acme)

    payload = await do(acme, everything, _camel(name), **_inputs(_camel(name)))

    assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]
    assert await snapshot(acme) == before


@pytest.mark.parametrize("name", MUTATIONS)
async def test_an_employee_may_do_none_of_it(acme: World, name: str) -> None:
    employee = await acme.actor("Emil")
    before = await snapshot(acme)

    payload = await do(acme, employee, _camel(name), **_inputs(_camel(name)))

    assert [error["code"] for error in payload["userErrors"]] == ["FORBIDDEN"]
    assert await snapshot(acme) == before


async def test_a_token_narrowed_to_reading_changes_nothing(acme: World) -> None:
    member = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    narrow = acme.acting(
        member.id, OrganizationRole.RECRUITER_ALL, scopes=frozenset({Permission.OPENING_SEE, Permission.OPENING_READ})
    )
    opening_id = await an_opening(acme, await olga(acme))

    payload = await do(acme, narrow, "openOpening", "opening { id }", openingId=opening_id)

    assert payload["opening"] is None
    assert payload["userErrors"][0]["code"] == "FORBIDDEN"
