"""For which teams and where an opening hires, and who works on it."""

from typing import Any
from uuid import UUID

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound, StaleVersion
from portal.openings.actions.hiring_team import (
    add_hiring_team_member,
    remove_hiring_team_member,
    replace_hiring_team_member,
)
from portal.openings.actions.seats import SeatChanges, update_seat
from portal.openings.actions.staffing import (
    TeamTerms,
    add_opening_team,
    remove_opening_team,
    set_opening_locations,
    set_opening_teams,
)
from portal.openings.enums import HiringRole
from portal.organizations.models import Team
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from tests.openings.making import (
    a_location,
    ada,
    an_opening,
    events,
    hiring_for,
    refused_whole,
    seats_of,
    teams,
    the_opening,
)
from tests.world import NOON, World, grant


async def _teams_of(world: World, opening_id: UUID) -> list[tuple[UUID, int | None]]:
    rows = await world.rows(
        "SELECT team_id, seat_target FROM opening_team WHERE opening_id = $1 ORDER BY priority", opening_id
    )
    return [(row["team_id"], row["seat_target"]) for row in rows]


async def test_teams_are_set_in_the_order_in_which_they_are_served(acme: World) -> None:
    core, ads, maps = await teams(acme, "Core", "Ads", "Maps")
    opening_id = await an_opening(acme, teams=hiring_for(core, ads))

    wanted = [TeamTerms(team_id=maps, seat_target=2), TeamTerms(team_id=core)]
    await acme.perform(acme.system, set_opening_teams, opening_id=opening_id, teams=wanted, expected_version=1)

    assert await _teams_of(acme, opening_id) == [(maps, 2), (core, None)]
    (event,) = await acme.rows("SELECT changes FROM domain_event WHERE type = 'opening.updated'")
    assert event["changes"] == {"team_ids": [[core.hex, ads.hex], [maps.hex, core.hex]]}
    assert (await the_opening(acme, opening_id))["version"] == 2
    async with refused_whole(acme, AlreadyDone, "This opening hires for these teams already."):
        await acme.perform(acme.system, set_opening_teams, opening_id=opening_id, teams=wanted)
    stale = "This was changed since you read it; it is now at version 2. Read it again, then repeat."
    async with refused_whole(acme, StaleVersion, stale, path=("expectedVersion",)):
        await acme.perform(acme.system, set_opening_teams, opening_id=opening_id, teams=[], expected_version=1)


async def test_teams_out_of_their_bounds_are_refused(acme: World) -> None:
    (core,) = await teams(acme, "Core")
    opening_id = await an_opening(acme)

    async with refused_whole(acme, InvalidInput, "The same one is listed twice.", path=("teams", "1")):
        await acme.perform(acme.system, set_opening_teams, opening_id=opening_id, teams=hiring_for(core, core))
    message = "This must be a whole number from 0 to 1000."
    async with refused_whole(acme, InvalidInput, message, path=("teams", "0", "seatTarget")):
        await acme.perform(
            acme.system,
            set_opening_teams,
            opening_id=opening_id,
            teams=[TeamTerms(team_id=core, seat_target=-1)],
        )


async def test_one_team_is_added_and_removed(acme: World) -> None:
    core, ads = await teams(acme, "Core", "Ads")
    opening_id = await an_opening(acme, teams=hiring_for(core))

    await acme.perform(acme.system, add_opening_team, opening_id=opening_id, team=TeamTerms(team_id=ads))
    assert await _teams_of(acme, opening_id) == [(core, None), (ads, None)]
    async with refused_whole(acme, AlreadyDone, "This opening hires for that team already."):
        await acme.perform(acme.system, add_opening_team, opening_id=opening_id, team=TeamTerms(team_id=ads))

    await acme.perform(acme.system, remove_opening_team, opening_id=opening_id, team_id=core)
    assert await _teams_of(acme, opening_id) == [(ads, None)]
    async with refused_whole(acme, NotFound, "No such team.", path=("teamId",)):
        await acme.perform(acme.system, remove_opening_team, opening_id=opening_id, team_id=core)


async def test_r19_a_team_with_seats_stays(acme: World) -> None:
    (core,) = await teams(acme, "Core")
    opening_id = await an_opening(acme, teams=hiring_for(core))
    seat = (await seats_of(acme, opening_id))[0]["id"]
    await acme.perform(acme.system, update_seat, seat_id=seat, changes=SeatChanges(team_id=core))

    message = "Seats of this opening belong to that team: 1. Give them another team first."
    async with refused_whole(acme, InvalidInput, message, path=("teamId",)):
        await acme.perform(acme.system, set_opening_teams, opening_id=opening_id, teams=[])


async def test_r33_an_archived_team_stays_where_it_is_but_is_not_chosen(acme: World) -> None:
    old, (core,) = Team(name="Fax", archived_at=NOON), await teams(acme, "Core")
    await acme.plant(old)
    opening_id = await an_opening(acme)

    message = "The team Fax is archived. Choose another one."
    async with refused_whole(acme, InvalidInput, message, path=("teams", "1")):
        await acme.perform(acme.system, set_opening_teams, opening_id=opening_id, teams=hiring_for(core, old.id))


async def test_locations_are_set(acme: World) -> None:
    here, there = await a_location(acme, "New York"), await a_location(acme, "Berlin")
    opening_id = await an_opening(acme, location_ids=[here])

    await acme.perform(acme.system, set_opening_locations, opening_id=opening_id, location_ids=[there])

    assert await acme.rows("SELECT location_id FROM opening_location") == [{"location_id": there}]
    async with refused_whole(acme, AlreadyDone, "This opening hires there already."):
        await acme.perform(acme.system, set_opening_locations, opening_id=opening_id, location_ids=[there])


async def test_nobody_pushes_an_opening_out_of_their_own_reach(acme: World) -> None:
    here, there = await a_location(acme, "New York"), await a_location(acme, "Berlin")
    recruiter = await acme.actor("Rita", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, ScopeType.OFFICE, here))
    opening_id = await an_opening(acme, recruiter, location_ids=[here])

    async with refused_whole(acme, Forbidden, "Your rights do not reach this opening."):
        await acme.perform(recruiter, set_opening_locations, opening_id=opening_id, location_ids=[there])
    await acme.perform(recruiter, set_opening_locations, opening_id=opening_id, location_ids=[there, here])


async def test_somebody_joins_is_replaced_in_and_leaves_a_hiring_team(acme: World) -> None:
    opening_id, recruiter = await an_opening(acme), await ada(acme)
    hugo, olga = (await acme.member("Hugo")).id, (await acme.member("Olga")).id

    joined = await acme.perform(
        recruiter,
        add_hiring_team_member,
        opening_id=opening_id,
        membership_id=hugo,
        role=HiringRole.HIRING_MANAGER,
        is_responsible=True,
    )
    replaced = await acme.perform(
        recruiter,
        replace_hiring_team_member,
        hiring_team_member_id=joined.hiring_team_member_id,
        membership_id=olga,
    )

    assert await acme.rows("SELECT membership_id, role, is_responsible FROM hiring_team_member") == [
        {"membership_id": olga, "role": "HIRING_MANAGER", "is_responsible": True}
    ]

    await acme.perform(recruiter, remove_hiring_team_member, hiring_team_member_id=replaced.hiring_team_member_id)

    assert await acme.rows("SELECT id FROM hiring_team_member") == []
    assert (await events(acme))[-3:] == ["hiring_team.changed"] * 3
    rows = await acme.rows("SELECT data FROM domain_event WHERE type = 'hiring_team.changed' ORDER BY id")
    assert [row["data"] for row in rows] == [
        {"role": "HIRING_MANAGER", "added_membership_id": hugo.hex, "removed_membership_id": None},
        {"role": "HIRING_MANAGER", "added_membership_id": olga.hex, "removed_membership_id": hugo.hex},
        {"role": "HIRING_MANAGER", "added_membership_id": None, "removed_membership_id": olga.hex},
    ]


async def test_a_place_in_a_hiring_team_gives_no_rights(acme: World) -> None:
    opening_id = await an_opening(acme)
    hugo = await acme.actor("Hugo")
    await acme.perform(
        acme.system,
        add_hiring_team_member,
        opening_id=opening_id,
        membership_id=hugo.id,
        role=HiringRole.HIRING_MANAGER,
    )

    answer = await acme.read(hugo, "query($id: ID!) { opening(id: $id) { id } }", id=f"opn_{opening_id.hex}")

    assert answer == {"opening": None}


async def test_a_place_that_is_taken_or_for_somebody_who_left_is_refused(acme: World) -> None:
    opening_id = await an_opening(acme)
    hugo, olga = (await acme.member("Hugo")).id, (await acme.member("Olga")).id
    gone = Membership(
        name="Gone",
        email="gone@example.com",
        email_normalised="gone@example.com",
        status=MembershipStatus.DEACTIVATED,
        role=OrganizationRole.MEMBER,
    )
    await acme.plant(gone)
    place: dict[str, Any] = {"opening_id": opening_id, "role": HiringRole.RECRUITER}
    joined = await acme.perform(acme.system, add_hiring_team_member, **place, membership_id=hugo, is_responsible=True)

    async with refused_whole(acme, AlreadyDone, "This member is already in the hiring team in that role."):
        await acme.perform(acme.system, add_hiring_team_member, **place, membership_id=hugo)
    message = "Somebody else is responsible in that role already."
    async with refused_whole(acme, InvalidInput, message, path=("isResponsible",)):
        await acme.perform(acme.system, add_hiring_team_member, **place, membership_id=olga, is_responsible=True)
    async with refused_whole(acme, InvalidInput, "This member is deactivated.", path=("membershipId",)):
        await acme.perform(acme.system, add_hiring_team_member, **place, membership_id=gone.id)
    async with refused_whole(acme, AlreadyDone, "This member has that place already."):
        await acme.perform(
            acme.system,
            replace_hiring_team_member,
            hiring_team_member_id=joined.hiring_team_member_id,
            membership_id=hugo,
        )
    async with refused_whole(acme, NotFound, "No such membership."):
        await acme.perform(acme.system, add_hiring_team_member, **place, membership_id=UUID(int=0))
