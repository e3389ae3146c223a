"""Mutations of pipelines. Archiving a stage is with the applications, which it concerns."""

import strawberry

from portal.openings.actions import stages
from portal.openings.actions.stages import StageTerms
from portal.openings.reads import OPENING, STAGE
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, ids_of, mutation
from schema.openings.enums import StageKind
from schema.openings.types import Opening, Stage
from schema.reading import described, the


@strawberry.input(description="A stage of the pipeline that new openings start with.")
class StageTemplateInput:
    kind: StageKind = described("What happens in it.")
    name: str = described("What it is called, 1 to 200 characters.")


@strawberry.input(description="A new stage of an opening's pipeline.")
class AddStageInput:
    opening_id: strawberry.ID = described("The opening's id.")
    kind: StageKind = described("What happens in it.")
    name: str = described("What it is called, 1 to 200 characters.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What adding a stage answers.")
class AddStagePayload(Payload):
    stage: Stage | None = described("The stage; null when nothing was changed.", default=None)


@strawberry.input(description="What to call a stage.")
class RenameStageInput:
    stage_id: strawberry.ID = described("The stage's id.")
    name: str = described("Its new name, 1 to 200 characters.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What renaming a stage answers.")
class RenameStagePayload(Payload):
    stage: Stage | None = described("The stage; null when nothing was changed.", default=None)


@strawberry.input(description="The order of an opening's pipeline.")
class ReorderStagesInput:
    opening_id: strawberry.ID = described("The opening's id.")
    stage_ids: list[strawberry.ID] = described("Every stage in use once, in the new order, the HIRED one last.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What reordering stages answers.")
class ReorderStagesPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which stage to take back into use.")
class UnarchiveStageInput:
    stage_id: strawberry.ID = described("The stage's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking a stage back into use answers.")
class UnarchiveStagePayload(Payload):
    stage: Stage | None = described("The stage; null when nothing was changed.", default=None)


@strawberry.input(description="The pipeline that new openings start with.")
class SetStageTemplatesInput:
    stages: list[StageTemplateInput] = described(
        "All of its stages in order, at most 30, HIRED last; empty for the portal's own pipeline."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What setting the pipeline of new openings answers.")
class SetStageTemplatesPayload(Payload):
    stage_count: int | None = described("How many stages it has; null when nothing was changed.", default=None)


@strawberry.type
class StageMutations:
    @mutation("Add a stage at the end of an opening's pipeline, before the HIRED one. Takes `pipeline:manage`.")
    async def add_stage(self, info: Info, input: AddStageInput) -> AddStagePayload:
        done = await info.context.perform(
            input.idempotency_key,
            stages.add_stage,
            opening_id=id_of(OPENING, input.opening_id),
            stage=StageTerms(kind=input.kind, name=input.name),
            expected_version=input.expected_version,
        )
        return AddStagePayload(stage=the(STAGE, done.stage_id))

    @mutation("Call a stage something else. Takes `pipeline:manage`.")
    async def rename_stage(self, info: Info, input: RenameStageInput) -> RenameStagePayload:
        done = await info.context.perform(
            input.idempotency_key,
            stages.rename_stage,
            stage_id=id_of(STAGE, input.stage_id),
            name=input.name,
            expected_version=input.expected_version,
        )
        return RenameStagePayload(stage=the(STAGE, done.stage_id))

    @mutation("Put the stages in use into another order. Takes `pipeline:manage`.")
    async def reorder_stages(self, info: Info, input: ReorderStagesInput) -> ReorderStagesPayload:
        done = await info.context.perform(
            input.idempotency_key,
            stages.reorder_stages,
            opening_id=id_of(OPENING, input.opening_id),
            stage_ids=ids_of(STAGE, input.stage_ids),
            expected_version=input.expected_version,
        )
        return ReorderStagesPayload(opening=the(OPENING, done.opening_id))

    @mutation("Take an archived stage back into use. Takes `pipeline:manage`.")
    async def unarchive_stage(self, info: Info, input: UnarchiveStageInput) -> UnarchiveStagePayload:
        done = await info.context.perform(
            input.idempotency_key,
            stages.unarchive_stage,
            stage_id=id_of(STAGE, input.stage_id),
            expected_version=input.expected_version,
        )
        return UnarchiveStagePayload(stage=the(STAGE, done.stage_id))

    @mutation(
        "Say which pipeline new openings start with; openings that exist keep theirs. Takes `organization:manage`."
    )
    async def set_stage_templates(self, info: Info, input: SetStageTemplatesInput) -> SetStageTemplatesPayload:
        done = await info.context.perform(
            input.idempotency_key,
            stages.set_stage_templates,
            stages=[StageTerms(kind=stage.kind, name=stage.name) for stage in input.stages],
        )
        return SetStageTemplatesPayload(stage_count=done.stages)
