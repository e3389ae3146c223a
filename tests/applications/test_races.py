"""Two at once: real transactions on real connections, many rounds of them, and always exactly one outcome."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from portal.applications.actions.batches import BulkMove, bulk_move_applications
from portal.applications.actions.closings import Remaining, close_opening
from portal.applications.actions.hires import hire_application
from portal.applications.actions.moves import move_application
from portal.applications.actions.outcomes import unreject_application
from portal.applications.actions.stages import archive_stage
from portal.applications.actions.submissions import submit_application
from portal.applications.enums import ApplicationStatus
from portal.applications.rules.closing import Disposition
from portal.errors import (
    AlreadyDone,
    DuplicateActiveApplication,
    InvalidInput,
    NoOpenSeat,
    StageChanged,
    UserError,
    WrongState,
)
from tests.applications.making import a_candidate, a_pipeline, a_reason, ada, an_application, events
from tests.world import NOON, World

# Eight recruiters at once is more than any opening sees; CI takes a tenth of the rounds.
RECRUITERS = 8
ROUNDS, ROUNDS_LONG = 100, 1_000
FEW = 10


async def outcomes(calls: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often each outcome came about: "done", or the refusal's name. Anything else is raised."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, UserError):
            raise result
    return Counter(type(result).__name__ if isinstance(result, UserError) else "done" for result in results)


async def test_r10_of_eight_hires_for_the_last_seat_exactly_one_wins(
    acme: World, request: pytest.FixtureRequest
) -> None:
    rounds = ROUNDS_LONG if request.config.getoption("--long") else ROUNDS
    for _ in range(rounds):
        pipeline = await a_pipeline(acme, seats=1)
        applications = [await an_application(acme, pipeline, "Offer") for _ in range(RECRUITERS)]

        met = await outcomes(
            acme.perform(acme.system, hire_application, application_id=application.id) for application in applications
        )

        assert met == {"done": 1, NoOpenSeat.__name__: RECRUITERS - 1}
        (hired,) = await acme.rows(
            "SELECT seat_id FROM application WHERE opening_id = $1 AND status = 'HIRED'", pipeline.id
        )
        (seat,) = await acme.rows("SELECT id, status FROM seat WHERE opening_id = $1", pipeline.id)
        assert (seat["id"], seat["status"]) == (hired["seat_id"], "FILLED")


async def test_r10_eight_hires_for_five_seats_fill_five(acme: World) -> None:
    for _ in range(FEW):
        pipeline = await a_pipeline(acme, seats=5)
        applications = [await an_application(acme, pipeline) for _ in range(RECRUITERS)]

        met = await outcomes(
            acme.perform(acme.system, hire_application, application_id=application.id) for application in applications
        )

        assert met == {"done": 5, NoOpenSeat.__name__: 3}
        seats = await acme.rows(
            "SELECT DISTINCT seat_id FROM application WHERE opening_id = $1 AND status = 'HIRED'", pipeline.id
        )
        assert len(seats) == 5


async def test_r2_of_two_moves_at_once_the_second_is_told(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    recruiter = await ada(acme)
    for _ in range(FEW):
        application = await an_application(acme, pipeline)

        met = await outcomes(
            acme.perform(
                recruiter,
                move_application,
                application_id=application.id,
                from_stage_id=pipeline.stages["Screen"],
                to_stage_id=pipeline.stages[name],
            )
            for name in ("Interview", "Offer", "Applied", "Lead")
        )

        assert met == {"done": 1, StageChanged.__name__: 3}


async def test_r1_of_many_submissions_of_one_candidate_one_is_taken(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    for _ in range(FEW):
        candidate_id = await a_candidate(acme)

        met = await outcomes(
            acme.perform(acme.system, submit_application, candidate_id=candidate_id, opening_id=pipeline.id)
            for _ in range(RECRUITERS)
        )

        assert met == {"done": 1, DuplicateActiveApplication.__name__: RECRUITERS - 1}


async def test_r17_a_hire_and_a_closing_leave_no_half_closed_opening(acme: World) -> None:
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=await a_reason(acme))
    for _ in range(FEW):
        pipeline = await a_pipeline(acme, seats=2)
        application = await an_application(acme, pipeline)

        met = await outcomes(
            [
                acme.perform(acme.system, hire_application, application_id=application.id),
                acme.perform(acme.system, close_opening, opening_id=pipeline.id, remaining=remaining),
            ]
        )

        (row,) = await acme.rows("SELECT status FROM application WHERE id = $1", application.id)
        seats = await acme.rows("SELECT status FROM seat WHERE opening_id = $1", pipeline.id)
        hired_first = row == {"status": ApplicationStatus.HIRED}
        assert met["done"] == (2 if hired_first else 1)
        assert Counter(seat["status"] for seat in seats) == (
            {"FILLED": 1, "CLOSED": 1} if hired_first else {"CLOSED": 2}
        )


async def test_r17_nobody_slips_into_an_opening_that_is_closing(acme: World) -> None:
    remaining = Remaining(disposition=Disposition.REJECT, reason_id=await a_reason(acme))
    for _ in range(FEW):
        pipeline = await a_pipeline(acme)
        candidates = [await a_candidate(acme) for _ in range(RECRUITERS - 1)]

        met = await outcomes(
            [
                *(
                    acme.perform(acme.system, submit_application, candidate_id=candidate_id, opening_id=pipeline.id)
                    for candidate_id in candidates
                ),
                acme.perform(acme.system, close_opening, opening_id=pipeline.id, remaining=remaining),
            ]
        )

        rows = await acme.rows("SELECT status FROM application WHERE opening_id = $1", pipeline.id)
        assert {row["status"] for row in rows} <= {"REJECTED"}
        assert met["done"] == len(rows) + 1
        assert set(met) <= {"done", WrongState.__name__}


async def test_nothing_is_left_active_in_a_stage_that_is_archived(acme: World) -> None:
    for _ in range(FEW):
        pipeline = await a_pipeline(acme)
        screen, interview, offer = (pipeline.stages[name] for name in ("Screen", "Interview", "Offer"))
        applications = [await an_application(acme, pipeline, "Screen") for _ in range(6)]
        moves = [BulkMove(application.id, screen) for application in applications[3:]]

        met = await outcomes(
            [
                *(
                    acme.perform(
                        acme.system,
                        move_application,
                        application_id=application.id,
                        from_stage_id=screen,
                        to_stage_id=interview,
                    )
                    for application in applications[:3]
                ),
                acme.perform(acme.system, archive_stage, stage_id=interview, destination_stage_id=offer),
                acme.perform(acme.system, bulk_move_applications, moves=moves, to_stage_id=interview),
            ]
        )

        stuck = await acme.rows("SELECT id FROM application WHERE stage_id = $1 AND status = 'ACTIVE'", interview)
        assert stuck == []
        assert set(met) <= {"done", InvalidInput.__name__}


async def test_r1_taking_up_again_and_applying_again_leave_one_active(acme: World) -> None:
    reason_id = await a_reason(acme)
    for _ in range(FEW):
        pipeline = await a_pipeline(acme)
        application = await an_application(acme, pipeline)
        async with acme.database.writing(acme.id, None) as connection:
            rejected = (
                "UPDATE application SET status = 'REJECTED', rejection_reason_id = $2, rejected_at = $3"
                " WHERE id = $1 RETURNING 1"
            )
            await connection.value(rejected, [application.id, reason_id, NOON - timedelta(days=90)])

        met = await outcomes(
            [
                acme.perform(acme.system, unreject_application, application_id=application.id, reason="A slip."),
                acme.perform(
                    acme.system, submit_application, candidate_id=application.candidate_id, opening_id=pipeline.id
                ),
            ]
        )

        assert met == {"done": 1, DuplicateActiveApplication.__name__: 1}


async def test_r34_one_key_at_once_is_one_change_and_one_answer(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    recruiter = await ada(acme)
    for number in range(FEW):
        application = await an_application(acme, pipeline)
        arguments: dict[str, Any] = {
            "application_id": application.id,
            "from_stage_id": pipeline.stages["Screen"],
            "to_stage_id": pipeline.stages["Offer"],
            "key": f"move {number}",
        }

        met = await outcomes(acme.perform(recruiter, move_application, **arguments) for _ in range(RECRUITERS))

        assert met == {"done": RECRUITERS}
    assert await events(acme) == ["application.stage_changed"] * FEW


async def test_r34_one_key_for_a_submission_makes_one_application(acme: World) -> None:
    pipeline = await a_pipeline(acme)
    for number in range(FEW):
        candidate_id = await a_candidate(acme)

        answers = await asyncio.gather(
            *(
                acme.perform(
                    acme.system,
                    submit_application,
                    candidate_id=candidate_id,
                    opening_id=pipeline.id,
                    key=f"submit {number}",
                )
                for _ in range(RECRUITERS)
            )
        )

        assert len({answer.application_id for answer in answers}) == 1
    assert await events(acme) == ["application.created"] * FEW


async def test_hires_and_bulk_moves_of_the_same_applications_do_not_lock_each_other_out(acme: World) -> None:
    for _ in range(FEW):
        pipeline = await a_pipeline(acme, seats=3)
        applications = [await an_application(acme, pipeline) for _ in range(3)]
        moves = [BulkMove(application.id, pipeline.stages["Screen"]) for application in applications]

        met = await outcomes(
            [
                *(
                    acme.perform(acme.system, hire_application, application_id=application.id)
                    for application in applications
                ),
                acme.perform(acme.system, bulk_move_applications, moves=moves, to_stage_id=pipeline.stages["Offer"]),
                acme.perform(
                    acme.system, bulk_move_applications, moves=moves[::-1], to_stage_id=pipeline.stages["Lead"]
                ),
            ]
        )

        assert met == {"done": 5}
        rows = await acme.rows("SELECT status FROM application WHERE opening_id = $1", pipeline.id)
        assert {row["status"] for row in rows} == {"HIRED"}


async def test_two_who_hire_the_same_person_hire_once(acme: World) -> None:
    for _ in range(FEW):
        pipeline = await a_pipeline(acme, seats=2)
        application = await an_application(acme, pipeline)

        met = await outcomes(
            acme.perform(acme.system, hire_application, application_id=application.id) for _ in range(4)
        )

        assert met == {"done": 1, AlreadyDone.__name__: 3}
