"""Who sees which applications, and how much of them: DOMAIN 2's matrix, row by row."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.applications.actions.closings import Remaining, close_opening
from portal.applications.actions.outcomes import reject_application
from portal.applications.actions.people import assign_interviewer, propose_team_match
from portal.applications.models import Application
from portal.applications.reads import APPLICATION
from portal.applications.rules.closing import Disposition
from portal.candidates.enums import ContactKind
from portal.candidates.models import ContactPoint
from portal.database.ids import public_id
from portal.openings.enums import BandVisibility, PayComponent, PayInterval, PostingStatus
from portal.openings.models import CompensationBand, Posting
from portal.organizations.models import Team
from tests.applications.making import Pipeline, a_pipeline, a_reason, a_team, ada, an_application
from tests.world import NOON, World, grant

LIST = """{ applications(orderBy: [{field: APPLIED_AT, direction: ASC}]) {
    totalCount nodes { candidate { name } opening { title } progress status stage { name } redactedFields }
} }"""


@dataclass(frozen=True)
class Scene:
    """Two public openings and a confidential one, each with applications; one of them is of a private candidate."""

    world: World
    backend: Pipeline
    frontend: Pipeline
    secret: Pipeline
    applications: dict[str, Application]
    team_id: Any

    async def actor(self, name: str, role: OrganizationRole, *grants: HeldGrant) -> Actor:
        return await self.world.actor(name, role, *grants)

    async def seen(self, actor: Actor) -> dict[str, dict[str, Any]]:
        """What an actor finds in the list of all applications, by the candidate's name."""
        answer = (await self.world.read(actor, LIST))["applications"]
        assert answer["totalCount"] == len(answer["nodes"])
        return {node["candidate"]["name"]: node for node in answer["nodes"]}


@pytest.fixture
async def scene(acme: World) -> Scene:
    backend = await a_pipeline(acme, title="Backend")
    frontend = await a_pipeline(acme, title="Frontend")
    secret = await a_pipeline(acme, title="Chief", confidential=True)
    applications = {
        "Ann": await an_application(acme, backend, "Screen", name="Ann"),
        "Ben": await an_application(acme, backend, "Offer", name="Ben"),
        "Cem": await an_application(acme, frontend, "Screen", name="Cem"),
        "Dot": await an_application(acme, secret, "Screen", name="Dot"),
        "Eli": await an_application(acme, backend, "Screen", name="Eli", private=True),
    }
    return Scene(acme, backend, frontend, secret, applications, await a_team(acme, backend, secret))


EVERYBODY_PUBLIC = ["Ann", "Ben", "Cem"]
IN_BACKEND = ["Ann", "Ben"]


@pytest.mark.parametrize(
    ("role", "grants", "names"),
    [
        (OrganizationRole.ORG_ADMIN, [], EVERYBODY_PUBLIC),
        (OrganizationRole.RECRUITER_ALL, [], EVERYBODY_PUBLIC),
        (OrganizationRole.EXECUTIVE_VIEWER, [], []),
        (OrganizationRole.COMPLIANCE_OFFICER, [], []),
        (OrganizationRole.MEMBER, [], []),
        (OrganizationRole.AGENCY, [grant(GrantRole.AGENCY)], []),
        (OrganizationRole.MEMBER, [grant(GrantRole.VIEWER)], []),
        (OrganizationRole.MEMBER, [grant(GrantRole.SOURCER)], []),
        (OrganizationRole.MEMBER, [grant(GrantRole.INTERVIEWER)], []),
        (OrganizationRole.MEMBER, [grant(GrantRole.TEAM_MANAGER)], []),
        (OrganizationRole.MEMBER, [grant(GrantRole.RECRUITER)], EVERYBODY_PUBLIC),
        (OrganizationRole.MEMBER, [grant(GrantRole.RECRUITER, confidential=True)], [*EVERYBODY_PUBLIC, "Dot"]),
        (
            OrganizationRole.MEMBER,
            [grant(GrantRole.RECRUITER, privileges=frozenset({Privilege.PRIVATE_CANDIDATES}))],
            [*EVERYBODY_PUBLIC, "Eli"],
        ),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_each_role_sees_what_the_matrix_says(
    scene: Scene, role: OrganizationRole, grants: list[HeldGrant], names: list[str]
) -> None:
    actor = await scene.actor("Somebody", role, *grants)

    assert sorted(await scene.seen(actor)) == sorted(names)


@pytest.mark.parametrize("role", [GrantRole.HIRING_MANAGER, GrantRole.COORDINATOR, GrantRole.RECRUITER])
async def test_a_grant_on_an_opening_shows_its_applications_only(scene: Scene, role: GrantRole) -> None:
    hugo = await scene.actor("Hugo", OrganizationRole.MEMBER, grant(role, ScopeType.OPENING, scene.backend.id))

    seen = await scene.seen(hugo)

    assert sorted(seen) == IN_BACKEND
    assert seen["Ann"]["status"] == "ACTIVE"
    assert seen["Ann"]["redactedFields"] == []


async def test_r20_only_an_explicit_grant_shows_applications_for_a_confidential_opening(scene: Scene) -> None:
    def scoped(name: str, *, confidential: bool) -> HeldGrant:
        return grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, scene.secret.id, confidential=confidential)

    without = await scene.actor("Hugo", OrganizationRole.MEMBER, scoped("Hugo", confidential=False))
    explicit = await scene.actor("Hedda", OrganizationRole.MEMBER, scoped("Hedda", confidential=True))

    assert await scene.seen(without) == {}
    assert list(await scene.seen(explicit)) == ["Dot"]


async def test_a_right_on_an_opening_does_not_follow_from_an_assignment_elsewhere(scene: Scene) -> None:
    """Asked of the opening itself and of the same opening below its applications, in one statement."""
    eve = await scene.actor("Eve", OrganizationRole.MEMBER)
    posting = Posting(
        opening_id=scene.backend.id,
        title="Backend",
        status=PostingStatus.PUBLISHED,
        language="en",
        body_html="",
        body_text="",
    )
    await scene.world.plant(posting)
    await an_application(scene.world, scene.backend, name="Referred", credited_to=eve.id)
    await assign(scene, "Cem", eve)
    query = """query ($id: ID!) { opening(id: $id) {
        applications { nodes { opening { title employmentType } candidate { applications { nodes { status } } } } }
        employmentType redactedFields
    } }"""

    posted = (await scene.world.read(eve, query, id=public_id("opn", scene.backend.id)))["opening"]
    interviewed = (await scene.world.read(eve, query, id=public_id("opn", scene.frontend.id)))["opening"]

    assert posted["employmentType"] is None
    assert "employmentType" in posted["redactedFields"]
    assert posted["applications"]["nodes"] == [
        {
            "opening": {"title": "Backend", "employmentType": None},
            "candidate": {"applications": {"nodes": [{"status": None}]}},
        }
    ]
    assert interviewed["employmentType"] == "FULL_TIME"
    assert interviewed["applications"]["nodes"] == [
        {
            "opening": {"title": "Frontend", "employmentType": "FULL_TIME"},
            "candidate": {"applications": {"nodes": [{"status": "ACTIVE"}]}},
        }
    ]


async def test_searching_gives_no_contact_details(scene: Scene) -> None:
    """Neither permission on candidates is held anywhere: searching gives the one, and must not give the other."""
    await scene.world.plant(
        ContactPoint(
            candidate_id=scene.applications["Ann"].candidate_id,
            kind=ContactKind.EMAIL,
            value="ann@example.com",
            value_normalised="ann@example.com",
            is_primary=True,
        )
    )
    member = await scene.world.member("Ada", OrganizationRole.RECRUITER_ALL)
    query = "{ candidates { nodes { name viewerCan { seeContact } contactPoints { value } } } }"
    scopes = frozenset({Permission.CANDIDATE_SEARCH})
    narrowed = scene.world.acting(member.id, member.role, scopes=scopes)
    some = grant(GrantRole.RECRUITER, ScopeType.OPENING, scene.frontend.id)
    searching = grant(GrantRole.VIEWER, privileges=frozenset({Privilege.CANDIDATE_SEARCH}))
    partly = scene.world.acting(member.id, OrganizationRole.MEMBER, some, searching)

    for actor in (narrowed, partly):
        seen = {row["name"]: row for row in (await scene.world.read(actor, query))["candidates"]["nodes"]}

        assert seen["Ann"] == {"name": "Ann", "viewerCan": {"seeContact": False}, "contactPoints": []}
    everything = scene.world.acting(member.id, member.role)
    seen = {row["name"]: row for row in (await scene.world.read(everything, query))["candidates"]["nodes"]}
    assert seen["Ann"]["contactPoints"] == [{"value": "ann@example.com"}]


async def test_r23_the_feed_tells_of_private_people_only_those_who_see_them(scene: Scene) -> None:
    async def told(actor: Actor) -> int:
        return len((await scene.world.read(actor, "{ domainEvents { nodes { id } } }"))["domainEvents"]["nodes"])

    olga = await scene.actor("Olga", OrganizationRole.ORG_ADMIN)
    private = grant(GrantRole.RECRUITER, privileges=frozenset({Privilege.PRIVATE_CANDIDATES}))
    ada = await scene.actor("Ada", OrganizationRole.RECRUITER_ALL, private)
    counts = []
    for name in ("Ann", "Eli"):
        await assign(scene, name, olga)
        counts.append((await told(olga), await told(ada)))

    assert counts == [(1, 1), (1, 2)]


async def test_r26_a_grant_elsewhere_shows_no_internal_note_to_an_interviewer(scene: Scene) -> None:
    """Two permissions that are held in the same scopes, of which the assignment gives only one."""
    team = Team(name="Elsewhere")
    await scene.world.plant(team)
    iris = await scene.actor("Iris", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, ScopeType.TEAM, team.id))
    await assign(scene, "Cem", iris)
    band = CompensationBand(
        opening_id=scene.frontend.id,
        component=PayComponent.SALARY,
        currency="USD",
        minimum_minor=100_000_00,
        pay_interval=PayInterval.YEAR,
        visibility=BandVisibility.PUBLIC,
        note="we would go to 200,000",
    )
    await scene.world.plant(band)
    query = "query ($id: ID!) { opening(id: $id) { compensationBands { visibility note redactedFields } } }"

    answer = await scene.world.read(iris, query, id=public_id("opn", scene.frontend.id))

    assert answer["opening"]["compensationBands"] == [
        {"visibility": "PUBLIC", "note": None, "redactedFields": ["note"]}
    ]


async def test_a_candidate_below_their_own_application_is_as_visible_as_alone(scene: Scene) -> None:
    iris = await scene.actor("Iris", OrganizationRole.MEMBER)
    await an_application(scene.world, scene.frontend, candidate_id=scene.applications["Ann"].candidate_id)
    await assign(scene, "Ann", iris)
    ann = public_id("cnd", scene.applications["Ann"].candidate_id)
    query = """query ($id: ID!) { candidate(id: $id) {
        headline applications { nodes { candidate { name tags redactedFields } } } redactedFields
    } }"""

    answer = (await scene.world.read(iris, query, id=ann))["candidate"]

    (node,) = answer["applications"]["nodes"]
    assert node["candidate"] == {"name": "Ann", "tags": [], "redactedFields": answer["redactedFields"]}


async def test_an_interviewer_sees_all_of_what_they_are_assigned_to(scene: Scene) -> None:
    iris = await scene.actor("Iris", OrganizationRole.MEMBER)
    await assign(scene, "Ann", iris)

    seen = await scene.seen(iris)

    assert list(seen) == ["Ann"]
    assert (seen["Ann"]["status"], seen["Ann"]["stage"], seen["Ann"]["redactedFields"]) == (
        "ACTIVE",
        {"name": "Screen"},
        [],
    )


async def test_r20_an_interviewer_of_a_confidential_opening_reads_its_title_only(scene: Scene) -> None:
    iris = await scene.actor("Iris", OrganizationRole.MEMBER)
    await assign(scene, "Dot", iris)
    query = """{ applications { nodes {
        candidate { name headline } stage { name }
        opening { title requisitionCode employmentType seats { number } stages { name } applications { totalCount } }
    } } openings { nodes { title } } }"""

    answer = await scene.world.read(iris, query)

    (node,) = answer["applications"]["nodes"]
    assert node["candidate"]["name"] == "Dot"
    assert node["stage"] is None
    assert node["opening"] == {
        "title": "Chief",
        "requisitionCode": None,
        "employmentType": None,
        "seats": [],
        "stages": [],
        "applications": {"totalCount": 1},
    }
    assert answer["openings"]["nodes"] == [{"title": "Chief"}]


async def test_r19_a_team_manager_sees_what_was_proposed_to_a_team_in_the_grant(scene: Scene) -> None:
    tom = await scene.actor(
        "Tom", OrganizationRole.MEMBER, grant(GrantRole.TEAM_MANAGER, ScopeType.TEAM, scene.team_id)
    )
    await scene.world.perform(
        scene.world.system,
        propose_team_match,
        application_id=scene.applications["Ann"].id,
        team_id=scene.team_id,
    )

    seen = await scene.seen(tom)

    assert list(seen) == ["Ann"]
    assert seen["Ann"]["status"] == "ACTIVE"


async def test_an_agency_and_a_referrer_read_the_progress_of_their_own_and_no_more(scene: Scene) -> None:
    agency = await scene.actor("Agatha", OrganizationRole.AGENCY, grant(GrantRole.AGENCY))
    referrer = await scene.actor("Eve", OrganizationRole.MEMBER)
    query = """{ applications { nodes {
        progress status origin stage { name } daysInStage rejectionReason { name } rejectionNote
        transitions { toStatus } interviewers { id } teamMatches { id } credited: creditedTo { name } redactedFields
        viewerCan { read move reject hire }
    } } }"""
    for actor in (agency, referrer):
        own = await an_application(scene.world, scene.backend, name=actor.name or "Own", credited_to=actor.id)
        await scene.world.perform(
            scene.world.system, reject_application, application_id=own.id, reason_id=await reason(scene, actor)
        )

        (node,) = (await scene.world.read(actor, query))["applications"]["nodes"]

        assert {name: value for name, value in node.items() if name != "redactedFields"} == {
            "progress": "CLOSED",
            "status": None,
            "origin": None,
            "stage": None,
            "daysInStage": None,
            "rejectionReason": None,
            "rejectionNote": None,
            "transitions": [],
            "interviewers": [],
            "teamMatches": [],
            "credited": None,
            "viewerCan": {"read": False, "move": False, "reject": False, "hire": False},
        }
        assert {"status", "stage", "rejectionReason"} <= set(node["redactedFields"])


async def test_a_sourcer_reads_their_own_in_full(scene: Scene) -> None:
    sam = await scene.actor("Sam", OrganizationRole.MEMBER, grant(GrantRole.SOURCER))
    await an_application(scene.world, scene.backend, name="Sue", credited_to=sam.id)

    seen = await scene.seen(sam)

    assert (list(seen), seen["Sue"]["status"]) == (["Sue"], "ACTIVE")


async def test_an_executive_counts_applications_without_seeing_any(scene: Scene) -> None:
    viewer = await scene.actor("Vera", OrganizationRole.EXECUTIVE_VIEWER)
    query = """{ openings(filter: {title: {eq: "Backend"}}) { nodes {
        activeApplicationCount applications { totalCount } stages { name applicationCount }
    } } }"""

    (opening,) = (await scene.world.read(viewer, query))["openings"]["nodes"]

    assert (opening["activeApplicationCount"], opening["applications"]) == (2, {"totalCount": 0})
    counts = {stage["name"]: stage["applicationCount"] for stage in opening["stages"]}
    assert (counts["Screen"], counts["Offer"], counts["Lead"]) == (1, 1, 0)


async def test_r21_a_candidate_stays_visible_for_the_other_applications(scene: Scene) -> None:
    ann = scene.applications["Ann"]
    await an_application(scene.world, scene.secret, candidate_id=ann.candidate_id)
    hugo = await scene.actor(
        "Hugo", OrganizationRole.MEMBER, grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, scene.backend.id)
    )
    query = """query One($id: ID!) { application(id: $id) {
        candidate { name applications { totalCount nodes { opening { title } } } }
    } }"""

    answer = await scene.world.read(hugo, query, id=public_id("app", ann.id))

    assert answer["application"]["candidate"] == {
        "name": "Ann",
        "applications": {"totalCount": 1, "nodes": [{"opening": {"title": "Backend"}}]},
    }


async def test_r22_nobody_sees_applications_of_themselves(scene: Scene) -> None:
    ann = scene.applications["Ann"]
    olga = await scene.actor("Olga", OrganizationRole.ORG_ADMIN)
    assert olga.id is not None
    herself = scene.world.acting(olga.id, OrganizationRole.ORG_ADMIN, own_candidate_ids=frozenset({ann.candidate_id}))

    assert sorted(await scene.seen(herself)) == ["Ben", "Cem"]


async def test_what_is_not_to_be_seen_is_null_by_id_too(scene: Scene, globex: World) -> None:
    ids = {name: public_id(APPLICATION.prefix, row.id) for name, row in scene.applications.items()}
    query = """query Some($ids: [ID!]!, $id: ID!) {
        nodes(ids: $ids) { id } application(id: $id) { id } node(id: $id) { id }
    }"""
    recruiter, stranger = await ada(scene.world), await ada(globex)

    answer = await scene.world.read(recruiter, query, ids=list(ids.values()), id=ids["Dot"])
    foreign = await globex.read(stranger, query, ids=list(ids.values()), id=ids["Ann"])

    assert answer == {
        "nodes": [{"id": ids["Ann"]}, {"id": ids["Ben"]}, {"id": ids["Cem"]}, None, None],
        "application": None,
        "node": None,
    }
    assert foreign == {"nodes": [None] * 5, "application": None, "node": None}


async def test_a_filter_by_what_may_not_be_read_finds_nothing(scene: Scene) -> None:
    agency = await scene.actor("Agatha", OrganizationRole.AGENCY, grant(GrantRole.AGENCY))
    await an_application(scene.world, scene.backend, "Offer", name="Own", credited_to=agency.id)
    query = "query L($filter: ApplicationFilter) { applications(filter: $filter) { nodes { progress } } }"

    stages = {name: public_id("stg", id_) for name, id_ in scene.backend.stages.items()}
    found = [
        await scene.world.ask(agency, query, filter={"stage": {"eq": stages[name]}}) for name in ("Offer", "Screen")
    ]

    # Whatever the answer is, it must be the same for the right guess as for the wrong one.
    assert found[0] == found[1]


async def test_the_history_names_who_did_what_when_and_in_which_batch(scene: Scene) -> None:
    recruiter = await ada(scene.world)
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=await a_reason(scene.world))
    closed = await scene.world.perform(recruiter, close_opening, opening_id=scene.backend.id, remaining=remaining)
    query = """query One($id: ID!) { application(id: $id) { rejectionReason { name type systemCode } transitions {
        fromStage { name } toStage { name } fromStatus toStatus
        cause actorKind actor { name } batchId secondsInFromStage
    } } }"""

    answer = await scene.world.read(recruiter, query, id=public_id("app", scene.applications["Ann"].id))

    assert answer["application"]["rejectionReason"] == {
        "name": "Unsuitable",
        "type": "BY_ORGANIZATION",
        "systemCode": None,
    }
    first, second = answer["application"]["transitions"]
    assert (first["fromStage"], first["actorKind"], first["actor"], first["batchId"]) == (None, "SYSTEM", None, None)
    assert second == {
        "fromStage": {"name": "Screen"},
        "toStage": {"name": "Screen"},
        "fromStatus": "ACTIVE",
        "toStatus": "REJECTED",
        "cause": "BULK",
        "actorKind": "USER",
        "actor": {"name": "Ada"},
        "batchId": public_id("bat", closed.batch_id),
        "secondsInFromStage": 0,
    }


async def test_days_in_stage_end_with_the_application(scene: Scene) -> None:
    recruiter = await ada(scene.world)
    ann = scene.applications["Ann"]
    await scene.world.perform(
        recruiter,
        reject_application,
        application_id=ann.id,
        reason_id=await a_reason(scene.world),
        at=NOON + timedelta(days=1, hours=12),
    )
    query = "query One($id: ID!) { application(id: $id) { daysInStage } }"

    answer = await scene.world.read(recruiter, query, id=public_id("app", ann.id))

    assert answer["application"]["daysInStage"] == 1.5


async def assign(scene: Scene, name: str, actor: Actor) -> None:
    await scene.world.perform(
        scene.world.system,
        assign_interviewer,
        application_id=scene.applications[name].id,
        membership_id=actor.id,
    )


async def reason(scene: Scene, actor: Actor) -> Any:
    return await a_reason(scene.world, f"Reason of {actor.id}")
