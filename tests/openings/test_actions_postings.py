"""Postings: written as drafts, published where the opening is open, and taken down with it."""

from datetime import timedelta
from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput, NotFound, WrongState
from portal.openings.actions.postings import (
    PostingContent,
    PostingSection,
    create_posting,
    expire_postings,
    publish_posting,
    unpublish_posting,
    update_posting,
)
from portal.openings.enums import PostingStatus
from tests.openings.making import (
    a_location,
    a_posting,
    ada,
    an_open_opening,
    an_opening,
    events,
    postings_of,
    refused_whole,
)
from tests.world import NOON, World


async def _posting(world: World, posting_id: UUID) -> dict[str, object]:
    return (await world.rows("SELECT * FROM posting WHERE id = $1", posting_id))[0]


async def test_r40_html_is_sanitised_once_and_kept_as_plain_text_too(acme: World) -> None:
    opening_id, place = await an_opening(acme), await a_location(acme)
    content = PostingContent(
        body_html="<p onclick='x()'>Fish &amp; chips</p><script>alert(1)</script>",
        sections=[PostingSection(heading="You", html="<ul><li>1 &lt; 2</li></ul>")],
        language="en_us",
        location_id=place,
        url="example.com/jobs/1",
        valid_through=NOON + timedelta(days=30),
    )

    done = await acme.perform(acme.system, create_posting, opening_id=opening_id, content=content)

    row = await _posting(acme, done.posting_id)
    assert (row["status"], row["title"], row["language"]) == ("DRAFT", "Backend Engineer", "en-US")
    assert (row["body_html"], row["body_text"]) == ("<p>Fish &amp; chips</p>", "Fish & chips")
    assert row["sections"] == [{"heading": "You", "html": "<ul><li>1 &lt; 2</li></ul>", "text": "• 1 < 2"}]
    assert (row["location_id"], row["url"]) == (place, "https://example.com/jobs/1")


async def test_a_posting_starts_with_its_openings_title_and_no_text(acme: World) -> None:
    opening_id = await an_open_opening(acme)

    done = await acme.perform(acme.system, create_posting, opening_id=opening_id, content=PostingContent())

    row = await _posting(acme, done.posting_id)
    assert (row["title"], row["language"], row["body_html"]) == ("Backend Engineer", "en", "")
    message = "Write the posting's text before you publish it."
    async with refused_whole(acme, InvalidInput, message, path=("bodyHtml",)):
        await acme.perform(acme.system, publish_posting, posting_id=done.posting_id, to=PostingStatus.PUBLISHED)


async def test_a_posting_is_published_moved_and_taken_down(acme: World) -> None:
    opening_id, recruiter = await an_open_opening(acme), await ada(acme)
    posting_id = await a_posting(acme, opening_id)

    await acme.perform(recruiter, publish_posting, posting_id=posting_id, to=PostingStatus.INTERNAL)
    await acme.perform(
        recruiter, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED, at=NOON + timedelta(days=1)
    )

    row = await _posting(acme, posting_id)
    assert (row["status"], row["first_published_at"], row["published_at"]) == (
        "PUBLISHED",
        NOON,
        NOON + timedelta(days=1),
    )
    async with refused_whole(acme, AlreadyDone, "This posting is already published."):
        await acme.perform(recruiter, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)

    await acme.perform(recruiter, unpublish_posting, posting_id=posting_id, at=NOON + timedelta(days=2))

    row = await _posting(acme, posting_id)
    assert (row["status"], row["unpublished_at"]) == ("UNPUBLISHED", NOON + timedelta(days=2))
    assert await events(acme, about=posting_id) == [
        "posting.created",
        "posting.published",
        "posting.published",
        "posting.unpublished",
    ]
    async with refused_whole(acme, AlreadyDone, "This posting is not published any more."):
        await acme.perform(recruiter, unpublish_posting, posting_id=posting_id)


async def test_r17_a_posting_is_published_only_while_its_opening_is_open(acme: World) -> None:
    posting_id = await a_posting(acme, await an_opening(acme))

    message = "The opening is draft. Open it, then publish its postings."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)
    async with refused_whole(acme, WrongState, "This posting was never published."):
        await acme.perform(acme.system, unpublish_posting, posting_id=posting_id)


async def test_a_posting_is_not_published_as_a_draft_or_after_its_last_day(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    posting_id = await a_posting(acme, opening_id, valid_through=NOON)

    message = "A posting is published, internal or unlisted."
    async with refused_whole(acme, InvalidInput, message, path=("status",)):
        await acme.perform(acme.system, publish_posting, posting_id=posting_id, to=PostingStatus.DRAFT)
    message = "The posting's last day is over. Set a later one."
    async with refused_whole(acme, InvalidInput, message, path=("validThrough",)):
        await acme.perform(acme.system, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)


async def test_a_posting_is_taken_down_when_its_last_day_is_over(acme: World, globex: World) -> None:
    opening_id = await an_open_opening(acme)
    until = NOON + timedelta(hours=1)
    over, lasting = await a_posting(acme, opening_id, valid_through=until), await a_posting(acme, opening_id)
    for posting_id in (over, lasting):
        await acme.perform(acme.system, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)

    elsewhere = await globex.perform(globex.system, expire_postings, at=until)
    early = await acme.perform(acme.system, expire_postings, at=until - timedelta(seconds=1))
    in_time = await acme.perform(acme.system, expire_postings, at=until)
    again = await acme.perform(acme.system, expire_postings, at=until)

    assert (elsewhere, early, in_time, again) == (0, 0, 1, 0)
    row = await _posting(acme, over)
    assert (row["status"], row["unpublished_at"]) == ("EXPIRED", until)
    assert (await _posting(acme, lasting))["status"] == "PUBLISHED"
    (event,) = await acme.rows("SELECT subject_id, changes FROM domain_event WHERE type = 'posting.expired'")
    assert (event["subject_id"], event["changes"]["status"]) == (over, ["PUBLISHED", "EXPIRED"])


async def test_what_is_published_is_changed_at_once_but_never_to_nothing(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    posting_id = await a_posting(acme, opening_id)
    await acme.perform(acme.system, publish_posting, posting_id=posting_id, to=PostingStatus.UNLISTED)

    await acme.perform(
        acme.system,
        update_posting,
        posting_id=posting_id,
        content=PostingContent(title="Engineer", body_html="<p>New</p>", eeo_statement="All are welcome."),
        expected_version=2,
    )

    row = await _posting(acme, posting_id)
    assert (row["status"], row["title"], row["body_text"]) == ("UNLISTED", "Engineer", "New")
    (event,) = await acme.rows("SELECT changes FROM domain_event WHERE type = 'posting.updated'")
    assert event["changes"]["body_html"] == ["[redacted]", "[redacted]"]
    assert event["changes"]["title"] == ["Backend Engineer", "Engineer"]
    message = "Write the posting's text before you publish it."
    async with refused_whole(acme, InvalidInput, message, path=("bodyHtml",)):
        await acme.perform(acme.system, update_posting, posting_id=posting_id, content=PostingContent(body_html=None))
    async with refused_whole(acme, AlreadyDone, "The posting is like that already."):
        await acme.perform(acme.system, update_posting, posting_id=posting_id, content=PostingContent(title="Engineer"))


async def test_a_posting_out_of_its_bounds_is_refused(acme: World, globex: World) -> None:
    opening_id = await an_opening(acme)
    theirs = await a_location(globex)

    cases = (
        (PostingContent(title=None), "This can't be empty.", ("title",)),
        (PostingContent(language="klingon!"), "This is not a language tag, such as en or pt-BR.", ("language",)),
        (PostingContent(body_html="x" * 200_001), "This is longer than 200000 characters.", ("bodyHtml",)),
        (
            PostingContent(url="javascript:alert(1)"),
            "This is not a web address, such as https://example.com/ada.",
            ("url",),
        ),
        (
            PostingContent(sections=[PostingSection(heading="", html="")]),
            "This must not be empty.",
            ("sections", "0", "heading"),
        ),
    )
    for content, message, path in cases:
        async with refused_whole(acme, InvalidInput, message, path=path):
            await acme.perform(acme.system, create_posting, opening_id=opening_id, content=content)
    async with refused_whole(acme, NotFound, "No such location."):
        await acme.perform(
            acme.system, create_posting, opening_id=opening_id, content=PostingContent(location_id=theirs)
        )


async def test_members_read_what_is_posted_and_nothing_that_is_not(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    published, _draft = await a_posting(acme, opening_id), await a_posting(acme, opening_id, title="Draft")
    employee = await acme.actor("Emil")
    question = "query($id: ID!) { opening(id: $id) { title description postings { title bodyText } seats { id } } }"

    before = await acme.read(employee, question, id=f"opn_{opening_id.hex}")
    await acme.perform(acme.system, publish_posting, posting_id=published, to=PostingStatus.INTERNAL)
    after = await acme.read(employee, question, id=f"opn_{opening_id.hex}")

    assert before == {"opening": None}
    assert after["opening"] == {
        "title": "Backend Engineer",
        "description": None,
        "postings": [{"title": "Backend Engineer", "bodyText": "Come and build payments."}],
        "seats": [],
    }
    assert await postings_of(acme, opening_id) == ["INTERNAL", "DRAFT"]
