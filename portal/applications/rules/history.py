"""What an application's history tells: how long it was in which stage while it was active."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from uuid import UUID

from portal.applications.enums import ApplicationStatus

_DAY = timedelta(days=1)


class UnorderedTransitions(ValueError):
    """The history was not passed in the order in which it happened: a bug in the caller."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row of the history: from then on the application was in this stage, with this status."""

    stage_id: UUID
    status: ApplicationStatus
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in a stage; `left_at` is None while it lasts."""

    stage_id: UUID
    entered_at: datetime
    left_at: datetime | None


def visits(history: Sequence[Arrival]) -> tuple[Visit, ...]:
    """The stays in stages, in time order: from entering a stage until leaving it or until the application ended.

    Taking an application up again begins a new visit. Raises UnorderedTransitions if the history is not in time order.
    """
    found = []
    for arrival, following in zip_longest(history, history[1:]):
        if following is not None and following.occurred_at < arrival.occurred_at:
            raise UnorderedTransitions
        if arrival.status is ApplicationStatus.ACTIVE:
            left_at = None if following is None else following.occurred_at
            found.append(Visit(arrival.stage_id, arrival.occurred_at, left_at))
    return tuple(found)


def days_in_stage(history: Sequence[Arrival], at: datetime) -> dict[UUID, float]:
    """How long an application has spent in each stage, for its page and the funnel report.

    Returns {stage_id: days}, fractional days, summed over visits; the visit that lasts counts up to `at`.
    Raises UnorderedTransitions if the history is not in time order.
    """
    days: defaultdict[UUID, float] = defaultdict(float)
    for visit in visits(history):
        stay = (visit.left_at or at) - visit.entered_at
        days[visit.stage_id] += max(stay, timedelta()) / _DAY
    return dict(days)
