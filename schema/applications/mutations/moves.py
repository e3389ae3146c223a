"""Mutations that put an application into a pipeline, move it along, or carry it over to another one."""

from datetime import datetime

import strawberry

from portal.applications.actions import moves, submissions, transfers
from portal.applications.actions.submissions import Terms
from portal.applications.reads import APPLICATION
from portal.candidates.reads import CANDIDATE, SOURCE
from portal.openings.reads import OPENING, POSTING, STAGE
from portal.people.reads import MEMBERSHIP
from schema.applications.enums import ApplicationOrigin
from schema.applications.types import Application
from schema.candidates.inputs import NewCandidateInput
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation, optional_id
from schema.reading import described, the

_THE_APPLICATION = (
    "The application as it is now; null when nothing was changed, and when the viewer may not see it (any more)."
)


@strawberry.input(description="How a candidate comes to an opening.")
class SubmissionInput:
    posting_id: strawberry.ID | None = described("The posting that they applied through.", default=None)
    source_id: strawberry.ID | None = described(
        "The channel that they came through; the organization's policy may require it.", default=None
    )
    origin: ApplicationOrigin | None = described(
        "How it came to be. If not given: AGENCY for agencies, SOURCED for sourcers, else APPLIED.", default=None
    )
    credited_to_id: strawberry.ID | None = described(
        "The member who is credited, and sees the application. Those who do not recruit for the opening are credited "
        "themselves.",
        default=None,
    )
    stage_id: strawberry.ID | None = described(
        "The stage to start in; if not given, the first LEAD stage for SOURCED, else the first APPLIED one. "
        "Takes `application:move`.",
        default=None,
    )
    applied_at: datetime | None = described(
        "When it was, in the past; now if not given. Takes `application:move`.", default=None
    )

    def terms(self) -> Terms:
        return Terms(
            posting_id=optional_id(POSTING, self.posting_id),
            source_id=optional_id(SOURCE, self.source_id),
            origin=self.origin,
            credited_to_id=optional_id(MEMBERSHIP, self.credited_to_id),
            stage_id=optional_id(STAGE, self.stage_id),
            applied_at=self.applied_at,
        )


@strawberry.input(description="Which candidate to put into which opening's pipeline.")
class SubmitApplicationInput:
    candidate_id: strawberry.ID = described("The candidate's id.")
    opening_id: strawberry.ID = described("The opening's id.")
    submission: SubmissionInput = described("How they come to it.", default_factory=SubmissionInput)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `submitApplication` answers.")
class SubmitApplicationPayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)


@strawberry.input(description="Whom to add, and which opening's pipeline to put them into.")
class SubmitCandidateInput:
    candidate: NewCandidateInput = described("The candidate.")
    opening_id: strawberry.ID = described("The opening's id.")
    submission: SubmissionInput = described("How they come to it.", default_factory=SubmissionInput)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `submitCandidate` answers.")
class SubmitCandidatePayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)


@strawberry.input(description="Which application to move, and to where.")
class MoveApplicationInput:
    application_id: strawberry.ID = described("The application's id.")
    from_stage_id: strawberry.ID = described(
        "The stage where you saw it. Refused with STAGE_CHANGED when it is elsewhere by now."
    )
    to_stage_id: strawberry.ID = described("The stage to move it to, forwards or backwards; not the HIRED one.")
    note: str | None = described("Why, for its history; at most 10,000 characters.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `moveApplication` answers.")
class MoveApplicationPayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)


@strawberry.input(description="Which application to transfer, and to which opening.")
class TransferApplicationInput:
    application_id: strawberry.ID = described("The application's id.")
    opening_id: strawberry.ID = described("The other opening's id.")
    stage_id: strawberry.ID | None = described(
        "A stage of the other opening; if not given, where its applications arrive.", default=None
    )
    note: str | None = described("Why, for the history; at most 10,000 characters.", default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `transferApplication` answers.")
class TransferApplicationPayload(Payload):
    application: Application | None = described(
        "The application that goes on for the other opening; null when nothing was changed.", default=None
    )
    transferred_from: Application | None = described(
        "The application that ended as TRANSFERRED; null when nothing was changed.", default=None
    )


@strawberry.type
class MoveMutations:
    @mutation("Put a candidate into an opening's pipeline. Takes `application:create`.")
    async def submit_application(self, info: Info, input: SubmitApplicationInput) -> SubmitApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            submissions.submit_application,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            opening_id=id_of(OPENING, input.opening_id),
            terms=input.submission.terms(),
        )
        return SubmitApplicationPayload(application=the(APPLICATION, done.application_id))

    @mutation(
        "Add a candidate and put them into an opening's pipeline at once. Takes `application:create` and "
        "`candidate:create`."
    )
    async def submit_candidate(self, info: Info, input: SubmitCandidateInput) -> SubmitCandidatePayload:
        done = await info.context.perform(
            input.idempotency_key,
            submissions.submit_candidate,
            candidate=input.candidate.given(),
            opening_id=id_of(OPENING, input.opening_id),
            terms=input.submission.terms(),
        )
        return SubmitCandidatePayload(application=the(APPLICATION, done.application_id))

    @mutation("Put an application into another stage of its opening's pipeline. Takes `application:move`.")
    async def move_application(self, info: Info, input: MoveApplicationInput) -> MoveApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            moves.move_application,
            application_id=id_of(APPLICATION, input.application_id),
            from_stage_id=id_of(STAGE, input.from_stage_id),
            to_stage_id=id_of(STAGE, input.to_stage_id),
            note=input.note,
        )
        return MoveApplicationPayload(application=the(APPLICATION, done.application_id))

    @mutation(
        "Continue an application as one for another opening. Takes `application:move` on both, and no wider rights on "
        "candidates there than here."
    )
    async def transfer_application(self, info: Info, input: TransferApplicationInput) -> TransferApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            transfers.transfer_application,
            application_id=id_of(APPLICATION, input.application_id),
            opening_id=id_of(OPENING, input.opening_id),
            stage_id=optional_id(STAGE, input.stage_id),
            note=input.note,
            expected_version=input.expected_version,
        )
        return TransferApplicationPayload(
            application=the(APPLICATION, done.application_id),
            transferred_from=the(APPLICATION, done.transferred_from_id),
        )
