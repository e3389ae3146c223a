"""Service accounts and tokens: making, replacing and revoking them."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind, DocumentMode, GrantRole, OrganizationRole, ScopeType
from portal.access.permissions import Permission
from portal.database.ids import new_id
from portal.errors import (
    AlreadyDone,
    BeyondOwnRights,
    Forbidden,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    NotUnique,
    WrongState,
)
from portal.organizations.actions.organization import PolicyChanges, set_policies
from portal.people.actions.results import NewToken
from portal.people.actions.service_accounts import create_service_account, deactivate_service_account
from portal.people.actions.tokens import TokenTerms, issue_token, revoke_token, rotate_token, update_token
from portal.people.credentials import BadCredential
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
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
from tests.world import NOON, World, grant

A_YEAR = timedelta(days=365)
OTHERS = "Nobody makes a token in another member's name."


async def issue(world: World, actor: Actor, **more: Any) -> NewToken:
    key = {"key": more.pop("key")} if "key" in more else {}
    terms = TokenTerms(**{"name": "Script", "expires_at": NOON + A_DAY, **more})
    done: NewToken = await world.perform(actor, issue_token, terms=terms, **key)
    return done


async def signed_in(world: World, token: NewToken, at: datetime = NOON, address: str | None = None) -> Actor:
    assert token.text is not None
    known = credentials(world.database)
    try:
        return await known.authenticate(token.text, at, address)
    finally:
        await known.close()


@pytest.mark.parametrize("role", [role for role in OrganizationRole if role is not OrganizationRole.AGENCY])
async def test_every_member_makes_a_token_of_all_their_rights_for_themselves(
    acme: World, role: OrganizationRole
) -> None:
    ada = await acme.actor("Ada", role)

    token = await issue(acme, ada)

    actor = await signed_in(acme, token)
    assert (actor.id, actor.role, actor.reaches) == (ada.id, role, ada.reaches)
    row = await the_row(acme, "api_token", token.token_id)
    assert (row["name"], row["scopes"], row["expires_at"], row["created_by_id"]) == (
        "Script",
        None,
        NOON + A_DAY,
        ada.id,
    )


async def test_a_token_is_narrowed_to_some_permissions(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)

    token = await issue(acme, ada, scopes=("opening:see", "application:hire"))

    # What is to be hired has to be seen.
    given = {Permission.OPENING_SEE, Permission.APPLICATION_HIRE, Permission.APPLICATION_SEE}
    assert set((await signed_in(acme, token)).reaches) == given
    assert (await the_row(acme, "api_token", token.token_id))["scopes"] == ["application:hire", "opening:see"]


async def test_r35_no_token_reaches_confidential_openings_that_its_maker_does_not(acme: World) -> None:
    olga = await acme.actor("Olga", OrganizationRole.ORG_ADMIN)
    account, opening_id = await a_service_account(acme), new_id()
    await a_grant(
        acme,
        GrantRole.VIEWER,
        ScopeType.OPENING,
        opening_id,
        service_account_id=account.id,
        include_confidential=True,
    )
    explicit = grant(GrantRole.VIEWER, ScopeType.OPENING, opening_id, confidential=True)
    invited = replace(olga, grants=(explicit,))

    with pytest.raises(BeyondOwnRights):
        await issue(acme, olga, service_account_id=account.id)
    with pytest.raises(BeyondOwnRights):
        await issue(acme, olga, service_account_id=account.id, scopes=("opening:edit",))
    token = await issue(acme, invited, service_account_id=account.id)

    assert (await signed_in(acme, token)).reach(Permission.OPENING_SEE).confidential_openings == {opening_id}


async def test_the_secret_is_stored_nowhere(acme: World) -> None:
    ada = await acme.actor("Ada")

    token = await issue(acme, ada, key="k1")

    assert token.text is not None
    secret = token.text.rsplit("_", 1)[1][:43]
    for table in ("api_token", "idempotency_key", "audit_event", "domain_event"):
        assert secret not in str(await acme.rows(f"SELECT * FROM {table}")), table  # noqa: S608 - our tables
    assert secret not in repr(token)


async def test_r34_a_repeated_call_makes_one_token_and_shows_its_text_no_more(acme: World) -> None:
    ada = await acme.actor("Ada")

    first = await issue(acme, ada, key="k1")
    again = await issue(acme, ada, key="k1")

    assert (again.token_id, again.text) == (first.token_id, None)
    assert len(await acme.rows("SELECT id FROM api_token")) == 1
    message = "This idempotency key was used with other input. Use a new key."
    async with refused_whole(acme, IdempotencyKeyReused, message, path=("idempotencyKey",)):
        await issue(acme, ada, key="k1", name="Other")


async def test_r35_no_token_is_narrowed_to_what_its_maker_may_not_do(acme: World) -> None:
    ada = await acme.actor("Ada")
    message = "You can't give what you may not do yourself there: application:hire, grant:manage."

    async with refused_whole(acme, BeyondOwnRights, message):
        await issue(acme, ada, scopes=("grant:manage", "opening:see", "application:hire"))


async def test_r35_a_narrowed_token_makes_none_that_is_wider_or_ends_later(acme: World) -> None:
    row = await acme.member("Ada")
    scopes = frozenset({Permission.MEMBER_READ, Permission.OPENING_SEE})
    narrowed = acme.acting(row.id, OrganizationRole.MEMBER, scopes=scopes, valid_until=NOON + A_DAY)

    wider = (
        "You can't give what you may not do yourself there: account:manage, application:read, application:see, "
        "candidate:read, candidate:see, opening:read, organization:read."
    )
    async with refused_whole(acme, BeyondOwnRights, wider):
        await issue(acme, narrowed)
    later = "Your own right ends on 2026-11-24; you can't give it for longer."
    async with refused_whole(acme, BeyondOwnRights, later, path=("expiresAt",)):
        await issue(acme, narrowed, scopes=("opening:see",), expires_at=NOON + 2 * A_DAY)
    await issue(acme, narrowed, scopes=("opening:see",))


async def test_r35_a_token_of_all_rights_may_be_replaced_by_one_that_ends_later(acme: World) -> None:
    row = await acme.member("Ada")
    ada = acme.acting(row.id, OrganizationRole.MEMBER, valid_until=NOON + A_DAY)

    token = await issue(acme, ada, expires_at=NOON + A_YEAR)

    assert (await signed_in(acme, token, NOON + A_YEAR - timedelta(seconds=1))).id == ada.id


@pytest.mark.parametrize(
    ("given", "message", "path"),
    [
        ({"name": ""}, "This must not be empty.", ("name",)),
        ({"expires_at": NOON}, "A token ends in the future, at most 365 days from now.", ("expiresAt",)),
        (
            {"expires_at": NOON + A_YEAR + timedelta(seconds=1)},
            "A token ends in the future, at most 365 days from now.",
            ("expiresAt",),
        ),
        ({"expires_at": datetime(2026, 12, 1)}, "A time needs its offset, such as Z or +02:00.", ("expiresAt",)),  # noqa: DTZ001
        ({"scopes": ()}, "At least 1 must be given here.", ("scopes",)),
        ({"scopes": ("opening:see", "opening:see")}, "The same one is listed twice.", ("scopes", "1")),
        (
            {"scopes": ("opening:burn",)},
            "There is no permission opening:burn. docs/permissions.md lists them.",
            ("scopes", "0"),
        ),
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(
    acme: World, given: dict[str, Any], message: str, path: tuple[str, ...]
) -> None:
    ada = await acme.actor("Ada")

    async with refused_whole(acme, InvalidInput, message, path=path):
        await issue(acme, ada, **given)


async def test_nobody_makes_a_token_in_another_members_name_but_the_operator(acme: World) -> None:
    administrator = await olga(acme)
    ada = (await acme.member("Ada")).id

    async with refused_whole(acme, Forbidden, OTHERS):
        await issue(acme, administrator, membership_id=ada)

    token = await issue(acme, acme.system, membership_id=ada)
    assert (await signed_in(acme, token)).id == ada
    assert (await the_row(acme, "api_token", token.token_id))["created_by_id"] is None


async def test_somebody_who_may_not_sign_in_gets_no_token(acme: World) -> None:
    invited = Membership(
        name="I", email="i", email_normalised="i", status=MembershipStatus.INVITED, role=OrganizationRole.MEMBER
    )
    await acme.plant(invited)

    async with refused_whole(acme, WrongState, "This member is invited and can't sign in."):
        await issue(acme, acme.system, membership_id=invited.id)


async def test_an_administrator_makes_a_service_account_and_its_token(acme: World) -> None:
    administrator = await olga(acme)
    done = await acme.perform(administrator, create_service_account, name="Careers page", description="Shows jobs")
    await a_grant(acme, GrantRole.VIEWER, service_account_id=done.service_account_id)

    token = await issue(acme, administrator, service_account_id=done.service_account_id)

    actor = await signed_in(acme, token)
    assert (actor.kind, actor.id, actor.name) == (ActorKind.SERVICE, done.service_account_id, "Careers page")
    assert [kind for kind, _ in await events(acme, done.service_account_id)] == ["service_account.created"]
    with_name = "A service account has this name already."
    async with refused_whole(acme, NotUnique, with_name, path=("name",)):
        await acme.perform(administrator, create_service_account, name="Careers page")


async def test_r35_nobody_makes_a_token_of_an_account_that_may_more_than_they(acme: World) -> None:
    administrator = await olga(acme)
    account = await a_service_account(acme)
    await a_grant(acme, GrantRole.HIRING_MANAGER, service_account_id=account.id)

    message = "You can't give what you may not do yourself there: compensation:read."
    async with refused_whole(acme, BeyondOwnRights, message):
        await issue(acme, administrator, service_account_id=account.id)
    await issue(acme, administrator, service_account_id=account.id, scopes=("opening:see",))


async def test_only_who_manages_tokens_makes_those_of_service_accounts(acme: World, globex: World) -> None:
    ada, administrator = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL), await olga(acme)
    account, theirs = await a_service_account(acme), await a_service_account(globex)

    async with refused_whole(acme, NotFound, "No such service account."):
        await issue(acme, ada, service_account_id=account.id)
    async with refused_whole(acme, NotFound, "No such service account."):
        await issue(acme, administrator, service_account_id=theirs.id)
    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(ada, create_service_account, name="Mine")
    message = "A token is for one member or one service account."
    async with refused_whole(acme, InvalidInput, message, path=("serviceAccountId",)):
        await issue(acme, administrator, service_account_id=account.id, membership_id=administrator.id)


async def test_a_deactivated_service_account_has_no_tokens_and_gets_none(acme: World) -> None:
    administrator = await olga(acme)
    account = await a_service_account(acme)
    token = await issue(acme, administrator, service_account_id=account.id)

    await acme.perform(administrator, deactivate_service_account, service_account_id=account.id)

    with pytest.raises(BadCredential):
        await signed_in(acme, token)
    assert [kind for kind, _ in await events(acme, account.id)] == ["service_account.deactivated"]
    assert [kind for kind, _ in await events(acme, token.token_id)] == [
        "api_key.created",
        "api_key.revoked",
        "api_key.refused",
    ]
    async with refused_whole(acme, WrongState, "This service account is deactivated."):
        await issue(acme, administrator, service_account_id=account.id)
    async with refused_whole(acme, AlreadyDone, "This service account is already deactivated."):
        await acme.perform(administrator, deactivate_service_account, service_account_id=account.id)


async def test_a_replaced_token_works_until_the_overlap_is_over(acme: World) -> None:
    ada = await acme.actor("Ada")
    old = await issue(acme, ada, scopes=("opening:see", "member:read"), expires_at=NOON + 10 * A_DAY)

    new = await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + 20 * A_DAY, overlap_seconds=60)

    just_before, over = NOON + timedelta(seconds=59), NOON + timedelta(seconds=60)
    assert (await signed_in(acme, old, just_before)).id == (await signed_in(acme, new, just_before)).id == ada.id
    with pytest.raises(BadCredential):
        await signed_in(acme, old, over)
    assert (await signed_in(acme, new, over)).scopes == frozenset({Permission.OPENING_SEE, Permission.MEMBER_READ})
    shown = await acme.read(ada, "{ viewer { membership { tokens { keyId replacesKeyId } } } }")
    first, second = shown["viewer"]["membership"]["tokens"]
    assert (first["replacesKeyId"], second["replacesKeyId"]) == (None, first["keyId"])
    assert (await events(acme, old.token_id))[1] == (
        "api_key.updated",
        {"expires_at": ["2026-12-03T12:00:00+00:00", "2026-11-23T12:01:00+00:00"]},
    )


async def test_a_token_has_two_secrets_at_most(acme: World) -> None:
    ada = await acme.actor("Ada")
    old = await issue(acme, ada)
    new = await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY)
    key_id = (await the_row(acme, "api_token", new.token_id))["key_id"]

    message = f"This token is being replaced by {key_id} already. Revoke one of the two first."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY)
    await acme.perform(ada, revoke_token, token_id=new.token_id)
    await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY)


async def test_of_two_who_replace_a_token_at_once_one_does(acme: World) -> None:
    ada = await acme.actor("Ada")
    old = await issue(acme, ada)

    done = await asyncio.gather(
        *(
            acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY, key=f"k{number}")
            for number in range(4)
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["NewToken", "WrongState", "WrongState", "WrongState"]


async def test_r34_a_repeated_rotation_makes_one_token(acme: World) -> None:
    ada = await acme.actor("Ada")
    old = await issue(acme, ada)

    first = await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY, key="k1")
    again = await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY, key="k1")

    assert (again.token_id, again.text) == (first.token_id, None)
    assert len(await acme.rows("SELECT id FROM api_token")) == 2


async def test_a_token_is_bound_to_networks_and_so_is_the_one_that_replaces_it(acme: World) -> None:
    ada = await acme.actor("Ada")
    token = await issue(acme, ada, allowed_networks=("192.0.2.0/24", "2001:db8::1"))

    new = await acme.perform(ada, rotate_token, token_id=token.token_id, expires_at=NOON + A_DAY)

    for made in (token, new):
        row = await the_row(acme, "api_token", made.token_id)
        assert row["allowed_networks"] == ["192.0.2.0/24", "2001:db8::1/128"]
        assert (await signed_in(acme, made, address="192.0.2.9")).id == ada.id
        with pytest.raises(BadCredential):
            await signed_in(acme, made, address="198.51.100.1")


async def test_from_where_a_token_is_used_can_be_changed(acme: World) -> None:
    ada, iris, administrator = await acme.actor("Ada"), await acme.actor("Iris"), await olga(acme)
    token = await issue(acme, ada, allowed_networks=("192.0.2.0/24",))

    await acme.perform(ada, update_token, token_id=token.token_id, name="CI", allowed_networks=("198.51.100.0/24",))

    assert (await signed_in(acme, token, address="198.51.100.1")).id == ada.id
    assert (await events(acme, token.token_id))[1] == (
        "api_key.updated",
        {"name": ["Script", "CI"], "allowed_networks": [["192.0.2.0/24"], ["198.51.100.0/24"]]},
    )
    async with refused_whole(acme, AlreadyDone, "The token is like that already."):
        await acme.perform(ada, update_token, token_id=token.token_id, name="CI")
    async with refused_whole(acme, Forbidden, OTHERS):
        await acme.perform(administrator, update_token, token_id=token.token_id, allowed_networks=None)
    async with refused_whole(acme, NotFound, "No such api token."):
        await acme.perform(iris, update_token, token_id=token.token_id, allowed_networks=None)
    await acme.perform(ada, update_token, token_id=token.token_id, allowed_networks=None)
    assert (await signed_in(acme, token)).id == ada.id


async def test_r35_a_token_that_is_bound_to_networks_makes_none_that_is_not(acme: World) -> None:
    row = await acme.member("Ada")
    bound = acme.acting(row.id, OrganizationRole.MEMBER, allowed_networks=("192.0.2.0/24",))
    message = "Your own token may be used from 192.0.2.0/24 only; so may this one."
    own, _ = await a_token(acme, membership_id=row.id)

    for networks in (None, ("192.0.0.0/16",), ("2001:db8::/32",)):
        async with refused_whole(acme, BeyondOwnRights, message, path=("allowedNetworks",)):
            await issue(acme, bound, allowed_networks=networks)
    within = await issue(acme, bound, allowed_networks=("192.0.2.128/25",))
    async with refused_whole(acme, BeyondOwnRights, message, path=("allowedNetworks",)):
        await acme.perform(bound, update_token, token_id=within.token_id, allowed_networks=None)
    assert (await credentials(acme.database).authenticate(own.text, NOON)).allowed_networks is None


async def test_a_replaced_token_never_ends_later_than_it_would_have(acme: World) -> None:
    ada = await acme.actor("Ada")
    old = await issue(acme, ada, expires_at=NOON + timedelta(seconds=30))

    await acme.perform(ada, rotate_token, token_id=old.token_id, expires_at=NOON + A_DAY, overlap_seconds=60)

    assert (await the_row(acme, "api_token", old.token_id))["expires_at"] == NOON + timedelta(seconds=30)


async def test_a_token_that_ended_or_anothers_is_not_replaced(acme: World) -> None:
    ada, iris, administrator = await acme.actor("Ada"), await acme.actor("Iris"), await olga(acme)
    token = await issue(acme, ada)

    async def refused_rotation(actor: Actor, kind: Any, message: str, *, at: datetime = NOON) -> None:
        async with refused_whole(acme, kind, message):
            await acme.perform(actor, rotate_token, at=at, token_id=token.token_id, expires_at=at + A_DAY)

    await refused_rotation(administrator, Forbidden, OTHERS)
    await refused_rotation(iris, NotFound, "No such api token.")
    await refused_rotation(ada, WrongState, "This token has ended. Make a new one.", at=NOON + A_DAY)
    await acme.perform(ada, revoke_token, token_id=token.token_id)
    await refused_rotation(ada, WrongState, "This token is revoked. Make a new one.")


async def test_the_overlap_is_at_most_a_week(acme: World) -> None:
    ada = await acme.actor("Ada")
    token = await issue(acme, ada)
    message = "This must be a whole number from 0 to 604800."

    async with refused_whole(acme, InvalidInput, message, path=("overlapSeconds",)):
        await acme.perform(ada, rotate_token, token_id=token.token_id, expires_at=NOON + A_DAY, overlap_seconds=604_801)


async def test_a_token_is_revoked_by_its_member_or_by_who_manages_tokens(acme: World, globex: World) -> None:
    ada, administrator, stranger = await acme.actor("Ada"), await olga(acme), await olga(globex)
    iris = await acme.actor("Iris")
    one, two = await issue(acme, ada), await issue(acme, ada)

    async with refused_whole(acme, NotFound, "No such api token."):
        await acme.perform(iris, revoke_token, token_id=one.token_id)
    async with refused_whole(acme, NotFound, "No such api token."):
        await globex.perform(stranger, revoke_token, token_id=one.token_id)
    await acme.perform(ada, revoke_token, token_id=one.token_id)
    await acme.perform(administrator, revoke_token, token_id=two.token_id)

    for token in (one, two):
        with pytest.raises(BadCredential):
            await signed_in(acme, token)
    async with refused_whole(acme, AlreadyDone, "This is already revoked."):
        await acme.perform(ada, revoke_token, token_id=one.token_id)


async def test_a_service_account_replaces_no_token_by_itself(acme: World) -> None:
    account = await a_service_account(acme)
    _, row = await a_token(acme, service_account_id=account.id)
    actor = Actor(organization_id=acme.id, kind=ActorKind.SERVICE, id=account.id, grants=(grant(GrantRole.RECRUITER),))

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(actor, rotate_token, token_id=row.id, expires_at=NOON + A_DAY)


async def test_a_token_for_nobody_is_none(acme: World) -> None:
    async with refused_whole(acme, NotFound, "No such membership."):
        await issue(acme, acme.system)
    async with refused_whole(acme, NotFound, "No such membership."):
        await issue(acme, acme.system, membership_id=UUID(int=1))


async def test_what_a_token_may_send_is_said_when_it_is_made_and_stays_when_it_is_replaced(acme: World) -> None:
    admin = await olga(acme)

    plain = await issue(acme, admin)
    only = await issue(acme, admin, documents=DocumentMode.ONLY)
    replaced = await acme.perform(admin, rotate_token, token_id=only.token_id, expires_at=NOON + A_DAY)

    modes = [(await signed_in(acme, token)).documents for token in (plain, only, replaced)]
    assert modes == [DocumentMode.ALLOW, DocumentMode.ONLY, DocumentMode.ONLY]


NO_WIDER = "You are signed in with what runs published documents only; so may this token."


async def test_who_may_run_published_documents_only_makes_no_token_that_may_more(acme: World) -> None:
    admin = await olga(acme)
    wide = await issue(acme, admin)
    narrow = replace(admin, documents=DocumentMode.ONLY)

    for documents in (DocumentMode.ALLOW, DocumentMode.OFF):
        async with refused_whole(acme, BeyondOwnRights, NO_WIDER, path=("documents",)):
            await issue(acme, narrow, documents=documents)
    async with refused_whole(acme, BeyondOwnRights, NO_WIDER, path=("documents",)):
        await acme.perform(narrow, rotate_token, token_id=wide.token_id, expires_at=NOON + A_DAY)
    made = await issue(acme, narrow, documents=DocumentMode.ONLY)

    assert (await signed_in(acme, made)).documents is DocumentMode.ONLY


async def test_a_browser_makes_tokens_that_may_send_what_it_may_itself(acme: World) -> None:
    admin = await olga(acme)
    browser = replace(admin, session_id=new_id())

    before = await issue(acme, browser)
    await acme.perform(admin, set_policies, changes=PolicyChanges(browser_documents=DocumentMode.ONLY))
    async with refused_whole(acme, BeyondOwnRights, NO_WIDER, path=("documents",)):
        await issue(acme, browser)
    after = await issue(acme, browser, documents=DocumentMode.ONLY)

    modes = [(await signed_in(acme, token)).documents for token in (before, after)]
    assert modes == [DocumentMode.ALLOW, DocumentMode.ONLY]
