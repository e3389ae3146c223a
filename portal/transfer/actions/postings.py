"""The posting of one job post, found again by the post's id."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.access.work import Work
from portal.openings.actions.postings import PostingContent, create_posting, unpublish_posting, update_posting
from portal.openings.enums import OpeningStatus, PostingStatus
from portal.openings.loading import posting_state
from portal.openings.models import Opening, Posting
from portal.openings.reads import POSTING
from portal.openings.rules import postings as rules
from portal.transfer.actions.external_ids import Foreign
from portal.transfer.actions.going_live import publish_since
from portal.transfer.actions.results import RowWritten, unless_done
from portal.transfer.board import SYSTEM, ImportedPosting
from portal.transfer.documents import Json, canonical
from portal.transfer.outcomes import OutcomeKind

POSTINGS = Foreign(SYSTEM, "Posting")

NO_TEXT = "It carries no text, so it stays a draft; import the board with its content (…/jobs?content=true)."
PAST = "Its last day is over, so it is not published."
NOT_OPEN = "Its opening is not open to everybody here, so it is not published."


@dataclass(frozen=True, slots=True)
class PostingWritten:
    """A posting that was written, and why it was not published if it was not, in sentences."""

    row: RowWritten
    notes: tuple[str, ...] = ()


async def keep_posting(
    work: Work, opening: Opening, posting: ImportedPosting, location_id: UUID | None
) -> PostingWritten:
    """Write a posting of an opening that is locked, and publish it while it is a draft; `location_id` is where it is.

    One that has been taken down here is changed, but stays down.
    """
    known = (await POSTINGS.known(work, [posting.external_id])).get(posting.external_id)
    if known is not None and known.fingerprint == posting.fingerprint:
        return PostingWritten(RowWritten("Posting", posting.external_id, known.entity_id, OutcomeKind.UNCHANGED))
    content = _content(posting, location_id)
    if known is None:
        row_id = (await create_posting.within(work, opening_id=opening.id, content=content)).posting_id
    else:
        row_id = known.entity_id
        await _update(work, row_id, content)
    row = await work.lock(POSTING, row_id)
    reason = _reason_to_wait(work, opening, row)
    if row.status is PostingStatus.DRAFT and reason is None:
        publish_since(work, opening, row, posting.first_published_at)
    POSTINGS.keep(work, known, posting.external_id, row_id, posting.fingerprint, _raw(posting))
    kind = OutcomeKind.CREATED if known is None else OutcomeKind.UPDATED
    notes = (reason,) if reason is not None and row.status is PostingStatus.DRAFT else ()
    return PostingWritten(RowWritten("Posting", posting.external_id, row_id, kind), notes)


async def _update(work: Work, row_id: UUID, content: PostingContent) -> None:
    """Change what a posting says; one whose last day is over comes down first, for such a one is not published."""
    row = await work.find(POSTING, row_id)
    valid_through = content.valid_through
    if row.status in rules.LIVE and valid_through and valid_through <= work.now:  # type: ignore[operator] # never UNCHANGED
        await unpublish_posting.within(work, posting_id=row_id)
    await unless_done(update_posting.within(work, posting_id=row_id, content=content))


def _content(posting: ImportedPosting, location_id: UUID | None) -> PostingContent:
    # Any: the parameters of a dataclass; a body that the file does not carry stays as it is.
    body: dict[str, Any] = {} if posting.content is None else {"body_html": posting.content.html}
    return PostingContent(
        title=posting.title,
        language=posting.language,
        location_id=location_id,
        location_name=posting.location_name,
        url=posting.url,
        valid_through=posting.valid_through,
        **body,
    )


def _reason_to_wait(work: Work, opening: Opening, row: Posting) -> str | None:
    """Why a posting can't be published, None when it can."""
    if opening.status is not OpeningStatus.OPEN or opening.is_confidential:
        return NOT_OPEN
    if not row.body_text.strip():
        return NO_TEXT
    return PAST if rules.is_past(posting_state(row), work.now) else None


def _raw(posting: ImportedPosting) -> dict[str, Json]:
    """What of a post has no field here. Custom fields are internal unless they are known to be public."""
    updated_at = posting.source_updated_at
    return {
        **posting.raw,
        "metadata": canonical(posting.metadata),
        "source_updated_at": updated_at.isoformat() if updated_at else None,
    }
