"""Opening and publishing what has been open elsewhere for a while: with the dates of that, not with today's."""

from datetime import datetime
from uuid import UUID

from portal.access.work import Work
from portal.openings.enums import PostingStatus, SeatStatus
from portal.openings.events import OpeningOpened, PostingPublished, SeatOpened
from portal.openings.loading import lock_seats, opening_state, posting_state, seat_state, stage_state, stages_of
from portal.openings.models import Opening, Posting
from portal.openings.reads import OPENING
from portal.openings.rules import postings, seats, states
from portal.records.recording import record


async def open_since(work: Work, opening_id: UUID, since: datetime | None) -> None:
    """Open a draft and its seats as of the time since which the source has shown it; as of now when it does not say.

    No approval is asked for: whoever had to agree has agreed there.
    """
    at = _not_later_than_now(work, since)
    opening = await work.lock(OPENING, opening_id)
    rows = {seat.id: seat for seat in await lock_seats(work, opening)}
    seat_states = [seat_state(seat) for seat in rows.values()]
    stages = [stage_state(stage) for stage in await stages_of(work, opening)]
    status = states.opened(opening_state(opening), seats=seat_states, stages=stages, approval_required=False)
    changes = work.change(opening, status=status, opened_at=at)
    record(work, OpeningOpened(subject_id=opening.id, opening_id=opening.id, changes=changes), occurred_at=at)
    for state in seats.opened_with_opening(seat_states):
        seat = rows[state.id]
        changes = work.change(seat, status=SeatStatus.OPEN, opened_at=at)
        event = SeatOpened(subject_id=seat.id, opening_id=opening.id, number=seat.number, changes=changes)
        record(work, event, occurred_at=at)


def publish_since(work: Work, opening: Opening, posting: Posting, since: datetime | None) -> None:
    """Publish a posting on the board as of the time since which the source has; as of now when it does not say.

    Both rows are locked. Raises what publishing raises.
    """
    at = _not_later_than_now(work, since)
    status = postings.published(posting_state(posting), opening_state(opening), to=PostingStatus.PUBLISHED, at=work.now)
    changes = work.change(posting, status=status, published_at=at, first_published_at=at, unpublished_at=None)
    event = PostingPublished(subject_id=posting.id, opening_id=opening.id, status=status, changes=changes)
    record(work, event, occurred_at=at)


def _not_later_than_now(work: Work, since: datetime | None) -> datetime:
    """A board's clock may be ahead of ours, or its posting planned."""
    return work.now if since is None else min(since, work.now)
