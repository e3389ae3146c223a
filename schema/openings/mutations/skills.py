"""Mutations of skills, and of which an opening asks for."""

import strawberry

from portal.candidates.actions.skills import update_skill
from portal.openings.actions import skills
from portal.openings.actions.skills import WantedSkill
from portal.openings.reads import OPENING, SKILL
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation
from schema.openings.enums import SkillLevel
from schema.openings.types import Opening, Skill
from schema.reading import described, the


@strawberry.input(description="A skill that an opening asks for.")
class OpeningSkillInput:
    skill_id: strawberry.ID = described("The skill's id.")
    level: SkillLevel = described("How much it is wanted.", default=SkillLevel.REQUIRED)


@strawberry.input(description="A new skill.")
class CreateSkillInput:
    name: str = described("Its canonical name, 1 to 200 characters.")
    aliases: list[str] = described("What else it is called, at most 100.", default_factory=list)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a skill answers.")
class CreateSkillPayload(Payload):
    skill: Skill | None = described("The skill; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a skill. What is left out or null stays.")
class UpdateSkillInput:
    skill_id: strawberry.ID = described("The skill's id.")
    name: str | None = described("Its canonical name, 1 to 200 characters.", default=None)
    aliases: list[str] | None = described("All that it is also called, at most 100.", default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a skill answers.")
class UpdateSkillPayload(Payload):
    skill: Skill | None = described("The skill; null when nothing was changed.", default=None)


@strawberry.input(description="Which skill to archive.")
class ArchiveSkillInput:
    skill_id: strawberry.ID = described("The skill's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving a skill answers.")
class ArchiveSkillPayload(Payload):
    skill: Skill | None = described("The skill; null when nothing was changed.", default=None)


@strawberry.input(description="Which skill to put back.")
class UnarchiveSkillInput:
    skill_id: strawberry.ID = described("The skill's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What putting a skill back answers.")
class UnarchiveSkillPayload(Payload):
    skill: Skill | None = described("The skill; null when nothing was changed.", default=None)


@strawberry.input(description="Which skills an opening asks for.")
class SetOpeningSkillsInput:
    opening_id: strawberry.ID = described("The opening's id.")
    skills: list[OpeningSkillInput] = described("All of them, at most 100.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What setting an opening's skills answers.")
class SetOpeningSkillsPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.type
class SkillMutations:
    @mutation("Add a skill to the organization's list. Takes `organization:manage`.")
    async def create_skill(self, info: Info, input: CreateSkillInput) -> CreateSkillPayload:
        done = await info.context.perform(
            input.idempotency_key,
            skills.create_skill,
            name=input.name,
            aliases=input.aliases,
        )
        return CreateSkillPayload(skill=the(SKILL, done.skill_id))

    @mutation("Rename a skill or say what else it is called. Takes `organization:manage`.")
    async def update_skill(self, info: Info, input: UpdateSkillInput) -> UpdateSkillPayload:
        done = await info.context.perform(
            input.idempotency_key,
            update_skill,
            skill_id=id_of(SKILL, input.skill_id),
            name=input.name,
            aliases=input.aliases,
            expected_version=input.expected_version,
        )
        return UpdateSkillPayload(skill=the(SKILL, done.skill_id))

    @mutation("Take a skill from the list; what names it keeps it. Takes `organization:manage`.")
    async def archive_skill(self, info: Info, input: ArchiveSkillInput) -> ArchiveSkillPayload:
        done = await info.context.perform(
            input.idempotency_key,
            skills.archive_skill,
            skill_id=id_of(SKILL, input.skill_id),
        )
        return ArchiveSkillPayload(skill=the(SKILL, done.skill_id))

    @mutation("Put an archived skill back on the list. Takes `organization:manage`.")
    async def unarchive_skill(self, info: Info, input: UnarchiveSkillInput) -> UnarchiveSkillPayload:
        done = await info.context.perform(
            input.idempotency_key,
            skills.unarchive_skill,
            skill_id=id_of(SKILL, input.skill_id),
        )
        return UnarchiveSkillPayload(skill=the(SKILL, done.skill_id))

    @mutation("Say which skills an opening requires or would like. Takes `opening:edit`.")
    async def set_opening_skills(self, info: Info, input: SetOpeningSkillsInput) -> SetOpeningSkillsPayload:
        wanted = [WantedSkill(skill_id=id_of(SKILL, skill.skill_id), level=skill.level) for skill in input.skills]
        done = await info.context.perform(
            input.idempotency_key,
            skills.set_opening_skills,
            opening_id=id_of(OPENING, input.opening_id),
            skills=wanted,
            expected_version=input.expected_version,
        )
        return SetOpeningSkillsPayload(opening=the(OPENING, done.opening_id))
