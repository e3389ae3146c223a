"""Sessions: whom they sign in, for how long, and how soon they end."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole
from portal.database.connection import StaleAccess
from portal.database.ids import new_id
from portal.errors import AlreadyDone, NotFound
from portal.people.actions.members import change_member_role, deactivate_member, reactivate_member
from portal.people.actions.sessions import revoke_all_sessions, revoke_session
from portal.people.browser_sessions import BrowserSessions
from portal.people.credentials import BadCredential
from portal.people.row_secrets import RowSecret, parse_row_secret
from tests.people.making import a_grant, a_token, credentials, events, olga
from tests.people.signing_in import a_session, sessions, text_of
from tests.refusals import refused
from tests.world import NOON, World

A_MINUTE = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


async def is_dead(known: BrowserSessions, text: str, actor: Actor, world: World) -> bool:
    """Whether a session gives nothing any more, as the edge finds out: by the next transaction of its actor."""
    try:
        async with world.database.reading(actor.organization_id, actor.access_version):
            return False
    except StaleAccess:
        known.forget(text)
    try:
        await known.authenticate(text, NOON + A_MINUTE)
    except BadCredential:
        return True
    return False


async def row_of(world: World, session_id: UUID) -> dict[str, Any]:
    (row,) = await world.rows("SELECT * FROM session WHERE id = $1", session_id)
    return row


async def test_a_session_carries_its_members_rights_as_a_token_does(acme: World) -> None:
    ada = await acme.member("Ada", OrganizationRole.MEMBER)
    await a_grant(acme, GrantRole.RECRUITER, membership_id=ada.id)
    session = await a_session(acme, ada.id)
    token, _ = await a_token(acme, membership_id=ada.id)
    by_session, by_token = sessions(acme.database), credentials(acme.database)

    actor = await by_session.authenticate(text_of(session), NOON)
    other = await by_token.authenticate(token.text, NOON)

    assert (actor.id, actor.role, actor.grants, actor.scopes) == (ada.id, other.role, other.grants, None)
    assert actor.session_id == session.session_id
    assert actor.token_id is None
    await by_session.close()
    await by_token.close()


async def test_only_the_hash_of_a_sessions_secret_is_kept(acme: World) -> None:
    ada = await acme.member("Ada")
    session = await a_session(acme, ada.id)
    secret = parse_row_secret(text_of(session))
    assert secret is not None

    row = await row_of(acme, session.session_id)

    assert row["secret_hash"] == secret.secret_hash
    assert secret.secret not in str(row)
    assert secret.secret not in repr(session) + repr(secret)
    assert len(secret.secret) == 43


@pytest.mark.parametrize("wrong", ["unknown", "secret", "organization", "token", "empty", "rubbish"])
async def test_a_bad_session_is_refused_in_the_same_words(acme: World, globex: World, wrong: str) -> None:
    ada = await acme.member("Ada")
    secret = parse_row_secret(text_of(await a_session(acme, ada.id)))
    assert secret is not None
    token, _ = await a_token(acme, membership_id=ada.id)
    known = sessions(acme.database)
    text = {
        "unknown": RowSecret(acme.id, new_id(), secret.secret).text,
        "secret": RowSecret.new(acme.id, secret.row_id).text,
        "organization": RowSecret(globex.id, secret.row_id, secret.secret).text,
        "token": token.text,
        "empty": "",
        "rubbish": "\ud800.x.y",
    }[wrong]

    with pytest.raises(BadCredential) as caught:
        await known.authenticate(text, NOON)

    assert str(caught.value) == "This token or session is not valid: it may be mistyped, expired or revoked."


async def test_a_sessions_text_is_no_token(acme: World) -> None:
    ada = await acme.member("Ada")
    session = await a_session(acme, ada.id)
    known = credentials(acme.database)

    with pytest.raises(BadCredential):
        await known.authenticate(text_of(session), NOON)


async def test_a_session_ends_after_twelve_hours_without_use_and_after_fourteen_days_anyway(acme: World) -> None:
    ada = await acme.member("Ada")
    text = text_of(await a_session(acme, ada.id))
    unused = text_of(await a_session(acme, ada.id))
    known = sessions(acme.database)

    at = NOON
    while at < NOON + 14 * A_DAY:
        await known.authenticate(text, at)
        await known.close()
        at += 11 * AN_HOUR
    for late, when in ((unused, NOON + 12 * AN_HOUR), (text, NOON + 14 * A_DAY)):
        with pytest.raises(BadCredential):
            await known.authenticate(late, when)


async def test_a_sessions_use_is_written_at_most_once_a_minute(acme: World) -> None:
    ada = await acme.member("Ada")
    session = await a_session(acme, ada.id)
    known, another = sessions(acme.database), sessions(acme.database)

    async def used(by: BrowserSessions, after: timedelta) -> timedelta:
        await by.authenticate(text_of(session), NOON + after)
        await by.close()
        last_used_at = (await row_of(acme, session.session_id))["last_used_at"]
        return timedelta(seconds=(last_used_at - NOON).total_seconds())

    assert await used(known, timedelta(0)) == timedelta(0)
    assert await used(known, timedelta(seconds=59)) == timedelta(0)
    assert await used(another, timedelta(seconds=59)) == timedelta(0)
    assert await used(another, A_MINUTE) == A_MINUTE
    assert (await row_of(acme, session.session_id))["version"] == 1


async def test_a_revoked_session_is_dead_in_every_process_from_the_next_transaction_on(acme: World) -> None:
    ada = await acme.actor("Ada")
    assert ada.id is not None
    session = await a_session(acme, ada.id)
    processes = [sessions(acme.database) for _ in range(3)]
    actors = [await one.authenticate(text_of(session), NOON) for one in processes]

    await acme.perform(ada, revoke_session, session_id=session.session_id)

    assert [
        await is_dead(one, text_of(session), actor, acme) for one, actor in zip(processes, actors, strict=True)
    ] == [True] * 3
    assert [type_ for type_, _ in await events(acme, session.session_id)] == ["session.started", "session.revoked"]
    for one in processes:
        await one.close()


async def test_a_new_session_makes_nobodys_rights_stale(acme: World) -> None:
    ada = await acme.member("Ada")
    known = sessions(acme.database)
    actor = await known.authenticate(text_of(await a_session(acme, ada.id)), NOON)
    await known.close()

    await a_session(acme, ada.id)

    async with acme.database.reading(acme.id, actor.access_version):
        pass


async def test_signing_out_everywhere_ends_ones_own_sessions_and_no_others(acme: World) -> None:
    ada, hugo = await acme.actor("Ada"), await acme.member("Hugo")
    assert ada.id is not None
    own = [await a_session(acme, ada.id) for _ in range(3)]
    others = await a_session(acme, hugo.id)
    known = sessions(acme.database)

    done = await acme.perform(ada, revoke_all_sessions)

    assert done.count == 3
    for session in own:
        with pytest.raises(BadCredential):
            await known.authenticate(text_of(session), NOON)
    assert (await known.authenticate(text_of(others), NOON)).id == hugo.id
    with refused(AlreadyDone, "No session is open."):
        await acme.perform(ada, revoke_all_sessions)
    await known.close()


async def test_who_manages_members_signs_others_out_and_nobody_else_does(acme: World) -> None:
    admin, hugo = await olga(acme), await acme.actor("Hugo")
    ada = await acme.member("Ada")
    first, second = await a_session(acme, ada.id), await a_session(acme, ada.id)

    with refused(NotFound, "No such session."):
        await acme.perform(hugo, revoke_session, session_id=first.session_id)
    await acme.perform(admin, revoke_session, session_id=first.session_id)
    await acme.perform(admin, revoke_all_sessions, membership_id=ada.id)

    assert (await row_of(acme, second.session_id))["revoked_at"] == NOON


async def test_an_agencys_member_can_sign_out_too(acme: World) -> None:
    ann = await acme.actor("Ann", OrganizationRole.AGENCY)
    assert ann.id is not None
    await a_session(acme, ann.id)

    done = await acme.perform(ann, revoke_all_sessions)

    assert done.count == 1


async def test_a_deactivated_members_sessions_do_not_come_back_with_them(acme: World) -> None:
    admin, ada = await olga(acme), await acme.member("Ada")
    session = await a_session(acme, ada.id)
    known = sessions(acme.database)

    await acme.perform(admin, deactivate_member, membership_id=ada.id)
    with pytest.raises(BadCredential):
        await known.authenticate(text_of(session), NOON)
    await acme.perform(admin, reactivate_member, membership_id=ada.id)

    with pytest.raises(BadCredential):
        await known.authenticate(text_of(session), NOON)


async def test_a_session_gets_a_new_secret_when_its_members_rights_change(acme: World) -> None:
    admin, ada = await olga(acme), await acme.member("Ada")
    session = await a_session(acme, ada.id)
    known = sessions(acme.database)
    old = text_of(session)
    await known.authenticate(old, NOON)
    await known.close()
    assert await known.renewed(old, NOON) is None

    await acme.perform(admin, change_member_role, membership_id=ada.id, role=OrganizationRole.RECRUITER_ALL)
    known.forget(old)
    new = await known.renewed(old, NOON)

    assert new is not None
    assert new != old
    assert (await known.authenticate(new, NOON)).role is OrganizationRole.RECRUITER_ALL
    assert (await known.authenticate(old, NOON + timedelta(seconds=59))).id == ada.id
    assert await known.renewed(old, NOON + timedelta(seconds=59)) is None
    with pytest.raises(BadCredential):
        await known.authenticate(old, NOON + A_MINUTE)
    assert await known.renewed(new, NOON + A_MINUTE) is None
    await known.close()


async def test_of_many_requests_that_come_at_once_one_brings_the_new_secret(acme: World) -> None:
    ada = await acme.member("Ada")
    old = text_of(await a_session(acme, ada.id))
    processes = [sessions(acme.database) for _ in range(6)]
    await processes[0].authenticate(old, NOON)
    await processes[0].close()
    await a_grant(acme, GrantRole.VIEWER, membership_id=ada.id)
    processes[0].forget(old)

    brought = await asyncio.gather(*(one.renewed(old, NOON) for one in processes))

    (new,) = [text for text in brought if text is not None]
    assert (await sessions(acme.database).authenticate(new, NOON)).id == ada.id
    for one in processes:
        await one.close()


VIEWER = (
    """{ viewer { sessions { id method isCurrent address userAgent lastUsedAt expiresAt membership { name } } } }"""
)


async def test_the_viewer_sees_their_own_open_sessions(acme: World) -> None:
    ada, hugo = await acme.actor("Ada"), await acme.member("Hugo")
    assert ada.id is not None
    session, ended = await a_session(acme, ada.id), await a_session(acme, ada.id)
    await a_session(acme, hugo.id)
    await acme.perform(ada, revoke_session, session_id=ended.session_id)

    data = await acme.read(acme.acting(ada.id, ada.role, session_id=session.session_id), VIEWER)

    assert data["viewer"]["sessions"] == [
        {
            "id": f"ses_{session.session_id.hex}",
            "method": "IDENTITY_PROVIDER",
            "isCurrent": True,
            "address": "192.0.2.7",
            "userAgent": "Firefox",
            "lastUsedAt": "2026-11-23T12:00:00+00:00",
            "expiresAt": "2026-11-24T00:00:00+00:00",
            "membership": {"name": "Ada"},
        }
    ]
