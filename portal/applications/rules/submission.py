"""Submitting an application: who may apply again, when, and for what; and moving one to another opening."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.applications.enums import ApplicationOrigin, ApplicationStatus
from portal.applications.rules.states import TRANSFERRED, ApplicationState, check_active
from portal.errors import AlreadyDone, DuplicateActiveApplication, Forbidden, InvalidInput, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus
from portal.openings.rules.postings import PostingState, check_applying
from portal.openings.rules.states import OpeningState, in_words

# What the organization began itself: the candidate did not choose the day, so the cool-down does not bind it.
_UNBOUND_BY_COOL_DOWN = frozenset({ApplicationOrigin.IMPORTED, ApplicationOrigin.INVITED})

# What a transferred application takes along (R7). Its posting, recruiter, coordinator and interviewers stay behind:
# they belong to the other opening, and candidates are told about the new one.
CARRIED_BY_TRANSFER = ("candidate_id", "candidate_is_private", "origin", "source_id", "credited_to_id", "applied_at")


@dataclass(frozen=True, slots=True)
class EarlierApplication:
    """An application of the same candidate for the same opening; `ended_at` is when it was rejected or withdrawn."""

    id: UUID
    status: ApplicationStatus
    ended_at: datetime | None = None


def check_submission(
    opening: OpeningState,
    earlier: Iterable[EarlierApplication],
    *,
    origin: ApplicationOrigin,
    posting: PostingState | None,
    at: datetime,
    reapply_after_days: int,
) -> None:
    """Refuses an application that can't be: the opening takes none, the link is old, or the candidate is too early.

    An import tells what happened elsewhere, so it may bring applications for openings that are closed and postings that
    are down (R38).
    """
    if origin is not ApplicationOrigin.IMPORTED:
        check_takes_applications(opening)
        if posting is not None:
            check_applying(posting, opening_id=opening.id, at=at)
    kept = list(earlier)
    check_not_taken(kept)
    if origin not in _UNBOUND_BY_COOL_DOWN:
        check_cool_down(kept, at=at, reapply_after_days=reapply_after_days)


def check_takes_applications(opening: OpeningState) -> None:
    """Refuses an application for an opening that is not open, or is only a template (R17)."""
    if opening.kind is OpeningKind.TEMPLATE:
        raise WrongState("A template takes no applications.", state=opening.status)
    if opening.status is not OpeningStatus.OPEN:
        raise WrongState(f"This opening is {in_words(opening.status)}; it takes no applications.", state=opening.status)


def check_not_taken(earlier: Iterable[EarlierApplication]) -> None:
    """Refuses a second application beside an active one (R1), or after the candidate was hired for this opening."""
    kept = list(earlier)
    check_no_active(kept)
    if any(application.status is ApplicationStatus.HIRED for application in kept):
        raise AlreadyDone("This candidate was hired for this opening.")


def check_cool_down(earlier: Iterable[EarlierApplication], *, at: datetime, reapply_after_days: int) -> None:
    """Refuses a new application too soon after the last one was rejected or withdrawn (R1); 0 days is no cool-down.

    A transferred application does not count: the organization moved it, the candidate did not leave.
    """
    ended = [application.ended_at for application in earlier if application.ended_at is not None]
    if not ended or reapply_after_days <= 0:
        return
    possible_from = max(ended) + timedelta(days=reapply_after_days)
    if at < possible_from:
        raise InvalidInput(
            f"This candidate's last application for this opening ended on {max(ended):%Y-%m-%d}."
            f" A new one is possible from {possible_from:%Y-%m-%d}."
        )


def check_no_active(others: Iterable[EarlierApplication]) -> None:
    """Refuses a second active application of one candidate for one opening (R1)."""
    for other in others:
        if other.status is ApplicationStatus.ACTIVE:
            raise DuplicateActiveApplication(other.id)


def check_open_again(opening: OpeningState) -> None:
    """Refuses to take up an application whose opening is over; one on hold may have candidates in process."""
    if opening.status not in {OpeningStatus.OPEN, OpeningStatus.ON_HOLD}:
        raise WrongState(
            f"This opening is {in_words(opening.status)}. Reopen it, then take up its applications.",
            state=opening.status,
        )


def check_source(*, is_given: bool, is_required: bool) -> None:
    """Refuses an application without its source where the organization asks for one (policy require_source)."""
    if is_required and not is_given:
        raise InvalidInput("Say through what source the candidate came.", path=("sourceId",))


def check_transfer(
    application: ApplicationState,
    target: OpeningState,
    at_target: Iterable[EarlierApplication],
    *,
    rights_here: AbstractSet[str],
    rights_there: AbstractSet[str],
) -> None:
    """Refuses a transfer to an opening that can't take the application, or that would widen the actor's own view (R7).

    `rights_here` and `rights_there` are the actor's permissions on the two openings: whoever may see more of candidates
    there than here must not carry one over. No cool-down binds a transfer, for the candidate did nothing.
    """
    check_active(application, to=TRANSFERRED, deed="transferred")
    if target.id == application.opening_id:
        raise AlreadyDone("The application is already for this opening.")
    if not rights_there <= rights_here:
        raise Forbidden(
            "You may do more on the other opening than on this one, so you can't carry a candidate over."
            " Ask somebody who has the same rights on both."
        )
    check_takes_applications(target)
    check_not_taken(at_target)
