"""The headcount: seats are rows, added, opened, closed and counted."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.errors import (
    AlreadyDone,
    Forbidden,
    HeadcountTooLow,
    InvalidInput,
    NotFound,
    ReasonRequired,
    UserError,
    WrongState,
)
from portal.openings.actions.close_reasons import archive_close_reason
from portal.openings.actions.postings import publish_posting
from portal.openings.actions.seats import (
    SeatChanges,
    add_seats,
    change_headcount,
    close_seat,
    open_seat,
    reopen_seat,
    update_seat,
)
from portal.openings.enums import EmploymentType, OpeningKind, OpeningStatus, PostingStatus, SeatReason, SeatStatus
from portal.openings.lifecycle import SeatTerms
from portal.openings.models import Opening, Seat
from tests.applications.making import a_pipeline, an_application
from tests.openings.making import (
    a_close_reason,
    a_posting,
    an_open_opening,
    an_opening,
    approvals_on,
    events,
    hiring_for,
    postings_of,
    refused_whole,
    seat_statuses,
    seats_of,
    teams,
    the_opening,
)
from tests.world import NOON, World, grant


async def _with_seats(world: World, *statuses: SeatStatus, kind: OpeningKind = OpeningKind.STANDARD) -> UUID:
    """An open opening whose seats are planted as they are."""
    opening = Opening(
        title="Engineer",
        status=OpeningStatus.OPEN,
        kind=kind,
        is_confidential=False,
        employment_type=EmploymentType.FULL_TIME,
    )
    seats = [
        Seat(opening_id=opening.id, number=number, status=status, reason=SeatReason.NEW)
        for number, status in enumerate(statuses, start=1)
    ]
    await world.plant(opening, *seats)
    return opening.id


async def _seat(world: World, opening_id: UUID, number: int = 1) -> UUID:
    return UUID(str((await seats_of(world, opening_id))[number - 1]["id"]))


async def test_r10_seats_are_rows_with_numbers_of_their_own(acme: World) -> None:
    (team,) = await teams(acme, "Core")
    opening_id = await an_open_opening(acme, teams=hiring_for(team))
    terms = SeatTerms(team_id=team, reason=SeatReason.BACKFILL, backfill_for=" Bob ", target_start_on=date(2027, 1, 4))

    await acme.perform(acme.system, add_seats, opening_id=opening_id, count=2, terms=terms)

    seats = await seats_of(acme, opening_id)
    assert [(seat["number"], seat["status"], seat["team_id"]) for seat in seats] == [
        (1, "OPEN", None),
        (2, "OPEN", team),
        (3, "OPEN", team),
    ]
    assert (seats[2]["reason"], seats[2]["backfill_for"]) == ("BACKFILL", "Bob")
    assert (seats[2]["target_start_on"], seats[2]["opened_at"]) == (date(2027, 1, 4), NOON)
    assert (await events(acme))[-2:] == ["seat.created", "seat.created"]


async def test_seats_of_a_draft_are_drafts(acme: World) -> None:
    opening_id = await an_opening(acme)

    await acme.perform(acme.system, add_seats, opening_id=opening_id, count=1, terms=SeatTerms())

    assert await seat_statuses(acme, opening_id) == ["DRAFT", "DRAFT"]


async def test_r19_a_seat_belongs_to_a_team_that_the_opening_hires_for(acme: World) -> None:
    core, ads = await teams(acme, "Core", "Ads")
    opening_id = await an_open_opening(acme, teams=hiring_for(core))
    seat = await _seat(acme, opening_id)

    message = "This opening does not hire for that team."
    async with refused_whole(acme, InvalidInput, message, path=("teamId",)):
        await acme.perform(acme.system, add_seats, opening_id=opening_id, count=1, terms=SeatTerms(team_id=ads))
    async with refused_whole(acme, InvalidInput, message, path=("teamId",)):
        await acme.perform(acme.system, update_seat, seat_id=seat, changes=SeatChanges(team_id=ads))

    await acme.perform(acme.system, update_seat, seat_id=seat, changes=SeatChanges(team_id=core))

    assert (await seats_of(acme, opening_id))[0]["team_id"] == core
    assert (await events(acme, about=seat))[-1] == "seat.updated"


async def test_r19_the_team_of_a_filled_seat_stays(acme: World) -> None:
    opening_id = await _with_seats(acme, SeatStatus.FILLED, SeatStatus.OPEN)
    (team,) = await teams(acme, "Core")
    seat = await _seat(acme, opening_id)

    async with refused_whole(acme, WrongState, "Seat 1 is filled; its team stays."):
        await acme.perform(acme.system, update_seat, seat_id=seat, changes=SeatChanges(team_id=team))


async def test_a_seat_update_of_nothing_is_refused(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    seat = await _seat(acme, opening_id)

    async with refused_whole(acme, AlreadyDone, "The seat is like that already."):
        await acme.perform(acme.system, update_seat, seat_id=seat, changes=SeatChanges(backfill_for=None))
    async with refused_whole(acme, InvalidInput, "This can't be empty.", path=("reason",)):
        await acme.perform(acme.system, update_seat, seat_id=seat, changes=SeatChanges(reason=None))
    message = "The year must be from 1900 to 2199."
    async with refused_whole(acme, InvalidInput, message, path=("targetStartOn",)):
        await acme.perform(
            acme.system, update_seat, seat_id=seat, changes=SeatChanges(target_start_on=date(9999, 1, 1))
        )


async def test_a_seat_is_opened_once_its_opening_is(acme: World) -> None:
    opening_id = await an_opening(acme)
    seat = await _seat(acme, opening_id)

    message = "This opening is not open. Open it, and its seats open with it."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, open_seat, seat_id=seat)


async def test_a_planned_seat_of_an_open_opening_opens_by_itself(acme: World) -> None:
    opening_id = await _with_seats(acme, SeatStatus.OPEN, SeatStatus.DRAFT)
    seat = await _seat(acme, opening_id, 2)

    await acme.perform(acme.system, open_seat, seat_id=seat)

    assert await seat_statuses(acme, opening_id) == ["OPEN", "OPEN"]
    async with refused_whole(acme, AlreadyDone, "Seat 2 is already open."):
        await acme.perform(acme.system, open_seat, seat_id=seat)


async def test_a_seat_is_closed_for_a_reason_and_can_be_reopened(acme: World) -> None:
    opening_id = await an_open_opening(acme, seats=2)
    reason, seat = await a_close_reason(acme), await _seat(acme, opening_id)

    async with refused_whole(acme, ReasonRequired, "Say why the seat is closed.", path=("closeReasonId",)):
        await acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=None)
    await acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=reason)

    closed = (await seats_of(acme, opening_id))[0]
    assert (closed["status"], closed["closed_at"], closed["close_reason_id"]) == ("CLOSED", NOON, reason)
    assert (await the_opening(acme, opening_id))["status"] == "OPEN"
    async with refused_whole(acme, AlreadyDone, "Seat 1 is already closed."):
        await acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=reason)

    await acme.perform(acme.system, reopen_seat, seat_id=seat, at=NOON + timedelta(days=1))

    again = (await seats_of(acme, opening_id))[0]
    assert (again["status"], again["closed_at"], again["close_reason_id"]) == ("OPEN", None, None)
    assert again["opened_at"] == NOON + timedelta(days=1)
    assert (await events(acme, about=seat))[-2:] == ["seat.closed", "seat.reopened"]


async def test_r33_an_archived_close_reason_is_not_given_any_more(acme: World) -> None:
    opening_id = await an_open_opening(acme, seats=2)
    reason, seat = await a_close_reason(acme), await _seat(acme, opening_id)
    await acme.perform(acme.system, archive_close_reason, close_reason_id=reason)

    message = "The close reason Budget is archived. Choose another one."
    async with refused_whole(acme, InvalidInput, message, path=("closeReasonId",)):
        await acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=reason)


async def test_r17_a_standard_opening_closes_with_its_last_seat_and_its_postings_come_down(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    posting = await a_posting(acme, opening_id)
    await acme.perform(acme.system, publish_posting, posting_id=posting, to=PostingStatus.PUBLISHED)

    await acme.perform(
        acme.system,
        close_seat,
        seat_id=await _seat(acme, opening_id),
        close_reason_id=await a_close_reason(acme),
    )

    row = await the_opening(acme, opening_id)
    assert (row["status"], row["closed_automatically"], row["closed_at"]) == ("CLOSED", True, NOON)
    assert await postings_of(acme, opening_id) == ["UNPUBLISHED"]
    assert (await events(acme))[-3:] == ["seat.closed", "opening.closed", "posting.unpublished"]


async def test_r17_the_last_seat_stays_while_applications_are_active(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    await an_application(acme, pipeline, "Screen")
    reason = await a_close_reason(acme)

    message = "No seat would be left for 1 active applications. Close the opening, and say what becomes of them."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, close_seat, seat_id=pipeline.seats[0], close_reason_id=reason)
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, change_headcount, opening_id=pipeline.id, headcount=0, close_reason_id=reason)


async def test_an_evergreen_opening_gets_another_seat_instead(acme: World) -> None:
    opening_id = await an_open_opening(acme, kind=OpeningKind.EVERGREEN)
    reason = await a_close_reason(acme)

    await acme.perform(acme.system, close_seat, seat_id=await _seat(acme, opening_id), close_reason_id=reason)

    assert (await the_opening(acme, opening_id))["status"] == "OPEN"
    assert await seat_statuses(acme, opening_id) == ["CLOSED", "OPEN"]
    message = "An evergreen opening keeps a seat to fill. Close the opening instead."
    async with refused_whole(acme, InvalidInput, message, path=("headcount",)):
        await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=0, close_reason_id=reason)


async def test_r15_a_headcount_is_raised_by_seats_and_lowered_by_closing_them(acme: World) -> None:
    opening_id = await _with_seats(acme, SeatStatus.FILLED, SeatStatus.OPEN, SeatStatus.DRAFT)
    reason = await a_close_reason(acme)

    await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=4)
    assert await seat_statuses(acme, opening_id) == ["FILLED", "OPEN", "DRAFT", "OPEN"]

    async with refused_whole(acme, AlreadyDone, "This opening is for 4 already."):
        await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=4)
    async with refused_whole(acme, ReasonRequired, "Say why seats are closed.", path=("closeReasonId",)):
        await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=2)
    await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=2, close_reason_id=reason)
    assert await seat_statuses(acme, opening_id) == ["FILLED", "OPEN", "CLOSED", "CLOSED"]


async def test_r15_a_headcount_below_what_is_filled_or_reserved_is_refused(acme: World) -> None:
    opening_id = await _with_seats(acme, SeatStatus.FILLED, SeatStatus.RESERVED, SeatStatus.OPEN)
    reason = await a_close_reason(acme)

    message = "2 seats are filled or reserved; the headcount can't go below that."
    async with refused_whole(acme, HeadcountTooLow, message):
        await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=1, close_reason_id=reason)


async def test_a_headcount_out_of_its_bounds_is_refused(acme: World) -> None:
    opening_id = await an_opening(acme)

    message = "This must be a whole number from 0 to 1000."
    for headcount in (-1, 1_001):
        async with refused_whole(acme, InvalidInput, message, path=("headcount",)):
            await acme.perform(acme.system, change_headcount, opening_id=opening_id, headcount=headcount)
    async with refused_whole(acme, InvalidInput, "An opening has at most 1000 seats.", path=("headcount",)):
        await acme.perform(acme.system, add_seats, opening_id=opening_id, count=1_000, terms=SeatTerms())


async def test_two_who_raise_the_headcount_at_once_add_seats_of_their_own(acme: World) -> None:
    opening_id = await an_opening(acme)

    await asyncio.gather(
        *(acme.perform(acme.system, add_seats, opening_id=opening_id, count=1, terms=SeatTerms()) for _ in range(4))
    )

    assert [seat["number"] for seat in await seats_of(acme, opening_id)] == [1, 2, 3, 4, 5]


async def test_two_who_close_the_last_two_seats_at_once_close_the_opening_once(acme: World) -> None:
    opening_id = await an_open_opening(acme, seats=2)
    reason = await a_close_reason(acme)
    seats = [await _seat(acme, opening_id, number) for number in (1, 2)]

    await asyncio.gather(
        *(acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=reason) for seat in seats)
    )

    assert (await the_opening(acme, opening_id))["status"] == "CLOSED"
    assert (await events(acme, about=opening_id)).count("opening.closed") == 1


async def test_seats_of_a_closed_opening_are_neither_added_nor_reopened(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    reason, seat = await a_close_reason(acme), await _seat(acme, opening_id)
    await acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=reason)

    async with refused_whole(acme, WrongState, "This opening is closed. Reopen it, then add seats."):
        await acme.perform(acme.system, add_seats, opening_id=opening_id, count=1, terms=SeatTerms())
    async with refused_whole(acme, WrongState, "This opening is not open. Open it, then reopen its seats."):
        await acme.perform(acme.system, reopen_seat, seat_id=seat)


async def test_a_hiring_manager_manages_no_seats_and_a_stranger_sees_none(acme: World, globex: World) -> None:
    opening_id = await an_open_opening(acme)
    seat, reason = await _seat(acme, opening_id), await a_close_reason(acme)
    recruiter_elsewhere = await acme.actor(
        "Rita", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, ScopeType.OPENING, await an_opening(acme))
    )
    reading = await acme.actor(
        "Vera",
        OrganizationRole.MEMBER,
        grant(GrantRole.VIEWER, ScopeType.OPENING, opening_id),
        grant(GrantRole.RECRUITER, ScopeType.OPENING, await an_opening(acme)),
    )

    refusals: list[tuple[World, object, type[UserError], str]] = [
        (acme, recruiter_elsewhere, NotFound, "No such seat."),
        (acme, reading, Forbidden, "You may see this seat, but not do this to it."),
        (globex, globex.system, NotFound, "No such seat."),
    ]
    for world, actor, kind, message in refusals:
        async with refused_whole(acme, kind, message):
            await world.perform(actor, close_seat, seat_id=seat, close_reason_id=reason)  # type: ignore[arg-type] # actors


async def test_r15_seats_are_approved_before_they_open_where_approvals_are_wanted(acme: World) -> None:
    opening_id = await _with_seats(acme, SeatStatus.OPEN, SeatStatus.APPROVED, SeatStatus.CLOSED)
    await approvals_on(acme)

    await acme.perform(acme.system, add_seats, opening_id=opening_id, count=1, terms=SeatTerms())

    assert await seat_statuses(acme, opening_id) == ["OPEN", "APPROVED", "CLOSED", "DRAFT"]
    message = "Seats of this organization are approved before they open."
    draft, closed = await _seat(acme, opening_id, 4), await _seat(acme, opening_id, 3)
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, open_seat, seat_id=draft)
    async with refused_whole(acme, WrongState, "Seat 3 is closed and can't be opened."):
        await acme.perform(acme.system, open_seat, seat_id=closed)
    message = "Openings of this organization are approved again before this changes."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, reopen_seat, seat_id=closed)
    await acme.perform(acme.system, open_seat, seat_id=await _seat(acme, opening_id, 2))
