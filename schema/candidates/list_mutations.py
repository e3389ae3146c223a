"""Mutations of tags and sources, and which tags a candidate has."""

import strawberry

from portal.candidates.actions import sources, tags
from portal.candidates.reads import CANDIDATE, SOURCE, TAG
from schema.candidates.enums import SourceType
from schema.candidates.payloads import (
    ArchiveSourcePayload,
    CreateSourcePayload,
    CreateTagPayload,
    RenameTagPayload,
    TagCandidatePayload,
    UntagCandidatePayload,
)
from schema.mutating import Info, expected_version, id_of, idempotency_key, mutation
from schema.reading import described, the


@strawberry.input(description="Tags to put on a candidate.")
class TagCandidateInput:
    candidate_id: strawberry.ID = described("The candidate's id.")
    tags: list[str] = described("Names of tags, 1 to 100; a name that no tag has yet makes a new one.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Tags to take off a candidate.")
class UntagCandidateInput:
    candidate_id: strawberry.ID = described("The candidate's id.")
    tags: list[str] = described("Names of tags, 1 to 100.")
    expected_version: int | None = expected_version()


@strawberry.input(description="A tag to make.")
class CreateTagInput:
    name: str = described("As it is shown, 1 to 100 characters, at least one of them a letter or digit.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What a tag is to be called.")
class RenameTagInput:
    tag_id: strawberry.ID = described("The tag's id.")
    name: str = described("As it is shown, 1 to 100 characters, at least one of them a letter or digit.")
    expected_version: int | None = expected_version()


@strawberry.input(description="A source to add.")
class CreateSourceInput:
    name: str = described("What it is called, 1 to 200 characters.")
    type: SourceType = described("What kind of channel it is.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which source is not to be chosen any more.")
class ArchiveSourceInput:
    source_id: strawberry.ID = described("The source's id.")
    expected_version: int | None = expected_version()


@strawberry.type
class CandidateListMutations:
    @mutation("Put tags on a candidate. Takes `candidate:edit`.")
    async def tag_candidate(self, info: Info, input: TagCandidateInput) -> TagCandidatePayload:
        done = await info.context.perform(
            input.idempotency_key,
            tags.tag_candidate,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            tags=input.tags,
            expected_version=input.expected_version,
        )
        return TagCandidatePayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Take tags off a candidate. Takes `candidate:edit`.")
    async def untag_candidate(self, info: Info, input: UntagCandidateInput) -> UntagCandidatePayload:
        done = await info.context.perform(
            None,
            tags.untag_candidate,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            tags=input.tags,
            expected_version=input.expected_version,
        )
        return UntagCandidatePayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Make a tag. Takes `candidate:edit`.")
    async def create_tag(self, info: Info, input: CreateTagInput) -> CreateTagPayload:
        done = await info.context.perform(input.idempotency_key, tags.create_tag, name=input.name)
        return CreateTagPayload(tag=the(TAG, done.tag_id))

    @mutation("Rename a tag on all candidates who have it. Takes `organization:manage`.")
    async def rename_tag(self, info: Info, input: RenameTagInput) -> RenameTagPayload:
        done = await info.context.perform(
            None,
            tags.rename_tag,
            tag_id=id_of(TAG, input.tag_id),
            name=input.name,
            expected_version=input.expected_version,
        )
        return RenameTagPayload(tag=the(TAG, done.tag_id))

    @mutation("Add a channel that candidates come through. Takes `organization:manage`.")
    async def create_source(self, info: Info, input: CreateSourceInput) -> CreateSourcePayload:
        done = await info.context.perform(
            input.idempotency_key, sources.create_source, name=input.name, type=input.type
        )
        return CreateSourcePayload(source=the(SOURCE, done.source_id))

    @mutation("Archive a source: candidates keep it, nobody can choose it any more. Takes `organization:manage`.")
    async def archive_source(self, info: Info, input: ArchiveSourceInput) -> ArchiveSourcePayload:
        done = await info.context.perform(
            None,
            sources.archive_source,
            source_id=id_of(SOURCE, input.source_id),
            expected_version=input.expected_version,
        )
        return ArchiveSourcePayload(source=the(SOURCE, done.source_id))
