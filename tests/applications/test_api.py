"""Applications through GraphQL: each mutation once as it should go, and once as it is refused."""

from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.applications.models import Application
from portal.database.ids import public_id
from portal.openings.enums import OpeningStatus
from tests.applications.making import (
    Pipeline,
    a_candidate,
    a_pipeline,
    a_reason,
    a_team,
    ada,
    an_application,
    everything,
    untouched,
)
from tests.world import World

ERRORS = "userErrors { __typename code message path"


def app(id: UUID | Application) -> str:
    return public_id("app", id if isinstance(id, UUID) else id.id)


def stage(pipeline: Pipeline, name: str) -> str:
    return public_id("stg", pipeline.stages[name])


async def act(
    world: World, actor: Actor, name: str, selection: str, /, *, more: str = "", **input: Any
) -> dict[str, Any]:
    """One mutation's payload."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation M($input: {type_}!) {{ {name}(input: $input) {{ {selection} {ERRORS} {more} }} }} }}"
    payload: dict[str, Any] = (await world.read(actor, query, input=input))[name]
    return payload


async def test_a_recruiter_takes_a_candidate_from_submission_to_a_filled_seat(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    candidate_id = public_id("cnd", await a_candidate(acme))
    opening_id = public_id("opn", pipeline.id)

    submitted = await act(
        acme,
        recruiter,
        "submitApplication",
        "application { id status stage { name } origin }",
        candidateId=candidate_id,
        openingId=opening_id,
        idempotencyKey="submit",
    )
    application = submitted["application"]
    moved = await act(
        acme,
        recruiter,
        "moveApplication",
        "application { stage { name } transitions { toStage { name } cause } version }",
        applicationId=application["id"],
        fromStageId=stage(pipeline, "Applied"),
        toStageId=stage(pipeline, "Offer"),
        idempotencyKey="move",
    )
    hired = await act(
        acme,
        recruiter,
        "hireApplication",
        "seat { number status opening { status seatCounts { filled total } } } application { id }",
        applicationId=application["id"],
        idempotencyKey="hire",
    )

    assert application | {"id": ""} == {
        "id": "",
        "status": "ACTIVE",
        "stage": {"name": "Applied"},
        "origin": "APPLIED",
    }
    assert moved["application"] == {
        "stage": {"name": "Offer"},
        "transitions": [
            {"toStage": {"name": "Applied"}, "cause": "MANUAL"},
            {"toStage": {"name": "Offer"}, "cause": "MANUAL"},
        ],
        "version": 2,
    }
    assert hired["seat"] == {
        "number": 1,
        "status": "FILLED",
        "opening": {"status": "CLOSED", "seatCounts": {"filled": 1, "total": 1}},
    }
    # By policy, who is hired is private; this recruiter may not see private candidates.
    assert (hired["application"], hired["userErrors"]) == (None, [])


async def test_a_second_recruiter_gets_the_stage_that_the_application_is_in(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Interview")

    async with untouched(acme):
        payload = await act(
            acme,
            recruiter,
            "moveApplication",
            "application { id }",
            more="... on StageChanged { currentStage { name } }",
            applicationId=app(application),
            fromStageId=stage(pipeline, "Screen"),
            toStageId=stage(pipeline, "Offer"),
        )

    assert payload == {
        "application": None,
        "userErrors": [
            {
                "__typename": "StageChanged",
                "code": "STAGE_CHANGED",
                "message": "The application has moved to Interview since you opened it.",
                "path": ["fromStageId"],
                "currentStage": {"name": "Interview"},
            }
        ],
    }


async def test_a_second_application_names_the_first(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    application = await an_application(acme, pipeline)

    payload = await act(
        acme,
        recruiter,
        "submitApplication",
        "application { id }",
        more="... on DuplicateActiveApplication { application { id } }",
        candidateId=public_id("cnd", application.candidate_id),
        openingId=public_id("opn", pipeline.id),
    )

    (error,) = payload["userErrors"]
    assert (error["code"], error["application"]) == ("DUPLICATE_ACTIVE_APPLICATION", {"id": app(application)})


async def test_a_candidate_is_added_and_submitted_at_once(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)

    payload = await act(
        acme,
        recruiter,
        "submitCandidate",
        "application { candidate { name contactPoints { value } } stage { name } credited: creditedTo { name } }",
        candidate={"name": "Nora New", "contactPoints": [{"kind": "EMAIL", "value": "nora@example.com"}]},
        openingId=public_id("opn", pipeline.id),
        submission={"origin": "SOURCED"},
    )

    assert payload == {
        "application": {
            "candidate": {"name": "Nora New", "contactPoints": [{"value": "nora@example.com"}]},
            "stage": {"name": "Lead"},
            "credited": {"name": "Ada"},
        },
        "userErrors": [],
    }


async def test_rejecting_withdrawing_and_taking_up_again(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    reason_id = public_id("rej", await a_reason(acme))
    selection = "application { status rejectionReason { name } }"

    refused = await act(acme, recruiter, "rejectApplication", selection, applicationId=app(application))
    rejected = await act(
        acme, recruiter, "rejectApplication", selection, applicationId=app(application), reasonId=reason_id
    )
    back = await act(
        acme, recruiter, "unrejectApplication", selection, applicationId=app(application), reason="A slip."
    )
    withdrawn = await act(
        acme, recruiter, "withdrawApplication", selection, applicationId=app(application), reasonId=reason_id
    )

    assert refused["userErrors"][0]["code"] == "REASON_REQUIRED"
    assert rejected["application"] == {"status": "REJECTED", "rejectionReason": {"name": "Unsuitable"}}
    assert back["application"] == {"status": "ACTIVE", "rejectionReason": None}
    assert withdrawn["userErrors"][0]["path"] == ["reasonId"]


async def test_transferring_answers_with_both_applications(acme: World) -> None:
    recruiter, here, there = await ada(acme), await a_pipeline(acme), await a_pipeline(acme, title="Frontend")
    application = await an_application(acme, here)

    payload = await act(
        acme,
        recruiter,
        "transferApplication",
        "application { opening { title } transferredFrom { id } } transferredFrom { id status }",
        applicationId=app(application),
        openingId=public_id("opn", there.id),
    )

    assert payload["application"] == {"opening": {"title": "Frontend"}, "transferredFrom": {"id": app(application)}}
    assert payload["transferredFrom"] == {"id": app(application), "status": "TRANSFERRED"}


async def test_nobody_is_hired_without_a_seat_and_a_hire_is_taken_back(acme: World) -> None:
    none, one = await a_pipeline(acme, seats=0), await a_pipeline(acme, seats=1)
    without, with_seat = await an_application(acme, none), await an_application(acme, one)

    refused = await act(acme, acme.system, "hireApplication", "seat { id }", applicationId=app(without))
    await act(acme, acme.system, "hireApplication", "seat { id }", applicationId=app(with_seat))
    back = await act(
        acme,
        acme.system,
        "unhireApplication",
        "application { status stage { name } } seat { status opening { status } }",
        applicationId=app(with_seat),
    )

    assert refused["userErrors"][0]["__typename"] == "NoOpenSeat"
    assert back["application"] == {"status": "ACTIVE", "stage": {"name": "Offer"}}
    assert back["seat"] == {"status": "OPEN", "opening": {"status": "OPEN"}}


async def test_a_bulk_move_answers_for_each_in_order_and_is_undone(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    one, two = (
        await an_application(acme, pipeline, name="Ann"),
        await an_application(acme, pipeline, "Offer", name="Ben"),
    )
    screen = stage(pipeline, "Screen")
    results = (
        "batchId results { application { candidate { name } stage { name } } userErrors { code message"
        " ... on StageChanged { currentStage { name } } ... on WrongState { state } } }"
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
    selection = "batchId results { application { status } userErrors { code ... on WrongState { state } } }"
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
        more="... on DispositionRequired { activeApplications }",
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


async def test_r34_a_key_used_again_answers_the_same_and_with_other_input_is_refused(acme: World) -> None:
    recruiter, pipeline = await ada(acme), await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    screen, offer = stage(pipeline, "Screen"), stage(pipeline, "Offer")
    arguments = {"applicationId": app(application), "fromStageId": screen, "idempotencyKey": "same"}
    selection = "application { stage { name } }"
    first = await act(acme, recruiter, "moveApplication", selection, **arguments, toStageId=offer)
    before = await everything(acme)

    again = await act(acme, recruiter, "moveApplication", selection, **arguments, toStageId=offer)
    other = await act(acme, recruiter, "moveApplication", selection, **arguments, toStageId=screen)

    assert first == again
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await everything(acme) == before


@pytest.mark.parametrize("id", ["", "app_", "app_zz", "cnd_0193a0c0a0c07000a000a0c0a0c0a0c0", "\x00", "a" * 10_000])
async def test_every_bad_id_looks_like_an_unknown_one(acme: World, id: str) -> None:
    recruiter = await ada(acme)

    async with untouched(acme):
        payload = await act(
            acme, recruiter, "moveApplication", "application { id }", applicationId=id, fromStageId=id, toStageId=id
        )

    assert payload["userErrors"] == [
        {"__typename": "Refusal", "code": "NOT_FOUND", "message": "No such application.", "path": None}
    ]
