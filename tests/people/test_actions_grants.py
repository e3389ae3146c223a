"""R35: who may give which rights to whom, where and for how long."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.database.ids import new_id
from portal.errors import (
    AlreadyDone,
    BeyondOwnRights,
    Forbidden,
    InvalidInput,
    NotFound,
    OwnGrant,
    WrongState,
)
from portal.organizations.enums import WorkplaceType
from portal.organizations.models import Department, Location, Team
from portal.people.actions.grants import grant_role, revoke_grant
from portal.people.enums import MembershipStatus
from portal.people.granting import check_not_oneself
from portal.people.models import Membership
from portal.people.rules import GrantTerms
from tests.people.making import (
    A_DAY,
    a_grant,
    a_service_account,
    a_token,
    credentials,
    events,
    olga,
    refused_whole,
    the_row,
)
from tests.refusals import refused
from tests.world import NOON, World, grant

VIEWER, RECRUITER = GrantRole.VIEWER, GrantRole.RECRUITER
PAY = "You can't give what you may not do yourself there: compensation:edit, compensation:read."


async def give(world: World, actor: Actor, role: GrantRole = VIEWER, **more: Any) -> UUID:
    terms = GrantTerms(role=role, **{"scope_type": ScopeType.ORG, **more})
    done = await world.perform(actor, grant_role, terms=terms)
    return UUID(str(done.grant_id))


def with_all_rights(expires_at: datetime | None = None) -> HeldGrant:
    """What the operator grants the first administrator, so that they can grant everything."""
    return HeldGrant(
        RECRUITER,
        ScopeType.ORG,
        include_confidential=True,
        privileges=frozenset(Privilege),
        expires_at=expires_at,
    )


async def test_a_role_is_granted_in_each_scope(acme: World) -> None:
    administrator = await olga(acme)
    department, team = Department(name="Engineering"), Team(name="Storage")
    location = Location(name="Austin", workplace_type=WorkplaceType.ONSITE)
    await acme.plant(department, team, location)
    hugo = (await acme.member("Hugo")).id

    for scope_type, scope_id in [
        (ScopeType.ORG, None),
        (ScopeType.DEPARTMENT, department.id),
        (ScopeType.OFFICE, location.id),
        (ScopeType.TEAM, team.id),
    ]:
        granted = await give(acme, administrator, scope_type=scope_type, scope_id=scope_id, membership_id=hugo)
        row = await the_row(acme, "role_grant", granted)
        assert (row["role"], row["scope_type"], row["scope_id"], row["granted_by_id"]) == (
            "VIEWER",
            scope_type,
            scope_id,
            administrator.id,
        )


async def test_what_is_granted_is_recorded_with_all_its_terms(acme: World) -> None:
    administrator = await olga(acme, with_all_rights())
    hugo = (await acme.member("Hugo")).id

    granted = await give(
        acme,
        administrator,
        RECRUITER,
        membership_id=hugo,
        include_confidential=True,
        privileges=frozenset({Privilege.PRIVATE_CANDIDATES, Privilege.AUDIT_LOG}),
        expires_at=NOON + A_DAY,
    )

    (event,) = await acme.rows("SELECT type, changes, data FROM domain_event WHERE subject_id = $1", granted)
    assert event == {
        "type": "grant.created",
        "changes": {
            "role": [None, "RECRUITER"],
            "scope_type": [None, "ORG"],
            "include_confidential": [None, True],
            "privileges": [None, ["AUDIT_LOG", "PRIVATE_CANDIDATES"]],
            "expires_at": [None, "2026-11-24T12:00:00+00:00"],
        },
        "data": {"membership_id": hugo.hex, "service_account_id": None},
    }


async def test_a_grant_counts_from_the_next_request_and_its_end_too(acme: World) -> None:
    administrator = await olga(acme)
    hugo = (await acme.member("Hugo")).id
    token, _ = await a_token(acme, membership_id=hugo)
    known = credentials(acme.database)
    granted = await give(acme, administrator, membership_id=hugo, expires_at=NOON + timedelta(hours=1))

    assert (await known.authenticate(token.text, NOON)).may(Permission.OPENING_READ)
    role = OrganizationRole.MEMBER
    interviews_only = acme.acting(hugo, role).reach(Permission.OPENING_READ)
    later = await known.authenticate(token.text, NOON + timedelta(hours=1))
    assert later.reach(Permission.OPENING_READ) == interviews_only
    await acme.perform(administrator, revoke_grant, grant_id=granted)
    known.forget(token.text)
    assert (await known.authenticate(token.text, NOON)).reach(Permission.OPENING_READ) == interviews_only
    await known.close()


async def test_r35_nobody_grants_to_themselves(acme: World) -> None:
    administrator = await olga(acme, with_all_rights())
    message = "Nobody changes their own grants. Ask another administrator."

    async with refused_whole(acme, OwnGrant, message):
        await give(acme, administrator, membership_id=administrator.id)


async def test_r35_nobody_revokes_their_own_grant(acme: World) -> None:
    administrator = await olga(acme)
    own = await a_grant(acme, VIEWER, membership_id=administrator.id)
    message = "Nobody changes their own grants. Ask another administrator."

    async with refused_whole(acme, OwnGrant, message):
        await acme.perform(administrator, revoke_grant, grant_id=own.id)


def test_r35_a_service_account_does_not_grant_to_itself() -> None:
    actor = Actor(organization_id=UUID(int=1), kind=ActorKind.SERVICE, id=UUID(int=2))
    other = GrantTerms(role=VIEWER, scope_type=ScopeType.ORG, service_account_id=UUID(int=3))

    check_not_oneself(actor, other)
    with refused(OwnGrant, "Nobody changes their own grants. Ask another administrator."):
        check_not_oneself(actor, replace(other, service_account_id=UUID(int=2)))


async def test_r35_an_administrator_without_a_right_to_pay_gives_none(acme: World) -> None:
    administrator = await olga(acme)
    hugo = (await acme.member("Hugo")).id

    async with refused_whole(acme, BeyondOwnRights, PAY):
        await give(acme, administrator, RECRUITER, membership_id=hugo)
    beyond = "You can't give what you may not do yourself there: candidate:private."
    async with refused_whole(acme, BeyondOwnRights, beyond):
        await give(acme, administrator, membership_id=hugo, privileges=frozenset({Privilege.PRIVATE_CANDIDATES}))


async def test_r35_a_right_to_pay_in_a_department_is_given_on_in_what_is_below_it_and_nowhere_else(
    acme: World,
) -> None:
    top = Department(name="Engineering")
    below, side = Department(name="Storage", parent_id=top.id), Department(name="Sales")
    await acme.plant(top, side, below)
    administrator = await olga(acme, grant(RECRUITER, ScopeType.DEPARTMENT, top.id, below.id))
    hugo = (await acme.member("Hugo")).id
    department: dict[str, Any] = {"scope_type": ScopeType.DEPARTMENT, "membership_id": hugo}

    await give(acme, administrator, RECRUITER, scope_id=top.id, **department)
    await give(acme, administrator, RECRUITER, scope_id=below.id, **department)
    async with refused_whole(acme, BeyondOwnRights, PAY):
        await give(acme, administrator, RECRUITER, scope_id=side.id, **department)
    async with refused_whole(acme, BeyondOwnRights, PAY):
        await give(acme, administrator, RECRUITER, membership_id=hugo)


async def test_r35_confidential_openings_are_given_by_those_who_see_them(acme: World) -> None:
    administrator, other = await olga(acme), await acme.actor("Otto", OrganizationRole.ORG_ADMIN, with_all_rights())
    hugo = (await acme.member("Hugo")).id
    message = "You can't open up confidential openings that you may not see yourself."

    async with refused_whole(acme, BeyondOwnRights, message, path=("includeConfidential",)):
        await give(acme, administrator, membership_id=hugo, include_confidential=True)
    await give(acme, other, membership_id=hugo, include_confidential=True)


async def test_r35_nobody_gives_a_right_for_longer_than_they_have_it(acme: World) -> None:
    ends_at = NOON + 3 * A_DAY
    administrator = await olga(acme, with_all_rights(ends_at))
    hugo = (await acme.member("Hugo")).id
    message = "Your own right ends on 2026-11-26; you can't give it for longer."

    for expires_at in (None, ends_at + timedelta(seconds=1)):
        async with refused_whole(acme, BeyondOwnRights, message, path=("expiresAt",)):
            await give(acme, administrator, RECRUITER, membership_id=hugo, expires_at=expires_at)
    await give(acme, administrator, RECRUITER, membership_id=hugo, expires_at=ends_at)
    # What the role itself gives has no end, whatever else ends.
    await give(acme, administrator, VIEWER, membership_id=hugo)


async def test_r35_a_narrowed_token_gives_no_more_than_it_was_narrowed_to(acme: World) -> None:
    row = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    scopes = frozenset({Permission.GRANT_MANAGE, Permission.MEMBER_READ, Permission.OPENING_SEE})
    narrowed = acme.acting(row.id, OrganizationRole.ORG_ADMIN, scopes=scopes)
    hugo = (await acme.member("Hugo")).id

    beyond = "You can't give what you may not do yourself there: application:count, opening:read."
    async with refused_whole(acme, BeyondOwnRights, beyond):
        await give(acme, narrowed, VIEWER, membership_id=hugo)


async def test_the_operator_gives_every_right(acme: World) -> None:
    olga_ = (await acme.member("Olga", OrganizationRole.ORG_ADMIN)).id

    granted = await give(
        acme,
        acme.system,
        RECRUITER,
        membership_id=olga_,
        include_confidential=True,
        privileges=frozenset(Privilege),
    )

    assert (await the_row(acme, "role_grant", granted))["granted_by_id"] is None


@pytest.mark.parametrize(
    ("terms", "message", "path"),
    [
        ({}, "A grant is for one member or one service account.", "membershipId"),
        (
            {"membership_id": UUID(int=1), "scope_id": UUID(int=2)},
            "Name the row of the scope, or none for the whole organization.",
            "scopeId",
        ),
        (
            {"membership_id": UUID(int=1), "scope_type": ScopeType.TEAM},
            "Name the row of the scope, or none for the whole organization.",
            "scopeId",
        ),
        (
            {
                "membership_id": UUID(int=1),
                "scope_type": ScopeType.TEAM,
                "scope_id": UUID(int=2),
                "include_confidential": True,
            },
            "Confidential openings are included one by one or for the whole organization.",
            "includeConfidential",
        ),
        (
            {"membership_id": UUID(int=1), "expires_at": NOON},
            "The grant would be over before it began.",
            "expiresAt",
        ),
        (
            {"membership_id": UUID(int=1), "expires_at": datetime(2027, 1, 1)},  # noqa: DTZ001 - as a client may send it
            "A time needs its offset, such as Z or +02:00.",
            "expiresAt",
        ),
        (
            {"membership_id": UUID(int=1), "scope_type": ScopeType.OPENING, "scope_id": UUID(int=2)},
            "Grants on an opening are given with grantOpeningRole.",
            "scopeType",
        ),
    ],
)
async def test_a_grant_that_makes_no_sense_is_refused(
    acme: World, terms: dict[str, Any], message: str, path: str
) -> None:
    administrator = await olga(acme)

    async with refused_whole(acme, InvalidInput, message, path=(path,)):
        await give(acme, administrator, **terms)


async def test_an_archived_part_is_no_new_scope(acme: World) -> None:
    administrator = await olga(acme)
    gone = Department(name="Old", archived_at=NOON)
    await acme.plant(gone)
    hugo = (await acme.member("Hugo")).id
    message = "The department Old is archived. Choose another one."

    async with refused_whole(acme, InvalidInput, message, path=("scopeId",)):
        await give(acme, administrator, membership_id=hugo, scope_type=ScopeType.DEPARTMENT, scope_id=gone.id)


async def test_another_organizations_people_and_parts_do_not_exist(acme: World, globex: World) -> None:
    administrator = await olga(acme)
    theirs, part = (await globex.member("Gus")).id, Department(name="Theirs")
    await globex.plant(part)
    hugo = (await acme.member("Hugo")).id

    async with refused_whole(acme, NotFound, "No such membership."):
        await give(acme, administrator, membership_id=theirs)
    async with refused_whole(acme, NotFound, "No such service account."):
        await give(acme, administrator, service_account_id=theirs)
    async with refused_whole(acme, NotFound, "No such department."):
        await give(acme, administrator, membership_id=hugo, scope_type=ScopeType.DEPARTMENT, scope_id=part.id)
    async with refused_whole(acme, NotFound, "No such grant."):
        await acme.perform(administrator, revoke_grant, grant_id=new_id())


async def test_somebody_who_left_is_granted_nothing_and_somebody_invited_is(acme: World) -> None:
    administrator = await olga(acme)
    invited, left = (
        Membership(name=name, email=name, email_normalised=name, status=status, role=OrganizationRole.MEMBER)
        for name, status in (("i", MembershipStatus.INVITED), ("d", MembershipStatus.DEACTIVATED))
    )
    gone = await a_service_account(acme, "Gone")
    await acme.plant(invited, left)
    async with acme.database.writing(acme.id, None) as connection:
        await connection.rows("UPDATE service_account SET deactivated_at = now() WHERE id = $1", [gone.id])

    await give(acme, administrator, membership_id=invited.id)
    async with refused_whole(acme, WrongState, "This member is deactivated. Reactivate them first."):
        await give(acme, administrator, membership_id=left.id)
    async with refused_whole(acme, WrongState, "This service account is deactivated."):
        await give(acme, administrator, service_account_id=gone.id)


async def test_the_same_grant_is_not_given_twice_while_it_is_in_force(acme: World) -> None:
    administrator = await olga(acme)
    hugo = (await acme.member("Hugo")).id
    first = await give(acme, administrator, membership_id=hugo)

    async with refused_whole(acme, AlreadyDone, "This grant is in force already."):
        await give(acme, administrator, membership_id=hugo)
    await acme.perform(administrator, revoke_grant, grant_id=first)
    await give(acme, administrator, membership_id=hugo)


async def test_of_two_who_give_the_same_grant_at_once_one_does(acme: World) -> None:
    administrators = [await acme.actor(name, OrganizationRole.ORG_ADMIN) for name in ("Olga", "Otto")]
    hugo = (await acme.member("Hugo")).id

    done = await asyncio.gather(
        *(give(acme, each, membership_id=hugo) for each in administrators), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in done) == ["AlreadyDone", "UUID"]


async def test_a_grant_is_revoked_once(acme: World) -> None:
    administrator = await olga(acme)
    account = await a_service_account(acme)
    granted = await give(acme, administrator, service_account_id=account.id)

    await acme.perform(administrator, revoke_grant, grant_id=granted)

    assert (await the_row(acme, "role_grant", granted))["revoked_at"] == NOON
    assert [kind for kind, _ in await events(acme, granted)] == ["grant.created", "grant.revoked"]
    async with refused_whole(acme, AlreadyDone, "This is already revoked."):
        await acme.perform(administrator, revoke_grant, grant_id=granted)


async def test_only_who_manages_grants_gives_or_revokes_them(acme: World) -> None:
    recruiter = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    hugo = (await acme.member("Hugo")).id
    granted = await a_grant(acme, VIEWER, membership_id=hugo)

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await give(acme, recruiter, membership_id=hugo)
    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, revoke_grant, grant_id=granted.id)
