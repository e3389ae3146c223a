"""Closing and reopening an opening, and archiving a stage, with the applications in them."""

from datetime import timedelta
from typing import Any

import pytest

from portal.access.enums import GrantRole, OrganizationRole
from portal.applications.actions.closings import Remaining, close_opening, reopen_opening
from portal.applications.actions.outcomes import reject_application, unreject_application
from portal.applications.actions.stages import archive_stage
from portal.applications.actions.undoing import undo_batch
from portal.applications.enums import RejectionType
from portal.applications.rules.closing import Disposition
from portal.errors import (
    AlreadyDone,
    DispositionRequired,
    DuplicateActiveApplication,
    Forbidden,
    InvalidInput,
    NotFound,
    ReasonRequired,
    WrongState,
)
from portal.openings.actions.states import archive_opening
from portal.openings.enums import OpeningStatus, PostingStatus, StageKind
from portal.openings.models import CloseReason, Posting, Stage
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
from tests.world import NOON, World, grant

LATER = NOON + timedelta(days=2)


async def statuses(world: World) -> list[str]:
    return [row["status"] for row in await world.rows("SELECT status FROM application ORDER BY id")]


async def test_r17_closing_closes_open_seats_and_unpublishes_everything(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    posting = Posting(
        opening_id=pipeline.id,
        title="Engineer",
        language="en",
        status=PostingStatus.PUBLISHED,
        body_html="",
        body_text="",
    )
    reason = CloseReason(name="Budget")
    await acme.plant(posting, reason)

    done = await acme.perform(
        await ada(acme), close_opening, opening_id=pipeline.id, close_reason_id=reason.id, at=LATER
    )

    opening = await row_of(acme, "opening", pipeline.id)
    assert (opening["status"], opening["closed_at"], opening["close_reason_id"]) == ("CLOSED", LATER, reason.id)
    assert opening["closed_automatically"] is False
    assert {row["status"] for row in await acme.rows("SELECT status FROM seat")} == {"CLOSED"}
    assert (await row_of(acme, "posting", posting.id))["status"] == "UNPUBLISHED"
    assert (done.changed, done.batch_id) == (0, None)
    assert sorted(await events(acme)) == ["opening.closed", "posting.unpublished", "seat.closed", "seat.closed"]


async def test_r17_closing_demands_to_know_what_becomes_of_active_applications(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    for name in ("Ann", "Ben"):
        await an_application(acme, pipeline, name=name)

    async with untouched(acme):
        with pytest.raises(DispositionRequired) as caught:
            await acme.perform(await ada(acme), close_opening, opening_id=pipeline.id)

    assert caught.value.active_applications == 2


async def test_r17_hidden_applications_count_and_end_with_the_others(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline, private=True)

    await acme.perform(
        await ada(acme),
        close_opening,
        opening_id=pipeline.id,
        remaining=Remaining(disposition=Disposition.REJECT, reason_id=await a_reason(acme)),
    )

    assert await statuses(acme) == ["REJECTED"]


async def test_r5_rejecting_all_needs_a_reason(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline)
    recruiter = await ada(acme)
    theirs = await a_reason(acme, "Lost interest", RejectionType.BY_CANDIDATE)

    async with untouched(acme):
        remaining = Remaining(disposition=Disposition.REJECT)
        with refused(ReasonRequired, "Say why the application is rejected.", path=("reasonId",)):
            await acme.perform(recruiter, close_opening, opening_id=pipeline.id, remaining=remaining)
        remaining = Remaining(disposition=Disposition.REJECT, reason_id=theirs)
        with pytest.raises(InvalidInput):
            await acme.perform(recruiter, close_opening, opening_id=pipeline.id, remaining=remaining)


async def test_r17_kept_applications_stay_where_they_are(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline)

    done = await acme.perform(
        await ada(acme),
        close_opening,
        opening_id=pipeline.id,
        remaining=Remaining(disposition=Disposition.KEEP),
    )

    assert (await statuses(acme), done.changed) == (["ACTIVE"], 0)
    with refused(WrongState, "1 applications of this opening are still active. End them, then archive it."):
        await acme.perform(acme.system, archive_opening, opening_id=pipeline.id)


async def test_r17_applications_go_on_with_another_opening(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme)
    for name in ("Ann", "Ben"):
        await an_application(acme, here, "Offer", name=name)
    remaining = Remaining(disposition=Disposition.TRANSFER, target_opening_id=there.id)

    done = await acme.perform(await ada(acme), close_opening, opening_id=here.id, remaining=remaining)

    assert done.changed == 2
    rows = await acme.rows("SELECT opening_id, status, stage_id FROM application ORDER BY opening_id, status")
    assert {(row["opening_id"], row["status"]) for row in rows} == {(here.id, "TRANSFERRED"), (there.id, "ACTIVE")}
    (batch,) = await acme.rows("SELECT DISTINCT batch_id FROM stage_transition WHERE to_status = 'TRANSFERRED'")
    assert batch["batch_id"] == done.batch_id


async def test_r17_all_or_none_go_on_with_another_opening(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme)
    await an_application(acme, here, name="Ann")
    ben = await an_application(acme, here, name="Ben")
    await an_application(acme, there, candidate_id=ben.candidate_id)
    recruiter = await ada(acme)

    async with untouched(acme):
        remaining = Remaining(disposition=Disposition.TRANSFER, target_opening_id=there.id)
        with pytest.raises(DuplicateActiveApplication):
            await acme.perform(recruiter, close_opening, opening_id=here.id, remaining=remaining)
        for target in (None, here.id):
            remaining = Remaining(disposition=Disposition.TRANSFER, target_opening_id=target)
            with pytest.raises(InvalidInput, match="Name another opening"):
                await acme.perform(recruiter, close_opening, opening_id=here.id, remaining=remaining)


async def test_closing_what_is_closed_or_a_draft_is_refused(acme: World) -> None:
    closed, draft = (
        await a_pipeline(acme, status=OpeningStatus.CLOSED),
        await a_pipeline(acme, status=OpeningStatus.DRAFT),
    )

    async with untouched(acme):
        with refused(AlreadyDone, "This opening is already closed."):
            await acme.perform(acme.system, close_opening, opening_id=closed.id)
        with refused(WrongState, "This opening is draft; it can't be closed."):
            await acme.perform(acme.system, close_opening, opening_id=draft.id)


async def test_r17_reopening_offers_to_restore_exactly_those_that_the_closing_rejected(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    before, one, two, touched = [
        await an_application(acme, pipeline, stage, name=stage) for stage in ("Lead", "Screen", "Offer", "Applied")
    ]
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=before.id, reason_id=reason_id)
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=reason_id)
    await acme.perform(recruiter, close_opening, opening_id=pipeline.id, remaining=remaining, at=LATER)

    offered = await acme.perform(recruiter, reopen_opening, opening_id=pipeline.id, at=LATER)
    assert (offered.restored, offered.restorable, offered.batch_id) == (0, 3, None)
    await acme.perform(recruiter, unreject_application, application_id=touched.id, reason="First.", at=LATER)
    await acme.perform(recruiter, reject_application, application_id=touched.id, reason_id=reason_id, at=LATER)
    await acme.perform(recruiter, close_opening, opening_id=pipeline.id, at=LATER + timedelta(days=1))
    nobody = await acme.perform(recruiter, reopen_opening, opening_id=pipeline.id, restore_applications=True)

    # The second closing rejected nobody, so there is nobody to restore by reopening after it.
    assert (nobody.restored, nobody.restorable) == (0, 0)
    assert [row["status"] for row in [await row_of(acme, "application", row.id) for row in (one, two)]] == [
        "REJECTED",
        "REJECTED",
    ]


async def test_r17_restoring_puts_them_back_where_they_were(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    before, one, two, gone = [
        await an_application(acme, pipeline, stage, name=stage) for stage in ("Lead", "Screen", "Offer", "Applied")
    ]
    recruiter, reason_id = await ada(acme), await a_reason(acme)
    await acme.perform(recruiter, reject_application, application_id=before.id, reason_id=reason_id)
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=reason_id, note="Frozen.")
    closed = await acme.perform(recruiter, close_opening, opening_id=pipeline.id, remaining=remaining, at=LATER)
    await an_application(acme, pipeline, candidate_id=gone.candidate_id)

    done = await acme.perform(
        recruiter, reopen_opening, opening_id=pipeline.id, restore_applications=True, at=LATER + timedelta(days=1)
    )

    assert (closed.changed, done.restored, done.restorable) == (3, 2, 1)
    assert (await row_of(acme, "application", before.id))["status"] == "REJECTED"
    for application in (one, two):
        row = await row_of(acme, "application", application.id)
        assert (row["status"], row["stage_id"], row["rejected_at"]) == ("ACTIVE", application.stage_id, None)
    assert await history(acme, two.id) == [
        "Offer ACTIVE → Offer REJECTED (BULK)",
        "Offer REJECTED → Offer ACTIVE (UNDO)",
    ]
    assert {row["status"] for row in await acme.rows("SELECT status FROM seat")} == {"OPEN"}
    assert (await row_of(acme, "opening", pipeline.id))["status"] == "OPEN"


async def test_a_closing_can_not_be_undone_while_its_opening_is_closed(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline)
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=await a_reason(acme))
    closed = await acme.perform(acme.system, close_opening, opening_id=pipeline.id, remaining=remaining)

    async with untouched(acme):
        undone = await acme.perform(acme.system, undo_batch, batch_id=closed.batch_id)

    assert [result.refusal.message for result in undone.results] == [
        "This opening is closed. Reopen it, then take up its applications."
    ]


async def test_who_may_close_an_opening_but_not_reject_is_told_so(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline)
    recruiter = await ada(acme)
    assert recruiter.id is not None
    scopes = frozenset(recruiter.reaches) - {"application:reject", "application:move"}
    narrowed = acme.acting(recruiter.id, OrganizationRole.RECRUITER_ALL, scopes=scopes)
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=await a_reason(acme))

    async with untouched(acme):
        with refused(Forbidden, "Your rights do not reach this opening."):
            await acme.perform(narrowed, close_opening, opening_id=pipeline.id, remaining=remaining)


async def test_reopening_what_is_open_is_refused(acme: World) -> None:
    pipeline = await a_pipeline(acme)

    async with untouched(acme):
        with refused(AlreadyDone, "This opening is already open."):
            await acme.perform(acme.system, reopen_opening, opening_id=pipeline.id)


async def test_r33_an_archived_stage_sends_its_applications_on_as_one_batch(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    applications = [await an_application(acme, pipeline, "Interview", name=name) for name in ("Ann", "Ben")]
    ended = await an_application(acme, pipeline, "Interview", name="Cem")
    recruiter = await ada(acme)
    await acme.perform(recruiter, reject_application, application_id=ended.id, reason_id=await a_reason(acme))
    arguments: dict[str, Any] = {"stage_id": pipeline.stages["Interview"]}

    async with untouched(acme):
        message = "2 applications are in Interview. Name the stage that they move to."
        with refused(InvalidInput, message, path=("destinationStageId",)):
            await acme.perform(recruiter, archive_stage, **arguments)
    done = await acme.perform(
        recruiter, archive_stage, **arguments, destination_stage_id=pipeline.stages["Screen"], at=LATER
    )

    assert done.moved == 2
    assert (await row_of(acme, "stage", pipeline.stages["Interview"]))["archived_at"] == LATER
    for application in applications:
        assert await history(acme, application.id) == ["Interview ACTIVE → Screen ACTIVE (BULK)"]
    assert (await row_of(acme, "application", ended.id))["stage_id"] == pipeline.stages["Interview"]
    assert (await events(acme))[-3:] == ["application.stage_changed", "application.stage_changed", "stage.archived"]
    with refused(InvalidInput, "The stage Interview is archived. Choose another one.", path=("stageId",)):
        await acme.perform(recruiter, unreject_application, application_id=ended.id, reason="A slip.")


async def test_an_empty_stage_is_archived_without_a_destination(acme: World) -> None:
    pipeline, other = await a_pipeline(acme), await a_pipeline(acme)
    spare = Stage(opening_id=pipeline.id, kind=StageKind.ASSESSMENT, name="Test", position=9)
    await acme.plant(spare)
    recruiter = await ada(acme)

    async with untouched(acme):
        with refused(NotFound, "No such stage.", path=("destinationStageId",)):
            await acme.perform(recruiter, archive_stage, stage_id=spare.id, destination_stage_id=other.stages["Screen"])
    done = await acme.perform(recruiter, archive_stage, stage_id=spare.id)

    assert (done.moved, done.batch_id) == (0, None)


async def test_a_hiring_manager_does_not_archive_stages(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    hugo = await acme.actor("Hugo", OrganizationRole.MEMBER, grant(GrantRole.HIRING_MANAGER))

    async with untouched(acme):
        with refused(Forbidden, "You may not do this."):
            await acme.perform(hugo, archive_stage, stage_id=pipeline.stages["Screen"])
