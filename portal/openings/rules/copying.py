"""Copying an opening: the plan is copied, what happened is not."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.openings.enums import OpeningKind, SeatReason, SeatStatus, StageKind
from portal.openings.rules.seats import MOST_SEATS, SeatState, headcount
from portal.openings.rules.stages import StageState, in_use

# Columns of the opening's own row. Confidentiality is copied: a copy must not tell what the original hides (R20).
COPIED = frozenset(
    {
        "title",
        "is_confidential",
        "department_id",
        "employment_type",
        "seniority",
        "relocation_offered",
        "description",
    }
)
NOT_COPIED = frozenset(
    {
        "requisition_code",  # unique in the organization
        "status",  # a copy is a draft
        "kind",  # see kind_of_copy
        "opened_at",
        "held_at",
        "closed_at",
        "archived_at",
        "closed_automatically",
        "close_reason_id",
        "copied_from_id",  # names the original
    }
)


@dataclass(frozen=True, slots=True)
class CopiedSeat:
    """A seat of the copy: a draft under its new number, without team, dates or who left."""

    number: int
    reason: SeatReason = SeatReason.NEW
    status: SeatStatus = SeatStatus.DRAFT


@dataclass(frozen=True, slots=True)
class CopiedStage:
    """A stage of the copy."""

    kind: StageKind
    name: str
    position: int


def kind_of_copy(kind: OpeningKind, *, as_template: bool = False) -> OpeningKind:
    """A copy of a template is an opening like any other, unless it is wanted as a template itself."""
    if as_template:
        return OpeningKind.TEMPLATE
    return OpeningKind.STANDARD if kind is OpeningKind.TEMPLATE else kind


def copied_stages(stages: Iterable[StageState]) -> tuple[CopiedStage, ...]:
    """The stages in use, in their order, numbered from 1; archived ones are left behind."""
    return tuple(CopiedStage(stage.kind, stage.name, position) for position, stage in enumerate(in_use(stages), 1))


def copied_seats(seats: Iterable[SeatState]) -> tuple[CopiedSeat, ...]:
    """As many draft seats as the opening's headcount is, and at least one."""
    count = min(max(1, headcount(seats)), MOST_SEATS)
    return tuple(CopiedSeat(number) for number in range(1, count + 1))
