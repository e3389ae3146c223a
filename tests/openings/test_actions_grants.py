"""R35 on openings: rights on one opening are given by those who have them there, and never beyond their own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.errors import AlreadyDone, BeyondOwnRights, Forbidden, InvalidInput, NotFound, OwnGrant, WrongState
from portal.openings.actions.grants import grant_opening_role
from portal.openings.actions.states import archive_opening
from portal.people.models import ServiceAccount
from portal.people.rules import GrantTerms
from tests.openings.making import a_department, a_location, ada, an_opening, hiring_for, olga, refused_whole, teams
from tests.world import NOON, World, grant


def terms(opening_id: UUID, membership_id: UUID | None, role: GrantRole = GrantRole.VIEWER, **more: Any) -> GrantTerms:
    return GrantTerms(role=role, scope_type=ScopeType.OPENING, scope_id=opening_id, membership_id=membership_id, **more)


async def test_an_administrator_lets_a_hiring_manager_see_one_opening(acme: World) -> None:
    opening_id, administrator = await an_opening(acme), await olga(acme)
    hugo = (await acme.member("Hugo")).id
    given = terms(opening_id, hugo, expires_at=NOON + timedelta(days=90))

    await acme.perform(administrator, grant_opening_role, terms=given)

    (row,) = await acme.rows("SELECT * FROM role_grant")
    assert (row["membership_id"], row["role"], row["scope_id"]) == (hugo, "VIEWER", opening_id)
    assert (row["expires_at"], row["include_confidential"]) == (NOON + timedelta(days=90), False)
    (event,) = await acme.rows("SELECT type, opening_id FROM domain_event WHERE subject_type = 'Grant'")
    assert event == {"type": "grant.created", "opening_id": opening_id}
    async with refused_whole(acme, AlreadyDone, "This grant is in force already."):
        await acme.perform(administrator, grant_opening_role, terms=given)


async def test_r35_nobody_gives_more_than_they_have_there(acme: World) -> None:
    opening_id, administrator = await an_opening(acme), await olga(acme)
    hugo = (await acme.member("Hugo")).id

    message = "You can't give what you may not do yourself there: compensation:read."
    async with refused_whole(acme, BeyondOwnRights, message):
        await acme.perform(administrator, grant_opening_role, terms=terms(opening_id, hugo, GrantRole.HIRING_MANAGER))
    async with refused_whole(acme, BeyondOwnRights, message):
        privileged = terms(opening_id, hugo, privileges=frozenset({Privilege.COMPENSATION}))
        await acme.perform(administrator, grant_opening_role, terms=privileged)
    message = "You can't open up confidential openings that you may not see yourself."
    async with refused_whole(acme, BeyondOwnRights, message, path=("includeConfidential",)):
        await acme.perform(administrator, grant_opening_role, terms=terms(opening_id, hugo, include_confidential=True))
    async with refused_whole(acme, OwnGrant, "Nobody changes their own grants. Ask another administrator."):
        await acme.perform(administrator, grant_opening_role, terms=terms(opening_id, administrator.id))


async def test_those_who_do_not_manage_grants_give_none(acme: World) -> None:
    opening_id, recruiter = await an_opening(acme), await ada(acme)
    hugo = (await acme.member("Hugo")).id

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, grant_opening_role, terms=terms(opening_id, hugo))


async def test_r20_a_confidential_opening_is_shared_only_by_an_administrator_who_reaches_it(acme: World) -> None:
    opening_id = await an_opening(acme, is_confidential=True)
    hugo = (await acme.member("Hugo")).id
    blind = await olga(acme)
    member = await acme.member("Oona", OrganizationRole.ORG_ADMIN)
    explicit = grant(GrantRole.RECRUITER, ScopeType.OPENING, opening_id, confidential=True)
    seeing = acme.acting(member.id, OrganizationRole.ORG_ADMIN, explicit)
    given = terms(opening_id, hugo, GrantRole.HIRING_MANAGER, include_confidential=True)

    async with refused_whole(acme, NotFound, "No such opening."):
        await acme.perform(blind, grant_opening_role, terms=given)
    await acme.perform(seeing, grant_opening_role, terms=given)

    assert await _sees(acme, hugo, opening_id)


async def _sees(world: World, membership_id: UUID, opening_id: UUID) -> bool:
    (row,) = await world.rows("SELECT * FROM role_grant WHERE membership_id = $1", membership_id)
    held = grant(GrantRole(row["role"]), ScopeType.OPENING, row["scope_id"], confidential=row["include_confidential"])
    actor = world.acting(membership_id, OrganizationRole.MEMBER, held)
    answer = await world.read(actor, "query($id: ID!) { opening(id: $id) { id } }", id=f"opn_{opening_id.hex}")
    return answer["opening"] is not None


async def test_a_grant_elsewhere_or_on_what_is_put_away_is_refused(acme: World, globex: World) -> None:
    opening_id = await an_opening(acme)
    hugo = (await acme.member("Hugo")).id
    other = GrantTerms(role=GrantRole.VIEWER, scope_type=ScopeType.ORG, membership_id=hugo)

    message = "This gives rights on an opening; see grantRole for the others."
    async with refused_whole(acme, InvalidInput, message, path=("scopeType",)):
        await acme.perform(acme.system, grant_opening_role, terms=other)
    theirs = await an_opening(globex)
    async with refused_whole(acme, NotFound, "No such opening."):
        await acme.perform(acme.system, grant_opening_role, terms=terms(theirs, hugo))
    await acme.perform(acme.system, archive_opening, opening_id=opening_id)
    async with refused_whole(acme, WrongState, "This opening is archived. Restore it, then change it."):
        await acme.perform(acme.system, grant_opening_role, terms=terms(opening_id, hugo))


async def test_whoever_recruits_for_a_department_team_or_place_keeps_what_they_hide_there(acme: World) -> None:
    department, place = await a_department(acme), await a_location(acme)
    (team,) = await teams(acme, "Core")
    scopes: list[tuple[ScopeType, UUID, dict[str, Any]]] = [
        (ScopeType.DEPARTMENT, department, {"department_id": department}),
        (ScopeType.OFFICE, place, {"location_ids": [place]}),
        (ScopeType.TEAM, team, {"teams": hiring_for(team)}),
    ]
    for scope_type, scope_id, draft in scopes:
        recruiter: Actor = await acme.actor(
            scope_type.value, OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, scope_type, scope_id)
        )

        opening_id = await an_opening(acme, recruiter, is_confidential=True, **draft)

        rows = await acme.rows("SELECT membership_id FROM role_grant WHERE scope_id = $1", opening_id)
        assert rows == [{"membership_id": recruiter.id}]


async def test_a_service_account_keeps_what_it_hides_too(acme: World) -> None:
    from_board = await _service(acme)

    await an_opening(acme, from_board, is_confidential=True)

    (row,) = await acme.rows("SELECT membership_id, service_account_id, granted_by_id FROM role_grant")
    assert row == {"membership_id": None, "service_account_id": from_board.id, "granted_by_id": None}


async def _service(world: World) -> Actor:
    """An integration that recruits everywhere."""
    row = ServiceAccount(name="Board")
    await world.plant(row)
    return Actor(organization_id=world.id, kind=ActorKind.SERVICE, id=row.id, grants=(grant(GrantRole.RECRUITER),))
