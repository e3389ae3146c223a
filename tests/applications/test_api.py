"""Applications through GraphQL: each mutation once as it should go, and once as it is refused."""

import pytest

from portal.database.ids import public_id
from tests.applications.asking import act, app, stage
from tests.applications.making import (
    a_candidate,
    a_pipeline,
    a_reason,
    ada,
    an_application,
    everything,
    untouched,
)
from tests.world import World


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
            more="... on StageChangedError { currentStage { name } }",
            applicationId=app(application),
            fromStageId=stage(pipeline, "Screen"),
            toStageId=stage(pipeline, "Offer"),
        )

    assert payload == {
        "application": None,
        "userErrors": [
            {
                "__typename": "StageChangedError",
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
        more="... on DuplicateActiveApplicationError { application { id } }",
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

    assert refused["userErrors"][0]["__typename"] == "NoOpenSeatError"
    assert back["application"] == {"status": "ACTIVE", "stage": {"name": "Offer"}}
    assert back["seat"] == {"status": "OPEN", "opening": {"status": "OPEN"}}


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
        {"__typename": "RefusalError", "code": "NOT_FOUND", "message": "No such application.", "path": None}
    ]
