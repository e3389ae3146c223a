"""Mutations of the organization's reasons for closing openings and seats."""

import strawberry

from portal.openings.actions import close_reasons
from portal.openings.reads import CLOSE_REASON
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation
from schema.openings.types import CloseReason
from schema.reading import described, the


@strawberry.input(description="A new close reason.")
class CreateCloseReasonInput:
    name: str = described("What it is called, 1 to 200 characters.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a close reason answers.")
class CreateCloseReasonPayload(Payload):
    close_reason: CloseReason | None = described("The close reason; null when nothing was changed.", default=None)


@strawberry.input(description="What to call a close reason.")
class RenameCloseReasonInput:
    close_reason_id: strawberry.ID = described("The close reason's id.")
    name: str = described("Its new name, 1 to 200 characters.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What renaming a close reason answers.")
class RenameCloseReasonPayload(Payload):
    close_reason: CloseReason | None = described("The close reason; null when nothing was changed.", default=None)


@strawberry.input(description="Which close reason to archive.")
class ArchiveCloseReasonInput:
    close_reason_id: strawberry.ID = described("The close reason's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving a close reason answers.")
class ArchiveCloseReasonPayload(Payload):
    close_reason: CloseReason | None = described("The close reason; null when nothing was changed.", default=None)


@strawberry.input(description="Which close reason to put back.")
class UnarchiveCloseReasonInput:
    close_reason_id: strawberry.ID = described("The close reason's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What putting a close reason back answers.")
class UnarchiveCloseReasonPayload(Payload):
    close_reason: CloseReason | None = described("The close reason; null when nothing was changed.", default=None)


@strawberry.type
class CloseReasonMutations:
    @mutation("Add a close reason to the organization's list. Takes `organization:manage`.")
    async def create_close_reason(self, info: Info, input: CreateCloseReasonInput) -> CreateCloseReasonPayload:
        done = await info.context.perform(
            input.idempotency_key,
            close_reasons.create_close_reason,
            name=input.name,
        )
        return CreateCloseReasonPayload(close_reason=the(CLOSE_REASON, done.close_reason_id))

    @mutation("Call a close reason something else, also where it was given before. Takes `organization:manage`.")
    async def rename_close_reason(self, info: Info, input: RenameCloseReasonInput) -> RenameCloseReasonPayload:
        done = await info.context.perform(
            input.idempotency_key,
            close_reasons.rename_close_reason,
            close_reason_id=id_of(CLOSE_REASON, input.close_reason_id),
            name=input.name,
            expected_version=input.expected_version,
        )
        return RenameCloseReasonPayload(close_reason=the(CLOSE_REASON, done.close_reason_id))

    @mutation("Take a close reason from the list; what was closed with it still shows it. Takes `organization:manage`.")
    async def archive_close_reason(self, info: Info, input: ArchiveCloseReasonInput) -> ArchiveCloseReasonPayload:
        done = await info.context.perform(
            input.idempotency_key,
            close_reasons.archive_close_reason,
            close_reason_id=id_of(CLOSE_REASON, input.close_reason_id),
        )
        return ArchiveCloseReasonPayload(close_reason=the(CLOSE_REASON, done.close_reason_id))

    @mutation("Put an archived close reason back on the list. Takes `organization:manage`.")
    async def unarchive_close_reason(self, info: Info, input: UnarchiveCloseReasonInput) -> UnarchiveCloseReasonPayload:
        done = await info.context.perform(
            input.idempotency_key,
            close_reasons.unarchive_close_reason,
            close_reason_id=id_of(CLOSE_REASON, input.close_reason_id),
        )
        return UnarchiveCloseReasonPayload(close_reason=the(CLOSE_REASON, done.close_reason_id))
