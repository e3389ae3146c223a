"""Mutations of an opening's state. Closing and reopening are with the applications, which they concern."""

import strawberry

from portal.openings.actions import states
from portal.openings.reads import OPENING
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation
from schema.openings.types import Opening
from schema.reading import described, the


@strawberry.input(description="Which opening to open.")
class OpenOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What opening an opening answers.")
class OpenOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which opening to put on hold.")
class PutOpeningOnHoldInput:
    opening_id: strawberry.ID = described("The opening's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What putting an opening on hold answers.")
class PutOpeningOnHoldPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which opening to take off hold.")
class ResumeOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking an opening off hold answers.")
class ResumeOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which opening to archive.")
class ArchiveOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving an opening answers.")
class ArchiveOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which opening to take out of the archive.")
class UnarchiveOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking an opening out of the archive answers.")
class UnarchiveOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.type
class OpeningStateMutations:
    @mutation("Start hiring: the opening opens, and its planned seats with it. Takes `opening:edit`.")
    async def open_opening(self, info: Info, input: OpenOpeningInput) -> OpenOpeningPayload:
        done = await info.context.perform(
            input.idempotency_key,
            states.open_opening,
            opening_id=id_of(OPENING, input.opening_id),
            expected_version=input.expected_version,
        )
        return OpenOpeningPayload(opening=the(OPENING, done.opening_id))

    @mutation("Pause an opening; its postings come down. Takes `opening:edit`.")
    async def put_opening_on_hold(self, info: Info, input: PutOpeningOnHoldInput) -> PutOpeningOnHoldPayload:
        done = await info.context.perform(
            input.idempotency_key,
            states.put_opening_on_hold,
            opening_id=id_of(OPENING, input.opening_id),
            expected_version=input.expected_version,
        )
        return PutOpeningOnHoldPayload(opening=the(OPENING, done.opening_id))

    @mutation("Take an opening off hold; its postings stay down. Takes `opening:edit`.")
    async def resume_opening(self, info: Info, input: ResumeOpeningInput) -> ResumeOpeningPayload:
        done = await info.context.perform(
            input.idempotency_key,
            states.resume_opening,
            opening_id=id_of(OPENING, input.opening_id),
            expected_version=input.expected_version,
        )
        return ResumeOpeningPayload(opening=the(OPENING, done.opening_id))

    @mutation("Put a draft or closed opening away. Takes `opening:edit`.")
    async def archive_opening(self, info: Info, input: ArchiveOpeningInput) -> ArchiveOpeningPayload:
        done = await info.context.perform(
            input.idempotency_key,
            states.archive_opening,
            opening_id=id_of(OPENING, input.opening_id),
            expected_version=input.expected_version,
        )
        return ArchiveOpeningPayload(opening=the(OPENING, done.opening_id))

    @mutation("Take an opening out of the archive: it is a draft again. Takes `opening:edit`.")
    async def unarchive_opening(self, info: Info, input: UnarchiveOpeningInput) -> UnarchiveOpeningPayload:
        done = await info.context.perform(
            input.idempotency_key,
            states.unarchive_opening,
            opening_id=id_of(OPENING, input.opening_id),
            expected_version=input.expected_version,
        )
        return UnarchiveOpeningPayload(opening=the(OPENING, done.opening_id))
