"""The rows of one organization's openings, candidates, applications and their history."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from benchmarks.rows_staff import EARLIEST, Organization

# Kinds and names of three pipelines of 6, 7 and 8 stages, the last of which is where hired people are.
_SHORT = ("LEAD", "APPLIED", "SCREEN", "INTERVIEW", "OFFER", "HIRED")
_LONG = ("LEAD", "APPLIED", "SCREEN", "INTERVIEW", "TEAM_MATCH", "OFFER", "HIRED")
_LONGEST = ("LEAD", "APPLIED", "SCREEN", "ASSESSMENT", "INTERVIEW", "TEAM_MATCH", "OFFER", "HIRED")
PIPELINES = (_SHORT, _LONG, _LONGEST)

ACTIVE_SHARE = 0.68
WITHDRAWN_SHARE = 0.08  # of those that are not active
EVEN_SHARE = 0.85  # of the active ones, spread evenly over the stages; the others wait at the start
HIRED_EVERY = 40  # applications


class OpeningRow(NamedTuple):
    """An opening with what its applications need to know of it."""

    id: UUID
    number: int
    opened_at: datetime
    stages: list[UUID]
    seats: list[UUID]
    applications: int


class ApplicationRow(NamedTuple):
    """An application; `path` are the stages that it came through, the last one where it is."""

    id: UUID
    opening: OpeningRow
    candidate: int
    status: str
    path: list[int]
    applied_at: datetime
    days_per_stage: float
    reason: UUID | None
    seat: UUID | None


@dataclass
class Pipeline:
    """All that happens in one organization."""

    organization: Organization
    openings: list[OpeningRow] = field(init=False)
    candidates: list[UUID] = field(init=False)
    applications: list[ApplicationRow] = field(init=False)

    def __post_init__(self) -> None:
        counts = self.organization.size.applications_by_opening()
        self.openings = [self._opening(index, count) for index, count in enumerate(counts)]
        start = EARLIEST + timedelta(days=1)
        self.candidates = [
            self.organization.new_id(start + timedelta(seconds=60 * index))
            for index in range(self.organization.size.candidates)
        ]
        self.applications = list(self._applications())

    def _opening(self, index: int, applications: int) -> OpeningRow:
        new_id = self.organization.new_id
        opened_at = EARLIEST + timedelta(days=5 + index % 200, seconds=index)
        stages = [new_id(opened_at) for _ in PIPELINES[index % len(PIPELINES)]]
        seats = [new_id(opened_at) for _ in range(applications // HIRED_EVERY + 2)]
        return OpeningRow(new_id(opened_at), index, opened_at, stages, seats, applications)

    def _applications(self) -> Iterator[ApplicationRow]:
        """Each candidate applies one to five times, but to an opening only once."""
        random = self.organization.random
        times = (1, 1, 1, 2, 5)
        order = [index for index in range(len(self.candidates)) for _ in range(times[index % len(times)])]
        random.shuffle(order)
        waiting = deque(order)
        for opening in self.openings:
            chosen: set[int] = set()
            while len(chosen) < opening.applications:
                candidate = waiting.popleft() if waiting else random.randrange(len(self.candidates))
                if candidate not in chosen:
                    yield self._application(opening, len(chosen), candidate)
                    chosen.add(candidate)

    def _application(self, opening: OpeningRow, number: int, candidate: int) -> ApplicationRow:
        random = self.organization.random
        status, path, reason, seat = self._fate(opening, number)
        applied_at = opening.opened_at + timedelta(seconds=random.random() * 86_400 * 60)
        days = 0.5 + random.random() * 9.5
        return ApplicationRow(
            self.organization.new_id(applied_at), opening, candidate, status, path, applied_at, days, reason, seat
        )

    def _fate(self, opening: OpeningRow, number: int) -> tuple[str, list[int], UUID | None, UUID | None]:
        random = self.organization.random
        last = len(opening.stages) - 1
        active = int(opening.applications * ACTIVE_SHARE)
        if number < active:
            stage = number % last if number < active * EVEN_SHARE else 1
            return "ACTIVE", _path(stage), None, None
        if number - active < opening.applications // HIRED_EVERY:
            return "HIRED", _path(last), None, opening.seats[number - active]
        status = "WITHDRAWN" if random.random() < WITHDRAWN_SHARE else "REJECTED"
        return status, _path(random.choice((1, 2, 3, 3, 4, 4))), random.choice(self.organization.reasons), None


def _path(stage: int) -> list[int]:
    """Leads begin at the beginning; whoever is further came in as an applicant."""
    return [0] if stage == 0 else list(range(1, stage + 1))
