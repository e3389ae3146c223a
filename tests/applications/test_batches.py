"""Acting on many applications at once, and taking it back."""

from typing import Any

import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.applications.actions.batches import BulkMove, bulk_move_applications, bulk_reject_applications
from portal.applications.actions.hires import hire_application
from portal.applications.actions.outcomes import reject_application
from portal.applications.actions.undoing import undo_batch
from portal.applications.models import Application
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, UserErrorCode
from tests.applications.making import (
    Pipeline,
    a_pipeline,
    a_reason,
    ada,
    an_application,
    events,
    history,
    move,
    row_of,
    untouched,
)
from tests.refusals import refused
from tests.world import World, grant


async def some(world: World, pipeline: Pipeline, count: int, stage: str = "Screen") -> list[Application]:
    return [await an_application(world, pipeline, stage, name=f"Candidate {number}") for number in range(count)]


def moves(pipeline: Pipeline, applications: list[Application], stage: str = "Screen") -> list[BulkMove]:
    return [BulkMove(application.id, pipeline.stages[stage]) for application in applications]


async def test_r9_a_bulk_move_is_one_batch_with_the_rules_of_a_single_move(acme: World, globex: World) -> None:
    pipeline, other, theirs = await a_pipeline(acme), await a_pipeline(acme), await a_pipeline(globex)
    first, moved, ended, there = await some(acme, pipeline, 4)
    foreign, elsewhere = await an_application(globex, theirs), await an_application(acme, other)
    recruiter = await ada(acme)
    screen, offer = pipeline.stages["Screen"], pipeline.stages["Offer"]
    await move(acme, recruiter, moved, screen, pipeline.stages["Interview"])
    await acme.perform(recruiter, reject_application, application_id=ended.id, reason_id=await a_reason(acme))
    await move(acme, recruiter, there, screen, offer)
    given = [
        BulkMove(foreign.id, screen),
        BulkMove(first.id, screen),
        BulkMove(moved.id, screen),
        BulkMove(ended.id, screen),
        BulkMove(there.id, offer),
        BulkMove(elsewhere.id, other.stages["Screen"]),
    ]

    done = await acme.perform(recruiter, bulk_move_applications, moves=given, to_stage_id=offer)

    assert [(result.application_id, result.refusal and result.refusal.code) for result in done.results] == [
        (foreign.id, UserErrorCode.NOT_FOUND),
        (first.id, None),
        (moved.id, UserErrorCode.STAGE_CHANGED),
        (ended.id, UserErrorCode.WRONG_STATE),
        (there.id, UserErrorCode.ALREADY_DONE),
        (elsewhere.id, UserErrorCode.NOT_FOUND),
    ]
    assert done.results[2].refusal.current_stage_id == pipeline.stages["Interview"]
    assert await history(acme, first.id) == ["Screen ACTIVE → Offer ACTIVE (BULK)"]
    (batch,) = await acme.rows("SELECT DISTINCT batch_id FROM stage_transition WHERE cause = 'BULK'")
    (event,) = await acme.rows("SELECT * FROM domain_event WHERE batch_id IS NOT NULL")
    assert batch["batch_id"] == event["batch_id"] == done.batch_id


async def test_a_hundred_applications_are_moved_in_a_handful_of_statements(acme: World, database: Database) -> None:
    pipeline = await a_pipeline(acme)
    applications = await some(acme, pipeline, 100)
    said: list[str] = []
    listening = World(Database(database.pool, lambda sql, _values: said.append(sql)), acme.id)
    recruiter = await ada(acme)

    done = await listening.perform(
        recruiter,
        bulk_move_applications,
        moves=moves(pipeline, applications),
        to_stage_id=pipeline.stages["Offer"],
    )

    assert [result.application_id for result in done.results] == [row.id for row in applications]
    assert len(await events(acme)) == 100
    # Stage, applications, stages; then updates, history, audit and events, each in one go.
    assert len(set(said)) == 7


async def test_r9_a_batch_has_1_to_100_applications_each_once(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    (application,) = await some(acme, pipeline, 1)
    recruiter, offer = await ada(acme), pipeline.stages["Offer"]
    many = [BulkMove(new_id(), offer) for _ in range(101)]

    for given in ([], many, moves(pipeline, [application, application])):
        async with untouched(acme):
            with pytest.raises(InvalidInput):
                await acme.perform(recruiter, bulk_move_applications, moves=given, to_stage_id=offer)


async def test_a_batch_in_which_nothing_changes_has_no_id(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    applications = await some(acme, pipeline, 2)

    async with untouched(acme):
        done = await acme.perform(
            await ada(acme),
            bulk_move_applications,
            moves=moves(pipeline, applications),
            to_stage_id=new_id(),
        )

    assert done.batch_id is None
    assert {result.refusal.message for result in done.results} == {"No such stage."}


async def test_r5_a_bulk_rejection_needs_a_reason_too(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    (application,) = await some(acme, pipeline, 1)

    async with untouched(acme):
        with refused(ReasonRequired, "Say why the application is rejected.", path=("reasonId",)):
            await acme.perform(
                await ada(acme), bulk_reject_applications, application_ids=[application.id], reason_id=None
            )


async def test_r9_a_bulk_rejection_is_one_batch(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    one, two, hired = await some(acme, pipeline, 3)
    await acme.perform(acme.system, hire_application, application_id=hired.id)
    ids, reason_id = [two.id, hired.id, one.id], await a_reason(acme)

    done = await acme.perform(
        acme.system, bulk_reject_applications, application_ids=ids, reason_id=reason_id, note="Filled."
    )

    assert [result.refusal and result.refusal.state for result in done.results] == [None, "HIRED", None]
    row = await row_of(acme, "application", one.id)
    assert (row["status"], row["rejection_reason_id"], row["rejection_note"]) == ("REJECTED", reason_id, "Filled.")
    assert (await events(acme)).count("application.rejected") == 2


async def test_acting_on_many_takes_its_own_permission(acme: World) -> None:
    pipeline, other = await a_pipeline(acme), await a_pipeline(acme)
    (application,) = await some(acme, pipeline, 1)
    scoped = grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, pipeline.id)
    hugo = await acme.actor("Hugo", OrganizationRole.MEMBER, scoped)
    both = await acme.actor(
        "Bo", OrganizationRole.MEMBER, scoped, grant(GrantRole.RECRUITER, ScopeType.OPENING, other.id)
    )
    arguments: dict[str, Any] = {"moves": moves(pipeline, [application]), "to_stage_id": pipeline.stages["Offer"]}

    async with untouched(acme):
        with refused(Forbidden, "You may not do this."):
            await acme.perform(hugo, bulk_move_applications, **arguments)
        done = await acme.perform(both, bulk_move_applications, **arguments)

    assert [result.refusal.code for result in done.results] == [UserErrorCode.FORBIDDEN]


async def test_r9_a_batch_is_undone_where_it_is_still_as_the_batch_left_it(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    kept, moved, ended = await some(acme, pipeline, 3)
    recruiter = await ada(acme)
    done = await acme.perform(
        recruiter,
        bulk_move_applications,
        moves=moves(pipeline, [kept, moved, ended]),
        to_stage_id=pipeline.stages["Offer"],
    )
    await move(acme, recruiter, moved, pipeline.stages["Offer"], pipeline.stages["Interview"])
    await acme.perform(recruiter, reject_application, application_id=ended.id, reason_id=await a_reason(acme))

    undone = await acme.perform(recruiter, undo_batch, batch_id=done.batch_id)

    assert [result.refusal and result.refusal.message for result in undone.results] == [
        None,
        "This application was changed since; it is left as it is.",
        "This application was changed since; it is left as it is.",
    ]
    assert await history(acme, kept.id) == [
        "Screen ACTIVE → Offer ACTIVE (BULK)",
        "Offer ACTIVE → Screen ACTIVE (UNDO)",
    ]
    again = await acme.perform(recruiter, undo_batch, batch_id=done.batch_id)
    assert (again.batch_id, len(again.results)) == (None, 3)


async def test_r9_a_bulk_rejection_is_undone_unless_the_candidate_has_applied_again(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    back, newer = await some(acme, pipeline, 2)
    recruiter = await ada(acme)
    done = await acme.perform(
        recruiter,
        bulk_reject_applications,
        application_ids=[back.id, newer.id],
        reason_id=await a_reason(acme),
    )
    await an_application(acme, pipeline, candidate_id=newer.candidate_id)

    undone = await acme.perform(recruiter, undo_batch, batch_id=done.batch_id)

    assert [result.refusal and result.refusal.code for result in undone.results] == [
        None,
        UserErrorCode.DUPLICATE_ACTIVE_APPLICATION,
    ]
    row = await row_of(acme, "application", back.id)
    assert (row["status"], row["rejected_at"], row["rejection_reason_id"]) == ("ACTIVE", None, None)
    assert (await history(acme, back.id))[-1] == "Screen REJECTED → Screen ACTIVE (UNDO)"


async def test_what_an_undoing_took_up_again_is_not_undone_into_a_rejection(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    (application,) = await some(acme, pipeline, 1)
    recruiter = await ada(acme)
    done = await acme.perform(
        recruiter, bulk_reject_applications, application_ids=[application.id], reason_id=await a_reason(acme)
    )
    undone = await acme.perform(recruiter, undo_batch, batch_id=done.batch_id)

    async with untouched(acme):
        twice = await acme.perform(recruiter, undo_batch, batch_id=undone.batch_id)

    assert [result.refusal.message for result in twice.results] == [
        "The batch took this application up again. Reject it instead."
    ]


async def test_a_batch_of_which_nothing_is_to_be_seen_does_not_exist(acme: World, globex: World) -> None:
    secret = await a_pipeline(acme, confidential=True)
    (application,) = await some(acme, secret, 1)
    hidden = await acme.perform(
        acme.system,
        bulk_move_applications,
        moves=moves(secret, [application]),
        to_stage_id=secret.stages["Offer"],
    )
    recruiter, stranger = await ada(acme), await ada(globex)

    async with untouched(acme):
        for world, actor, batch_id in (
            (acme, recruiter, hidden.batch_id),
            (globex, stranger, hidden.batch_id),
            (acme, recruiter, new_id()),
        ):
            with refused(NotFound, "No such batch.", path=("batchId",)):
                await world.perform(actor, undo_batch, batch_id=batch_id)


async def test_undoing_takes_the_permission_that_the_batch_took(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    (application,) = await some(acme, pipeline, 1)
    done = await acme.perform(
        acme.system, bulk_reject_applications, application_ids=[application.id], reason_id=await a_reason(acme)
    )
    recruiter = await ada(acme)
    assert recruiter.id is not None
    scopes = frozenset(recruiter.reaches) - {"application:reject"}
    narrowed = acme.acting(recruiter.id, OrganizationRole.RECRUITER_ALL, scopes=scopes)

    async with untouched(acme):
        undone = await acme.perform(narrowed, undo_batch, batch_id=done.batch_id)

    assert [result.refusal.code for result in undone.results] == [UserErrorCode.FORBIDDEN]
