"""Mutations of the organization's list of reasons for rejections and withdrawals."""

import strawberry

from portal.applications.actions import reasons
from portal.applications.reads import REJECTION_REASON
from schema.applications.enums import RejectionType
from schema.applications.types import RejectionReason
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation
from schema.reading import described, the

_THE_REASON = "The reason; null when nothing was changed."


@strawberry.input(description="A reason to add.")
class AddRejectionReasonInput:
    name: str = described("What it is called, 1 to 200 characters, unique.")
    type: RejectionType = described("Who ends the application with it.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `addRejectionReason` answers.")
class AddRejectionReasonPayload(Payload):
    rejection_reason: RejectionReason | None = described(_THE_REASON, default=None)


@strawberry.input(description="Which reason to rename.")
class RenameRejectionReasonInput:
    rejection_reason_id: strawberry.ID = described("The reason's id.")
    name: str = described("What it is called from now on, 1 to 200 characters, unique.")
    expected_version: int | None = expected_version()


@strawberry.type(description="What `renameRejectionReason` answers.")
class RenameRejectionReasonPayload(Payload):
    rejection_reason: RejectionReason | None = described(_THE_REASON, default=None)


@strawberry.input(description="Which reason to take out of the list.")
class ArchiveRejectionReasonInput:
    rejection_reason_id: strawberry.ID = described("The reason's id; not one that the portal itself gives.")
    expected_version: int | None = expected_version()


@strawberry.type(description="What `archiveRejectionReason` answers.")
class ArchiveRejectionReasonPayload(Payload):
    rejection_reason: RejectionReason | None = described(_THE_REASON, default=None)


@strawberry.input(description="Which reason to put back into the list.")
class UnarchiveRejectionReasonInput:
    rejection_reason_id: strawberry.ID = described("The reason's id.")
    expected_version: int | None = expected_version()


@strawberry.type(description="What `unarchiveRejectionReason` answers.")
class UnarchiveRejectionReasonPayload(Payload):
    rejection_reason: RejectionReason | None = described(_THE_REASON, default=None)


@strawberry.input(description="Reasons to begin with.")
class AddDefaultRejectionReasonsInput:
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `addDefaultRejectionReasons` answers.")
class AddDefaultRejectionReasonsPayload(Payload):
    made: int | None = described("How many reasons were made; null when nothing was changed.", default=None)


@strawberry.type
class ReasonMutations:
    @mutation("Add a reason for ending applications. Takes `organization:manage`.")
    async def add_rejection_reason(self, info: Info, input: AddRejectionReasonInput) -> AddRejectionReasonPayload:
        done = await info.context.perform(
            input.idempotency_key, reasons.add_rejection_reason, name=input.name, type=input.type
        )
        return AddRejectionReasonPayload(rejection_reason=the(REJECTION_REASON, done.rejection_reason_id))

    @mutation("Call a reason by another name, in history too. Takes `organization:manage`.")
    async def rename_rejection_reason(
        self, info: Info, input: RenameRejectionReasonInput
    ) -> RenameRejectionReasonPayload:
        done = await info.context.perform(
            None,
            reasons.rename_rejection_reason,
            rejection_reason_id=id_of(REJECTION_REASON, input.rejection_reason_id),
            name=input.name,
            expected_version=input.expected_version,
        )
        return RenameRejectionReasonPayload(rejection_reason=the(REJECTION_REASON, done.rejection_reason_id))

    @mutation(
        "Take a reason out of the list to choose from; applications that have it keep it. Takes `organization:manage`."
    )
    async def archive_rejection_reason(
        self, info: Info, input: ArchiveRejectionReasonInput
    ) -> ArchiveRejectionReasonPayload:
        done = await info.context.perform(
            None,
            reasons.archive_rejection_reason,
            rejection_reason_id=id_of(REJECTION_REASON, input.rejection_reason_id),
            expected_version=input.expected_version,
        )
        return ArchiveRejectionReasonPayload(rejection_reason=the(REJECTION_REASON, done.rejection_reason_id))

    @mutation("Put a reason back into the list to choose from. Takes `organization:manage`.")
    async def unarchive_rejection_reason(
        self, info: Info, input: UnarchiveRejectionReasonInput
    ) -> UnarchiveRejectionReasonPayload:
        done = await info.context.perform(
            None,
            reasons.unarchive_rejection_reason,
            rejection_reason_id=id_of(REJECTION_REASON, input.rejection_reason_id),
            expected_version=input.expected_version,
        )
        return UnarchiveRejectionReasonPayload(rejection_reason=the(REJECTION_REASON, done.rejection_reason_id))

    @mutation("Give an organization that has no reasons yet some to begin with. Takes `organization:manage`.")
    async def add_default_rejection_reasons(
        self, info: Info, input: AddDefaultRejectionReasonsInput
    ) -> AddDefaultRejectionReasonsPayload:
        done = await info.context.perform(input.idempotency_key, reasons.add_default_rejection_reasons)
        return AddDefaultRejectionReasonsPayload(made=done.made)
