"""From a token to the actor: who may sign in, with which rights, and how soon a change of them counts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.candidates.models import Candidate
from portal.database.base import TenantRow
from portal.database.connection import Database, StaleAccess
from portal.database.ids import new_id
from portal.organizations.enums import WorkplaceType
from portal.organizations.models import Department, Location
from portal.people.credentials import BadCredential
from portal.people.models import ApiToken
from portal.people.tokens import Token
from tests.conftest import Postgres
from tests.people.making import A_DAY, a_grant, a_service_account, a_token, credentials
from tests.world import NOON, World

A_SECOND = timedelta(seconds=1)


async def change(world: World, row: TenantRow, **values: object) -> None:
    """Change a row as somebody else would, without the actions."""
    assignments = ", ".join(f"{name} = ${index}" for index, name in enumerate(values, start=2))
    async with world.database.writing(world.id, None) as connection:
        await connection.rows(
            f"UPDATE {row.__tablename__} SET {assignments} WHERE id = $1",  # noqa: S608 - a test's own names
            [row.id, *values.values()],
        )


async def version(world: World) -> int:
    (row,) = await world.rows("SELECT access_version FROM organization_access")
    return int(row["access_version"])


async def read_as(database: Database, actor: Actor) -> None:
    """What every read of the actor begins with."""
    async with database.reading(actor.organization_id, actor.access_version):
        pass


async def test_a_member_signs_in_with_their_role_and_grants(acme: World) -> None:
    ada = await acme.member("Ada", OrganizationRole.MEMBER)
    team_id = new_id()
    ends_at = NOON + timedelta(hours=2)
    await a_grant(
        acme,
        GrantRole.RECRUITER,
        membership_id=ada.id,
        privileges=[Privilege.PRIVATE_CANDIDATES.value],
        include_confidential=True,
    )
    await a_grant(acme, GrantRole.TEAM_MANAGER, ScopeType.TEAM, team_id, membership_id=ada.id, expires_at=ends_at)
    token, row = await a_token(acme, membership_id=ada.id)

    actor = await credentials(acme.database).authenticate(token.text, NOON)

    assert replace(actor, grants=()) == Actor(
        organization_id=acme.id,
        kind=ActorKind.USER,
        id=ada.id,
        role=OrganizationRole.MEMBER,
        access_version=await version(acme),
        valid_until=ends_at,
        token_id=row.id,
    )
    assert actor.name == "Ada"
    assert set(actor.grants) == {
        HeldGrant(
            GrantRole.RECRUITER,
            ScopeType.ORG,
            include_confidential=True,
            privileges=frozenset({Privilege.PRIVATE_CANDIDATES}),
        ),
        HeldGrant(GrantRole.TEAM_MANAGER, ScopeType.TEAM, frozenset({team_id}), expires_at=ends_at),
    }


async def test_a_service_account_may_exactly_what_it_was_granted(acme: World) -> None:
    account = await a_service_account(acme)
    other = await a_service_account(acme, "Another")
    await a_grant(acme, GrantRole.VIEWER, service_account_id=account.id)
    await a_grant(acme, GrantRole.RECRUITER, service_account_id=other.id)
    token, _ = await a_token(acme, service_account_id=account.id)

    actor = await credentials(acme.database).authenticate(token.text, NOON)

    assert (actor.kind, actor.id, actor.role, actor.name) == (ActorKind.SERVICE, account.id, None, "Careers page")
    assert set(actor.reaches) == {
        Permission.APPLICATION_COUNT,
        Permission.OPENING_READ,
        Permission.OPENING_SEE,
        Permission.ORGANIZATION_READ,
    }


async def test_a_grant_reaches_everything_below_its_department_or_office(acme: World) -> None:
    top, side = Department(name="Engineering"), Department(name="Sales")
    middle = Department(name="Platform", parent_id=top.id)
    leaf = Department(name="Storage", parent_id=middle.id)
    country = Location(name="USA", workplace_type=WorkplaceType.REMOTE)
    city = Location(name="Austin", workplace_type=WorkplaceType.ONSITE, parent_id=country.id)
    await acme.plant(top, side, middle, leaf, country, city)
    hugo = await acme.member("Hugo")
    await a_grant(acme, GrantRole.VIEWER, ScopeType.DEPARTMENT, middle.id, membership_id=hugo.id)
    await a_grant(acme, GrantRole.COORDINATOR, ScopeType.OFFICE, country.id, membership_id=hugo.id)
    token, _ = await a_token(acme, membership_id=hugo.id)

    actor = await credentials(acme.database).authenticate(token.text, NOON)

    reach = actor.reach(Permission.OPENING_READ)
    assert reach.departments == {middle.id, leaf.id}
    assert reach.locations == {country.id, city.id}


async def test_one_statement_tells_who_it_is(postgres: Postgres, shared_database: str, acme: World) -> None:
    told: list[str] = []
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    database = await Database.open(
        postgres.app(shared_database), size=1, listener=lambda sql, _values: told.append(sql)
    )

    known = credentials(database)
    for _ in range(3):
        await known.authenticate(token.text, NOON)
    await known.close()
    await database.close()

    assert [sql.split()[0] for sql in told] == ["WITH", "UPDATE"]


async def test_a_token_gives_no_more_than_its_scopes_and_its_holder_have(acme: World) -> None:
    iris = await acme.member("Iris", OrganizationRole.EXECUTIVE_VIEWER)
    scopes = [Permission.OPENING_READ, Permission.APPLICATION_HIRE, "opening:of_a_later_version"]
    token, _ = await a_token(acme, membership_id=iris.id, scopes=[str(scope) for scope in scopes])

    actor = await credentials(acme.database).authenticate(token.text, NOON)

    assert set(actor.reaches) == {Permission.OPENING_READ, Permission.OPENING_SEE, Permission.APPLICATION_SEE}


async def test_r22_signing_in_tells_which_candidates_are_oneself(acme: World) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    known = credentials(acme.database)
    before = await known.authenticate(token.text, NOON)
    herself, other = (
        Candidate(name=name, is_private=False, is_internal=True, can_email=True) for name in ("Ada", "Bo")
    )
    await acme.plant(herself, other)

    await change(acme, herself, linked_membership_id=ada.id)

    with pytest.raises(StaleAccess):
        await read_as(acme.database, before)
    known.forget(token.text)
    assert (await known.authenticate(token.text, NOON)).own_candidate_ids == {herself.id}


async def a_wrong_secret(acme: World, _globex: World, token: Token, _row: ApiToken) -> Token:
    return replace(token, secret=Token.new(acme.id).secret)


async def an_unknown_key(acme: World, _globex: World, token: Token, _row: ApiToken) -> Token:
    return replace(token, key_id=Token.new(acme.id).key_id)


async def another_tenants(_acme: World, globex: World, token: Token, _row: ApiToken) -> Token:
    return replace(token, organization_id=globex.id)


async def nobodys(_acme: World, _globex: World, token: Token, _row: ApiToken) -> Token:
    return replace(token, organization_id=new_id())


async def revoked(acme: World, _globex: World, token: Token, row: ApiToken) -> Token:
    await change(acme, row, revoked_at=NOON)
    return token


async def expired(acme: World, _globex: World, token: Token, row: ApiToken) -> Token:
    await change(acme, row, expires_at=NOON)
    return token


@pytest.mark.parametrize("spoil", [a_wrong_secret, an_unknown_key, another_tenants, nobodys, revoked, expired])
async def test_a_bad_token_is_refused_in_the_same_words_whatever_is_wrong_with_it(
    acme: World, globex: World, spoil: Callable[..., Any]
) -> None:
    ada = await acme.member("Ada")
    token = await spoil(acme, globex, *await a_token(acme, membership_id=ada.id))

    with pytest.raises(BadCredential) as caught:
        await credentials(acme.database).authenticate(token.text, NOON)

    assert str(caught.value) == "This token or session is not valid: it may be mistyped, expired or revoked."


REFUSALS: list[tuple[Callable[..., Any], str]] = [(revoked, "REVOKED"), (expired, "EXPIRED")]


@pytest.mark.parametrize(("spoil", "reason"), REFUSALS)
async def test_use_of_a_token_that_is_over_is_recorded_once_a_minute_in_all_processes(
    acme: World, globex: World, spoil: Callable[..., Any], reason: str
) -> None:
    ada = await acme.member("Ada")
    token, row = await a_token(acme, membership_id=ada.id)
    await spoil(acme, globex, token, row)
    minute, processes = timedelta(minutes=1), [credentials(acme.database) for _ in range(3)]

    for at in (NOON, NOON + A_SECOND, NOON + minute - A_SECOND, NOON + minute):
        for known in processes:
            with pytest.raises(BadCredential):
                await known.authenticate(token.text, at)
    for known in processes:
        await known.close()

    entries = await acme.rows("SELECT * FROM audit_event WHERE operation = 'note_token_refusal' ORDER BY occurred_at")
    assert [(entry["occurred_at"], entry["entity_id"], entry["after"]) for entry in entries] == [
        (NOON, row.id, {"refusal": reason}),
        (NOON + minute, row.id, {"refusal": reason}),
    ]
    assert {entry["actor_kind"] for entry in entries} == {"SYSTEM"}


@pytest.mark.parametrize("spoil", [a_wrong_secret, an_unknown_key, another_tenants, nobodys])
async def test_who_does_not_have_the_secret_leaves_no_trace_in_the_audit_log(
    acme: World, globex: World, spoil: Callable[..., Any]
) -> None:
    ada = await acme.member("Ada")
    right, row = await a_token(acme, membership_id=ada.id)
    token = await spoil(acme, globex, right, row)
    await change(acme, row, revoked_at=NOON)
    known = credentials(acme.database)

    for _ in range(3):
        with pytest.raises(BadCredential):
            await known.authenticate(token.text, NOON)
    await known.close()

    for world in (acme, globex):
        assert await world.rows("SELECT id FROM audit_event WHERE operation = 'note_token_refusal'") == []


async def test_a_token_is_used_from_its_networks_only_even_when_it_is_known(acme: World) -> None:
    ada = await acme.member("Ada")
    token, row = await a_token(acme, membership_id=ada.id)
    await change(acme, row, allowed_networks=["192.0.2.0/24", "2001:db8::/64"])
    known = credentials(acme.database)

    for address in ("192.0.2.255", "::ffff:192.0.2.1", "2001:db8::5"):
        assert (await known.authenticate(token.text, NOON, address)).id == ada.id
    for address in ("192.0.3.1", "::ffff:192.0.3.1", "2001:db8:0:1::5", "unknown", ""):
        with pytest.raises(BadCredential):
            await known.authenticate(token.text, NOON, address)
    with pytest.raises(BadCredential):
        await known.authenticate(token.text, NOON)
    await known.close()

    (entry,) = await acme.rows("SELECT after FROM audit_event WHERE operation = 'note_token_refusal'")
    assert entry["after"] == {"refusal": "NETWORK"}
    assert (await acme.rows("SELECT last_refused_at FROM api_token"))[0]["last_refused_at"] == NOON


async def test_a_member_who_left_is_recorded_as_the_reason(acme: World) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    await change(acme, ada, status="DEACTIVATED")
    known = credentials(acme.database)

    with pytest.raises(BadCredential):
        await known.authenticate(token.text, NOON)
    await known.close()

    (entry,) = await acme.rows("SELECT after FROM audit_event WHERE operation = 'note_token_refusal'")
    assert entry["after"] == {"refusal": "HOLDER"}


@pytest.mark.parametrize("text", ["", "nonsense", "\udcff", "portal_live_" + "a" * 89])
async def test_what_is_no_token_is_refused_without_a_query(acme: World, text: str) -> None:
    told: list[str] = []
    database = Database(acme.database.pool, lambda sql, _values: told.append(sql))

    with pytest.raises(BadCredential):
        await credentials(database).authenticate(text, NOON)

    assert told == []


@pytest.mark.parametrize("status", ["INVITED", "DEACTIVATED"])
async def test_only_active_members_sign_in(acme: World, status: str) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    await change(acme, ada, status=status)

    with pytest.raises(BadCredential):
        await credentials(acme.database).authenticate(token.text, NOON)


async def test_a_deactivated_service_account_does_not_sign_in(acme: World) -> None:
    account = await a_service_account(acme)
    token, _ = await a_token(acme, service_account_id=account.id)
    await change(acme, account, deactivated_at=NOON)

    with pytest.raises(BadCredential):
        await credentials(acme.database).authenticate(token.text, NOON)


async def test_a_known_token_costs_no_query_until_it_is_forgotten(acme: World) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    known = credentials(acme.database)
    first = await known.authenticate(token.text, NOON)

    assert await known.authenticate(token.text, NOON) is first
    known.forget(token.text)
    again = await known.authenticate(token.text, NOON)
    assert again is not first
    assert again == first
    await known.close()


async def test_only_so_many_tokens_are_kept_in_memory_and_the_oldest_use_goes_first(acme: World) -> None:
    ada = await acme.member("Ada")
    one, two, three = [(await a_token(acme, membership_id=ada.id))[0].text for _ in range(3)]
    known = credentials(acme.database, most_known=2)
    first, second = await known.authenticate(one, NOON), await known.authenticate(two, NOON)
    await known.authenticate(one, NOON)

    await known.authenticate(three, NOON)

    assert await known.authenticate(one, NOON) is first
    assert await known.authenticate(two, NOON) is not second
    await known.close()


async def test_a_revoked_token_ends_at_once_in_every_process(
    postgres: Postgres, shared_database: str, acme: World
) -> None:
    """The revocation is committed over one pool; the other has the actor in memory and has not heard of it."""
    ada = await acme.member("Ada")
    token, row = await a_token(acme, membership_id=ada.id)
    elsewhere = await Database.open(postgres.app(shared_database), size=1)
    known = credentials(elsewhere)
    actor = await known.authenticate(token.text, NOON)
    await read_as(elsewhere, actor)

    await change(acme, row, revoked_at=NOON)

    with pytest.raises(StaleAccess):
        await read_as(elsewhere, await known.authenticate(token.text, NOON))
    known.forget(token.text)
    with pytest.raises(BadCredential):
        await known.authenticate(token.text, NOON)
    await known.close()
    await elsewhere.close()


async def test_a_change_of_rights_counts_from_the_next_transaction_on(acme: World) -> None:
    hugo = await acme.member("Hugo")
    department = Department(name="Engineering")
    await acme.plant(department)
    granted = await a_grant(acme, GrantRole.VIEWER, ScopeType.DEPARTMENT, department.id, membership_id=hugo.id)
    token, row = await a_token(acme, membership_id=hugo.id)
    known = credentials(acme.database)

    async def is_stale_after(changed: TenantRow, **values: object) -> bool:
        known.forget(token.text)
        actor = await known.authenticate(token.text, NOON)
        await read_as(acme.database, actor)
        await change(acme, changed, **values)
        try:
            await read_as(acme.database, actor)
        except StaleAccess:
            return True
        return False

    other = Department(name="Platform")
    await acme.plant(other)
    assert await is_stale_after(granted, role="COORDINATOR")
    assert await is_stale_after(granted, expires_at=NOON + A_DAY)
    assert await is_stale_after(hugo, role="RECRUITER_ALL")
    assert await is_stale_after(other, parent_id=department.id)
    assert await is_stale_after(row, scopes=["opening:see"])
    assert not await is_stale_after(row, last_used_at=NOON)
    assert not await is_stale_after(row, last_refused_at=NOON)
    assert not await is_stale_after(department, name="R&D")
    assert await is_stale_after(row, allowed_networks=["192.0.2.0/24"])
    await known.close()


async def test_a_grant_ends_by_itself_with_nothing_written(acme: World) -> None:
    hugo = await acme.member("Hugo")
    ends_at = NOON + timedelta(hours=1)
    await a_grant(acme, GrantRole.RECRUITER, membership_id=hugo.id, expires_at=ends_at)
    token, _ = await a_token(acme, membership_id=hugo.id)
    known = credentials(acme.database)
    before = await version(acme)

    during = await known.authenticate(token.text, ends_at - A_SECOND)
    after = await known.authenticate(token.text, ends_at)

    assert during.may(Permission.APPLICATION_HIRE)
    assert not after.may(Permission.APPLICATION_HIRE)
    assert after.access_version == during.access_version == before
    await known.close()


async def test_a_token_ends_by_itself_even_where_it_is_in_memory(acme: World) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id, expires_at=NOON + A_SECOND)
    known = credentials(acme.database)
    await known.authenticate(token.text, NOON)

    with pytest.raises(BadCredential):
        await known.authenticate(token.text, NOON + A_SECOND)
    await known.close()


async def last_use(world: World, token_id: UUID) -> Any:
    (row,) = await world.rows("SELECT last_used_at, version FROM api_token WHERE id = $1", token_id)
    return row


async def test_a_tokens_last_use_is_kept_to_the_minute(acme: World) -> None:
    ada = await acme.member("Ada")
    token, row = await a_token(acme, membership_id=ada.id)
    known, another = credentials(acme.database), credentials(acme.database)

    async def used(by: Any, *, at: timedelta) -> Any:
        await by.authenticate(token.text, NOON + at)
        await by.close()
        return (await last_use(acme, row.id))["last_used_at"] - NOON

    assert await used(known, at=timedelta(0)) == timedelta(0)
    assert await used(known, at=timedelta(seconds=59)) == timedelta(0)
    assert await used(another, at=timedelta(seconds=59)) == timedelta(0)
    assert await used(known, at=timedelta(seconds=60)) == timedelta(seconds=60)
    assert (await last_use(acme, row.id))["version"] == 1


async def test_signing_in_goes_well_where_the_last_use_can_not_be_written(
    acme: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await acme.member("Ada")
    token, _ = await a_token(acme, membership_id=ada.id)
    known = credentials(acme.database)

    async def fail(*_args: object, **_more: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(known._door, "perform", fail)
    actor = await known.authenticate(token.text, NOON)
    await known.close()
    await asyncio.sleep(0)

    assert actor.id == ada.id
    assert caplog.messages == ["The use of a credential was not written down: ConnectionError"]
    assert token.secret not in caplog.text
