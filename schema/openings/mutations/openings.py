"""Mutations of openings themselves: creating, changing and copying them, and how confidential they are."""

import strawberry

from portal.openings.actions import confidentiality, copying, openings
from portal.openings.actions.openings import OpeningChanges, OpeningDraft
from portal.openings.reads import OPENING
from portal.organizations.reads import DEPARTMENT, LOCATION
from schema.mutating import (
    Info,
    Payload,
    expected_version,
    given,
    given_id,
    id_of,
    idempotency_key,
    ids_of,
    mutation,
    optional_id,
)
from schema.openings.enums import EmploymentType, OpeningKind
from schema.openings.mutations.staffing import OpeningTeamInput
from schema.openings.types import Opening
from schema.reading import described, the


@strawberry.input(description="A new opening; it begins as a draft.")
class CreateOpeningInput:
    title: str = described("What is hired for, 1 to 200 characters.")
    employment_type: EmploymentType = described("The contract that is offered.")
    kind: OpeningKind = described("How it will end.", default=OpeningKind.STANDARD)
    is_confidential: bool = described(
        "Whether only its creator sees it, until it is granted to others. Takes a recruiter's rights.", default=False
    )
    requisition_code: str | None = described(
        "The organization's own code, at most 100 characters, unique in it.", default=None
    )
    department_id: strawberry.ID | None = described("The department that hires.", default=None)
    seniority: str | None = described("The level, at most 100 characters.", default=None)
    relocation_offered: bool = described("Whether a move is supported.", default=False)
    description: str | None = described(
        "What it is about, for those who hire; at most 10,000 characters.", default=None
    )
    location_ids: list[strawberry.ID] = described("Where it hires, at most 100.", default_factory=list)
    teams: list[OpeningTeamInput] = described(
        "The teams that it hires for, at most 100; the first is served first.", default_factory=list
    )
    seats: int = described("How many people are wanted, 1 to 1,000.", default=1)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating an opening answers.")
class CreateOpeningPayload(Payload):
    opening: Opening | None = described("The new opening; null when none was created.", default=None)


@strawberry.input(description="What is different about an opening. What is left out stays; null empties a field.")
class UpdateOpeningInput:
    opening_id: strawberry.ID = described("The opening's id.")
    title: str | None = described("What is hired for, 1 to 200 characters; not null.", default=strawberry.UNSET)
    employment_type: EmploymentType | None = described("The contract; not null.", default=strawberry.UNSET)
    requisition_code: str | None = described(
        "The organization's own code, at most 100 characters, unique in it.", default=strawberry.UNSET
    )
    department_id: strawberry.ID | None = described("The department that hires.", default=strawberry.UNSET)
    seniority: str | None = described("The level, at most 100 characters.", default=strawberry.UNSET)
    relocation_offered: bool | None = described("Whether a move is supported; not null.", default=strawberry.UNSET)
    description: str | None = described(
        "What it is about, for those who hire; at most 10,000 characters.", default=strawberry.UNSET
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing an opening answers.")
class UpdateOpeningPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which opening to copy.")
class CopyOpeningInput:
    opening_id: strawberry.ID = described("The opening to copy; a template, say.")
    title: str | None = described("The copy's title; the original's if not given.", default=None)
    as_template: bool = described("Whether the copy is a template.", default=False)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What copying an opening answers.")
class CopyOpeningPayload(Payload):
    opening: Opening | None = described("The copy, a draft; null when none was made.", default=None)


@strawberry.input(description="Which opening to make confidential.")
class MakeOpeningConfidentialInput:
    opening_id: strawberry.ID = described("The opening's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What making an opening confidential answers.")
class MakeOpeningConfidentialPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which opening to make public.")
class MakeOpeningPublicInput:
    opening_id: strawberry.ID = described("The opening's id.")
    confirmed: bool = described("True: yes, everybody who sees openings shall see this one, its applications included.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What making an opening public answers.")
class MakeOpeningPublicPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.type
class OpeningPlanMutations:
    @mutation("Create an opening as a draft, with its seats and pipeline. Takes `opening:create`.")
    async def create_opening(self, info: Info, input: CreateOpeningInput) -> CreateOpeningPayload:
        draft = OpeningDraft(
            title=input.title,
            employment_type=input.employment_type,
            kind=input.kind,
            is_confidential=input.is_confidential,
            requisition_code=input.requisition_code,
            department_id=optional_id(DEPARTMENT, input.department_id),
            seniority=input.seniority,
            relocation_offered=input.relocation_offered,
            description=input.description,
            location_ids=ids_of(LOCATION, input.location_ids),
            teams=[team.terms() for team in input.teams],
            seats=input.seats,
        )
        done = await info.context.perform(input.idempotency_key, openings.create_opening, draft=draft)
        return CreateOpeningPayload(opening=the(OPENING, done.opening_id))

    @mutation("Change an opening's own fields. Takes `opening:edit`.")
    async def update_opening(self, info: Info, input: UpdateOpeningInput) -> UpdateOpeningPayload:
        changes = OpeningChanges(
            title=given(input.title),
            employment_type=given(input.employment_type),
            requisition_code=given(input.requisition_code),
            department_id=given_id(DEPARTMENT, input.department_id),
            seniority=given(input.seniority),
            relocation_offered=given(input.relocation_offered),
            description=given(input.description),
        )
        done = await info.context.perform(
            input.idempotency_key,
            openings.update_opening,
            opening_id=id_of(OPENING, input.opening_id),
            changes=changes,
            expected_version=input.expected_version,
        )
        return UpdateOpeningPayload(opening=the(OPENING, done.opening_id))

    @mutation("Begin an opening with the plan of another one. Takes `opening:create`, and `opening:read` on that one.")
    async def copy_opening(self, info: Info, input: CopyOpeningInput) -> CopyOpeningPayload:
        done = await info.context.perform(
            input.idempotency_key,
            copying.copy_opening,
            opening_id=id_of(OPENING, input.opening_id),
            title=input.title,
            as_template=input.as_template,
        )
        return CopyOpeningPayload(opening=the(OPENING, done.opening_id))

    @mutation(
        "Hide an opening from everybody without an explicit grant on it; its postings come down. Takes `opening:edit`."
    )
    async def make_opening_confidential(
        self, info: Info, input: MakeOpeningConfidentialInput
    ) -> MakeOpeningConfidentialPayload:
        done = await info.context.perform(
            input.idempotency_key,
            confidentiality.make_opening_confidential,
            opening_id=id_of(OPENING, input.opening_id),
            expected_version=input.expected_version,
        )
        return MakeOpeningConfidentialPayload(opening=the(OPENING, done.opening_id))

    @mutation("Show a confidential opening to everybody who sees openings. Takes `opening:edit`.")
    async def make_opening_public(self, info: Info, input: MakeOpeningPublicInput) -> MakeOpeningPublicPayload:
        done = await info.context.perform(
            input.idempotency_key,
            confidentiality.make_opening_public,
            opening_id=id_of(OPENING, input.opening_id),
            confirmed=input.confirmed,
            expected_version=input.expected_version,
        )
        return MakeOpeningPublicPayload(opening=the(OPENING, done.opening_id))
