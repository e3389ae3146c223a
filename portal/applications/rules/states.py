"""The states of an application, what may follow what (R4), and how its end is counted (R8)."""

import enum
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from portal.applications.enums import ApplicationStatus
from portal.errors import AlreadyDone, WrongState

ACTIVE = ApplicationStatus.ACTIVE
REJECTED = ApplicationStatus.REJECTED
WITHDRAWN = ApplicationStatus.WITHDRAWN
HIRED = ApplicationStatus.HIRED
TRANSFERRED = ApplicationStatus.TRANSFERRED

# ACTIVE follows ACTIVE by moving to another stage: the stage is apart from the status.
TRANSITIONS: Mapping[ApplicationStatus, AbstractSet[ApplicationStatus]] = {
    ACTIVE: {ACTIVE, REJECTED, WITHDRAWN, HIRED, TRANSFERRED},
    REJECTED: {ACTIVE},
    WITHDRAWN: {ACTIVE},
    HIRED: {ACTIVE},
    TRANSFERRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class ApplicationState:
    """What the rules need to know of an application; `stage_id` stays where it was when the application ends."""

    id: UUID
    candidate_id: UUID
    opening_id: UUID
    status: ApplicationStatus
    stage_id: UUID
    stage_name: str
    entered_stage_at: datetime
    seat_id: UUID | None = None


class StatusBucket(enum.StrEnum):
    """As much of the status as an agency or a referrer is told."""

    IN_PROCESS = "IN_PROCESS"
    CLOSED = "CLOSED"
    HIRED = "HIRED"


def check_active(application: ApplicationState, *, to: ApplicationStatus, deed: str) -> None:
    """Refuses what only an active application can undergo (R4); `deed` is what: "rejected"."""
    if application.status is to and to is not ACTIVE:
        raise AlreadyDone(f"This application is already {to.lower()}.")
    if application.status is not ACTIVE:
        raise WrongState(
            f"Only an active application can be {deed}; this one is {application.status.lower()}.",
            state=application.status,
        )


def bucket(status: ApplicationStatus) -> StatusBucket:
    """In process, closed or hired: what those outside of the hiring team may know."""
    match status:
        case ApplicationStatus.ACTIVE:
            return StatusBucket.IN_PROCESS
        case ApplicationStatus.HIRED:
            return StatusBucket.HIRED
        case ApplicationStatus.REJECTED | ApplicationStatus.WITHDRAWN | ApplicationStatus.TRANSFERRED:
            return StatusBucket.CLOSED
        case _:
            assert_never(status)


def counts_as_rejection(status: ApplicationStatus) -> bool:
    """Whether the organization turned the candidate down; a withdrawal is the candidate's own choice (R8)."""
    return status is REJECTED
