"""A socket stays open for hours: what is asked over it late is asked with the rights of that moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.people.actions.tokens import revoke_token
from tests.applications.making import a_pipeline
from tests.people.making import a_grant, a_token
from tests.subscriptions.watching import a_portal, failure
from tests.world import World

OPENING = "query($id: ID!) { opening(id: $id) { id } }"
RENAMED = 'mutation($id: ID!) { updateMember(input: {membershipId: $id, name: "Eve"}) { membership { name } } }'
NOTIFICATIONS = "subscription { notifications { cursor } }"
AN_HOUR = timedelta(hours=1)

Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets time pass, which stands still otherwise."""
    now = clock.now()

    def pass_(span: timedelta) -> None:
        nonlocal now
        now += span

    monkeypatch.setattr(clock, "now", lambda: now)
    return pass_


@pytest.mark.parametrize("query", ["{ viewer { membership { name } } }", "{ __typename }", RENAMED, NOTIFICATIONS])
async def test_a_token_that_has_expired_is_good_for_nothing_over_a_socket_that_is_open(
    database: Database, acme: World, later: Later, query: str
) -> None:
    olga = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    token, _ = await a_token(acme, membership_id=olga.id, expires_at=clock.now() + AN_HOUR)
    async with a_portal(database) as portal:
        talk = await portal.talk_with(token.text)
        later(AN_HOUR)

        await talk.subscribe("1", query, id=public_id("mem", olga.id))

        assert failure(await talk.hear())[0] == "UNAUTHENTICATED"
        assert await talk.closed() == (4403, "Forbidden")
    (member,) = await acme.rows("SELECT name FROM membership WHERE id = $1", olga.id)
    assert member["name"] == "Olga"


async def test_a_grant_that_has_ended_opens_nothing_over_a_socket_that_is_open(
    database: Database, acme: World, later: Later
) -> None:
    pipeline = await a_pipeline(acme)
    hugo = await acme.member("Hugo")
    terms = (GrantRole.HIRING_MANAGER, ScopeType.OPENING, pipeline.id)
    await a_grant(acme, *terms, membership_id=hugo.id, expires_at=clock.now() + AN_HOUR / 2)
    opening = public_id("opn", pipeline.id)
    async with a_portal(database) as portal:
        talk = await portal.talk_as(acme, membership_id=hugo.id)
        await talk.subscribe("1", OPENING, id=opening)
        before = [await talk.hear() for _ in range(2)]
        later(AN_HOUR / 2)

        await talk.subscribe("2", OPENING, id=opening)
        after = await talk.hear()

    assert before[0]["payload"]["data"] == {"opening": {"id": opening}}
    assert after["payload"]["data"] == {"opening": None}


async def test_a_token_that_was_revoked_holds_no_subscription_open_that_it_began_afterwards(
    database: Database, acme: World
) -> None:
    rita = await acme.member("Rita", OrganizationRole.RECRUITER_ALL)
    token, row = await a_token(acme, membership_id=rita.id, expires_at=clock.now() + AN_HOUR)
    async with a_portal(database) as portal:
        talk = await portal.talk_with(token.text)
        await acme.perform(acme.system, revoke_token, token_id=row.id)

        await talk.subscribe("1", NOTIFICATIONS)

        assert failure(await talk.hear())[0] == "UNAUTHENTICATED"
        assert await talk.closed() == (4403, "Forbidden")
