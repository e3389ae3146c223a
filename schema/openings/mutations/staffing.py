"""Mutations of where an opening hires, for which teams, and who works on it."""

import strawberry

from portal.openings.actions import hiring_team, staffing
from portal.openings.actions.staffing import TeamTerms
from portal.openings.reads import HIRING_TEAM_MEMBER, OPENING
from portal.organizations.reads import LOCATION, TEAM
from portal.people.reads import MEMBERSHIP
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, ids_of, mutation
from schema.openings.enums import HiringRole
from schema.openings.types import HiringTeamMember, Opening
from schema.reading import described, the


@strawberry.input(description="A team that an opening hires for.")
class OpeningTeamInput:
    team_id: strawberry.ID = described("The team's id.")
    seat_target: int | None = described(
        "How many seats the team should get, 0 to 1,000; null while undecided.", default=None
    )

    def terms(self) -> TeamTerms:
        return TeamTerms(team_id=id_of(TEAM, self.team_id), seat_target=self.seat_target)


@strawberry.input(description="For which teams an opening hires.")
class SetOpeningTeamsInput:
    opening_id: strawberry.ID = described("The opening's id.")
    teams: list[OpeningTeamInput] = described("All of its teams, at most 100; the first is served first.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What setting an opening's teams answers.")
class SetOpeningTeamsPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="One more team for an opening.")
class AddOpeningTeamInput:
    opening_id: strawberry.ID = described("The opening's id.")
    team: OpeningTeamInput = described("The team; it is served after all others.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What adding a team to an opening answers.")
class AddOpeningTeamPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which team to take from an opening.")
class RemoveOpeningTeamInput:
    opening_id: strawberry.ID = described("The opening's id.")
    team_id: strawberry.ID = described("The team's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking a team from an opening answers.")
class RemoveOpeningTeamPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Where an opening hires.")
class SetOpeningLocationsInput:
    opening_id: strawberry.ID = described("The opening's id.")
    location_ids: list[strawberry.ID] = described("All of its locations, at most 100.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What setting an opening's locations answers.")
class SetOpeningLocationsPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="A place in the hiring team.")
class AddHiringTeamMemberInput:
    opening_id: strawberry.ID = described("The opening's id.")
    membership_id: strawberry.ID = described("The member's id.")
    role: HiringRole = described("What they do.")
    is_responsible: bool = described("Whether they are the one to ask in that role.", default=False)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What joining a hiring team answers.")
class AddHiringTeamMemberPayload(Payload):
    hiring_team_member: HiringTeamMember | None = described(
        "The place in the hiring team; null when none was filled.", default=None
    )
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Who takes over a place in the hiring team.")
class ReplaceHiringTeamMemberInput:
    hiring_team_member_id: strawberry.ID = described("The place's id.")
    membership_id: strawberry.ID = described("The member who takes over.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking over a place in the hiring team answers.")
class ReplaceHiringTeamMemberPayload(Payload):
    hiring_team_member: HiringTeamMember | None = described(
        "The place in the hiring team; null when none was filled.", default=None
    )
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which place in the hiring team to clear.")
class RemoveHiringTeamMemberInput:
    hiring_team_member_id: strawberry.ID = described("The place's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What leaving a hiring team answers.")
class RemoveHiringTeamMemberPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.type
class StaffingMutations:
    @mutation("Say for which teams an opening hires; a team with seats can not be left out. Takes `opening:edit`.")
    async def set_opening_teams(self, info: Info, input: SetOpeningTeamsInput) -> SetOpeningTeamsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            staffing.set_opening_teams,
            opening_id=id_of(OPENING, input.opening_id),
            teams=[team.terms() for team in input.teams],
            expected_version=input.expected_version,
        )
        return SetOpeningTeamsPayload(opening=the(OPENING, done.opening_id))

    @mutation("Let an opening hire for one more team. Takes `opening:edit`.")
    async def add_opening_team(self, info: Info, input: AddOpeningTeamInput) -> AddOpeningTeamPayload:
        done = await info.context.perform(
            input.idempotency_key,
            staffing.add_opening_team,
            opening_id=id_of(OPENING, input.opening_id),
            team=input.team.terms(),
        )
        return AddOpeningTeamPayload(opening=the(OPENING, done.opening_id))

    @mutation("Take a team from an opening; refused while it has seats there. Takes `opening:edit`.")
    async def remove_opening_team(self, info: Info, input: RemoveOpeningTeamInput) -> RemoveOpeningTeamPayload:
        done = await info.context.perform(
            input.idempotency_key,
            staffing.remove_opening_team,
            opening_id=id_of(OPENING, input.opening_id),
            team_id=id_of(TEAM, input.team_id),
        )
        return RemoveOpeningTeamPayload(opening=the(OPENING, done.opening_id))

    @mutation("Say where an opening hires. Takes `opening:edit`.")
    async def set_opening_locations(self, info: Info, input: SetOpeningLocationsInput) -> SetOpeningLocationsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            staffing.set_opening_locations,
            opening_id=id_of(OPENING, input.opening_id),
            location_ids=ids_of(LOCATION, input.location_ids),
            expected_version=input.expected_version,
        )
        return SetOpeningLocationsPayload(opening=the(OPENING, done.opening_id))

    @mutation(
        "Give somebody a place in the hiring team. It gives no rights: see grantOpeningRole. Takes `opening:edit`."
    )
    async def add_hiring_team_member(self, info: Info, input: AddHiringTeamMemberInput) -> AddHiringTeamMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            hiring_team.add_hiring_team_member,
            opening_id=id_of(OPENING, input.opening_id),
            membership_id=id_of(MEMBERSHIP, input.membership_id),
            role=input.role,
            is_responsible=input.is_responsible,
        )
        return AddHiringTeamMemberPayload(
            hiring_team_member=the(HIRING_TEAM_MEMBER, done.hiring_team_member_id),
            opening=the(OPENING, done.opening_id),
        )

    @mutation("Give a place in the hiring team to somebody else. Takes `opening:edit`.")
    async def replace_hiring_team_member(
        self, info: Info, input: ReplaceHiringTeamMemberInput
    ) -> ReplaceHiringTeamMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            hiring_team.replace_hiring_team_member,
            hiring_team_member_id=id_of(HIRING_TEAM_MEMBER, input.hiring_team_member_id),
            membership_id=id_of(MEMBERSHIP, input.membership_id),
        )
        return ReplaceHiringTeamMemberPayload(
            hiring_team_member=the(HIRING_TEAM_MEMBER, done.hiring_team_member_id),
            opening=the(OPENING, done.opening_id),
        )

    @mutation("Take somebody from their place in the hiring team. Takes `opening:edit`.")
    async def remove_hiring_team_member(
        self, info: Info, input: RemoveHiringTeamMemberInput
    ) -> RemoveHiringTeamMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            hiring_team.remove_hiring_team_member,
            hiring_team_member_id=id_of(HIRING_TEAM_MEMBER, input.hiring_team_member_id),
        )
        return RemoveHiringTeamMemberPayload(opening=the(OPENING, done.opening_id))
