"""Entering a pipeline: who may bring whom, to which opening, and how they are credited."""

from datetime import timedelta
from typing import Any

import pytest

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole
from portal.applications.actions.hires import hire_application
from portal.applications.actions.outcomes import reject_application
from portal.applications.actions.submissions import Terms, submit_application, submit_candidate
from portal.applications.enums import ApplicationOrigin
from portal.candidates.actions.create import NewCandidate
from portal.candidates.enums import SourceType
from portal.candidates.models import Source
from portal.candidates.rules.profiles import Names
from portal.errors import (
    AlreadyDone,
    DuplicateActiveApplication,
    Forbidden,
    InvalidInput,
    NotFound,
    WrongState,
)
from portal.openings.enums import HiringRole, OpeningKind, OpeningStatus, PostingStatus
from portal.openings.models import HiringTeamMember, Posting
from tests.applications.making import (
    Pipeline,
    a_candidate,
    a_pipeline,
    a_reason,
    ada,
    an_application,
    events,
    row_of,
    untouched,
)
from tests.refusals import refused
from tests.world import NOON, World, call, grant


async def submitted(world: World, actor: Actor, pipeline: Pipeline, **terms: object) -> dict[str, Any]:
    """The row of a new application of a new candidate."""
    done = await world.perform(
        actor,
        submit_application,
        candidate_id=await a_candidate(world),
        opening_id=pipeline.id,
        terms=Terms(**terms),  # type: ignore[arg-type] # tests name the terms they are about
    )
    return await row_of(world, "application", done.application_id)


async def set_policies(world: World, **policies: object) -> None:
    async with world.database.writing(world.id, None) as connection:
        await connection.value("UPDATE organization SET policies = $1 RETURNING 1", [policies])


async def test_an_application_starts_in_the_first_applied_stage(acme: World) -> None:
    pipeline = await a_pipeline(acme)

    row = await submitted(acme, await ada(acme), pipeline)

    assert (row["status"], row["origin"], row["stage_id"]) == ("ACTIVE", "APPLIED", pipeline.stages["Applied"])
    assert row["applied_at"] == row["entered_stage_at"] == row["last_activity_at"] == NOON
    (first,) = await acme.rows("SELECT * FROM stage_transition")
    assert (first["from_stage_id"], first["to_stage_id"], first["to_status"], first["cause"]) == (
        None,
        pipeline.stages["Applied"],
        "ACTIVE",
        "MANUAL",
    )
    assert await events(acme) == ["application.created"]


async def test_who_was_sourced_starts_as_a_lead_and_is_credited_to_the_sourcer(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    sam = await acme.actor("Sam", OrganizationRole.MEMBER, grant(GrantRole.SOURCER))

    row = await submitted(acme, sam, pipeline)

    assert (row["origin"], row["stage_id"]) == ("SOURCED", pipeline.stages["Lead"])
    assert row["credited_to_id"] == sam.id


async def test_the_responsible_recruiter_and_coordinator_take_the_application(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    rita, cleo, other = await acme.member("Rita"), await acme.member("Cleo"), await acme.member("Otto")
    roles = (
        (rita, HiringRole.RECRUITER, True),
        (other, HiringRole.RECRUITER, False),
        (cleo, HiringRole.COORDINATOR, True),
    )
    await acme.plant(
        *(
            HiringTeamMember(opening_id=pipeline.id, membership_id=member.id, role=role, is_responsible=responsible)
            for member, role, responsible in roles
        )
    )

    row = await submitted(acme, await ada(acme), pipeline)

    assert (row["recruiter_id"], row["coordinator_id"]) == (rita.id, cleo.id)


async def test_r1_a_candidate_has_one_active_application_for_an_opening(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)

    async with untouched(acme):
        with pytest.raises(DuplicateActiveApplication) as caught:
            await acme.perform(
                await ada(acme),
                submit_application,
                candidate_id=application.candidate_id,
                opening_id=pipeline.id,
            )

    assert caught.value.application_id == application.id


async def test_r1_after_the_cool_down_a_candidate_may_apply_again_as_a_new_row(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await set_policies(acme, reapply_after_days=30)
    application = await an_application(acme, pipeline)
    recruiter = await ada(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=await a_reason(acme))
    again: dict[str, Any] = {"candidate_id": application.candidate_id, "opening_id": pipeline.id}

    async with untouched(acme):
        with pytest.raises(InvalidInput, match=r"A new one is possible from 2026-12-23\."):
            await acme.perform(recruiter, submit_application, **again, at=NOON + timedelta(days=29))
    done = await acme.perform(recruiter, submit_application, **again, at=NOON + timedelta(days=30))

    assert done.application_id != application.id


@pytest.mark.parametrize("status", sorted(set(OpeningStatus) - {OpeningStatus.OPEN}))
async def test_r17_an_opening_that_is_not_open_takes_no_applications(acme: World, status: OpeningStatus) -> None:
    pipeline, candidate_id = await a_pipeline(acme, status=status), await a_candidate(acme)

    async with untouched(acme):
        with pytest.raises(WrongState) as caught:
            await acme.perform(await ada(acme), submit_application, candidate_id=candidate_id, opening_id=pipeline.id)

    assert caught.value.state == status


async def test_a_template_takes_no_applications(acme: World) -> None:
    pipeline, candidate_id = await a_pipeline(acme, kind=OpeningKind.TEMPLATE), await a_candidate(acme)

    with refused(WrongState, "A template takes no applications."):
        await acme.perform(await ada(acme), submit_application, candidate_id=candidate_id, opening_id=pipeline.id)


async def test_r17_nobody_applies_through_a_link_that_is_down_or_of_another_opening(acme: World) -> None:
    pipeline, other = await a_pipeline(acme), await a_pipeline(acme)
    postings = {
        (opening_id, status): Posting(
            opening_id=opening_id, title="Engineer", language="en", status=status, body_html="", body_text=""
        )
        for opening_id in (pipeline.id, other.id)
        for status in (PostingStatus.PUBLISHED, PostingStatus.UNPUBLISHED)
    }
    await acme.plant(*postings.values())
    recruiter, candidate_id = await ada(acme), await a_candidate(acme)

    def arguments(opening_id: object, status: PostingStatus) -> dict[str, Any]:
        posting = next(row for (of, is_), row in postings.items() if (of, is_) == (opening_id, status))
        return {"candidate_id": candidate_id, "opening_id": pipeline.id, "terms": Terms(posting_id=posting.id)}

    async with untouched(acme):
        with refused(WrongState, "This posting is not published; nobody can apply through it."):
            await acme.perform(recruiter, submit_application, **arguments(pipeline.id, PostingStatus.UNPUBLISHED))
        with refused(InvalidInput, "This posting is not one of the opening's.", path=("postingId",)):
            await acme.perform(recruiter, submit_application, **arguments(other.id, PostingStatus.PUBLISHED))
    await acme.perform(recruiter, submit_application, **arguments(pipeline.id, PostingStatus.PUBLISHED))


async def test_where_the_policy_asks_for_it_a_source_is_named(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await set_policies(acme, require_source=True)
    board = Source(name="Board", type=SourceType.THIRD_PARTY_BOARDS)
    old = Source(name="Old board", type=SourceType.THIRD_PARTY_BOARDS, archived_at=NOON)
    await acme.plant(board, old)
    recruiter = await ada(acme)

    with refused(InvalidInput, "Say through what source the candidate came.", path=("sourceId",)):
        await submitted(acme, recruiter, pipeline)
    with refused(InvalidInput, "The source Old board is archived. Choose another one.", path=("sourceId",)):
        await submitted(acme, recruiter, pipeline, source_id=old.id)

    assert (await submitted(acme, recruiter, pipeline, source_id=board.id))["source_id"] == board.id


async def test_a_recruiter_says_in_which_stage_since_when_and_to_whose_credit(acme: World) -> None:
    pipeline, other = await a_pipeline(acme), await a_pipeline(acme)
    recruiter, eve = await ada(acme), await acme.member("Eve")
    earlier = NOON - timedelta(days=3)

    row = await submitted(
        acme,
        recruiter,
        pipeline,
        stage_id=pipeline.stages["Screen"],
        applied_at=earlier,
        credited_to_id=eve.id,
        origin=ApplicationOrigin.REFERRED,
    )

    assert (row["stage_id"], row["applied_at"], row["credited_to_id"]) == (pipeline.stages["Screen"], earlier, eve.id)
    assert row["origin"] == "REFERRED"
    with refused(NotFound, "No such stage.", path=("stageId",)):
        await submitted(acme, recruiter, pipeline, stage_id=other.stages["Screen"])
    with refused(InvalidInput, "To hire somebody is more than a move: it fills a seat.", path=("stageId",)):
        await submitted(acme, recruiter, pipeline, stage_id=pipeline.stages["Hired"])
    with refused(InvalidInput, "An application can't come from the future.", path=("appliedAt",)):
        await submitted(acme, recruiter, pipeline, applied_at=NOON + timedelta(seconds=1))
    with refused(InvalidInput, "Only an import can say that.", path=("origin",)):
        await submitted(acme, recruiter, pipeline, origin=ApplicationOrigin.IMPORTED)


async def test_a_sourcer_can_not_jump_the_queue_or_credit_others(acme: World) -> None:
    pipeline, eve = await a_pipeline(acme), await acme.member("Eve")
    sam = await acme.actor("Sam", OrganizationRole.MEMBER, grant(GrantRole.SOURCER))

    with refused(Forbidden, "Only those who recruit for this opening choose the stage.", path=("stageId",)):
        await submitted(acme, sam, pipeline, stage_id=pipeline.stages["Offer"])
    with refused(Forbidden, "Only those who recruit for this opening say when it was.", path=("appliedAt",)):
        await submitted(acme, sam, pipeline, applied_at=NOON)
    with refused(Forbidden, "You submit candidates in your own name.", path=("creditedToId",)):
        await submitted(acme, sam, pipeline, credited_to_id=eve.id)
    with refused(InvalidInput, "You can bring candidates whom you sourced or refer.", path=("origin",)):
        await submitted(acme, sam, pipeline, origin=ApplicationOrigin.INVITED)


async def test_an_agency_adds_its_own_candidates_and_follows_them(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    agency = await acme.actor("Agatha", OrganizationRole.AGENCY, grant(GrantRole.AGENCY))

    done = await acme.perform(
        agency,
        submit_candidate,
        candidate=NewCandidate(names=Names("Nora New", None, None, None)),
        opening_id=pipeline.id,
    )

    row = await row_of(acme, "application", done.application_id)
    assert (row["origin"], row["credited_to_id"]) == ("AGENCY", agency.id)
    assert await events(acme) == ["candidate.created", "application.created"]
    answer = await acme.read(agency, "{ applications { nodes { progress candidate { name } status stage { name } } } }")
    assert answer["applications"]["nodes"] == [
        {"progress": "IN_PROCESS", "candidate": {"name": "Nora New"}, "status": None, "stage": None}
    ]
    with refused(InvalidInput, "What an agency submits came through the agency.", path=("origin",)):
        await acme.perform(
            agency,
            submit_candidate,
            candidate=NewCandidate(names=Names("Nora New", None, None, None)),
            opening_id=pipeline.id,
            terms=Terms(origin=ApplicationOrigin.APPLIED),
        )


async def test_a_refused_submission_leaves_no_candidate_behind(acme: World) -> None:
    pipeline = await a_pipeline(acme, status=OpeningStatus.CLOSED)

    async with untouched(acme):
        with pytest.raises(WrongState):
            await acme.perform(
                await ada(acme),
                submit_candidate,
                candidate=NewCandidate(names=Names("Nora New", None, None, None)),
                opening_id=pipeline.id,
            )


async def test_an_agency_can_not_bring_candidates_of_others(acme: World) -> None:
    pipeline, candidate_id = await a_pipeline(acme), await a_candidate(acme)
    agency = await acme.actor("Agatha", OrganizationRole.AGENCY, grant(GrantRole.AGENCY))

    async with untouched(acme):
        with refused(NotFound, "No such candidate."):
            await acme.perform(agency, submit_application, candidate_id=candidate_id, opening_id=pipeline.id)


async def test_r38_an_import_brings_what_was_into_closed_openings(acme: World) -> None:
    pipeline, candidate_id = await a_pipeline(acme, status=OpeningStatus.CLOSED), await a_candidate(acme)
    earlier = NOON - timedelta(days=400)
    imported = call(acme.system, origin="IMPORT")

    done = await acme.door.perform(
        imported,
        submit_application,
        candidate_id=candidate_id,
        opening_id=pipeline.id,
        terms=Terms(applied_at=earlier),
    )

    row = await row_of(acme, "application", done.application_id)
    assert (row["origin"], row["applied_at"]) == ("IMPORTED", earlier)
    (transition,) = await acme.rows("SELECT cause, occurred_at FROM stage_transition")
    assert transition == {"cause": "IMPORT", "occurred_at": earlier}
    (event,) = await acme.rows("SELECT origin, occurred_at, recorded_at FROM domain_event")
    assert event == {"origin": "IMPORT", "occurred_at": earlier, "recorded_at": NOON}


async def test_who_was_hired_there_does_not_apply_again(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    application = await an_application(acme, pipeline)
    await acme.perform(acme.system, hire_application, application_id=application.id)

    with refused(AlreadyDone, "This candidate was hired for this opening."):
        await acme.perform(
            acme.system, submit_application, candidate_id=application.candidate_id, opening_id=pipeline.id
        )
