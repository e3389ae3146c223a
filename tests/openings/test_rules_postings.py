"""Postings: where one can be seen, and through which one a candidate may apply."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import AlreadyDone, InvalidInput, UserError, WrongState
from portal.openings.enums import OpeningStatus, PostingStatus
from portal.openings.rules import postings
from portal.openings.rules.postings import PostingState
from portal.openings.rules.states import OpeningState
from tests.refusals import refused

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
OPENING = OpeningState(UUID(int=1), OpeningStatus.OPEN)


def a_posting(
    status: PostingStatus = PostingStatus.DRAFT, *, text: str = "Come.", until: datetime | None = None
) -> PostingState:
    return PostingState(UUID(int=2), OPENING.id, status, text, until)


def test_a_posting_of_an_open_opening_is_published() -> None:
    published = postings.published(a_posting(until=NOON + timedelta(1)), OPENING, to=PostingStatus.INTERNAL, at=NOON)

    assert published is PostingStatus.INTERNAL


def test_r17_a_posting_of_an_opening_that_is_not_open_is_not_published() -> None:
    for status, words in ((OpeningStatus.DRAFT, "draft"), (OpeningStatus.ON_HOLD, "on hold")):
        with refused(WrongState, f"The opening is {words}. Open it, then publish its postings."):
            postings.published(a_posting(), OpeningState(OPENING.id, status), to=PostingStatus.PUBLISHED, at=NOON)


def test_r20_a_confidential_opening_is_not_posted() -> None:
    secret = OpeningState(OPENING.id, OpeningStatus.OPEN, is_confidential=True)

    with refused(InvalidInput, "A confidential opening can't be posted. Make it public first."):
        postings.published(a_posting(), secret, to=PostingStatus.UNLISTED, at=NOON)


def test_a_posting_needs_its_text_and_a_last_day_to_come() -> None:
    with refused(InvalidInput, "Write the posting's text before you publish it.", path=("bodyHtml",)):
        postings.published(a_posting(text=" "), OPENING, to=PostingStatus.PUBLISHED, at=NOON)
    with refused(InvalidInput, "The posting's last day is over. Set a later one.", path=("validThrough",)):
        postings.published(a_posting(until=NOON), OPENING, to=PostingStatus.PUBLISHED, at=NOON)
    with refused(InvalidInput, "A posting is published, internal or unlisted.", path=("status",)):
        postings.published(a_posting(), OPENING, to=PostingStatus.EXPIRED, at=NOON)
    with refused(AlreadyDone, "This posting is already published."):
        postings.published(a_posting(PostingStatus.PUBLISHED), OPENING, to=PostingStatus.PUBLISHED, at=NOON)


def test_a_posting_is_taken_down_once() -> None:
    assert postings.unpublished(a_posting(PostingStatus.UNLISTED)) is PostingStatus.UNPUBLISHED
    with refused(AlreadyDone, "This posting is not published any more."):
        postings.unpublished(a_posting(PostingStatus.EXPIRED))
    with refused(WrongState, "This posting was never published."):
        postings.unpublished(a_posting(PostingStatus.PENDING))


def test_r17_closing_takes_down_every_posting_that_is_up() -> None:
    of_each = [a_posting(status) for status in PostingStatus]

    assert [posting.status for posting in postings.to_unpublish(of_each)] == ["PUBLISHED", "INTERNAL", "UNLISTED"]


def test_postings_expire_with_their_last_day() -> None:
    over, lasting = a_posting(PostingStatus.PUBLISHED, until=NOON), a_posting(PostingStatus.PUBLISHED)

    assert postings.to_expire([over, lasting, a_posting(until=NOON)], NOON) == (over,)


def test_r17_applying_through_an_old_link_is_refused() -> None:
    postings.check_applying(a_posting(PostingStatus.UNLISTED), opening_id=OPENING.id, at=NOON)
    for old in (a_posting(PostingStatus.UNPUBLISHED), a_posting(PostingStatus.PUBLISHED, until=NOON)):
        with refused(WrongState, "This posting is not published; nobody can apply through it."):
            postings.check_applying(old, opening_id=OPENING.id, at=NOON)
    with refused(InvalidInput, "This posting is not one of the opening's.", path=("postingId",)):
        postings.check_applying(a_posting(PostingStatus.PUBLISHED), opening_id=UUID(int=9), at=NOON)


@given(st.sampled_from(PostingStatus), st.sampled_from(PostingStatus))
def test_publishing_and_unpublishing_go_where_the_table_allows(status: PostingStatus, to: PostingStatus) -> None:
    def publish() -> PostingStatus:
        return postings.published(a_posting(status), OPENING, to=to, at=NOON)

    def unpublish() -> PostingStatus:
        return postings.unpublished(a_posting(status))

    for step in (publish, unpublish):
        try:
            after = step()
        except UserError:
            continue
        assert after in postings.TRANSITIONS[status]


@pytest.mark.parametrize("status", PostingStatus)
def test_no_posting_becomes_a_draft_again_but_a_pending_one(status: PostingStatus) -> None:
    assert (PostingStatus.DRAFT in postings.TRANSITIONS[status]) == (status is PostingStatus.PENDING)
