"""Mutations of candidates: adding them, and changing their profile and contact details."""

from typing import Any

import strawberry

from portal.candidates.actions import contacts, create, privacy, profile
from portal.candidates.actions.profile import CandidateChanges
from portal.candidates.reads import CANDIDATE, CONTACT_POINT, SOURCE
from portal.people.reads import MEMBERSHIP
from portal.unchanged import UNCHANGED, Unchanged
from schema.candidates.inputs import (
    COUNTRY,
    CandidateLinkInput,
    CandidateSkillInput,
    ContactPointInput,
    EducationInput,
    EmploymentInput,
    NewCandidateInput,
)
from schema.candidates.payloads import (
    AddContactPointsPayload,
    CreateCandidatePayload,
    LinkCandidateToMemberPayload,
    RemoveContactPointPayload,
    SetCandidateLinksPayload,
    SetCandidatePrivacyPayload,
    SetCandidateSkillsPayload,
    SetContactPointsPayload,
    SetEducationsPayload,
    SetEmploymentsPayload,
    UnlinkCandidatePayload,
    UpdateCandidatePayload,
)
from schema.mutating import Info, expected_version, given, id_of, idempotency_key, mutation, optional_id
from schema.reading import described, the


def _candidate_id() -> Any:  # Any: what a dataclass field's default is typed as
    return described("The candidate's id.")


def _flag(value: bool | None) -> bool | Unchanged:
    """A yes or no of an update: null is as not given."""
    return UNCHANGED if value is None else value


def _optional(description: str) -> Any:  # Any: what a dataclass field's default is typed as
    return described(f"{description} Not given: unchanged; null: none.", default=strawberry.UNSET)


@strawberry.input(description="Who is to be added.")
class CreateCandidateInput:
    candidate: NewCandidateInput = described("The candidate.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What is to be different in a candidate's own data.")
class UpdateCandidateInput:
    candidate_id: strawberry.ID = _candidate_id()
    name: str | None = described(
        "The name that is shown. Not given: unchanged; null: first and last name.", default=strawberry.UNSET
    )
    first_name: str | None = _optional("First name.")
    last_name: str | None = _optional("Last name.")
    preferred_name: str | None = _optional("What they like to be called.")
    headline: str | None = _optional("Who they are professionally.")
    summary: str | None = _optional("What they say of themselves.")
    location: str | None = _optional("Where they live.")
    timezone: str | None = _optional("Their IANA time zone.")
    is_internal: bool | None = described(
        "Whether they work here already; the organization's policy may make them private then. Null is as not given.",
        default=None,
    )
    can_email: bool | None = described("Whether they agree to be written to. Null is as not given.", default=None)
    source_id: strawberry.ID | None = _optional("The channel that they first came through.")
    expected_version: int | None = expected_version()

    def changes(self) -> CandidateChanges:
        source_id = self.source_id
        return CandidateChanges(
            name=given(self.name),
            first_name=given(self.first_name),
            last_name=given(self.last_name),
            preferred_name=given(self.preferred_name),
            headline=given(self.headline),
            summary=given(self.summary),
            location=given(self.location),
            timezone=given(self.timezone),
            is_internal=_flag(self.is_internal),
            can_email=_flag(self.can_email),
            source_id=given(source_id if source_id is strawberry.UNSET else optional_id(SOURCE, source_id)),
        )


@strawberry.input(description="The e-mail addresses and phone numbers that a candidate is to have.")
class SetContactPointsInput:
    candidate_id: strawberry.ID = _candidate_id()
    contact_points: list[ContactPointInput] = described("All of them, at most 20.")
    country: str | None = described(COUNTRY, default=None)
    expected_version: int | None = expected_version()


@strawberry.input(description="E-mail addresses and phone numbers to add to a candidate.")
class AddContactPointsInput:
    candidate_id: strawberry.ID = _candidate_id()
    contact_points: list[ContactPointInput] = described("The new ones; at most 20 with those that there are.")
    country: str | None = described(COUNTRY, default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which contact point a candidate is not to have any more.")
class RemoveContactPointInput:
    candidate_id: strawberry.ID = _candidate_id()
    contact_point_id: strawberry.ID = described("The contact point's id.")


@strawberry.input(description="The pages that a candidate is to have.")
class SetCandidateLinksInput:
    candidate_id: strawberry.ID = _candidate_id()
    links: list[CandidateLinkInput] = described("All of them, at most 30.")
    expected_version: int | None = expected_version()


@strawberry.input(description="The jobs that a candidate is to have.")
class SetEmploymentsInput:
    candidate_id: strawberry.ID = _candidate_id()
    employments: list[EmploymentInput] = described("All of them, at most 100, in the order to show them in.")
    expected_version: int | None = expected_version()


@strawberry.input(description="The educations that a candidate is to have.")
class SetEducationsInput:
    candidate_id: strawberry.ID = _candidate_id()
    educations: list[EducationInput] = described("All of them, at most 100, in the order to show them in.")
    expected_version: int | None = expected_version()


@strawberry.input(description="The skills that a candidate is to have.")
class SetCandidateSkillsInput:
    candidate_id: strawberry.ID = _candidate_id()
    skills: list[CandidateSkillInput] = described("All of them, at most 100.")
    expected_version: int | None = expected_version()


@strawberry.input(description="Whether a candidate is to be private.")
class SetCandidatePrivacyInput:
    candidate_id: strawberry.ID = _candidate_id()
    is_private: bool = described("Whether only those with `candidate:private` are to see them.")
    expected_version: int | None = expected_version()


@strawberry.input(description="Which member a candidate is.")
class LinkCandidateToMemberInput:
    candidate_id: strawberry.ID = _candidate_id()
    membership_id: strawberry.ID = described("The member's id.")
    expected_version: int | None = expected_version()


@strawberry.input(description="Which candidate is no member.")
class UnlinkCandidateInput:
    candidate_id: strawberry.ID = _candidate_id()
    expected_version: int | None = expected_version()


@strawberry.type
class CandidateMutations:
    @mutation("Add somebody to the database. Takes `candidate:create`.")
    async def create_candidate(self, info: Info, input: CreateCandidateInput) -> CreateCandidatePayload:
        done = await info.context.perform(
            input.idempotency_key, create.create_candidate, candidate=input.candidate.given()
        )
        return CreateCandidatePayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Change a candidate's own data. Takes `candidate:edit`.")
    async def update_candidate(self, info: Info, input: UpdateCandidateInput) -> UpdateCandidatePayload:
        done = await info.context.perform(
            None,
            profile.update_candidate,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            changes=input.changes(),
            expected_version=input.expected_version,
        )
        return UpdateCandidatePayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Replace a candidate's contact points. Takes `candidate:edit` and `candidate:contact`.")
    async def set_contact_points(self, info: Info, input: SetContactPointsInput) -> SetContactPointsPayload:
        done = await info.context.perform(
            None,
            contacts.set_contact_points,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            contact_points=[contact.given() for contact in input.contact_points],
            country=input.country,
            expected_version=input.expected_version,
        )
        return SetContactPointsPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Add contact points to a candidate. Takes `candidate:edit` and `candidate:contact`.")
    async def add_contact_points(self, info: Info, input: AddContactPointsInput) -> AddContactPointsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            contacts.add_contact_points,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            contact_points=[contact.given() for contact in input.contact_points],
            country=input.country,
        )
        return AddContactPointsPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Remove a contact point of a candidate. Takes `candidate:edit` and `candidate:contact`.")
    async def remove_contact_point(self, info: Info, input: RemoveContactPointInput) -> RemoveContactPointPayload:
        done = await info.context.perform(
            None,
            contacts.remove_contact_point,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            contact_point_id=id_of(CONTACT_POINT, input.contact_point_id),
        )
        return RemoveContactPointPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Replace a candidate's links. Takes `candidate:edit` and `candidate:contact`.")
    async def set_candidate_links(self, info: Info, input: SetCandidateLinksInput) -> SetCandidateLinksPayload:
        done = await info.context.perform(
            None,
            contacts.set_candidate_links,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            links=[link.given() for link in input.links],
            expected_version=input.expected_version,
        )
        return SetCandidateLinksPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Replace a candidate's employments. Takes `candidate:edit`.")
    async def set_employments(self, info: Info, input: SetEmploymentsInput) -> SetEmploymentsPayload:
        done = await info.context.perform(
            None,
            profile.set_employments,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            employments=[job.given() for job in input.employments],
            expected_version=input.expected_version,
        )
        return SetEmploymentsPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Replace a candidate's educations. Takes `candidate:edit`.")
    async def set_educations(self, info: Info, input: SetEducationsInput) -> SetEducationsPayload:
        done = await info.context.perform(
            None,
            profile.set_educations,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            educations=[school.given() for school in input.educations],
            expected_version=input.expected_version,
        )
        return SetEducationsPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Replace a candidate's skills. Takes `candidate:edit`.")
    async def set_candidate_skills(self, info: Info, input: SetCandidateSkillsInput) -> SetCandidateSkillsPayload:
        done = await info.context.perform(
            None,
            profile.set_candidate_skills,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            skills=[skill.given() for skill in input.skills],
            expected_version=input.expected_version,
        )
        return SetCandidateSkillsPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Make a candidate private, or public again. Takes `candidate:private` and `candidate:edit`.")
    async def set_candidate_privacy(self, info: Info, input: SetCandidatePrivacyInput) -> SetCandidatePrivacyPayload:
        done = await info.context.perform(
            None,
            privacy.set_candidate_privacy,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            is_private=input.is_private,
            expected_version=input.expected_version,
        )
        return SetCandidatePrivacyPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation(
        "Say that a candidate is the same person as a member, who then does not see the record any more. "
        "Takes `candidate:edit`."
    )
    async def link_candidate_to_member(
        self, info: Info, input: LinkCandidateToMemberInput
    ) -> LinkCandidateToMemberPayload:
        done = await info.context.perform(
            None,
            privacy.link_candidate_to_member,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            membership_id=id_of(MEMBERSHIP, input.membership_id),
            expected_version=input.expected_version,
        )
        return LinkCandidateToMemberPayload(candidate=the(CANDIDATE, done.candidate_id))

    @mutation("Say that a candidate is no member after all. Takes `candidate:edit`.")
    async def unlink_candidate(self, info: Info, input: UnlinkCandidateInput) -> UnlinkCandidatePayload:
        done = await info.context.perform(
            None,
            privacy.unlink_candidate,
            candidate_id=id_of(CANDIDATE, input.candidate_id),
            expected_version=input.expected_version,
        )
        return UnlinkCandidatePayload(candidate=the(CANDIDATE, done.candidate_id))
