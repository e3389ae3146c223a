"""Batches, closings, people and reasons through GraphQL: once as it should go, and once as it is refused."""

from typing import Any

from portal.database.ids import public_id
from portal.openings.enums import OpeningStatus
from tests.applications.asking import act, app, stage
from tests.applications.making import (
    a_pipeline,
    a_reason,
    a_team,
    ada,
    an_application,
)
from tests.world import World


async def test_a_bulk_move_answers_for_each_in_order_and_is_undone(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    one, two = (
        await an_application(acme, pipeline, name="Ann"),
        await an_application(acme, pipeline, "Offer", name="Ben"),
    )
    screen = stage(pipeline, "Screen")
    results = (
        "batchId results { application { candidate { name } stage { name } } userErrors { code message"
        " ... on StageChangedError { currentStage { name } } ... on WrongStateError { state } } }"
    )

    moved = await act(
        acme,
        recruiter,
        "bulkMoveApplications",
        results,
        moves=[
            {"applicationId": "app_nonsense", "fromStageId": screen},
            {"applicationId": app(two), "fromStageId": screen},
            {"applicationId": app(one), "fromStageId": screen},
        ],
        toStageId=stage(pipeline, "Interview"),
        idempotencyKey="bulk",
    )
    undone = await act(acme, recruiter, "undoBatch", results, batchId=moved["batchId"])
    unknown = await act(acme, recruiter, "undoBatch", "batchId", batchId="bat_nonsense")

    assert moved["results"] == [
        {"application": None, "userErrors": [{"code": "NOT_FOUND", "message": "No such application."}]},
        {
            "application": {"candidate": {"name": "Ben"}, "stage": {"name": "Offer"}},
            "userErrors": [
                {
                    "code": "STAGE_CHANGED",
                    "message": "The application has moved to Offer since you opened it.",
                    "currentStage": {"name": "Offer"},
                }
            ],
        },
        {"application": {"candidate": {"name": "Ann"}, "stage": {"name": "Interview"}}, "userErrors": []},
    ]
    assert undone["results"] == [
        {"application": {"candidate": {"name": "Ann"}, "stage": {"name": "Screen"}}, "userErrors": []}
    ]
    assert unknown["userErrors"][0]["message"] == "No such batch."


async def test_a_bulk_rejection_says_what_was_wrong_with_each(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    one = await an_application(acme, pipeline)
    reason_id = public_id("rej", await a_reason(acme))
    selection = "batchId results { application { status } userErrors { code ... on WrongStateError { state } } }"
    arguments: dict[str, Any] = {"applicationIds": [app(one)], "reasonId": reason_id}

    first = await act(acme, recruiter, "bulkRejectApplications", selection, **arguments)
    again = await act(acme, recruiter, "bulkRejectApplications", selection, **arguments)
    many = await act(
        acme, recruiter, "bulkRejectApplications", selection, applicationIds=[app(one)] * 101, reasonId=reason_id
    )

    assert first["results"] == [{"application": {"status": "REJECTED"}, "userErrors": []}]
    assert again["batchId"] is None
    assert again["results"][0]["userErrors"] == [{"code": "ALREADY_DONE"}]
    assert many["userErrors"][0]["message"] == "At most 100 are allowed here, not 101."


async def test_an_opening_is_closed_with_its_applications_and_reopened_with_them(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    await an_application(acme, pipeline)
    opening_id, reason_id = public_id("opn", pipeline.id), public_id("rej", await a_reason(acme))

    asked = await act(
        acme,
        recruiter,
        "closeOpening",
        "opening { status }",
        more="... on DispositionRequiredError { activeApplications }",
        openingId=opening_id,
    )
    closed = await act(
        acme,
        recruiter,
        "closeOpening",
        "opening { status activeApplicationCount } changedApplications batchId",
        openingId=opening_id,
        remaining={"disposition": "REJECT", "reasonId": reason_id},
    )
    reopened = await act(
        acme,
        recruiter,
        "reopenOpening",
        "opening { status activeApplicationCount } restoredApplications restorableApplications",
        openingId=opening_id,
        restoreApplications=True,
    )

    assert (asked["opening"], asked["userErrors"][0]["activeApplications"]) == (None, 1)
    assert closed["opening"] == {"status": "CLOSED", "activeApplicationCount": 0}
    assert (closed["changedApplications"], closed["batchId"][:4]) == (1, "bat_")
    assert reopened["opening"] == {"status": OpeningStatus.OPEN, "activeApplicationCount": 1}
    assert (reopened["restoredApplications"], reopened["restorableApplications"]) == (1, 0)


async def test_a_stage_is_archived_with_its_applications_sent_on(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    await an_application(acme, pipeline, "Interview")
    interview = stage(pipeline, "Interview")

    refused = await act(acme, recruiter, "archiveStage", "stage { name }", stageId=interview)
    archived = await act(
        acme,
        recruiter,
        "archiveStage",
        "stage { archivedAt opening { stages { name applicationCount } archivedStages { name } } } movedApplications",
        stageId=interview,
        destinationStageId=stage(pipeline, "Offer"),
    )

    assert refused["userErrors"][0]["path"] == ["destinationStageId"]
    assert archived["movedApplications"] == 1
    assert archived["stage"]["opening"]["archivedStages"] == [{"name": "Interview"}]
    assert {"name": "Offer", "applicationCount": 1} in archived["stage"]["opening"]["stages"]


async def test_interviewers_and_teams_of_an_application(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    application, iris = await an_application(acme, pipeline), await acme.member("Iris")
    team_id, other = await a_team(acme, pipeline), await a_team(acme, name="Design")
    arguments = {"applicationId": app(application), "membershipId": public_id("mem", iris.id)}

    assigned = await act(
        acme,
        recruiter,
        "assignInterviewer",
        "assignment { membership { name } assignedBy { name } endedAt }",
        **arguments,
    )
    ended = await act(
        acme, recruiter, "unassignInterviewer", "application { interviewers { membership { name } } }", **arguments
    )
    again = await act(acme, recruiter, "unassignInterviewer", "assignment { id }", **arguments)
    proposed = await act(
        acme,
        recruiter,
        "proposeTeamMatch",
        "teamMatch { status team { name } } application { teamMatches { status } }",
        applicationId=app(application),
        teamId=public_id("team", team_id),
    )
    refused = await act(
        acme,
        recruiter,
        "proposeTeamMatch",
        "teamMatch { id }",
        applicationId=app(application),
        teamId=public_id("team", other),
    )

    assert assigned["assignment"] == {"membership": {"name": "Iris"}, "assignedBy": {"name": "Ada"}, "endedAt": None}
    assert ended["application"] == {"interviewers": [{"membership": {"name": "Iris"}}]}
    assert again["userErrors"][0]["code"] == "ALREADY_DONE"
    assert proposed["teamMatch"] == {"status": "PROPOSED", "team": {"name": "Payments"}}
    assert refused["userErrors"][0]["message"] == "This opening does not hire for that team."


async def test_the_list_of_reasons(acme: World) -> None:
    olga = acme.system
    selection = "rejectionReason { id name type archivedAt }"

    made = await act(acme, olga, "addDefaultRejectionReasons", "made")
    added = await act(acme, olga, "addRejectionReason", selection, name="Too far", type="OTHER")
    reason_id = added["rejectionReason"]["id"]
    twice = await act(acme, olga, "addRejectionReason", selection, name="Too far", type="OTHER")
    renamed = await act(
        acme, olga, "renameRejectionReason", selection, rejectionReasonId=reason_id, name="Too far away"
    )
    archived = await act(acme, olga, "archiveRejectionReason", selection, rejectionReasonId=reason_id)
    back = await act(acme, olga, "unarchiveRejectionReason", selection, rejectionReasonId=reason_id)
    listed = await acme.read(olga, "{ rejectionReasons(first: 100) { nodes { name systemCode } } }")
    refused = await act(acme, await ada(acme), "addRejectionReason", selection, name="Mine", type="OTHER")

    assert made["made"] == 13
    assert twice["userErrors"][0]["code"] == "NOT_UNIQUE"
    assert renamed["rejectionReason"]["name"] == "Too far away"
    assert archived["rejectionReason"]["archivedAt"] is not None
    assert back["rejectionReason"]["archivedAt"] is None
    assert len(listed["rejectionReasons"]["nodes"]) == 14
    assert refused["userErrors"][0]["code"] == "FORBIDDEN"
