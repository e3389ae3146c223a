"""Hiring into a seat, what follows from it, and taking it back."""

from datetime import timedelta

import pytest

from portal.access.enums import GrantRole, OrganizationRole, Privilege
from portal.applications.actions.closings import close_opening
from portal.applications.actions.hires import hire_application, unhire_application
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NoOpenSeat, NotFound, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus, PostingStatus, SeatStatus
from portal.openings.models import Posting
from tests.applications.making import (
    a_pipeline,
    a_team,
    ada,
    an_application,
    events,
    history,
    row_of,
    untouched,
)
from tests.refusals import refused
from tests.world import NOON, World, grant

LATER = NOON + timedelta(days=3)


async def seats_of(world: World) -> list[tuple[int, str]]:
    return [(row["number"], row["status"]) for row in await world.rows("SELECT * FROM seat ORDER BY number")]


async def test_r10_a_hire_fills_exactly_one_seat(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=3)
    application = await an_application(acme, pipeline, "Offer")

    done = await acme.perform(await ada(acme), hire_application, application_id=application.id, at=LATER)

    assert done.seat_id == pipeline.seats[0]
    assert await seats_of(acme) == [(1, "FILLED"), (2, "OPEN"), (3, "OPEN")]
    row = await row_of(acme, "application", application.id)
    assert (row["status"], row["seat_id"], row["hired_at"]) == ("HIRED", pipeline.seats[0], LATER)
    assert row["stage_id"] == pipeline.stages["Hired"]
    assert (await row_of(acme, "seat", pipeline.seats[0]))["filled_at"] == LATER
    assert await history(acme, application.id) == ["Offer ACTIVE → Hired HIRED (MANUAL)"]
    assert await events(acme) == ["seat.filled", "application.hired", "candidate.updated"]
    assert (await row_of(acme, "opening", pipeline.id))["status"] == "OPEN"


async def test_the_recruiter_chooses_a_seat(acme: World) -> None:
    pipeline, other = await a_pipeline(acme, seats=2), await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    recruiter = await ada(acme)

    async with untouched(acme):
        with refused(NoOpenSeat, NoOpenSeat().message):
            await acme.perform(recruiter, hire_application, application_id=application.id, seat_id=other.seats[0])
    done = await acme.perform(recruiter, hire_application, application_id=application.id, seat_id=pipeline.seats[1])

    assert done.seat_id == pipeline.seats[1]


async def test_r10_without_an_open_seat_nobody_is_hired(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=0)
    application = await an_application(acme, pipeline)

    async with untouched(acme):
        with refused(NoOpenSeat, "This opening has no open seat left. Add a seat, or free one, then hire again."):
            await acme.perform(await ada(acme), hire_application, application_id=application.id)


async def test_the_last_seat_closes_the_opening_and_takes_its_postings_down(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=1)
    posting = Posting(
        opening_id=pipeline.id,
        title="Engineer",
        language="en",
        status=PostingStatus.PUBLISHED,
        body_html="",
        body_text="",
    )
    await acme.plant(posting)
    application = await an_application(acme, pipeline)

    await acme.perform(await ada(acme), hire_application, application_id=application.id, at=LATER)

    opening = await row_of(acme, "opening", pipeline.id)
    assert (opening["status"], opening["closed_automatically"], opening["closed_at"]) == ("CLOSED", True, LATER)
    assert (await row_of(acme, "posting", posting.id))["status"] == "UNPUBLISHED"
    assert await events(acme) == [
        "seat.filled",
        "application.hired",
        "opening.closed",
        "posting.unpublished",
        "candidate.updated",
    ]


async def test_an_evergreen_opening_stays_open_and_gets_another_seat(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=1, kind=OpeningKind.EVERGREEN)
    application = await an_application(acme, pipeline)

    await acme.perform(await ada(acme), hire_application, application_id=application.id)

    assert (await row_of(acme, "opening", pipeline.id))["status"] == "OPEN"
    assert await seats_of(acme) == [(1, "FILLED"), (2, "OPEN")]


async def test_r23_who_is_hired_becomes_private_on_all_applications(acme: World) -> None:
    pipeline, other = await a_pipeline(acme, seats=2), await a_pipeline(acme)
    application = await an_application(acme, pipeline)
    elsewhere = await an_application(acme, other, candidate_id=application.candidate_id)
    recruiter = await ada(acme)

    await acme.perform(recruiter, hire_application, application_id=application.id)

    assert (await row_of(acme, "candidate", application.candidate_id))["is_private"] is True
    for row_id in (application.id, elsewhere.id):
        assert (await row_of(acme, "application", row_id))["candidate_is_private"] is True
    with refused(NotFound, "No such application."):
        await acme.perform(recruiter, hire_application, application_id=elsewhere.id)


async def test_r23_policy_may_leave_them_visible(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    async with acme.database.writing(acme.id, None) as connection:
        policies = {"hired_private_by_default": False}
        await connection.value("UPDATE organization SET policies = $1 RETURNING 1", [policies])
    application = await an_application(acme, pipeline)

    await acme.perform(await ada(acme), hire_application, application_id=application.id)

    assert (await row_of(acme, "candidate", application.candidate_id))["is_private"] is False


async def test_r4_only_active_applications_are_hired(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme, seats=2))
    await acme.perform(acme.system, hire_application, application_id=application.id)

    async with untouched(acme):
        with refused(AlreadyDone, "This application is already hired."):
            await acme.perform(acme.system, hire_application, application_id=application.id)


@pytest.mark.parametrize("status", [OpeningStatus.DRAFT, OpeningStatus.ON_HOLD, OpeningStatus.CLOSED])
async def test_only_an_open_opening_hires(acme: World, status: OpeningStatus) -> None:
    application = await an_application(acme, await a_pipeline(acme, status=status))

    async with untouched(acme):
        with pytest.raises(WrongState) as caught:
            await acme.perform(acme.system, hire_application, application_id=application.id)

    assert caught.value.state == status


async def test_r19_the_team_of_a_hire_is_one_of_the_openings(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    payments, search = await a_team(acme, pipeline), await a_team(acme, pipeline, name="Search")
    elsewhere = await a_team(acme, name="Design")
    application = await an_application(acme, pipeline)

    async with untouched(acme):
        with refused(InvalidInput, "This opening hires for 2 teams. Choose the team, then hire.", path=("teamId",)):
            await acme.perform(acme.system, hire_application, application_id=application.id)
        with refused(InvalidInput, "This opening does not hire for that team.", path=("teamId",)):
            await acme.perform(acme.system, hire_application, application_id=application.id, team_id=elsewhere)
    done = await acme.perform(acme.system, hire_application, application_id=application.id, team_id=search)

    assert (await row_of(acme, "seat", done.seat_id))["team_id"] == search != payments


async def test_a_hiring_manager_does_not_hire(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    hugo = await acme.actor("Hugo", OrganizationRole.MEMBER, grant(GrantRole.HIRING_MANAGER))

    async with untouched(acme):
        with refused(Forbidden, "You may not do this."):
            await acme.perform(hugo, hire_application, application_id=application.id)


async def test_r18_unhiring_frees_the_seat_and_reopens_what_closed_by_itself(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=1)
    application = await an_application(acme, pipeline, "Interview")
    await acme.perform(acme.system, hire_application, application_id=application.id)

    await acme.perform(acme.system, unhire_application, application_id=application.id, note="Changed mind.", at=LATER)

    row = await row_of(acme, "application", application.id)
    assert (row["status"], row["stage_id"]) == ("ACTIVE", pipeline.stages["Offer"])
    assert (row["seat_id"], row["hired_at"], row["entered_stage_at"]) == (None, None, LATER)
    assert await seats_of(acme) == [(1, SeatStatus.OPEN)]
    opening = await row_of(acme, "opening", pipeline.id)
    assert (opening["status"], opening["closed_at"], opening["closed_automatically"]) == ("OPEN", None, False)
    assert (await history(acme, application.id))[-1] == "Hired HIRED → Offer ACTIVE (MANUAL)"
    assert (await events(acme))[-3:] == ["application.unhired", "seat.reopened", "opening.reopened"]
    (audit,) = await acme.rows(
        "SELECT * FROM audit_event WHERE operation = 'unhire_application' AND entity_type = 'Seat'"
    )
    assert (audit["before"]["status"], audit["after"]["status"]) == ("FILLED", "OPEN")


async def test_r18_what_somebody_closed_stays_closed(acme: World) -> None:
    pipeline = await a_pipeline(acme, seats=2)
    application = await an_application(acme, pipeline)
    await acme.perform(acme.system, hire_application, application_id=application.id)
    await acme.perform(acme.system, close_opening, opening_id=pipeline.id)

    async with untouched(acme):
        with refused(WrongState, "This opening is closed. Reopen it, then take back the hire."):
            await acme.perform(acme.system, unhire_application, application_id=application.id)


async def test_r4_only_a_hire_is_taken_back(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))

    async with untouched(acme):
        with refused(WrongState, "Only a hired application can be unhired; this one is active."):
            await acme.perform(acme.system, unhire_application, application_id=application.id)


async def test_a_recruiter_who_may_see_private_candidates_takes_a_hire_back(acme: World) -> None:
    application = await an_application(acme, await a_pipeline(acme))
    privileged = grant(GrantRole.RECRUITER, privileges=frozenset({Privilege.PRIVATE_CANDIDATES}))
    rita = await acme.actor("Rita", OrganizationRole.MEMBER, privileged)
    await acme.perform(rita, hire_application, application_id=application.id)

    await acme.perform(rita, unhire_application, application_id=application.id)

    assert (await row_of(acme, "application", application.id))["status"] == "ACTIVE"
