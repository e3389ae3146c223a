"""What candidates read about an opening: writing postings, publishing them and taking them down."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.addresses import web_address
from portal.archiving import check_choosable
from portal.errors import AlreadyDone, InvalidInput
from portal.openings import lifecycle
from portal.openings.actions.checks import lock_editable, needed
from portal.openings.actions.results import PostingResult
from portal.openings.enums import PostingStatus
from portal.openings.events import PostingCreated, PostingPublished, PostingUpdated
from portal.openings.loading import lock_posted_too_long, of_opening, opening_state, posting_state
from portal.openings.models import Opening, Posting
from portal.openings.reads import POSTING
from portal.openings.rules import postings as rules
from portal.openings.text import sanitised, sections
from portal.organizations.reads import LOCATION
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

_COUNT = select(func.count()).select_from(of_opening(Posting).order_by(None).subquery())


@dataclass(frozen=True, kw_only=True)
class PostingSection:
    """A part of a posting under its own heading, as it was written."""

    heading: str
    html: str


@dataclass(frozen=True, kw_only=True)
class PostingContent:
    """What a posting says. In an update, what is not given stays; null empties a field where it may be empty."""

    title: str | Unchanged | None = UNCHANGED
    language: str | Unchanged | None = UNCHANGED
    body_html: str | Unchanged | None = UNCHANGED
    sections: Sequence[PostingSection] | Unchanged | None = UNCHANGED
    location_id: UUID | Unchanged | None = UNCHANGED
    location_name: str | Unchanged | None = UNCHANGED
    eeo_statement: str | Unchanged | None = UNCHANGED
    accommodation_contact: str | Unchanged | None = UNCHANGED
    url: str | Unchanged | None = UNCHANGED
    valid_through: datetime | Unchanged | None = UNCHANGED


@action(Permission.POSTING_PUBLISH)
async def create_posting(work: Work, *, opening_id: UUID, content: PostingContent) -> PostingResult:
    """Write a posting for an opening, as a draft; title and language are the opening's and English unless given.

    Its HTML is sanitised once and kept as plain text too (R40). Raises InvalidInput; WrongState for an archived
    opening.
    """
    opening = await lock_editable(work, opening_id)
    if await work.value(_COUNT, opening_id=opening.id) >= rules.MOST_POSTINGS:
        raise InvalidInput(f"An opening has at most {rules.MOST_POSTINGS} postings.")
    values = {"title": opening.title, "language": "en", "body_html": "", "body_text": ""} | await _tidy(work, content)
    row = work.add(Posting(opening_id=opening.id, status=PostingStatus.DRAFT, **values))
    changes = first_values(row, "title", "language", "location_id")
    record(work, PostingCreated(subject_id=row.id, opening_id=opening.id, changes=changes))
    return PostingResult(row.id)


@action(Permission.POSTING_PUBLISH)
async def update_posting(
    work: Work, *, posting_id: UUID, content: PostingContent, expected_version: int | None = None
) -> PostingResult:
    """Change what a posting says, at once where it is published.

    Raises InvalidInput, also for what would leave a published one without text or with its last day over; AlreadyDone.
    """
    opening, row = await _lock(work, posting_id, expected_version)
    changes = work.change(row, **await _tidy(work, content))
    if not changes:
        raise AlreadyDone("The posting is like that already.")
    if row.status in rules.LIVE:
        rules.check_readable(posting_state(row), work.now)
    record(work, PostingUpdated(subject_id=row.id, opening_id=opening.id, changes=changes))
    return PostingResult(row.id)


@action(Permission.POSTING_PUBLISH)
async def publish_posting(
    work: Work, *, posting_id: UUID, to: PostingStatus, expected_version: int | None = None
) -> PostingResult:
    """Show a posting on the board (PUBLISHED), to members (INTERNAL) or to whoever has its address (UNLISTED).

    Raises WrongState unless the opening is open; InvalidInput for a confidential opening (R20), a posting without text
    or with its last day over; AlreadyDone.
    """
    opening, row = await _lock(work, posting_id, expected_version)
    status = rules.published(posting_state(row), opening_state(opening), to=to, at=work.now)
    changes = work.change(
        row,
        status=status,
        published_at=work.now,
        first_published_at=row.first_published_at or work.now,
        unpublished_at=None,
    )
    record(work, PostingPublished(subject_id=row.id, opening_id=opening.id, status=status, changes=changes))
    return PostingResult(row.id)


@action(Permission.POSTING_PUBLISH)
async def unpublish_posting(work: Work, *, posting_id: UUID, expected_version: int | None = None) -> PostingResult:
    """Take a posting down; nobody can apply through its old address any more (R17). Raises WrongState, AlreadyDone."""
    _, row = await _lock(work, posting_id, expected_version)
    rules.unpublished(posting_state(row))
    lifecycle.take_down(work, row)
    return PostingResult(row.id)


@action(Permission.POSTING_PUBLISH, may_record_nothing=True)
async def expire_postings(work: Work) -> int:
    """Take down what is up though its last day is over, for the worker; of how many openings, none when all is done."""
    openings = await lock_posted_too_long(work)
    for opening in openings:
        await lifecycle.expire_postings(work, opening)
    return len(openings)


async def _lock(work: Work, posting_id: UUID, expected_version: int | None) -> tuple[Opening, Posting]:
    """A posting and its opening, the opening locked first as everywhere."""
    found = await work.find(POSTING, posting_id, permission=work.permission)
    opening = await lock_editable(work, found.opening_id)
    return opening, await work.lock(POSTING, posting_id, expected_version=expected_version)


# Any: values of all types under the names of their columns.
async def _tidy(work: Work, content: PostingContent) -> dict[str, Any]:
    """The given parts as they are stored."""
    given = {field.name: getattr(content, field.name) for field in fields(content)}
    given = {name: value for name, value in given.items() if value is not UNCHANGED}
    values = {name: _TIDIED[name](value) for name, value in given.items() if name in _TIDIED}
    if "body_html" in given:
        body = sanitised(given["body_html"] or "")
        values |= {"body_html": body.html, "body_text": body.text}
    if given.get("location_id") is not None:
        location = await work.find(LOCATION, given["location_id"])
        check_choosable("location", location.name, location.archived_at, path="locationId")
    if "location_id" in given:
        values["location_id"] = given["location_id"]
    return values


def _sections(given: Sequence[PostingSection] | None) -> list[dict[str, Any]]:  # Any: the shape of a JSON column
    made = sections([(section.heading, section.html) for section in given or ()])
    return [section.to_json() for section in made]


def _text(name: str) -> Any:  # Any: as in _TIDIED
    return lambda value: bounds.optional_text(value, longest=bounds.NOTE_LENGTH, path=name)


# Any: functions of what was given for a field, each of its own type.
_TIDIED: dict[str, Any] = {
    "title": lambda value: bounds.one_line(needed(value, "title"), path="title"),
    "language": lambda value: bounds.language(needed(value, "language"), path="language"),
    "sections": _sections,
    "location_name": lambda value: bounds.optional_line(value, path="locationName"),
    "eeo_statement": _text("eeoStatement"),
    "accommodation_contact": _text("accommodationContact"),
    "url": lambda value: value and web_address(value, path="url").value,
    "valid_through": lambda value: value and bounds.instant(value, path="validThrough"),
}
