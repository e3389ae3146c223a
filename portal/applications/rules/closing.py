"""What becomes of active applications when their opening closes, and which come back when it reopens (R17)."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.applications.enums import ApplicationStatus
from portal.applications.rules.outcomes import ReasonState, check_rejection_reason
from portal.applications.rules.submission import check_takes_applications
from portal.errors import DispositionRequired, InvalidInput
from portal.openings.enums import OpeningStatus
from portal.openings.rules import states
from portal.openings.rules.states import OpeningState


class Disposition(enum.StrEnum):
    """What becomes of the applications that are still active when their opening closes."""

    REJECT = "REJECT"
    TRANSFER = "TRANSFER"
    KEEP = "KEEP"


@dataclass(frozen=True, slots=True)
class ClosedApplication:
    """An application that the closing rejected, with the batch of the last row of its history."""

    id: UUID
    status: ApplicationStatus
    latest_batch_id: UUID | None


def close_opening(
    opening: OpeningState,
    *,
    active_applications: int,
    disposition: Disposition | None,
    reason: ReasonState | None = None,
    target: OpeningState | None = None,
) -> OpeningStatus:
    """The opening's status after closing; refused while nobody has said what becomes of the active applications.

    Rejecting them needs a reason, as every rejection does (R5); transferring them needs an opening that takes them, and
    each passes `submission.check_transfer`. All that one closing does to applications is one batch.
    """
    status = states.closed(opening)
    if active_applications == 0:
        return status
    if disposition is None:
        raise DispositionRequired(active_applications)
    if disposition is Disposition.REJECT:
        check_rejection_reason(reason)
    elif disposition is Disposition.TRANSFER:
        _check_target(opening, target)
    return status


def to_restore(applications: Iterable[ClosedApplication], *, closing_batch_id: UUID) -> tuple[UUID, ...]:
    """The applications that reopening brings back: exactly those that the closing rejected and nobody touched since."""
    return tuple(
        application.id
        for application in applications
        if application.status is ApplicationStatus.REJECTED and application.latest_batch_id == closing_batch_id
    )


def _check_target(opening: OpeningState, target: OpeningState | None) -> None:
    if target is None or target.id == opening.id:
        raise InvalidInput("Name another opening to transfer the applications to.", path=("targetOpeningId",))
    check_takes_applications(target)
