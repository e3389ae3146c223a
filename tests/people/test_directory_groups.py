"""Groups of an identity provider: who is in them has what they give, and nobody decides that for themselves (R35)."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.database.ids import new_id
from portal.errors import (
    AlreadyDone,
    BeingChanged,
    BeyondOwnRights,
    Forbidden,
    InvalidInput,
    NotFound,
    NotUnique,
    OwnGrant,
    StaleVersion,
    WrongState,
)
from portal.organizations.models import Team
from portal.people.actions.directory_groups import (
    add_group_from_directory,
    remove_group_from_directory,
    update_group_from_directory,
)
from portal.people.actions.grants import grant_role, revoke_grant
from portal.people.actions.group_roles import add_directory_group_role, remove_directory_group_role
from portal.people.actions.members import deactivate_member, reactivate_member
from portal.people.actions.provisioning import remove_from_directory
from portal.people.groups import rules
from portal.people.groups.rules import MOST_MEMBER_CHANGES, MemberChanges, TooManyMembers, changed_members
from portal.people.models import Membership
from portal.people.rules import GrantTerms, RoleTerms
from tests.people.making import a_service_account, a_token, credentials, events, olga, the_row
from tests.refusals import refused
from tests.world import NOON, World, grant

ONE, TWO, THREE = (new_id() for _ in range(3))
VIEWER = RoleTerms(role=GrantRole.VIEWER, scope_type=ScopeType.ORG)


async def the_provider(world: World) -> Actor:
    """The service account of an identity provider."""
    account = await a_service_account(world, f"Directory {new_id().hex[-8:]}")
    held = grant(GrantRole.VIEWER, privileges=frozenset({Privilege.PROVISIONING}))
    return Actor(organization_id=world.id, kind=ActorKind.SERVICE, id=account.id, grants=(held,))


async def a_group(world: World, *members: Membership, name: str = "Recruiting", terms: RoleTerms | None = None) -> UUID:
    """A group of these members, which gives a role if there are terms of one."""
    ids = frozenset(member.id for member in members)
    done = await world.perform(world.system, add_group_from_directory, name=name, member_ids=ids)
    group_id = UUID(str(done.directory_group_id))
    if terms is not None:
        await a_role(world, group_id, terms)
    return group_id


async def a_role(world: World, group_id: UUID, terms: RoleTerms = VIEWER, actor: Actor | None = None) -> UUID:
    done = await world.perform(
        actor or world.system, add_directory_group_role, directory_group_id=group_id, terms=terms
    )
    return UUID(str(done.directory_group_role_id))


async def change(world: World, actor: Actor, group_id: UUID, **asked: Any) -> None:
    more = {key: asked.pop(key) for key in ("name", "directory_id", "expected_version") if key in asked}
    members = MemberChanges(**{key: frozenset(row.id for row in rows) for key, rows in asked.items()})
    await world.perform(actor, update_group_from_directory, directory_group_id=group_id, members=members, **more)


async def holders(world: World, group_id: UUID) -> set[UUID]:
    """Who holds a grant of the group that is in force."""
    rows = await world.rows(
        "SELECT membership_id FROM role_grant WHERE directory_group_id = $1 AND revoked_at IS NULL", group_id
    )
    assert len(rows) == len({row["membership_id"] for row in rows}), "Somebody holds the same grant twice."
    return {row["membership_id"] for row in rows}


@pytest.mark.parametrize(
    ("present", "asked", "added", "removed"),
    [
        ({ONE}, MemberChanges(), set(), set()),
        ({ONE}, MemberChanges(add=frozenset({ONE, TWO})), {TWO}, set()),
        ({ONE}, MemberChanges(remove=frozenset({ONE, TWO})), set(), {ONE}),
        ({ONE, TWO}, MemberChanges(only=frozenset({TWO, THREE})), {THREE}, {ONE}),
        ({ONE}, MemberChanges(only=frozenset()).then_add(frozenset({TWO})), {TWO}, {ONE}),
        ({ONE}, MemberChanges().then_remove(frozenset({ONE})).then_add(frozenset({ONE})), set(), set()),
        (set(), MemberChanges().then_add(frozenset({ONE})).then_remove(frozenset({ONE})), set(), set()),
    ],
)
def test_who_comes_and_who_goes(present: set[UUID], asked: MemberChanges, added: set[UUID], removed: set[UUID]) -> None:
    assert changed_members(present, asked) == (frozenset(added), frozenset(removed))


def test_more_members_than_are_changed_at_once_are_refused() -> None:
    ids = [new_id() for _ in range(MOST_MEMBER_CHANGES + 1)]

    assert len(changed_members(set(), MemberChanges(add=frozenset(ids[1:])))[0]) == 1_000
    with refused(
        TooManyMembers, "At most 1,000 members are changed at once. Send them in several requests.", path=("members",)
    ):
        changed_members(set(ids[:500]), MemberChanges(only=frozenset(ids[500:])))


@pytest.mark.parametrize(("roles", "most"), [(0, 5_000), (1, 5_000), (2, 2_500), (10, 500)])
def test_a_group_has_a_size(roles: int, most: int) -> None:
    rules.check_size(most, roles=roles)
    with refused(
        TooManyMembers,
        f"This group has at most {most:,} members here, fewer the more roles it gives. Assign smaller groups.",
        path=("members",),
    ):
        rules.check_size(most + 1, roles=roles)


@pytest.mark.parametrize(("members", "most"), [(0, 10), (500, 10), (501, 9), (2_500, 2), (5_000, 1)])
def test_a_group_of_many_members_gives_few_roles(members: int, most: int) -> None:
    rules.check_another_role(most - 1, members=members)
    with refused(WrongState, f"This group gives at most {most} roles, fewer the more members it has."):
        rules.check_another_role(most, members=members)


async def test_who_is_in_a_group_holds_what_it_gives_for_as_long(acme: World) -> None:
    provider, administrator = await the_provider(acme), await olga(acme)
    hugo, iris = await acme.member("Hugo"), await acme.member("Iris")
    group_id = await a_group(acme, hugo)
    assert await holders(acme, group_id) == set()

    role_id = await a_role(acme, group_id, actor=administrator)
    assert await holders(acme, group_id) == {hugo.id}
    await change(acme, provider, group_id, add=[iris])
    assert await holders(acme, group_id) == {hugo.id, iris.id}
    await change(acme, provider, group_id, only=[iris])
    assert await holders(acme, group_id) == {iris.id}
    await acme.perform(administrator, remove_directory_group_role, directory_group_role_id=role_id)

    assert await holders(acme, group_id) == set()
    grants = await acme.rows("SELECT role, scope_type, granted_by_id FROM role_grant WHERE membership_id = $1", hugo.id)
    assert grants == [{"role": "VIEWER", "scope_type": "ORG", "granted_by_id": administrator.id}]


async def test_what_happened_is_audited_by_whom(acme: World) -> None:
    provider, administrator = await the_provider(acme), await olga(acme)
    hugo = await acme.member("Hugo")
    done = await acme.perform(provider, add_group_from_directory, name="Recruiting", directory_id="g1")
    group_id = done.directory_group_id
    await a_role(acme, group_id, actor=administrator)

    await change(acme, provider, group_id, add=[hugo])
    await change(acme, provider, group_id, remove=[hugo], name="Hiring")

    assert await events(acme, group_id) == [
        ("directory_group.created", {"name": [None, "Recruiting"], "directory_id": [None, "g1"]}),
        (
            "directory_group.role_added",
            {
                "role": [None, "VIEWER"],
                "scope_type": [None, "ORG"],
                "privileges": [None, []],
                "include_confidential": [None, False],
            },
        ),
        ("directory_group.members_changed", {"added_member_ids": [None, [hugo.id.hex]]}),
        ("directory_group.updated", {"name": ["Recruiting", "Hiring"]}),
        ("directory_group.members_changed", {"removed_member_ids": [[hugo.id.hex], None]}),
    ]
    (held,) = await acme.rows("SELECT id FROM role_grant WHERE membership_id = $1", hugo.id)
    assert [kind for kind, _ in await events(acme, held["id"])] == ["grant.created", "grant.revoked"]
    actors = await acme.rows("SELECT DISTINCT actor_id FROM audit_event WHERE entity_type = 'Grant'")
    assert actors == [{"actor_id": provider.id}]


async def test_a_repeated_change_changes_nothing(acme: World) -> None:
    provider, hugo = await the_provider(acme), await acme.member("Hugo")
    group_id = await a_group(acme, hugo, terms=VIEWER)
    before = await the_row(acme, "directory_group", group_id)
    count = "SELECT count(*) AS number FROM domain_event"
    events_before = await acme.rows(count)

    await change(acme, provider, group_id, add=[hugo], name="Recruiting")
    await change(acme, provider, group_id, only=[hugo])

    assert await the_row(acme, "directory_group", group_id) == before
    assert await acme.rows(count) == events_before
    await change(acme, provider, group_id, remove=[hugo])
    assert (await the_row(acme, "directory_group", group_id))["version"] == before["version"] + 1


async def test_a_right_ends_with_the_next_request_of_whoever_is_taken_out(acme: World) -> None:
    provider, hugo = await the_provider(acme), await acme.member("Hugo")
    group_id = await a_group(acme, hugo, terms=VIEWER)
    token, _ = await a_token(acme, membership_id=hugo.id)
    known = credentials(acme.database)
    first = await known.authenticate(token.text, NOON)
    assert first.reach(Permission.OPENING_READ).organization

    await change(acme, provider, group_id, remove=[hugo])

    versions = await acme.rows("SELECT access_version FROM organization_access")
    assert versions != [{"access_version": first.access_version}]  # whoever uses what was known is told to look again
    known.forget(token.text)
    assert not (await known.authenticate(token.text, NOON)).may(Permission.APPLICATION_COUNT)
    await known.close()


async def test_what_was_given_by_hand_beside_a_group_stays(acme: World) -> None:
    administrator, hugo = await olga(acme), await acme.member("Hugo")
    group_id = await a_group(acme, hugo, terms=VIEWER)
    terms = GrantTerms(role=GrantRole.VIEWER, scope_type=ScopeType.ORG, membership_id=hugo.id)
    by_hand = await acme.perform(administrator, grant_role, terms=terms)

    await change(acme, acme.system, group_id, only=[])

    assert (await the_row(acme, "role_grant", by_hand.grant_id))["revoked_at"] is None


async def test_a_groups_grant_is_not_revoked_by_hand(acme: World) -> None:
    administrator, hugo = await olga(acme), await acme.member("Hugo")
    group_id = await a_group(acme, hugo, terms=VIEWER)
    (held,) = await acme.rows("SELECT id FROM role_grant WHERE directory_group_id = $1", group_id)

    with refused(
        WrongState,
        "This grant comes from a directory group. Take the role from the group with removeDirectoryGroupRole, or the "
        "member out of the group at the identity provider.",
    ):
        await acme.perform(administrator, revoke_grant, grant_id=held["id"])


async def test_whoever_is_deactivated_and_comes_back_has_what_the_group_gives(acme: World) -> None:
    await olga(acme)
    hugo = await acme.member("Hugo")
    group_id = await a_group(acme, hugo, terms=VIEWER)

    await acme.perform(acme.system, deactivate_member, membership_id=hugo.id)
    await acme.perform(acme.system, reactivate_member, membership_id=hugo.id)

    assert await holders(acme, group_id) == {hugo.id}


async def test_whoever_the_provider_deletes_is_in_no_group(acme: World) -> None:
    provider, hugo, iris = await the_provider(acme), await acme.member("Hugo"), await acme.member("Iris")
    groups = [await a_group(acme, hugo, iris, name=name, terms=VIEWER) for name in ("Recruiting", "Engineering")]

    await acme.perform(provider, remove_from_directory, membership_id=hugo.id)

    assert [await holders(acme, group_id) for group_id in groups] == [{iris.id}, {iris.id}]
    with refused(InvalidInput, "There is no user with one of these ids.", path=("members",)):
        await change(acme, provider, groups[0], add=[hugo])


async def test_a_group_that_the_provider_deletes_gives_nothing_and_frees_its_name(acme: World) -> None:
    provider, hugo = await the_provider(acme), await acme.member("Hugo")
    group_id = await a_group(acme, hugo, terms=VIEWER)

    await acme.perform(provider, remove_group_from_directory, directory_group_id=group_id)

    assert await holders(acme, group_id) == set()
    assert await acme.rows("SELECT id FROM directory_group_member") == []
    assert await acme.rows("SELECT id FROM directory_group_role") == []
    with refused(NotFound, "No such directory group."):
        await change(acme, provider, group_id, add=[hugo])
    with refused(NotFound, "No such directory group."):
        await a_role(acme, group_id)
    again = await a_group(acme, hugo)
    assert await holders(acme, again) == set()


async def test_names_and_ids_are_unique_in_any_case(acme: World) -> None:
    provider = await the_provider(acme)
    await acme.perform(provider, add_group_from_directory, name="Recruiting", directory_id="g1")

    for values, path in (
        ({"name": "RECRUITING"}, "displayName"),
        ({"name": "Other", "directory_id": "g1"}, "externalId"),
    ):
        with refused(NotUnique, f"There is a group with this {path} already.", path=(path,)):
            await acme.perform(provider, add_group_from_directory, **values)


async def test_r35_nobody_gives_more_than_they_have(acme: World) -> None:
    administrator = await olga(acme)
    group_id = await a_group(acme)
    pay = RoleTerms(role=GrantRole.VIEWER, scope_type=ScopeType.ORG, privileges=frozenset({Privilege.COMPENSATION}))

    with refused(BeyondOwnRights, "You can't give what you may not do yourself there: compensation:read."):
        await a_role(acme, group_id, pay, administrator)
    assert await acme.rows("SELECT id FROM directory_group_role") == []


async def test_r35_nobody_decides_what_they_are_given(acme: World) -> None:
    administrator = await olga(acme)
    assert administrator.id is not None
    (row,) = await acme.rows("SELECT * FROM membership WHERE id = $1", administrator.id)
    themselves = Membership(**{key: row[key] for key in ("id", "name", "email", "email_normalised", "status", "role")})
    group_id = await a_group(acme, themselves)
    role_id = await a_role(acme, group_id)
    other = await a_group(acme, name="Other", terms=VIEWER)

    for attempt in (
        a_role(acme, group_id, RoleTerms(role=GrantRole.INTERVIEWER, scope_type=ScopeType.ORG), administrator),
        acme.perform(administrator, remove_directory_group_role, directory_group_role_id=role_id),
        change(acme, administrator, other, add=[themselves]),
        change(acme, administrator, group_id, only=[]),
        acme.perform(administrator, remove_group_from_directory, directory_group_id=group_id),
    ):
        with refused(OwnGrant, "Nobody changes their own grants. Ask another administrator."):
            await attempt


async def test_what_a_group_gives_makes_sense(acme: World) -> None:
    administrator = await olga(acme)
    group_id = await a_group(acme, terms=VIEWER)
    team = Team(name="Storage")
    await acme.plant(team)

    with refused(AlreadyDone, "The group gives this already."):
        await a_role(acme, group_id, VIEWER, administrator)
    with refused(InvalidInput, "Grants on an opening are given with grantOpeningRole.", path=("scopeType",)):
        await a_role(acme, group_id, RoleTerms(role=GrantRole.VIEWER, scope_type=ScopeType.OPENING, scope_id=ONE))
    with refused(InvalidInput, "Name the row of the scope, or none for the whole organization.", path=("scopeId",)):
        await a_role(acme, group_id, RoleTerms(role=GrantRole.VIEWER, scope_type=ScopeType.TEAM))
    await a_role(
        acme, group_id, RoleTerms(role=GrantRole.VIEWER, scope_type=ScopeType.TEAM, scope_id=team.id), administrator
    )


async def test_only_the_provider_keeps_groups_and_only_administrators_say_what_they_give(acme: World) -> None:
    provider, recruiter = await the_provider(acme), await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    group_id = await a_group(acme)

    with refused(Forbidden, "You may not do this."):
        await a_role(acme, group_id, VIEWER, provider)
    with refused(Forbidden, "You may not do this."):
        await change(acme, recruiter, group_id, name="Mine")


async def test_a_stale_version_is_refused(acme: World) -> None:
    provider, hugo = await the_provider(acme), await acme.member("Hugo")
    group_id = await a_group(acme)
    await change(acme, provider, group_id, add=[hugo], expected_version=1)

    with pytest.raises(StaleVersion):
        await change(acme, provider, group_id, remove=[hugo], expected_version=1)


async def test_changes_of_one_group_at_once_lose_nothing(acme: World) -> None:
    provider = await the_provider(acme)
    leaving = [await acme.member(f"L{number}") for number in range(6)]
    coming = [await acme.member(f"C{number}") for number in range(6)]
    group_id = await a_group(acme, *leaving, terms=VIEWER)

    await asyncio.gather(
        *(change(acme, provider, group_id, add=[member]) for member in coming),
        *(change(acme, provider, group_id, remove=[member]) for member in leaving),
        a_role(acme, group_id, RoleTerms(role=GrantRole.INTERVIEWER, scope_type=ScopeType.ORG)),
    )

    rows = await acme.rows(
        "SELECT membership_id, role FROM role_grant WHERE directory_group_id = $1 AND revoked_at IS NULL", group_id
    )
    held = sorted((row["membership_id"], row["role"]) for row in rows)
    assert held == sorted((member.id, role) for member in coming for role in ("INTERVIEWER", "VIEWER"))
    assert {row["membership_id"] for row in await acme.rows("SELECT membership_id FROM directory_group_member")} == {
        member.id for member in coming
    }


async def test_who_is_deleted_while_they_are_added_holds_nothing(acme: World) -> None:
    provider = await the_provider(acme)
    members = [await acme.member(f"M{number}") for number in range(5)]
    groups = [await a_group(acme, name=f"G{number}", terms=VIEWER) for number in range(3)]

    async def deleted(member: Membership) -> None:
        with suppress(BeingChanged):
            await acme.perform(provider, remove_from_directory, membership_id=member.id)
            return
        # A provider comes again, as it was told to.
        await deleted(member)

    _, *problems = await asyncio.gather(
        asyncio.gather(
            *(change(acme, provider, group_id, add=[member]) for member in members for group_id in groups),
            return_exceptions=True,
        ),
        *(deleted(member) for member in members),
        return_exceptions=True,
    )

    assert problems == [None] * len(members)
    assert await acme.rows("SELECT id FROM directory_group_member") == []
    assert (
        await acme.rows("SELECT id FROM role_grant WHERE revoked_at IS NULL AND directory_group_id IS NOT NULL") == []
    )


async def test_groups_are_read_as_members_are_and_what_they_give_as_grants(acme: World) -> None:
    administrator, iris = await olga(acme), await acme.actor("Iris")
    hugo = await acme.member("Hugo")
    await a_group(acme, hugo, terms=VIEWER)
    query = """{
        directoryGroups(filter: {name: {eq: "recruiting"}}) {
            nodes { name members { totalCount nodes { membership { name } } } roles { role scopeType } }
        }
    }"""
    of_hugo = """query($id: ID!) { membership(id: $id) {
        directoryGroups { directoryGroup { name } } grants { role directoryGroup { name } }
    } }"""
    whole = {
        "name": "Recruiting",
        "members": {"totalCount": 1, "nodes": [{"membership": {"name": "Hugo"}}]},
        "roles": [{"role": "VIEWER", "scopeType": "ORG"}],
    }

    assert (await acme.read(administrator, query))["directoryGroups"]["nodes"] == [whole]
    assert (await acme.read(iris, query))["directoryGroups"]["nodes"] == [whole | {"roles": []}]
    for actor in (administrator, acme.acting(hugo.id, OrganizationRole.MEMBER)):
        assert (await acme.read(actor, of_hugo, id=f"mem_{hugo.id.hex}"))["membership"] == {
            "directoryGroups": [{"directoryGroup": {"name": "Recruiting"}}],
            "grants": [{"role": "VIEWER", "directoryGroup": {"name": "Recruiting"}}],
        }


async def test_roles_of_groups_are_decided_in_graphql(acme: World) -> None:
    administrator, hugo = await olga(acme), await acme.member("Hugo")
    group_id = await a_group(acme, hugo)
    add = """mutation($input: AddDirectoryGroupRoleInput!) { addDirectoryGroupRole(input: $input) {
        userErrors { code message }
        directoryGroupRole { id role scopeType createdBy { name } directoryGroup { version } }
    } }"""
    remove = """mutation($input: RemoveDirectoryGroupRoleInput!) { removeDirectoryGroupRole(input: $input) {
        userErrors { code } directoryGroup { name roles { id } }
    } }"""
    given = {"directoryGroupId": f"dgr_{group_id.hex}", "role": "VIEWER", "scopeType": "ORG"}

    added = (await acme.read(administrator, add, input=given))["addDirectoryGroupRole"]
    role = added["directoryGroupRole"]
    removed = await acme.read(administrator, remove, input={"directoryGroupRoleId": role["id"]})

    assert added["userErrors"] == []
    assert role == {
        "id": role["id"],
        "role": "VIEWER",
        "scopeType": "ORG",
        "createdBy": {"name": "Olga"},
        "directoryGroup": {"version": 2},
    }
    assert removed["removeDirectoryGroupRole"] == {
        "userErrors": [],
        "directoryGroup": {"name": "Recruiting", "roles": []},
    }
