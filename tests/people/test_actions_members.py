"""Inviting, activating, changing and deactivating members."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from portal.access.actions import Action
from portal.access.actor import Actor
from portal.access.enums import OrganizationRole
from portal.errors import (
    AlreadyDone,
    Forbidden,
    InvalidInput,
    LastAdministrator,
    NotFound,
    NotUnique,
    OwnGrant,
    StaleVersion,
    WrongState,
)
from portal.people.actions import members
from portal.people.credentials import BadCredential
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from tests.people.making import a_token, credentials, events, olga, refused_whole, the_row
from tests.world import NOON, World

ADMIN = OrganizationRole.ORG_ADMIN
LAST = "This is the organization's last active administrator. Make somebody else one first."


async def invite(world: World, actor: Actor, name: str = "Ada", **more: Any) -> UUID:
    arguments = {"name": name, "email": "ada@acme.example", **more}
    done = await world.perform(actor, members.invite_member, **arguments)
    return UUID(str(done.membership_id))


async def test_somebody_is_invited_and_activated(acme: World) -> None:
    administrator = await olga(acme)

    ada = await invite(acme, administrator, name="Ada", email=" Ada@Acme.Example ", timezone="Europe/Berlin")
    await acme.perform(administrator, members.activate_member, membership_id=ada)

    row = await the_row(acme, "membership", ada)
    assert (row["status"], row["role"], row["email"], row["email_normalised"], row["timezone"]) == (
        "ACTIVE",
        "MEMBER",
        "Ada@acme.example",
        "ada@acme.example",
        "Europe/Berlin",
    )
    assert (row["invited_at"], row["activated_at"], row["deactivated_at"]) == (NOON, NOON, None)


async def test_names_and_addresses_stay_out_of_the_record(acme: World) -> None:
    ada = await invite(acme, await olga(acme))

    assert await events(acme, ada) == [
        (
            "user.invited",
            {"name": [None, "[redacted]"], "email": [None, "[redacted]"], "role": [None, "MEMBER"]},
        )
    ]
    (entry,) = await acme.rows("SELECT after FROM audit_event WHERE entity_id = $1", ada)
    assert "Ada" not in str(entry)
    assert "acme.example" not in str(entry)


async def test_an_address_is_one_members_only_however_it_is_written(acme: World, globex: World) -> None:
    administrator, other = await olga(acme), await olga(globex)
    await invite(acme, administrator)
    message = "Somebody with this e-mail address is a member already."

    async with refused_whole(acme, NotUnique, message, path=("email",)):
        await invite(acme, administrator, name="Another", email="ADA@acme.example")
    await invite(globex, other)


@pytest.mark.parametrize(
    ("given", "message", "path"),
    [
        ({"email": "nobody"}, "This is not an e-mail address, such as ada@example.com.", "email"),
        ({"name": " "}, "This must not be empty.", "name"),
        ({"timezone": "Moon"}, "This is not a time zone's name, such as America/New_York.", "timezone"),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_refused(
    acme: World, given: dict[str, str], message: str, path: str
) -> None:
    administrator = await olga(acme)

    async with refused_whole(acme, InvalidInput, message, path=(path,)):
        await invite(acme, administrator, **given)


async def test_a_member_is_changed(acme: World) -> None:
    administrator = await olga(acme)
    ada = (await acme.member("Ada")).id

    await acme.perform(
        administrator, members.update_member, membership_id=ada, name="Ada Lovelace", timezone="UTC", expected_version=1
    )

    row = await the_row(acme, "membership", ada)
    assert (row["name"], row["timezone"]) == ("Ada Lovelace", "UTC")
    assert await events(acme, ada) == [
        ("user.updated", {"name": ["[redacted]", "[redacted]"], "timezone": [None, "[redacted]"]})
    ]
    async with refused_whole(acme, AlreadyDone, "The member is like that already."):
        await acme.perform(administrator, members.update_member, membership_id=ada, timezone="UTC")
    async with refused_whole(acme, InvalidInput, "This can't be empty.", path=("name",)):
        await acme.perform(administrator, members.update_member, membership_id=ada, name=None)
    stale = "This was changed since you read it; it is now at version 2. Read it again, then repeat."
    async with refused_whole(acme, StaleVersion, stale, path=("expectedVersion",)):
        await acme.perform(administrator, members.update_member, membership_id=ada, name="X", expected_version=1)


async def test_a_member_gets_another_role(acme: World) -> None:
    administrator = await olga(acme)
    ada = (await acme.member("Ada")).id

    await acme.perform(
        administrator, members.change_member_role, membership_id=ada, role=OrganizationRole.RECRUITER_ALL
    )

    assert await events(acme, ada) == [("user.role_changed", {"role": ["MEMBER", "RECRUITER_ALL"]})]
    async with refused_whole(acme, AlreadyDone, "This member already has that role."):
        await acme.perform(
            administrator, members.change_member_role, membership_id=ada, role=OrganizationRole.RECRUITER_ALL
        )


async def test_r35_nobody_changes_their_own_role(acme: World) -> None:
    administrator = await olga(acme)
    await acme.member("Otto", ADMIN)

    async with refused_whole(acme, OwnGrant, "Nobody changes their own grants. Ask another administrator."):
        await acme.perform(
            administrator,
            members.change_member_role,
            membership_id=administrator.id,
            role=OrganizationRole.MEMBER,
        )


@pytest.mark.parametrize("others", [[], [MembershipStatus.INVITED, MembershipStatus.DEACTIVATED]])
async def test_r35_the_last_active_administrator_stays(acme: World, others: list[MembershipStatus]) -> None:
    last = await acme.member("Olga", ADMIN)
    for status in others:
        name = status.lower()
        await acme.plant(
            Membership(name=name, email=f"{name}@a.b", email_normalised=f"{name}@a.b", status=status, role=ADMIN)
        )

    async with refused_whole(acme, LastAdministrator, LAST):
        await acme.perform(acme.system, members.deactivate_member, membership_id=last.id)
    async with refused_whole(acme, LastAdministrator, LAST):
        await acme.perform(acme.system, members.change_member_role, membership_id=last.id, role=OrganizationRole.MEMBER)


@pytest.mark.parametrize("round_", range(10))
async def test_r35_of_two_administrators_who_end_each_other_at_once_one_stays(acme: World, round_: int) -> None:
    olga_, otto = await acme.actor("Olga", ADMIN), await acme.actor("Otto", ADMIN)

    done = await asyncio.gather(
        acme.perform(olga_, members.deactivate_member, membership_id=otto.id),
        acme.perform(otto, members.deactivate_member, membership_id=olga_.id),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["LastAdministrator", "MembershipResult"]
    rows = await acme.rows("SELECT status FROM membership ORDER BY status")
    assert [row["status"] for row in rows] == ["ACTIVE", "DEACTIVATED"]


@pytest.mark.parametrize("round_", range(5))
async def test_r35_an_end_and_another_role_at_once_leave_an_administrator(acme: World, round_: int) -> None:
    olga_, otto = await acme.actor("Olga", ADMIN), await acme.actor("Otto", ADMIN)

    done = await asyncio.gather(
        acme.perform(olga_, members.change_member_role, membership_id=otto.id, role=OrganizationRole.MEMBER),
        acme.perform(otto, members.deactivate_member, membership_id=olga_.id),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["LastAdministrator", "MembershipResult"]
    rows = await acme.rows("SELECT id FROM membership WHERE role = 'ORG_ADMIN' AND status = 'ACTIVE'")
    assert len(rows) == 1


async def test_deactivation_ends_access_and_tokens_and_keeps_the_rest(acme: World) -> None:
    administrator = await olga(acme)
    ada = (await acme.member("Ada")).id
    token, row = await a_token(acme, membership_id=ada)
    other, _ = await a_token(acme, membership_id=administrator.id)
    known = credentials(acme.database)
    await known.authenticate(token.text, NOON)
    await known.close()

    await acme.perform(administrator, members.deactivate_member, membership_id=ada)

    member = await the_row(acme, "membership", ada)
    assert (member["status"], member["deactivated_at"]) == ("DEACTIVATED", NOON)
    assert (await the_row(acme, "api_token", row.id))["revoked_at"] == NOON
    assert [kind for kind, _ in await events(acme, row.id)] == ["api_key.revoked"]
    known.forget(token.text)
    with pytest.raises(BadCredential):
        await known.authenticate(token.text, NOON)
    assert (await known.authenticate(other.text, NOON)).id == administrator.id
    await known.close()


async def test_a_reactivated_member_signs_in_with_new_tokens_only(acme: World) -> None:
    administrator = await olga(acme)
    ada = (await acme.member("Ada")).id
    before, _ = await a_token(acme, membership_id=ada)
    await acme.perform(administrator, members.deactivate_member, membership_id=ada)

    await acme.perform(administrator, members.reactivate_member, membership_id=ada)

    member = await the_row(acme, "membership", ada)
    assert (member["status"], member["deactivated_at"]) == ("ACTIVE", None)
    known = credentials(acme.database)
    with pytest.raises(BadCredential):
        await known.authenticate(before.text, NOON)
    after, _ = await a_token(acme, membership_id=ada)
    assert (await known.authenticate(after.text, NOON)).id == ada
    await known.close()


async def test_each_step_begins_where_it_must(acme: World) -> None:
    administrator = await olga(acme)
    ada = await invite(acme, administrator)

    async def refused_step(what: Action[Any, Any], kind: Any, message: str) -> None:
        async with refused_whole(acme, kind, message):
            await acme.perform(administrator, what, membership_id=ada)

    await refused_step(members.reactivate_member, WrongState, "This member is only invited. Activate them.")
    await acme.perform(administrator, members.activate_member, membership_id=ada)
    await refused_step(members.activate_member, AlreadyDone, "This member is already active.")
    await refused_step(members.reactivate_member, AlreadyDone, "This member is already active.")
    await acme.perform(administrator, members.deactivate_member, membership_id=ada)
    await refused_step(members.activate_member, WrongState, "This member was deactivated. Reactivate them.")
    await refused_step(members.deactivate_member, AlreadyDone, "This member is already deactivated.")


ALL: list[tuple[Action[Any, Any], dict[str, Any]]] = [
    (members.activate_member, {}),
    (members.update_member, {"name": "X"}),
    (members.change_member_role, {"role": ADMIN}),
    (members.deactivate_member, {}),
    (members.reactivate_member, {}),
]


@pytest.mark.parametrize(("what", "arguments"), ALL, ids=lambda value: getattr(value, "name", ""))
async def test_only_who_manages_members_changes_them_and_only_their_own(
    acme: World, globex: World, what: Action[Any, Any], arguments: dict[str, Any]
) -> None:
    administrator = await olga(acme)
    recruiter = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    theirs = (await globex.member("Gus")).id

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, what, membership_id=administrator.id, **arguments)
    async with refused_whole(globex, NotFound, "No such membership."):
        await acme.perform(administrator, what, membership_id=theirs, **arguments)


async def test_r34_a_repeated_invitation_makes_one_member(acme: World) -> None:
    administrator = await olga(acme)

    first = await invite(acme, administrator, key="k1")
    again = await invite(acme, administrator, key="k1")

    assert again == first
