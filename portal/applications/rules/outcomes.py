"""How an application ends without a hire, by the organization or by the candidate, and how it is taken up again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal import archiving, bounds
from portal.applications.enums import RejectionType
from portal.applications.rules.states import REJECTED, WITHDRAWN, ApplicationState, check_active
from portal.applications.rules.submission import EarlierApplication, check_not_taken, check_open_again
from portal.errors import InvalidInput, ReasonRequired, WrongState
from portal.openings.rules.stages import StageState, check_destination
from portal.openings.rules.states import OpeningState


@dataclass(frozen=True, slots=True)
class ReasonState:
    """What the rules need to know of a rejection reason; its type says who ended the application."""

    name: str
    type: RejectionType
    archived_at: datetime | None = None


def check_reject(application: ApplicationState, reason: ReasonState | None) -> None:
    """Refuses a rejection of what is not active (R4) or without a reason of the organization's (R5)."""
    check_active(application, to=REJECTED, deed="rejected")
    check_rejection_reason(reason)


def check_rejection_reason(reason: ReasonState | None) -> None:
    """Refuses a missing or archived reason, and one that says that the candidate withdrew (R5, R8)."""
    if reason is None:
        raise ReasonRequired("Say why the application is rejected.", path=("reasonId",))
    archiving.check_choosable("reason", reason.name, reason.archived_at, path="reasonId")
    if reason.type is RejectionType.BY_CANDIDATE:
        raise InvalidInput(
            f"{reason.name} says that the candidate withdrew. Withdraw the application instead.", path=("reasonId",)
        )


def check_withdraw(application: ApplicationState, reason: ReasonState | None) -> None:
    """Refuses a withdrawal of what is not active (R4) or without a reason of the candidate's (R8)."""
    check_active(application, to=WITHDRAWN, deed="withdrawn")
    if reason is None:
        raise ReasonRequired("Say why the candidate withdraws.", path=("reasonId",))
    archiving.check_choosable("reason", reason.name, reason.archived_at, path="reasonId")
    if reason.type is not RejectionType.BY_CANDIDATE:
        raise InvalidInput(
            f"{reason.name} is not a candidate's reason. Reject the application instead.", path=("reasonId",)
        )


def reopened_stage(
    application: ApplicationState,
    opening: OpeningState,
    others: Iterable[EarlierApplication],
    *,
    stage_before: StageState,
    chosen: StageState | None,
    reason: str | None,
) -> StageState:
    """The stage in which a rejected or withdrawn application is taken up again (R4, R5): the chosen one, else its last.

    It needs a reason, an opening that is not closed, and no other active or hired application of the candidate there
    (R1).
    """
    if application.status not in {REJECTED, WITHDRAWN}:
        raise WrongState(
            "Only a rejected or withdrawn application can be taken up again;"
            f" this one is {application.status.lower()}.",
            state=application.status,
        )
    if bounds.optional_text(reason, longest=bounds.NOTE_LENGTH, path="reason") is None:
        raise ReasonRequired("Say why the application is taken up again.", path=("reason",))
    check_open_again(opening)
    check_not_taken(others)
    stage = chosen or stage_before
    check_destination(stage, opening_id=application.opening_id, path="stageId")
    return stage
