"""Moving along the pipeline: what is allowed, what is told to whoever comes second, and what is written."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.applications.actions.moves import move_application
from portal.applications.actions.outcomes import reject_application
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound, StageChanged, WrongState
from tests.applications.making import (
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
from tests.world import NOON, World, grant


async def test_a_move_is_written_with_its_history_its_event_and_its_audit_entry(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Screen")
    recruiter = await ada(acme)
    screen, offer = pipeline.stages["Screen"], pipeline.stages["Offer"]

    await move(acme, recruiter, application, screen, offer, at=NOON + timedelta(minutes=2), note="Strong.")

    row = await row_of(acme, "application", application.id)
    assert (row["stage_id"], row["status"], row["version"]) == (offer, "ACTIVE", 2)
    assert row["entered_stage_at"] == row["last_activity_at"] == row["updated_at"] == NOON + timedelta(minutes=2)
    assert await history(acme, application.id) == ["Screen ACTIVE → Offer ACTIVE (MANUAL)"]
    (transition,) = await acme.rows("SELECT * FROM stage_transition WHERE from_stage_id IS NOT NULL")
    assert (transition["seconds_in_from_stage"], transition["actor_id"]) == (120, recruiter.id)
    assert transition["note"] == "Strong."
    (event,) = await acme.rows("SELECT * FROM domain_event")
    assert event["type"] == "application.stage_changed"
    assert event["opening_id"] == pipeline.id
    assert event["data"] == {
        "from_stage_id": screen.hex,
        "to_stage_id": offer.hex,
        "seconds_in_from_stage": 120,
        "direction": "FORWARD",
    }
    (audit,) = await acme.rows("SELECT * FROM audit_event")
    assert (audit["operation"], audit["before"], audit["after"]) == (
        "move_application",
        {"stage_id": screen.hex},
        {"stage_id": offer.hex},
    )


async def test_a_move_is_one_look_and_one_write(acme: World, database: Database) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Screen")
    recruiter = await ada(acme)
    said: list[str] = []
    listening = World(Database(database.pool, lambda sql, _values: said.append(sql)), acme.id)

    await move(listening, recruiter, application, pipeline.stages["Screen"], pipeline.stages["Offer"])

    assert [sql.split()[0:2] for sql in said] == [["WITH", "target"], ["WITH", "w0"]]
    assert said[1].count("INSERT INTO") == 3


async def test_r3_moves_backwards_and_skips_are_allowed_and_all_of_them_are_kept(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Applied")
    stages = [pipeline.stages[name] for name in ("Applied", "Offer", "Lead", "Interview")]

    await move(acme, await ada(acme), application, *stages)

    assert await history(acme, application.id) == [
        "Applied ACTIVE → Offer ACTIVE (MANUAL)",
        "Offer ACTIVE → Lead ACTIVE (MANUAL)",
        "Lead ACTIVE → Interview ACTIVE (MANUAL)",
    ]


async def test_r2_the_second_recruiter_is_told_where_the_application_is_now(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Screen")
    recruiter = await ada(acme)
    screen, interview, offer = (pipeline.stages[name] for name in ("Screen", "Interview", "Offer"))
    await move(acme, recruiter, application, screen, interview)

    async with untouched(acme):
        with pytest.raises(StageChanged) as caught:
            await move(acme, recruiter, application, screen, offer)

    assert caught.value.current_stage_id == interview
    assert caught.value.message == "The application has moved to Interview since you opened it."


async def test_r2_the_target_is_a_stage_in_use_of_the_same_opening(acme: World, globex: World) -> None:
    pipeline, other, foreign = await a_pipeline(acme), await a_pipeline(acme), await a_pipeline(globex)
    application = await an_application(acme, pipeline, "Screen")
    recruiter = await ada(acme)
    screen = pipeline.stages["Screen"]

    for stage_id in (other.stages["Offer"], foreign.stages["Offer"], new_id(), UUID(int=0)):
        async with untouched(acme):
            with refused(NotFound, "No such stage.", path=("toStageId",)):
                await move(acme, recruiter, application, screen, stage_id)


async def test_hiring_is_more_than_a_move(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Screen")
    screen, hired = pipeline.stages["Screen"], pipeline.stages["Hired"]

    with refused(InvalidInput, "To hire somebody is more than a move: it fills a seat.", path=("toStageId",)):
        await move(acme, await ada(acme), application, screen, hired)


async def test_an_application_that_is_there_already_stays_as_it_is(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Screen")
    screen = pipeline.stages["Screen"]

    async with untouched(acme):
        with refused(AlreadyDone, "The application is already in Screen."):
            await move(acme, await ada(acme), application, screen, screen)


async def test_r4_only_an_active_application_moves(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Screen")
    recruiter = await ada(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=await a_reason(acme))

    async with untouched(acme):
        with pytest.raises(WrongState) as caught:
            await move(acme, recruiter, application, pipeline.stages["Screen"], pipeline.stages["Offer"])

    assert caught.value.message == "Only an active application can be moved; this one is rejected."
    assert caught.value.state == "REJECTED"


async def test_unknown_foreign_and_hidden_applications_look_the_same(acme: World, globex: World) -> None:
    pipeline, foreign = await a_pipeline(acme), await a_pipeline(globex)
    secret = await a_pipeline(acme, confidential=True)
    recruiter = await ada(acme)
    applications = [
        (await an_application(globex, foreign)).id,
        (await an_application(acme, secret, name="Coco")).id,
        (await an_application(acme, pipeline, private=True)).id,
        new_id(),
        UUID(int=0),
    ]

    for application_id in applications:
        async with untouched(acme), untouched(globex):
            with refused(NotFound, "No such application."):
                await acme.perform(
                    recruiter,
                    move_application,
                    application_id=application_id,
                    from_stage_id=pipeline.stages["Screen"],
                    to_stage_id=pipeline.stages["Offer"],
                )


async def test_whoever_may_only_see_an_application_is_told_so(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    coordinator = await acme.actor("Cleo", OrganizationRole.MEMBER, grant(GrantRole.COORDINATOR))
    elsewhere = await acme.actor(
        "Hugo",
        OrganizationRole.MEMBER,
        grant(GrantRole.COORDINATOR),
        grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, (await a_pipeline(acme)).id),
    )

    async with untouched(acme):
        with refused(Forbidden, "You may not do this."):
            await move(acme, coordinator, application, pipeline.stages["Screen"], pipeline.stages["Offer"])
        with refused(Forbidden, "You may see this application, but not do this to it."):
            await move(acme, elsewhere, application, pipeline.stages["Screen"], pipeline.stages["Offer"])


async def test_a_hiring_manager_moves_applications_of_the_granted_opening(acme: World) -> None:
    pipeline = await a_pipeline(acme, confidential=True)
    application = await an_application(acme, pipeline)
    hugo = await acme.actor(
        "Hugo",
        OrganizationRole.MEMBER,
        grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, pipeline.id, confidential=True),
    )

    await move(acme, hugo, application, pipeline.stages["Screen"], pipeline.stages["Offer"])

    assert await events(acme) == ["application.stage_changed"]


async def test_r34_a_repeated_move_answers_with_the_first_result(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    recruiter = await ada(acme)
    screen, offer = pipeline.stages["Screen"], pipeline.stages["Offer"]
    arguments: dict[str, Any] = {
        "application_id": application.id,
        "from_stage_id": screen,
        "to_stage_id": offer,
        "key": "k1",
    }
    first = await acme.perform(recruiter, move_application, **arguments)

    again = await acme.perform(recruiter, move_application, **arguments)

    assert again == first
    assert await events(acme) == ["application.stage_changed"]
