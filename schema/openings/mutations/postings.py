"""Mutations of what candidates read about an opening."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from portal.openings.actions import postings
from portal.openings.actions.postings import PostingContent, PostingSection
from portal.openings.reads import OPENING, POSTING
from portal.organizations.reads import LOCATION
from portal.unchanged import Unchanged
from schema.mutating import Info, Payload, expected_version, given, given_id, id_of, idempotency_key, mutation
from schema.openings.enums import PostingStatus
from schema.openings.posting_types import Posting
from schema.reading import described, the


@strawberry.input(description="A part of a posting under its own heading.")
class PostingSectionInput:
    heading: str = described("Its heading, 1 to 200 characters.")
    html: str = described("Its text as HTML; it is sanitised.")


@strawberry.input(description="What a posting says. What is left out stays as it is; null empties a field.")
class PostingContentInput:
    title: str | None = described("1 to 200 characters; the opening's if not given.", default=strawberry.UNSET)
    language: str | None = described("BCP 47 tag, such as en or pt-BR.", default=strawberry.UNSET)
    body_html: str | None = described(
        "The text as HTML, at most 200,000 characters; it is sanitised.", default=strawberry.UNSET
    )
    sections: list[PostingSectionInput] | None = described(
        "Its parts in reading order, at most 50.", default=strawberry.UNSET
    )
    location_id: strawberry.ID | None = described("The location that it is for.", default=strawberry.UNSET)
    location_name: str | None = described(
        "The location in the posting's own words, at most 200 characters.", default=strawberry.UNSET
    )
    eeo_statement: str | None = described(
        "The statement on equal opportunity, at most 10,000 characters.", default=strawberry.UNSET
    )
    accommodation_contact: str | None = described(
        "Whom to ask for an accommodation, at most 10,000 characters.", default=strawberry.UNSET
    )
    url: str | None = described("Its address on the outside, http or https.", default=strawberry.UNSET)
    valid_through: datetime | None = described("When it stops being valid.", default=strawberry.UNSET)

    def content(self) -> PostingContent:
        return PostingContent(
            title=given(self.title),
            language=given(self.language),
            body_html=given(self.body_html),
            sections=self._sections(),
            location_id=given_id(LOCATION, self.location_id),
            location_name=given(self.location_name),
            eeo_statement=given(self.eeo_statement),
            accommodation_contact=given(self.accommodation_contact),
            url=given(self.url),
            valid_through=given(self.valid_through),
        )

    def _sections(self) -> Sequence[PostingSection] | Unchanged | None:
        sections = given(self.sections)
        if sections is None or isinstance(sections, Unchanged):
            return sections
        return [PostingSection(heading=section.heading, html=section.html) for section in sections]


@strawberry.input(description="A new posting; it begins as a draft.")
class CreatePostingInput:
    opening_id: strawberry.ID = described("The opening's id.")
    content: PostingContentInput = described("What it says.", default_factory=PostingContentInput)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a posting answers.")
class CreatePostingPayload(Payload):
    posting: Posting | None = described("The posting; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a posting.")
class UpdatePostingInput:
    posting_id: strawberry.ID = described("The posting's id.")
    content: PostingContentInput = described("What it says from now on.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a posting answers.")
class UpdatePostingPayload(Payload):
    posting: Posting | None = described("The posting; null when nothing was changed.", default=None)


@strawberry.input(description="Which posting to publish, and where.")
class PublishPostingInput:
    posting_id: strawberry.ID = described("The posting's id.")
    status: PostingStatus = described("Where: PUBLISHED, INTERNAL or UNLISTED.", default=PostingStatus.PUBLISHED)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What publishing a posting answers.")
class PublishPostingPayload(Payload):
    posting: Posting | None = described("The posting; null when nothing was changed.", default=None)


@strawberry.input(description="Which posting to take down.")
class UnpublishPostingInput:
    posting_id: strawberry.ID = described("The posting's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking a posting down answers.")
class UnpublishPostingPayload(Payload):
    posting: Posting | None = described("The posting; null when nothing was changed.", default=None)


@strawberry.type
class PostingMutations:
    @mutation("Write a posting for an opening, as a draft. Takes `posting:publish`.")
    async def create_posting(self, info: Info, input: CreatePostingInput) -> CreatePostingPayload:
        done = await info.context.perform(
            input.idempotency_key,
            postings.create_posting,
            opening_id=id_of(OPENING, input.opening_id),
            content=input.content.content(),
        )
        return CreatePostingPayload(posting=the(POSTING, done.posting_id))

    @mutation("Change what a posting says, at once where it is published. Takes `posting:publish`.")
    async def update_posting(self, info: Info, input: UpdatePostingInput) -> UpdatePostingPayload:
        done = await info.context.perform(
            input.idempotency_key,
            postings.update_posting,
            posting_id=id_of(POSTING, input.posting_id),
            content=input.content.content(),
            expected_version=input.expected_version,
        )
        return UpdatePostingPayload(posting=the(POSTING, done.posting_id))

    @mutation("Show a posting on the board, to members, or to whoever has its address. Takes `posting:publish`.")
    async def publish_posting(self, info: Info, input: PublishPostingInput) -> PublishPostingPayload:
        done = await info.context.perform(
            input.idempotency_key,
            postings.publish_posting,
            posting_id=id_of(POSTING, input.posting_id),
            to=input.status,
            expected_version=input.expected_version,
        )
        return PublishPostingPayload(posting=the(POSTING, done.posting_id))

    @mutation("Take a posting down; nobody can apply through it any more. Takes `posting:publish`.")
    async def unpublish_posting(self, info: Info, input: UnpublishPostingInput) -> UnpublishPostingPayload:
        done = await info.context.perform(
            input.idempotency_key,
            postings.unpublish_posting,
            posting_id=id_of(POSTING, input.posting_id),
            expected_version=input.expected_version,
        )
        return UnpublishPostingPayload(posting=the(POSTING, done.posting_id))
