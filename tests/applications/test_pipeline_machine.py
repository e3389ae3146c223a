"""Any sequence of deeds leaves the pipeline as a few plain rules in memory say: same refusals, same rows.

The model knows nothing of SQL, locks or events. Hypothesis looks for the shortest sequence in which it and the database
disagree.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal.applications.actions.batches import BulkMove, bulk_move_applications, bulk_reject_applications
from portal.applications.actions.closings import Remaining, close_opening, reopen_opening
from portal.applications.actions.hires import hire_application, unhire_application
from portal.applications.actions.moves import move_application
from portal.applications.actions.outcomes import reject_application, unreject_application, withdraw_application
from portal.applications.actions.submissions import submit_application
from portal.applications.actions.transfers import transfer_application
from portal.applications.actions.undoing import undo_batch
from portal.applications.enums import RejectionType
from portal.applications.rules.closing import Disposition
from portal.errors import (
    AlreadyDone,
    DuplicateActiveApplication,
    InvalidInput,
    NoOpenSeat,
    UserError,
    WrongState,
)
from tests.applications.making import PIPELINE, Pipeline, a_candidate, a_pipeline, a_reason
from tests.world import NOON, World, an_organization

EXAMPLES, EXAMPLES_LONG = 15, 200
STEPS = 30
CANDIDATES, OPENINGS, SEATS = 3, 2, 2
STAGES = [name for name, _ in PIPELINE]
SOME = st.integers(0, 7)


@dataclass
class Row:
    """An application in the model, with the last row of its history."""

    candidate: int
    opening: int
    status: str = "ACTIVE"
    stage: str = "Applied"
    batch: UUID | None = None
    before: tuple[str, str] | None = None
    seat: int | None = None

    def becomes(self, status: str, stage: str | None = None, batch: UUID | None = None) -> None:
        self.before = (self.status, self.stage)
        self.status, self.stage, self.batch = status, stage or self.stage, batch


@dataclass
class Plan:
    """An opening in the model."""

    status: str = "OPEN"
    automatically: bool = False
    closing: UUID | None = None
    seats: list[str] = field(default_factory=lambda: ["OPEN"] * SEATS)


@dataclass
class Model:
    """What the pipeline looks like, and which deed is refused with what."""

    plans: list[Plan] = field(default_factory=lambda: [Plan() for _ in range(OPENINGS)])
    rows: dict[UUID, Row] = field(default_factory=dict)

    def others(self, row: Row) -> set[str]:
        return {other.status for other in self.rows.values() if other is not row and self._same(other, row)}

    def _same(self, one: Row, other: Row) -> bool:
        return (one.candidate, one.opening) == (other.candidate, other.opening)

    def enter(self, candidate: int, opening: int) -> type[UserError] | None:
        if self.plans[opening].status != "OPEN":
            return WrongState
        return self.taken(Row(candidate, opening))

    def taken(self, row: Row) -> type[UserError] | None:
        others = self.others(row)
        if "ACTIVE" in others:
            return DuplicateActiveApplication
        return AlreadyDone if "HIRED" in others else None

    def active(self, row: Row, already: str = "") -> type[UserError] | None:
        if row.status == already:
            return AlreadyDone
        return None if row.status == "ACTIVE" else WrongState

    def move(self, row: Row, to: str) -> type[UserError] | None:
        if row.status != "ACTIVE":
            return WrongState
        if to == "Hired":
            return InvalidInput
        return AlreadyDone if to == row.stage else None

    def take_up(self, row: Row) -> type[UserError] | None:
        if row.status not in {"REJECTED", "WITHDRAWN"} or self.plans[row.opening].status != "OPEN":
            return WrongState
        return self.taken(row)

    def hire(self, row: Row) -> type[UserError] | None:
        plan = self.plans[row.opening]
        refusal = self.active(row, "HIRED")
        if refusal or "OPEN" not in plan.seats:
            return refusal or NoOpenSeat
        return None if plan.status == "OPEN" else WrongState

    def unhire(self, row: Row) -> type[UserError] | None:
        plan = self.plans[row.opening]
        possible = row.status == "HIRED" and (plan.status == "OPEN" or plan.automatically)
        return None if possible else WrongState

    def transfer(self, row: Row, opening: int) -> type[UserError] | None:
        refusal = self.active(row, "TRANSFERRED")
        if refusal or opening == row.opening:
            return refusal or AlreadyDone
        return self.enter(row.candidate, opening)

    def undo(self, row: Row, batch: UUID) -> type[UserError] | None:
        if row.batch != batch or row.before is None or row.before[0] != "ACTIVE":
            return WrongState
        return None if row.status == "ACTIVE" else self.take_up(row)


class Pipelines(RuleBasedStateMachine):
    """The same deeds done to the model and through the actions."""

    # Set by the test that runs the machine: how a deed gets to the event loop, and where a new organization comes from.
    run: ClassVar[Any]
    world: ClassVar[Any]

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.at: datetime = NOON
        self.batches: list[UUID] = []
        self.acme: World = self.__class__.run(self.__class__.world())
        self.pipelines: list[Pipeline] = [
            self._run(a_pipeline(self.acme, seats=SEATS, title=f"Opening {number}")) for number in range(OPENINGS)
        ]
        self.candidates: list[UUID] = [self._run(a_candidate(self.acme)) for _ in range(CANDIDATES)]
        self.ours = self._run(a_reason(self.acme))
        self.theirs = self._run(a_reason(self.acme, "Lost interest", RejectionType.BY_CANDIDATE))

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.__class__.run(coroutine)

    def _do(self, expected: type[UserError] | None, what: Any, **arguments: Any) -> Any:
        """Perform an action, a second later than the last one; it must be refused as the model says."""
        self.at += timedelta(seconds=1)
        done, refusal = None, None
        try:
            done = self._run(self.acme.perform(self.acme.system, what, at=self.at, **arguments))
        except UserError as error:
            refusal = error
        assert type(refusal) is (expected or type(None)), f"{what.name}: {refusal!r} instead of {expected}"
        return done

    def _one(self, number: int) -> tuple[UUID, Row] | None:
        rows = list(self.model.rows.items())
        return rows[number % len(rows)] if rows else None

    def _some(self, numbers: set[int]) -> list[UUID]:
        rows = list(self.model.rows)
        return sorted({rows[number % len(rows)] for number in numbers}) if rows else []

    @rule(candidate=st.integers(0, CANDIDATES - 1), opening=st.integers(0, OPENINGS - 1))
    def submit(self, candidate: int, opening: int) -> None:
        expected = self.model.enter(candidate, opening)
        done = self._do(
            expected,
            submit_application,
            candidate_id=self.candidates[candidate],
            opening_id=self.pipelines[opening].id,
        )
        if done:
            self.model.rows[done.application_id] = Row(candidate, opening)

    @rule(number=SOME, to=st.sampled_from(STAGES))
    def move(self, number: int, to: str) -> None:
        if not (found := self._one(number)):
            return
        id_, row = found
        stages = self.pipelines[row.opening].stages
        if self._do(
            self.model.move(row, to),
            move_application,
            application_id=id_,
            from_stage_id=stages[row.stage],
            to_stage_id=stages[to],
        ):
            row.becomes("ACTIVE", to)

    @rule(number=SOME, withdrawn=st.booleans())
    def end(self, number: int, withdrawn: bool) -> None:
        if not (found := self._one(number)):
            return
        id_, row = found
        status = "WITHDRAWN" if withdrawn else "REJECTED"
        what = withdraw_application if withdrawn else reject_application
        reason_id = self.theirs if withdrawn else self.ours
        if self._do(self.model.active(row, status), what, application_id=id_, reason_id=reason_id):
            row.becomes(status)

    @rule(number=SOME)
    def take_up(self, number: int) -> None:
        if not (found := self._one(number)):
            return
        id_, row = found
        if self._do(self.model.take_up(row), unreject_application, application_id=id_, reason="A slip."):
            row.becomes("ACTIVE")

    @rule(number=SOME)
    def hire(self, number: int) -> None:
        if not (found := self._one(number)):
            return
        id_, row = found
        if self._do(self.model.hire(row), hire_application, application_id=id_):
            plan = self.model.plans[row.opening]
            row.seat = plan.seats.index("OPEN")
            plan.seats[row.seat] = "FILLED"
            row.becomes("HIRED", "Hired")
            if "OPEN" not in plan.seats:
                plan.status, plan.automatically, plan.closing = "CLOSED", True, None

    @rule(number=SOME)
    def unhire(self, number: int) -> None:
        if not (found := self._one(number)):
            return
        id_, row = found
        if self._do(self.model.unhire(row), unhire_application, application_id=id_):
            plan = self.model.plans[row.opening]
            assert row.seat is not None
            plan.seats[row.seat] = "OPEN"
            plan.status, plan.automatically = "OPEN", False
            row.seat = None
            row.becomes("ACTIVE", "Offer")

    @rule(number=SOME, opening=st.integers(0, OPENINGS - 1))
    def transfer(self, number: int, opening: int) -> None:
        if not (found := self._one(number)):
            return
        id_, row = found
        done = self._do(
            self.model.transfer(row, opening),
            transfer_application,
            application_id=id_,
            opening_id=self.pipelines[opening].id,
        )
        if done:
            row.becomes("TRANSFERRED")
            self.model.rows[done.application_id] = Row(row.candidate, opening)

    def _compare(self, done: Any, expected: dict[UUID, type[UserError] | None]) -> None:
        met = {item.application_id: item.refusal and item.refusal.code for item in done.results}
        assert met == {id_: refusal and refusal.code for id_, refusal in expected.items()}
        if done.batch_id:
            self.batches.append(done.batch_id)

    @rule(numbers=st.sets(SOME, min_size=1), opening=st.integers(0, OPENINGS - 1), to=st.sampled_from(STAGES[:5]))
    def bulk_move(self, numbers: set[int], opening: int, to: str) -> None:
        ids = [id_ for id_ in self._some(numbers) if self.model.rows[id_].opening == opening]
        if not ids:
            return
        expected = {id_: self.model.move(self.model.rows[id_], to) for id_ in ids}
        stages = self.pipelines[opening].stages
        moves = [BulkMove(id_, stages[self.model.rows[id_].stage]) for id_ in ids]
        done = self._do(None, bulk_move_applications, moves=moves, to_stage_id=stages[to])
        self._compare(done, expected)
        for id_ in (id_ for id_ in ids if expected[id_] is None):
            self.model.rows[id_].becomes("ACTIVE", to, done.batch_id)

    @rule(numbers=st.sets(SOME, min_size=1))
    def bulk_reject(self, numbers: set[int]) -> None:
        if not (ids := self._some(numbers)):
            return
        expected = {id_: self.model.active(self.model.rows[id_], "REJECTED") for id_ in ids}
        done = self._do(None, bulk_reject_applications, application_ids=ids, reason_id=self.ours)
        self._compare(done, expected)
        for id_ in (id_ for id_ in ids if expected[id_] is None):
            self.model.rows[id_].becomes("REJECTED", batch=done.batch_id)

    @rule(number=SOME)
    def undo(self, number: int) -> None:
        if not self.batches:
            return
        batch = self.batches[number % len(self.batches)]
        done = self._do(None, undo_batch, batch_id=batch)
        expected = {
            item.application_id: self.model.undo(self.model.rows[item.application_id], batch) for item in done.results
        }
        self._compare(done, expected)
        for id_ in (id_ for id_, refusal in expected.items() if refusal is None):
            row = self.model.rows[id_]
            assert row.before is not None
            row.becomes("ACTIVE", row.before[1], done.batch_id)

    @rule(opening=st.integers(0, OPENINGS - 1), keep=st.booleans())
    def close(self, opening: int, keep: bool) -> None:
        plan = self.model.plans[opening]
        remaining = Remaining(disposition=Disposition.KEEP if keep else Disposition.REJECT, reason_id=self.ours)
        expected = None if plan.status == "OPEN" else AlreadyDone
        done = self._do(expected, close_opening, opening_id=self.pipelines[opening].id, remaining=remaining)
        if done:
            plan.status, plan.automatically, plan.closing = "CLOSED", False, done.batch_id
            plan.seats = ["CLOSED" if seat == "OPEN" else seat for seat in plan.seats]
            for row in self.model.rows.values():
                if row.opening == opening and row.status == "ACTIVE" and not keep:
                    row.becomes("REJECTED", batch=done.batch_id)

    @rule(opening=st.integers(0, OPENINGS - 1), restore=st.booleans())
    def reopen(self, opening: int, restore: bool) -> None:
        plan = self.model.plans[opening]
        expected = None if plan.status == "CLOSED" else AlreadyDone
        arguments = {"opening_id": self.pipelines[opening].id, "restore_applications": restore}
        done = self._do(expected, reopen_opening, **arguments)
        if done:
            restorable = [row for row in self.model.rows.values() if self._was_closed(row, opening, plan.closing)]
            plan.status, plan.automatically, plan.closing = "OPEN", False, None
            plan.seats = ["OPEN" if seat == "CLOSED" else seat for seat in plan.seats]
            back = [row for row in restorable if restore and self.model.taken(row) is None]
            assert (done.restored, done.restorable) == (len(back), len(restorable) - len(back))
            for row in back:
                row.becomes("ACTIVE", batch=done.batch_id)

    def _was_closed(self, row: Row, opening: int, closing: UUID | None) -> bool:
        return closing is not None and (row.opening, row.status, row.batch) == (opening, "REJECTED", closing)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        names = {id_: name for pipeline in self.pipelines for name, id_ in pipeline.stages.items()}
        rows = self._run(self.acme.rows("SELECT id, status, stage_id, seat_id FROM application"))
        assert {row["id"]: (row["status"], names[row["stage_id"]]) for row in rows} == {
            id_: (row.status, row.stage) for id_, row in self.model.rows.items()
        }
        for pipeline, plan in zip(self.pipelines, self.model.plans, strict=True):
            (opening,) = self._run(self.acme.rows("SELECT status FROM opening WHERE id = $1", pipeline.id))
            seats = self._run(
                self.acme.rows("SELECT status FROM seat WHERE opening_id = $1 ORDER BY number", pipeline.id)
            )
            assert (opening["status"], [seat["status"] for seat in seats]) == (plan.status, plan.seats)

    @invariant()
    def every_history_is_one_unbroken_line(self) -> None:
        rows = self._run(self.acme.rows("SELECT * FROM stage_transition ORDER BY application_id, occurred_at, id"))
        last: dict[UUID, tuple[str, UUID]] = {}
        for row in rows:
            before = last.get(row["application_id"], (None, None))
            assert (row["from_status"], row["from_stage_id"]) == before
            last[row["application_id"]] = (row["to_status"], row["to_stage_id"])
        stages = {id_: self.pipelines[row.opening].stages[row.stage] for id_, row in self.model.rows.items()}
        assert last == {id_: (row.status, stages[id_]) for id_, row in self.model.rows.items()}


async def test_any_sequence_of_deeds_leaves_what_the_model_says(acme: World, request: pytest.FixtureRequest) -> None:
    loop = asyncio.get_running_loop()

    async def another() -> World:
        return await an_organization(acme.database)

    class Here(Pipelines):
        # Hypothesis is not asynchronous: it runs in a thread, and hands each deed to the loop of the tests.
        run = staticmethod(lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result())
        world = staticmethod(another)

    examples = EXAMPLES_LONG if request.config.getoption("--long") else EXAMPLES
    options = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=options)
