"""Rejecting, withdrawing, and taking up again."""

from datetime import timedelta
from typing import Any

import pytest

from portal.applications.actions.outcomes import reject_application, unreject_application, withdraw_application
from portal.applications.actions.reasons import archive_rejection_reason
from portal.applications.enums import RejectionType
from portal.database.ids import new_id
from portal.errors import (
    AlreadyDone,
    DuplicateActiveApplication,
    InvalidInput,
    NotFound,
    ReasonRequired,
    StaleVersion,
    WrongState,
)
from portal.openings.enums import OpeningStatus
from tests.applications.making import (
    a_pipeline,
    a_reason,
    ada,
    an_application,
    events,
    history,
    row_of,
    untouched,
)
from tests.refusals import refused
from tests.world import NOON, World

LATER = NOON + timedelta(days=1)


async def test_r5_a_rejection_keeps_the_stage_and_says_why(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, "Interview")
    reason_id = await a_reason(acme)

    await acme.perform(
        await ada(acme), reject_application, application_id=application.id, reason_id=reason_id, note="No Go.", at=LATER
    )

    row = await row_of(acme, "application", application.id)
    assert (row["status"], row["stage_id"]) == ("REJECTED", pipeline.stages["Interview"])
    assert (row["rejection_reason_id"], row["rejection_note"], row["rejected_at"]) == (reason_id, "No Go.", LATER)
    assert row["entered_stage_at"] == NOON
    assert await history(acme, application.id) == ["Interview ACTIVE → Interview REJECTED (MANUAL)"]
    (event,) = await acme.rows("SELECT * FROM domain_event")
    assert event["type"] == "application.rejected"
    assert event["data"] == {
        "stage_id": pipeline.stages["Interview"].hex,
        "seconds_in_stage": 86_400,
        "reason_id": reason_id.hex,
    }
    (audit,) = await acme.rows("SELECT * FROM audit_event")
    assert audit["after"]["rejection_note"] == "[redacted]"


async def test_r5_a_rejection_needs_a_reason_of_the_organization_that_is_in_use(acme: World, globex: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    recruiter = await ada(acme)
    theirs = await a_reason(acme, "Lost interest", RejectionType.BY_CANDIDATE)
    old, foreign = await a_reason(acme, "Old"), await a_reason(globex)
    await acme.perform(acme.system, archive_rejection_reason, rejection_reason_id=old)

    async with untouched(acme):
        with refused(ReasonRequired, "Say why the application is rejected.", path=("reasonId",)):
            await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=None)
        with pytest.raises(InvalidInput):
            await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=theirs)
        with refused(InvalidInput, "The reason Old is archived. Choose another one.", path=("reasonId",)):
            await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=old)
        for unknown in (foreign, new_id()):
            with refused(NotFound, "No such rejection reason."):
                await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=unknown)


async def test_r4_what_is_rejected_is_not_rejected_again(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=reason_id)

    async with untouched(acme):
        with refused(AlreadyDone, "This application is already rejected."):
            await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=reason_id)


async def test_a_rejection_of_what_was_changed_since_is_refused(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    reason_id = await a_reason(acme)

    with pytest.raises(StaleVersion) as caught:
        await acme.perform(
            await ada(acme),
            reject_application,
            application_id=application.id,
            reason_id=reason_id,
            expected_version=7,
        )

    assert caught.value.current_version == 1


async def test_r8_a_withdrawal_is_the_candidates_own_and_no_rejection(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    recruiter = await ada(acme)
    ours, theirs = await a_reason(acme), await a_reason(acme, "Lost interest", RejectionType.BY_CANDIDATE)

    async with untouched(acme):
        with pytest.raises(InvalidInput):
            await acme.perform(recruiter, withdraw_application, application_id=application.id, reason_id=ours)
        with refused(ReasonRequired, "Say why the candidate withdraws.", path=("reasonId",)):
            await acme.perform(recruiter, withdraw_application, application_id=application.id, reason_id=None)
    await acme.perform(recruiter, withdraw_application, application_id=application.id, reason_id=theirs, at=LATER)

    row = await row_of(acme, "application", application.id)
    assert (row["status"], row["withdrawn_at"], row["rejected_at"]) == ("WITHDRAWN", LATER, None)
    assert await events(acme) == ["application.withdrawn"]


async def test_r5_taking_up_again_needs_a_reason_and_begins_a_new_visit(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=reason_id, at=NOON)

    async with untouched(acme):
        with refused(ReasonRequired, "Say why the application is taken up again.", path=("reason",)):
            await acme.perform(recruiter, unreject_application, application_id=application.id, reason="  ")
    await acme.perform(recruiter, unreject_application, application_id=application.id, reason="A slip.", at=LATER)

    row = await row_of(acme, "application", application.id)
    assert (row["status"], row["entered_stage_at"], row["version"]) == ("ACTIVE", LATER, 3)
    assert (row["rejection_reason_id"], row["rejection_note"], row["rejected_at"]) == (None, None, None)
    assert await history(acme, application.id) == [
        "Screen ACTIVE → Screen REJECTED (MANUAL)",
        "Screen REJECTED → Screen ACTIVE (MANUAL)",
    ]
    assert await events(acme) == ["application.rejected", "application.unrejected"]


async def test_taken_up_again_it_may_go_to_another_stage_of_its_own_opening(acme: World) -> None:
    pipeline, other = await a_pipeline(acme), await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=reason_id)
    again: dict[str, Any] = {"application_id": application.id, "reason": "A slip."}

    async with untouched(acme):
        with refused(NotFound, "No such stage.", path=("stageId",)):
            await acme.perform(recruiter, unreject_application, **again, stage_id=other.stages["Offer"])
        with pytest.raises(InvalidInput):
            await acme.perform(recruiter, unreject_application, **again, stage_id=pipeline.stages["Hired"])
    await acme.perform(recruiter, unreject_application, **again, stage_id=pipeline.stages["Offer"])

    assert (await history(acme, application.id))[-1] == "Screen REJECTED → Offer ACTIVE (MANUAL)"


async def test_r4_only_what_ended_is_taken_up_again(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))

    async with untouched(acme):
        with refused_state("Only a rejected or withdrawn application can be taken up again; this one is active."):
            await acme.perform(await ada(acme), unreject_application, application_id=application.id, reason="A slip.")


async def test_r17_nothing_is_taken_up_again_in_a_closed_opening(acme: World) -> None:
    pipeline = await a_pipeline(acme, status=OpeningStatus.CLOSED)
    application = await an_application(acme, pipeline)
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=reason_id)

    async with untouched(acme):
        with refused_state("This opening is closed. Reopen it, then take up its applications."):
            await acme.perform(recruiter, unreject_application, application_id=application.id, reason="A slip.")


async def test_r1_nothing_is_taken_up_again_beside_a_newer_application(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=application.id, reason_id=reason_id)
    newer = await an_application(acme, pipeline, candidate_id=application.candidate_id)

    async with untouched(acme):
        with pytest.raises(DuplicateActiveApplication) as caught:
            await acme.perform(recruiter, unreject_application, application_id=application.id, reason="A slip.")

    assert caught.value.application_id == newer.id


def refused_state(message: str) -> "pytest.RaisesExc[WrongState]":
    return pytest.raises(WrongState, match=f"^{message}$")
