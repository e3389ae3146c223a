"""Mutations that act on many applications at once, and the one that takes a batch back."""

from typing import Any
from uuid import UUID

import strawberry

from portal import errors
from portal.applications.actions import batches, undoing
from portal.applications.actions.batches import BulkMove
from portal.applications.actions.results import BatchResult, ItemRefusal
from portal.applications.reads import APPLICATION, BATCH_PREFIX, REJECTION_REASON
from portal.database.ids import parse_public_id, public_id
from portal.openings.reads import STAGE
from schema.applications.types import Application
from schema.mutating import NO_ID, Info, Payload, id_of, idempotency_key, ids_of, mutation, optional_id
from schema.problems import DuplicateActiveApplication, Refusal, StageChanged, UserError, WrongState
from schema.reading import described, the


@strawberry.type(description="What became of one application of a batch.")
class BulkItemResult:
    application: Application | None = described("The application as it is now; null where the viewer sees none.")
    user_errors: list[UserError] = described("Why it was left as it is; empty when it was changed.")


def _batch_id() -> Any:  # Any: what a dataclass field's default is typed as
    return described("What `undoBatch` takes; null when nothing was changed.", default=None)


def _results() -> Any:  # Any: what a dataclass field's default is typed as
    return described("One for each application, in the order in which they were given.", default_factory=list)


@strawberry.input(description="One application of a bulk move.")
class BulkMoveInput:
    application_id: strawberry.ID = described("The application's id.")
    from_stage_id: strawberry.ID = described("The stage where you saw it.")


@strawberry.input(description="Which applications to move, and to where.")
class BulkMoveApplicationsInput:
    moves: list[BulkMoveInput] = described("The applications, 1 to 100, each once.")
    to_stage_id: strawberry.ID = described("The stage to move them to; one of their opening's.")
    note: str | None = described("Why, for their history; at most 10,000 characters.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `bulkMoveApplications` answers.")
class BulkMoveApplicationsPayload(Payload):
    batch_id: strawberry.ID | None = _batch_id()
    results: list[BulkItemResult] = _results()


@strawberry.input(description="Which applications to reject, and why.")
class BulkRejectApplicationsInput:
    application_ids: list[strawberry.ID] = described("The applications, 1 to 100, each once.")
    reason_id: strawberry.ID | None = described("A reason of type BY_ORGANIZATION or OTHER.", default=None)
    note: str | None = described("For their history; at most 10,000 characters.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `bulkRejectApplications` answers.")
class BulkRejectApplicationsPayload(Payload):
    batch_id: strawberry.ID | None = _batch_id()
    results: list[BulkItemResult] = _results()


@strawberry.input(description="Which batch to take back.")
class UndoBatchInput:
    batch_id: strawberry.ID = described("The batch's id, as its mutation answered it.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `undoBatch` answers.")
class UndoBatchPayload(Payload):
    batch_id: strawberry.ID | None = described(
        "The batch of the undoing itself; null when nothing was changed.", default=None
    )
    results: list[BulkItemResult] = described(
        "One for each application of the batch that the viewer may see, in its order.", default_factory=list
    )


@strawberry.type
class BatchMutations:
    @mutation(
        "Move up to 100 applications of one opening to one stage. Each is moved or refused as moving it alone would "
        "be. Takes `application:bulk` and `application:move`."
    )
    async def bulk_move_applications(self, info: Info, input: BulkMoveApplicationsInput) -> BulkMoveApplicationsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            batches.bulk_move_applications,
            moves=[
                BulkMove(id_of(APPLICATION, move.application_id), id_of(STAGE, move.from_stage_id))
                for move in input.moves
            ],
            to_stage_id=id_of(STAGE, input.to_stage_id),
            note=input.note,
        )
        return BulkMoveApplicationsPayload(batch_id=public_batch_id(done.batch_id), results=_items(done))

    @mutation(
        "Reject up to 100 applications for one reason. Each is rejected or refused as rejecting it alone would be. "
        "Takes `application:bulk` and `application:reject`."
    )
    async def bulk_reject_applications(
        self, info: Info, input: BulkRejectApplicationsInput
    ) -> BulkRejectApplicationsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            batches.bulk_reject_applications,
            application_ids=ids_of(APPLICATION, input.application_ids),
            reason_id=optional_id(REJECTION_REASON, input.reason_id),
            note=input.note,
        )
        return BulkRejectApplicationsPayload(batch_id=public_batch_id(done.batch_id), results=_items(done))

    @mutation(
        "Take a batch back: every application that is still as the batch left it goes back to where it was. Takes "
        "`application:bulk`, and `application:move` or `application:reject` as the batch did."
    )
    async def undo_batch(self, info: Info, input: UndoBatchInput) -> UndoBatchPayload:
        done = await info.context.perform(
            input.idempotency_key,
            undoing.undo_batch,
            batch_id=parse_public_id(BATCH_PREFIX, input.batch_id) or NO_ID,
        )
        return UndoBatchPayload(batch_id=public_batch_id(done.batch_id), results=_items(done))


def public_batch_id(batch_id: UUID | None) -> strawberry.ID | None:
    """A batch's id as clients see it, the same as in the history."""
    return None if batch_id is None else strawberry.ID(public_id(BATCH_PREFIX, batch_id))


def _items(done: BatchResult) -> list[BulkItemResult]:
    return [
        BulkItemResult(
            application=the(APPLICATION, item.application_id),
            user_errors=[] if item.refusal is None else [_problem(item.refusal)],
        )
        for item in done.results
    ]


def _problem(refusal: ItemRefusal) -> UserError:
    common: dict[str, Any] = {"code": refusal.code, "message": refusal.message, "path": refusal.path}
    match refusal.code:
        case errors.UserErrorCode.STAGE_CHANGED:
            return StageChanged(**common, current_stage=the(STAGE, refusal.current_stage_id))
        case errors.UserErrorCode.WRONG_STATE:
            return WrongState(**common, state=refusal.state or "")
        case errors.UserErrorCode.DUPLICATE_ACTIVE_APPLICATION:
            other = refusal.application_id
            return DuplicateActiveApplication(**common, application=the(APPLICATION, other) if other else None)
        case _:
            return Refusal(**common)
