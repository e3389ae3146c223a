"""Who has to wait for somebody else's change: not for long, and told what to do then."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from portal.applications.actions.moves import move_application
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.errors import BeingChanged, IdempotencyInProgress
from portal.web.errors import TimedOut
from tests.applications.making import a_pipeline, ada, an_application, untouched
from tests.conftest import Postgres
from tests.world import World

MOVE = """mutation ($application: ID!, $from: ID!, $to: ID!) {
    moveApplication(input: {applicationId: $application, fromStageId: $from, toStageId: $to}) {
        userErrors { code message }
    }
}"""


@pytest.fixture
async def impatient(postgres: Postgres, shared_database: str) -> AsyncIterator[Database]:
    """A database whose statements end long before a lock is given up."""
    arguments = {**postgres.app(shared_database), "server_settings": {"statement_timeout": "100ms"}}
    database = await Database.open(arguments, size=2)
    yield database
    await database.close()


async def test_a_lock_that_is_not_had_in_time_is_a_refusal(acme: World) -> None:
    pipeline, recruiter = await a_pipeline(acme), await ada(acme)
    application = await an_application(acme, pipeline)
    given = {
        "application_id": application.id,
        "from_stage_id": pipeline.stages["Screen"],
        "to_stage_id": pipeline.stages["Offer"],
    }

    async with acme.database.writing(acme.id, None) as holder:
        await holder.rows("SELECT 1 FROM application WHERE id = $1 FOR UPDATE", [application.id])
        async with untouched(acme):
            calls = [acme.perform(recruiter, move_application, **given, key=key) for key in (None, "one")]
            refusals = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(refusal) for refusal in refusals] == [BeingChanged, IdempotencyInProgress]


async def test_a_statement_of_a_mutation_that_takes_too_long_is_a_timeout(acme: World, impatient: Database) -> None:
    pipeline, recruiter = await a_pipeline(acme), await ada(acme)
    application = await an_application(acme, pipeline)
    hurried = World(impatient, acme.id)
    given = {
        "application": public_id("app", application.id),
        "from": public_id("stg", pipeline.stages["Screen"]),
        "to": public_id("stg", pipeline.stages["Offer"]),
    }

    async with acme.database.writing(acme.id, None) as holder:
        await holder.rows("SELECT 1 FROM application WHERE id = $1 FOR UPDATE", [application.id])
        with pytest.raises(TimedOut):
            await hurried.ask(recruiter, MOVE, **given)
    moved = await hurried.read(recruiter, MOVE, **given)

    assert moved["moveApplication"]["userErrors"] == []
