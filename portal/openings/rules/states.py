"""The life of an opening: which state follows which, what each step demands, and who may see it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus, SeatStatus
from portal.openings.rules import stages as pipeline
from portal.openings.rules.seats import SeatState
from portal.openings.rules.stages import StageState

DRAFT = OpeningStatus.DRAFT
PENDING = OpeningStatus.PENDING_APPROVAL
APPROVED = OpeningStatus.APPROVED
OPEN = OpeningStatus.OPEN
ON_HOLD = OpeningStatus.ON_HOLD
CLOSED = OpeningStatus.CLOSED
ARCHIVED = OpeningStatus.ARCHIVED

TRANSITIONS: Mapping[OpeningStatus, AbstractSet[OpeningStatus]] = {
    DRAFT: {PENDING, OPEN, ARCHIVED},  # OPEN directly while the organization wants no approvals
    PENDING: {APPROVED, DRAFT},
    APPROVED: {OPEN},
    OPEN: {ON_HOLD, CLOSED},
    ON_HOLD: {OPEN, CLOSED},
    CLOSED: {OPEN, PENDING, ARCHIVED},
    ARCHIVED: {DRAFT},
}

# What an approver agreed to: changing one of these asks for a new approval (R15, R20).
APPROVED_FIELDS = frozenset(
    {"requisition_code", "seats", "department_id", "employment_type", "compensation_bands", "is_confidential"}
)

_IN_WORDS = {PENDING: "waiting for approval", ON_HOLD: "on hold"}


@dataclass(frozen=True, slots=True)
class OpeningState:
    """What the rules need to know of an opening."""

    id: UUID
    status: OpeningStatus
    kind: OpeningKind = OpeningKind.STANDARD
    is_confidential: bool = False
    closed_automatically: bool = False
    closed_at: datetime | None = None


def in_words(status: OpeningStatus) -> str:
    """The status as it stands in a sentence: "on hold"."""
    return _IN_WORDS.get(status, status.lower())


def opened(
    opening: OpeningState, *, seats: Sequence[SeatState], stages: Sequence[StageState], approval_required: bool
) -> OpeningStatus:
    """The status after opening: it needs a seat to fill, a stage to start in and, where wanted, an approval."""
    _check(opening.status, {DRAFT, APPROVED}, to=OPEN, deed="opened")
    if opening.kind is OpeningKind.TEMPLATE:
        raise WrongState("A template is only copied from; copy it, then open the copy.", state=opening.status)
    if opening.status is DRAFT and approval_required:
        raise WrongState("Openings of this organization are approved before they open.", state=opening.status)
    if not any(seat.status in {SeatStatus.DRAFT, SeatStatus.APPROVED, SeatStatus.OPEN} for seat in seats):
        raise InvalidInput("This opening has no seat to fill. Add one, then open it.", path=("seats",))
    pipeline.arrival_stage(stages, is_lead=False)
    return OPEN


def held(opening: OpeningState) -> OpeningStatus:
    """The status after putting the opening on hold."""
    _check(opening.status, {OPEN}, to=ON_HOLD, deed="put on hold")
    return ON_HOLD


def resumed(opening: OpeningState) -> OpeningStatus:
    """The status after taking the opening off hold."""
    _check(opening.status, {ON_HOLD}, to=OPEN, deed="resumed")
    return OPEN


def closed(opening: OpeningState) -> OpeningStatus:
    """The status after closing; what becomes of its applications is decided in portal.applications.rules.closing."""
    _check(opening.status, {OPEN, ON_HOLD}, to=CLOSED, deed="closed")
    return CLOSED


def reopened(opening: OpeningState, *, approval_required: bool) -> OpeningStatus:
    """The status after reopening: open again, or waiting for approval where those are wanted."""
    _check(opening.status, {CLOSED}, to=OPEN, deed="reopened")
    return PENDING if approval_required else OPEN


def archived(opening: OpeningState, *, active_applications: int) -> OpeningStatus:
    """The status after archiving; nobody would look for active applications in an archived opening (R17)."""
    _check(opening.status, {DRAFT, CLOSED}, to=ARCHIVED, deed="archived")
    if active_applications > 0:
        raise WrongState(
            f"{active_applications} applications of this opening are still active. End them, then archive it.",
            state=opening.status,
        )
    return ARCHIVED


def restored(opening: OpeningState) -> OpeningStatus:
    """The status after taking the opening out of the archive: a draft again."""
    _check(opening.status, {ARCHIVED}, to=DRAFT, deed="restored")
    return DRAFT


def check_editable(opening: OpeningState) -> None:
    """Refuses to change what is archived."""
    if opening.status is ARCHIVED:
        raise WrongState("This opening is archived. Restore it, then change it.", state=opening.status)


def needs_new_approval(status: OpeningStatus, changed_fields: AbstractSet[str], *, approval_required: bool) -> bool:
    """Whether a change of these fields voids the approval that the opening has or waits for (R15)."""
    return approval_required and status not in {DRAFT, ARCHIVED} and not APPROVED_FIELDS.isdisjoint(changed_fields)


def check_confidentiality_change(opening: OpeningState, *, confidential: bool, confirmed: bool) -> None:
    """Refuses to make a confidential opening public by accident (R20): it needs an explicit confirmation."""
    if confidential == opening.is_confidential:
        raise AlreadyDone(f"This opening is already {'confidential' if confidential else 'public'}.")
    if not confidential and not confirmed:
        raise InvalidInput(
            "Everybody who sees openings will see this one, its applications included. Confirm that you want this.",
            path=("confirmed",),
        )


def _check(status: OpeningStatus, sources: AbstractSet[OpeningStatus], *, to: OpeningStatus, deed: str) -> None:
    if status is to:
        raise AlreadyDone(f"This opening is already {in_words(status)}.")
    if status not in sources:
        raise WrongState(f"This opening is {in_words(status)}; it can't be {deed}.", state=status)
