"""Mutations of teams and team groups."""

import strawberry

from portal.organizations.actions import teams
from portal.organizations.reads import DEPARTMENT, TEAM, TEAM_GROUP
from schema.mutating import (
    Info,
    Payload,
    expected_version,
    given,
    given_id,
    id_of,
    idempotency_key,
    mutation,
    optional_id,
)
from schema.organizations.types import Team, TeamGroup
from schema.reading import described, the


@strawberry.input(description="A new team group.")
class CreateTeamGroupInput:
    name: str = described("What it is called, 1 to 200 characters.")
    position: int | None = described(
        "Its place among the groups, 0 to 10,000; after all others if not given.", default=None
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a team group answers.")
class CreateTeamGroupPayload(Payload):
    team_group: TeamGroup | None = described("The team group; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a team group. What is left out stays.")
class UpdateTeamGroupInput:
    team_group_id: strawberry.ID = described("The team group's id.")
    name: str | None = described("What it is called, 1 to 200 characters; not null.", default=strawberry.UNSET)
    position: int | None = described("Its place among the groups, 0 to 10,000; not null.", default=strawberry.UNSET)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a team group answers.")
class UpdateTeamGroupPayload(Payload):
    team_group: TeamGroup | None = described("The team group; null when nothing was changed.", default=None)


@strawberry.input(description="Which team group to archive.")
class ArchiveTeamGroupInput:
    team_group_id: strawberry.ID = described("The team group's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving a team group answers.")
class ArchiveTeamGroupPayload(Payload):
    team_group: TeamGroup | None = described("The team group; null when nothing was changed.", default=None)


@strawberry.input(description="Which team group to take up again.")
class UnarchiveTeamGroupInput:
    team_group_id: strawberry.ID = described("The team group's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking up a team group again answers.")
class UnarchiveTeamGroupPayload(Payload):
    team_group: TeamGroup | None = described("The team group; null when nothing was changed.", default=None)


@strawberry.input(description="A new team.")
class CreateTeamInput:
    name: str = described("What it is called, 1 to 200 characters.")
    group_id: strawberry.ID | None = described("The group that it is listed under.", default=None)
    department_id: strawberry.ID | None = described("The department that it belongs to.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a team answers.")
class CreateTeamPayload(Payload):
    team: Team | None = described("The team; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a team. What is left out stays; null empties a field.")
class UpdateTeamInput:
    team_id: strawberry.ID = described("The team's id.")
    name: str | None = described("What it is called, 1 to 200 characters; not null.", default=strawberry.UNSET)
    group_id: strawberry.ID | None = described("The group that it is listed under.", default=strawberry.UNSET)
    department_id: strawberry.ID | None = described("The department that it belongs to.", default=strawberry.UNSET)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a team answers.")
class UpdateTeamPayload(Payload):
    team: Team | None = described("The team; null when nothing was changed.", default=None)


@strawberry.input(description="Which team to archive.")
class ArchiveTeamInput:
    team_id: strawberry.ID = described("The team's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving a team answers.")
class ArchiveTeamPayload(Payload):
    team: Team | None = described("The team; null when nothing was changed.", default=None)


@strawberry.input(description="Which team to take up again.")
class UnarchiveTeamInput:
    team_id: strawberry.ID = described("The team's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking up a team again answers.")
class UnarchiveTeamPayload(Payload):
    team: Team | None = described("The team; null when nothing was changed.", default=None)


@strawberry.type
class TeamMutations:
    @mutation("Add a heading that teams are listed under. Takes `organization:manage`.")
    async def create_team_group(self, info: Info, input: CreateTeamGroupInput) -> CreateTeamGroupPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.create_team_group,
            name=input.name,
            position=input.position,
        )
        return CreateTeamGroupPayload(team_group=the(TEAM_GROUP, done.team_group_id))

    @mutation("Call a team group something else, or give it another place. Takes `organization:manage`.")
    async def update_team_group(self, info: Info, input: UpdateTeamGroupInput) -> UpdateTeamGroupPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.update_team_group,
            team_group_id=id_of(TEAM_GROUP, input.team_group_id),
            name=given(input.name),
            position=given(input.position),
            expected_version=input.expected_version,
        )
        return UpdateTeamGroupPayload(team_group=the(TEAM_GROUP, done.team_group_id))

    @mutation("Take a team group out of use. Refused while teams in use are under it. Takes `organization:manage`.")
    async def archive_team_group(self, info: Info, input: ArchiveTeamGroupInput) -> ArchiveTeamGroupPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.archive_team_group,
            team_group_id=id_of(TEAM_GROUP, input.team_group_id),
        )
        return ArchiveTeamGroupPayload(team_group=the(TEAM_GROUP, done.team_group_id))

    @mutation("Take an archived team group up again. Takes `organization:manage`.")
    async def unarchive_team_group(self, info: Info, input: UnarchiveTeamGroupInput) -> UnarchiveTeamGroupPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.unarchive_team_group,
            team_group_id=id_of(TEAM_GROUP, input.team_group_id),
        )
        return UnarchiveTeamGroupPayload(team_group=the(TEAM_GROUP, done.team_group_id))

    @mutation("Add a team. Takes `organization:manage`.")
    async def create_team(self, info: Info, input: CreateTeamInput) -> CreateTeamPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.create_team,
            name=input.name,
            group_id=optional_id(TEAM_GROUP, input.group_id),
            department_id=optional_id(DEPARTMENT, input.department_id),
        )
        return CreateTeamPayload(team=the(TEAM, done.team_id))

    @mutation("Call a team something else, or move it to another group or department. Takes `organization:manage`.")
    async def update_team(self, info: Info, input: UpdateTeamInput) -> UpdateTeamPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.update_team,
            team_id=id_of(TEAM, input.team_id),
            name=given(input.name),
            group_id=given_id(TEAM_GROUP, input.group_id),
            department_id=given_id(DEPARTMENT, input.department_id),
            expected_version=input.expected_version,
        )
        return UpdateTeamPayload(team=the(TEAM, done.team_id))

    @mutation("Take a team out of use; openings and seats that name it keep it. Takes `organization:manage`.")
    async def archive_team(self, info: Info, input: ArchiveTeamInput) -> ArchiveTeamPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.archive_team,
            team_id=id_of(TEAM, input.team_id),
        )
        return ArchiveTeamPayload(team=the(TEAM, done.team_id))

    @mutation("Take an archived team up again. Takes `organization:manage`.")
    async def unarchive_team(self, info: Info, input: UnarchiveTeamInput) -> UnarchiveTeamPayload:
        done = await info.context.perform(
            input.idempotency_key,
            teams.unarchive_team,
            team_id=id_of(TEAM, input.team_id),
        )
        return UnarchiveTeamPayload(team=the(TEAM, done.team_id))
