"""Postings: where one can be seen, when it may be published, and through which one a candidate may apply."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput, WrongState
from portal.openings.enums import OpeningStatus, PostingStatus
from portal.openings.rules.states import OpeningState, in_words

# A careers page with more than this for one opening is a mistake; large employers post one opening in some 60 cities.
MOST_POSTINGS = 200

LIVE = frozenset({PostingStatus.PUBLISHED, PostingStatus.INTERNAL, PostingStatus.UNLISTED})
_HIDDEN = frozenset({PostingStatus.UNPUBLISHED, PostingStatus.EXPIRED})

TRANSITIONS: Mapping[PostingStatus, AbstractSet[PostingStatus]] = {
    PostingStatus.DRAFT: LIVE | {PostingStatus.PENDING},
    PostingStatus.PENDING: LIVE | {PostingStatus.DRAFT},
    PostingStatus.PUBLISHED: (LIVE | _HIDDEN) - {PostingStatus.PUBLISHED},
    PostingStatus.INTERNAL: (LIVE | _HIDDEN) - {PostingStatus.INTERNAL},
    PostingStatus.UNLISTED: (LIVE | _HIDDEN) - {PostingStatus.UNLISTED},
    PostingStatus.UNPUBLISHED: LIVE,
    PostingStatus.EXPIRED: LIVE,
}


@dataclass(frozen=True, slots=True)
class PostingState:
    """What the rules need to know of a posting."""

    id: UUID
    opening_id: UUID
    status: PostingStatus
    body_text: str = ""
    valid_through: datetime | None = None


def published(posting: PostingState, opening: OpeningState, *, to: PostingStatus, at: datetime) -> PostingStatus:
    """The status after publishing to `to`: the board, employees only, or whoever has the link.

    The opening has to be open and not confidential (R20: a posting would tell of it), the text written and the last day
    still to come.
    """
    if to not in LIVE:
        raise InvalidInput("A posting is published, internal or unlisted.", path=("status",))
    if posting.status is to:
        raise AlreadyDone(f"This posting is already {to.lower()}.")
    if opening.status is not OpeningStatus.OPEN:
        raise WrongState(
            f"The opening is {in_words(opening.status)}. Open it, then publish its postings.", state=opening.status
        )
    if opening.is_confidential:
        raise InvalidInput("A confidential opening can't be posted. Make it public first.")
    check_readable(posting, at)
    return to


def check_readable(posting: PostingState, at: datetime) -> None:
    """Refuses a posting that candidates could not use: without a text, or with its last day over."""
    if not posting.body_text.strip():
        raise InvalidInput("Write the posting's text before you publish it.", path=("bodyHtml",))
    if is_past(posting, at):
        raise InvalidInput("The posting's last day is over. Set a later one.", path=("validThrough",))


def unpublished(posting: PostingState) -> PostingStatus:
    """The status after taking the posting down."""
    if posting.status in _HIDDEN:
        raise AlreadyDone("This posting is not published any more.")
    if posting.status not in LIVE:
        raise WrongState("This posting was never published.", state=posting.status)
    return PostingStatus.UNPUBLISHED


def to_unpublish(postings: Iterable[PostingState]) -> tuple[PostingState, ...]:
    """The postings that come down when their opening is no longer open, or becomes confidential (R17, R20)."""
    return tuple(posting for posting in postings if posting.status in LIVE)


def to_expire(postings: Iterable[PostingState], at: datetime) -> tuple[PostingState, ...]:
    """The published postings whose last day is over."""
    return tuple(posting for posting in postings if posting.status in LIVE and is_past(posting, at))


def check_applying(posting: PostingState, *, opening_id: UUID, at: datetime) -> None:
    """Refuses to apply through a posting of another opening, or one that is not up any more (R17)."""
    if posting.opening_id != opening_id:
        raise InvalidInput("This posting is not one of the opening's.", path=("postingId",))
    if posting.status not in LIVE or is_past(posting, at):
        raise WrongState("This posting is not published; nobody can apply through it.", state=posting.status)


def is_past(posting: PostingState, at: datetime) -> bool:
    """Whether the posting's last day is over; without one it never is."""
    return posting.valid_through is not None and posting.valid_through <= at
