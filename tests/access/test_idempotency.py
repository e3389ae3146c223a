"""Idempotency keys: one change and one answer, whatever has become of the rows meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from portal.applications.actions.moves import move_application
from portal.applications.actions.reasons import add_rejection_reason
from portal.applications.enums import RejectionType
from portal.database.connection import Database
from portal.errors import IdempotencyKeyReused, InvalidInput, NotUnique, StageChanged
from tests.applications.making import a_pipeline, ada, an_application, events, untouched
from tests.world import NOON, World

NAMED: dict[str, Any] = {"name": "Too far", "type": RejectionType.OTHER}


async def test_the_key_is_written_with_the_change_in_one_statement(acme: World, database: Database) -> None:
    pipeline = await a_pipeline(acme)
    application, recruiter = await an_application(acme, pipeline), await ada(acme)
    said: list[str] = []
    listening = World(Database(database.pool, lambda sql, _values: said.append(sql)), acme.id)

    await listening.perform(
        recruiter,
        move_application,
        application_id=application.id,
        from_stage_id=pipeline.stages["Screen"],
        to_stage_id=pipeline.stages["Offer"],
        key="one",
    )

    assert len(said) == 2
    assert "INSERT INTO idempotency_key" in said[1]
    (row,) = await acme.rows("SELECT * FROM idempotency_key")
    assert (row["actor_id"], row["key"], row["action"]) == (recruiter.id, "one", "move_application")
    assert row["result"] == {"application_id": str(application.id)}
    assert row["expires_at"] == NOON + timedelta(hours=72)


async def test_a_repeat_that_would_be_refused_now_gets_the_first_answer(acme: World) -> None:
    first = await acme.perform(acme.system, add_rejection_reason, **NAMED, key="one")

    async with untouched(acme):
        again = await acme.perform(acme.system, add_rejection_reason, **NAMED, key="one")

    assert again == first
    assert await events(acme) == ["rejection_reason.changed"]


async def test_a_refusal_is_not_kept(acme: World) -> None:
    await acme.perform(acme.system, add_rejection_reason, **NAMED)

    async with untouched(acme):
        with pytest.raises(NotUnique):
            await acme.perform(acme.system, add_rejection_reason, **NAMED, key="one")
    other = await acme.perform(acme.system, add_rejection_reason, name="Too near", type=RejectionType.OTHER, key="one")

    assert other.rejection_reason_id


@pytest.mark.parametrize("name", ["Too near", "Too far"])
async def test_a_key_with_other_input_is_refused_whether_that_input_is_good_or_not(acme: World, name: str) -> None:
    await acme.perform(acme.system, add_rejection_reason, **NAMED, key="one")

    async with untouched(acme):
        with pytest.raises(IdempotencyKeyReused):
            await acme.perform(acme.system, add_rejection_reason, name=name, type=RejectionType.BY_CANDIDATE, key="one")


async def test_each_actor_has_keys_of_its_own(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    arguments: dict[str, Any] = {
        "application_id": application.id,
        "from_stage_id": pipeline.stages["Screen"],
        "to_stage_id": pipeline.stages["Offer"],
        "key": "one",
    }
    await acme.perform(await ada(acme), move_application, **arguments)

    with pytest.raises(StageChanged):
        await acme.perform(acme.system, move_application, **arguments)


@pytest.mark.parametrize("key", ["", "k" * 256, "line\nbreak", "nul\x00"])
async def test_a_key_that_could_not_be_stored_is_refused(acme: World, key: str) -> None:
    async with untouched(acme):
        with pytest.raises(InvalidInput):
            await acme.perform(acme.system, add_rejection_reason, **NAMED, key=key)
