"""Mutations of openings and stages that concern the applications in them."""

import strawberry

from portal.applications.actions import closings, stages
from portal.applications.actions.closings import Remaining
from portal.applications.reads import REJECTION_REASON
from portal.openings.reads import CLOSE_REASON, OPENING, STAGE
from schema.applications.enums import Disposition
from schema.applications.mutations.batches import public_batch_id
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation, optional_id
from schema.openings.types import Opening, Stage
from schema.reading import described, the


@strawberry.input(description="What becomes of the applications that are still active when their opening closes.")
class RemainingApplicationsInput:
    disposition: Disposition = described("What becomes of them.")
    reason_id: strawberry.ID | None = described("For REJECT: a reason of type BY_ORGANIZATION or OTHER.", default=None)
    target_opening_id: strawberry.ID | None = described("For TRANSFER: the opening to go on with.", default=None)
    note: str | None = described("For their history; at most 10,000 characters.", default=None)


@strawberry.input(description="Which opening to close.")
class CloseOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    close_reason_id: strawberry.ID | None = described("Why it closes.", default=None)
    remaining: RemainingApplicationsInput | None = described(
        "What becomes of active applications. Refused with DISPOSITION_REQUIRED when there are any and nobody says.",
        default=None,
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `closeOpening` answers.")
class CloseOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)
    changed_applications: int | None = described(
        "How many applications were rejected or transferred; null when nothing was changed.", default=None
    )
    batch_id: strawberry.ID | None = described("Their batch; null when there were none.", default=None)


@strawberry.input(description="Which opening to reopen.")
class ReopenOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    restore_applications: bool = described(
        "Whether to take up again the applications that closing it rejected and nobody touched since.", default=False
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `reopenOpening` answers.")
class ReopenOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)
    restored_applications: int | None = described(
        "How many applications are active again; null when nothing was changed.", default=None
    )
    restorable_applications: int | None = described(
        "How many the closing rejected that stay rejected; `unrejectApplication` takes them up one by one. Null when "
        "nothing was changed.",
        default=None,
    )
    batch_id: strawberry.ID | None = described(
        "The batch of the restored ones; null when there are none.", default=None
    )


@strawberry.input(description="Which stage to archive.")
class ArchiveStageInput:
    stage_id: strawberry.ID = described("The stage's id.")
    destination_stage_id: strawberry.ID | None = described(
        "Where the active applications in it move to; required if there are any.", default=None
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `archiveStage` answers.")
class ArchiveStagePayload(Payload):
    stage: Stage | None = described("The stage; null when nothing was changed.", default=None)
    moved_applications: int | None = described(
        "How many applications moved out of it; null when nothing was changed.", default=None
    )
    batch_id: strawberry.ID | None = described("Their batch; null when there were none.", default=None)


@strawberry.type
class ClosingMutations:
    @mutation(
        "Stop hiring for an opening: open seats close and postings come down. Takes `opening:edit`, and "
        "`application:reject` or `application:move` for what becomes of active applications."
    )
    async def close_opening(self, info: Info, input: CloseOpeningInput) -> CloseOpeningPayload:
        said = input.remaining
        remaining = (
            closings.UNSAID
            if said is None
            else Remaining(
                disposition=said.disposition,
                reason_id=optional_id(REJECTION_REASON, said.reason_id),
                target_opening_id=optional_id(OPENING, said.target_opening_id),
                note=said.note,
            )
        )
        done = await info.context.perform(
            input.idempotency_key,
            closings.close_opening,
            opening_id=id_of(OPENING, input.opening_id),
            close_reason_id=optional_id(CLOSE_REASON, input.close_reason_id),
            remaining=remaining,
            expected_version=input.expected_version,
        )
        return CloseOpeningPayload(
            opening=the(OPENING, done.opening_id),
            changed_applications=done.changed,
            batch_id=public_batch_id(done.batch_id),
        )

    @mutation(
        "Hire for a closed opening again, with the seats that closed with it. Takes `opening:edit`, and "
        "`application:reject` to restore applications."
    )
    async def reopen_opening(self, info: Info, input: ReopenOpeningInput) -> ReopenOpeningPayload:
        done = await info.context.perform(
            input.idempotency_key,
            closings.reopen_opening,
            opening_id=id_of(OPENING, input.opening_id),
            restore_applications=input.restore_applications,
            expected_version=input.expected_version,
        )
        return ReopenOpeningPayload(
            opening=the(OPENING, done.opening_id),
            restored_applications=done.restored,
            restorable_applications=done.restorable,
            batch_id=public_batch_id(done.batch_id),
        )

    @mutation(
        "Take a stage out of a pipeline; it stays readable in history. Takes `pipeline:manage`, and `application:move` "
        "if active applications are in it."
    )
    async def archive_stage(self, info: Info, input: ArchiveStageInput) -> ArchiveStagePayload:
        done = await info.context.perform(
            input.idempotency_key,
            stages.archive_stage,
            stage_id=id_of(STAGE, input.stage_id),
            destination_stage_id=optional_id(STAGE, input.destination_stage_id),
            expected_version=input.expected_version,
        )
        return ArchiveStagePayload(
            stage=the(STAGE, done.stage_id),
            moved_applications=done.moved,
            batch_id=public_batch_id(done.batch_id),
        )
