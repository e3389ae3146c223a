"""An integration that acts for a member: who may, as whom, how far, and what is written down of it."""

import io
from dataclasses import replace

import httpx
import orjson
import pytest

from portal.access.actor import NOWHERE, Actor, HeldGrant, Reach
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import GRANT_ROLES, ORGANIZATION_ROLES, Permission, Way
from portal.candidates.models import Candidate
from portal.database.connection import StaleAccess
from portal.database.ids import new_id, public_id
from portal.errors import Forbidden, IdempotencyKeyReused, NotFound, OwnGrant
from portal.openings.actions.confidentiality import make_opening_confidential
from portal.openings.actions.openings import create_opening
from portal.people.actions.grants import grant_role
from portal.people.actions.members import deactivate_member
from portal.people.actions.tokens import TokenTerms, issue_token
from portal.people.models import Membership, ServiceAccount
from portal.people.rules import GrantTerms
from portal.web.assembly import app_on
from portal.web.observe import Observer
from tests.openings.making import a_department, a_draft, an_opening, hiring_for, teams
from tests.people.making import A_DAY, a_grant, a_service_account, a_token, credentials
from tests.refusals import refused
from tests.world import NOON, World, grant

P = Permission
ONE, TWO = new_id(), new_id()
# The edge has a clock of its own.
FAR = NOON + 36_500 * A_DAY


async def an_integration(world: World, role: GrantRole = GrantRole.RECRUITER) -> tuple[ServiceAccount, str]:
    """A service account that may act for members, and its token."""
    account = await a_service_account(world, f"Assistant {new_id().hex[-8:]}")
    await a_grant(world, role, service_account_id=account.id, privileges=[Privilege.ON_BEHALF_OF.value])
    token, _ = await a_token(world, service_account_id=account.id, expires_at=FAR)
    return account, token.text


async def signed_in_for(world: World, token: str, member: Membership) -> Actor:
    known = credentials(world.database)
    try:
        integration = await known.authenticate(token, NOON)
        return await known.on_behalf_of(integration, member.id, NOON)
    finally:
        await known.close()


def test_nobody_may_act_for_members_unless_that_was_granted() -> None:
    roles = [*ORGANIZATION_ROLES.values(), *GRANT_ROLES.values()]

    assert not any(permission is P.MEMBER_REPRESENT for role in roles for permission, _ in role)


async def test_it_is_the_integration_who_acts_and_the_member_for_whom(acme: World) -> None:
    account, token = await an_integration(acme)
    ada = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)

    actor = await signed_in_for(acme, token, ada)

    assert (actor.kind, actor.id, actor.member_id) == (ActorKind.SERVICE, account.id, ada.id)
    assert [party.id for party in actor.parties] == [account.id, ada.id]


async def test_what_only_one_of_the_two_may_neither_does(acme: World) -> None:
    _, token = await an_integration(acme, GrantRole.VIEWER)
    hugo = await acme.member("Hugo")
    await a_grant(acme, GrantRole.HIRING_MANAGER, membership_id=hugo.id)

    actor = await signed_in_for(acme, token, hugo)

    assert actor.may(P.OPENING_READ)  # both
    assert not actor.may(P.APPLICATION_MOVE)  # Hugo alone
    assert not actor.may(P.MEMBER_REPRESENT)  # the integration alone


async def test_only_a_service_account_with_the_permission_on_the_whole_organization_may(acme: World) -> None:
    ada = await acme.member("Ada")
    known = credentials(acme.database)
    plain = await a_service_account(acme, "Plain")
    scoped = await a_service_account(acme, "Scoped")
    await a_grant(acme, GrantRole.RECRUITER, service_account_id=plain.id)
    await a_grant(
        acme,
        GrantRole.RECRUITER,
        ScopeType.TEAM,
        new_id(),
        service_account_id=scoped.id,
        privileges=[Privilege.ON_BEHALF_OF.value],
    )
    narrowed, _ = await an_integration(acme)
    olga = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    await a_grant(acme, GrantRole.RECRUITER, membership_id=olga.id, privileges=[Privilege.ON_BEHALF_OF.value])
    message = (
        "This token may not act on behalf of members: that takes member:represent on the whole organization, "
        "for a service account."
    )

    for holder in (
        {"service_account_id": plain.id},
        {"service_account_id": scoped.id},
        {"service_account_id": narrowed.id, "scopes": ["opening:read"]},
        {"membership_id": olga.id},
    ):
        token, _ = await a_token(acme, **holder)
        actor = await known.authenticate(token.text, NOON)
        with refused(Forbidden, message):
            await known.on_behalf_of(actor, ada.id, NOON)
    await known.close()


async def test_who_is_unknown_invited_deactivated_or_elsewhere_is_not_found(acme: World, globex: World) -> None:
    account, token = await an_integration(acme)
    gone, invited, theirs = await acme.member("Gone"), await acme.member("Ina"), await globex.member("Gus")
    async with acme.database.writing(acme.id, None) as connection:
        await connection.rows("UPDATE membership SET status = 'DEACTIVATED' WHERE id = $1", [gone.id])
        await connection.rows("UPDATE membership SET status = 'INVITED' WHERE id = $1", [invited.id])
    known = credentials(acme.database)
    actor = await known.authenticate(token, NOON)

    for nobody in (gone.id, invited.id, theirs.id, new_id(), account.id):
        with refused(NotFound, "No such member."):
            await known.on_behalf_of(actor, nobody, NOON)
    await known.close()


async def test_it_ends_at_once_with_the_members_access(acme: World) -> None:
    _, token = await an_integration(acme)
    ada = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    known = credentials(acme.database)
    actor = await known.on_behalf_of(await known.authenticate(token, NOON), ada.id, NOON)

    await acme.perform(acme.system, deactivate_member, membership_id=ada.id)

    with pytest.raises(StaleAccess):
        async with acme.database.reading(actor.organization_id, actor.access_version):
            pass
    known.forget(token)
    with refused(NotFound, "No such member."):
        await known.on_behalf_of(await known.authenticate(token, NOON), ada.id, NOON)
    await known.close()


async def test_a_members_grant_ends_by_itself_where_it_is_in_memory(acme: World) -> None:
    _, token = await an_integration(acme)
    hugo = await acme.member("Hugo")
    await a_grant(acme, GrantRole.HIRING_MANAGER, membership_id=hugo.id, expires_at=NOON + A_DAY / 2)
    known = credentials(acme.database)
    integration = await known.authenticate(token, NOON)

    assert (await known.on_behalf_of(integration, hugo.id, NOON)).may(P.APPLICATION_MOVE)
    assert not (await known.on_behalf_of(integration, hugo.id, NOON + A_DAY / 2)).may(P.APPLICATION_MOVE)
    await known.close()


def both(world: World, member: Actor, *grants: HeldGrant) -> Actor:
    """A service account with the widest of rights, for a member."""
    widest = grant(GrantRole.RECRUITER, confidential=True, privileges=frozenset(Privilege))
    return Actor(world.id, ActorKind.SERVICE, id=new_id(), grants=grants or (widest,), on_behalf_of=member)


async def test_r22_the_member_never_sees_the_record_of_themselves(acme: World) -> None:
    ada = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    herself, other = (
        Candidate(name=name, is_private=False, is_internal=True, can_email=True) for name in ("Ada", "Bo")
    )
    await acme.plant(herself, other)
    _, token = await an_integration(acme)
    async with acme.database.writing(acme.id, None) as connection:
        await connection.rows("UPDATE candidate SET linked_membership_id = $1 WHERE id = $2", [ada.id, herself.id])

    actor = await signed_in_for(acme, token, ada)

    shown = await acme.read(actor, "{ candidates { nodes { name } totalCount } }")
    assert shown == {"candidates": {"nodes": [{"name": "Bo"}], "totalCount": 1}}


async def test_r20_a_confidential_opening_takes_both(acme: World) -> None:
    opening_id = await an_opening(acme)
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    explicit = grant(GrantRole.RECRUITER, ScopeType.OPENING, opening_id, confidential=True)
    hugo = await acme.actor("Hugo", OrganizationRole.MEMBER, explicit)
    await acme.perform(replace(ada, grants=(explicit,)), make_opening_confidential, opening_id=opening_id)
    query = "query($id: ID!) { opening(id: $id) { title } openings { totalCount } }"

    async def seen(actor: Actor) -> int:
        answer = await acme.read(actor, query, id=public_id("opn", opening_id))
        assert (answer["opening"] is None) is (answer["openings"]["totalCount"] == 0)
        return int(answer["openings"]["totalCount"])

    assert await seen(both(acme, hugo)) == 1
    assert await seen(both(acme, ada)) == 0
    assert await seen(both(acme, hugo, grant(GrantRole.RECRUITER))) == 0
    assert await seen(both(acme, hugo, explicit)) == 1


async def test_where_scopes_of_different_kinds_meet_both_reach(acme: World) -> None:
    """An opening of the integration's department that hires into the member's team: no set of ids says that."""
    department = await a_department(acme)
    (team,) = await teams(acme, "Storage")
    meant = await an_opening(acme, department_id=department, teams=hiring_for(team))
    await an_opening(acme, department_id=department)
    await an_opening(acme, teams=hiring_for(team))
    tess = await acme.actor("Tess", OrganizationRole.MEMBER, grant(GrantRole.TEAM_MANAGER, ScopeType.TEAM, team))

    answer = await acme.read(
        both(acme, tess, grant(GrantRole.VIEWER, ScopeType.DEPARTMENT, department)),
        "{ openings { nodes { id } totalCount } }",
    )

    assert answer["openings"] == {"nodes": [{"id": public_id("opn", meant)}], "totalCount": 1}


async def test_r35_nobody_gives_rights_to_themselves_through_an_integration(acme: World) -> None:
    olga = await acme.actor("Olga", OrganizationRole.ORG_ADMIN)
    hugo = await acme.member("Hugo")
    managing = both(acme, olga)
    # No role that a grant gives manages grants, so the integration's part is taken by an administrator's.
    managing = replace(managing, role=OrganizationRole.ORG_ADMIN)
    managing.__dict__["reaches"] = olga.reaches

    with refused(OwnGrant, "Nobody changes their own grants. Ask another administrator."):
        await acme.perform(
            managing,
            grant_role,
            terms=GrantTerms(role=GrantRole.VIEWER, scope_type=ScopeType.ORG, membership_id=olga.id),
        )
    assert hugo.id != olga.id


async def test_no_token_is_made_in_the_name_of_the_member(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    acting = both(acme, ada)
    least = {P.MEMBER_READ: Reach(organization=True)}
    acting.__dict__["reaches"] = {**acting.reaches, **least}

    for membership_id, kind in ((None, NotFound), (ada.id, Forbidden)):
        with pytest.raises(kind):
            await acme.perform(
                acting, issue_token, terms=TokenTerms(name="x", expires_at=NOON + A_DAY, membership_id=membership_id)
            )
    assert await acme.rows("SELECT id FROM api_token") == []


async def test_r34_the_same_key_for_two_members_is_two_calls(acme: World) -> None:
    ada, bo = [await acme.actor(name, OrganizationRole.RECRUITER_ALL) for name in ("Ada", "Bo")]
    for_ada = both(acme, ada)
    for_bo = replace(for_ada, on_behalf_of=bo)
    draft = a_draft()

    first = await acme.perform(for_ada, create_opening, draft=draft, key="k1")

    assert await acme.perform(for_ada, create_opening, draft=draft, key="k1") == first
    message = "This idempotency key was used with other input. Use a new key."
    with refused(IdempotencyKeyReused, message, path=("idempotencyKey",)):
        await acme.perform(for_bo, create_opening, draft=draft, key="k1")


@pytest.mark.parametrize(
    ("one", "other", "certain"),
    [
        (Reach(organization=True), Reach(organization=True), Reach(organization=True)),
        (Reach(organization=True, confidential=True), Reach(organization=True), Reach(organization=True)),
        (Reach(organization=True), Reach(departments=frozenset({ONE})), Reach(departments=frozenset({ONE}))),
        (Reach(departments=frozenset({ONE})), Reach(teams=frozenset({ONE})), NOWHERE),
        (Reach(openings=frozenset({ONE, TWO})), Reach(openings=frozenset({TWO})), Reach(openings=frozenset({TWO}))),
        (
            Reach(organization=True, confidential=True),
            Reach(openings=frozenset({ONE}), confidential_openings=frozenset({ONE})),
            Reach(openings=frozenset({ONE}), confidential_openings=frozenset({ONE})),
        ),
        (
            Reach(organization=True),
            Reach(openings=frozenset({ONE}), confidential_openings=frozenset({ONE})),
            Reach(openings=frozenset({ONE})),
        ),
        (Reach(ways=frozenset({Way.ASSIGNED})), Reach(ways=frozenset({Way.ASSIGNED})), NOWHERE),
    ],
)
def test_what_two_reach_for_certain(one: Reach, other: Reach, certain: Reach) -> None:
    assert one & other == other & one == certain


async def test_an_opening_that_both_may_edit_is_changed_in_the_name_of_both(acme: World) -> None:
    account, token = await an_integration(acme)
    ada = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    opening_id = await an_opening(acme)
    app = app_on(acme.database, Observer(io.BytesIO()))
    mutation = """mutation($id: ID!) { updateOpening(input: {openingId: $id, title: "Staff Engineer"}) {
        opening { title } userErrors { message } } }"""

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test") as client:
        answer = await client.post(
            "/graphql",
            json={"query": mutation, "variables": {"id": public_id("opn", opening_id)}},
            headers={"authorization": f"Bearer {token}", "on-behalf-of": public_id("mem", ada.id)},
        )

    assert orjson.loads(answer.content)["data"]["updateOpening"] == {
        "opening": {"title": "Staff Engineer"},
        "userErrors": [],
    }
    for table in ("audit_event", "domain_event"):
        (row,) = await acme.rows(
            f"SELECT actor_kind, actor_id, on_behalf_of_id FROM {table} WHERE opening_id = $1 AND actor_kind = 'SERVICE'",  # noqa: S608, E501 - our tables
            opening_id,
        )
        assert row == {"actor_kind": "SERVICE", "actor_id": account.id, "on_behalf_of_id": ada.id}


@pytest.mark.parametrize("header", ["", "nobody", "mem_0", "mem_" + "0" * 32, "svc_" + "0" * 32, "mém_1"])
async def test_a_header_that_names_nobody_is_refused_in_the_same_words(acme: World, header: str) -> None:
    _, token = await an_integration(acme)
    answer = await posted(acme, token, header)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "message": "On-Behalf-Of is not the id of an active member, such as mem_0193…",
            "extensions": {"code": "BAD_USER_INPUT"},
        }
    ]


async def test_two_headers_name_nobody(acme: World) -> None:
    _, token = await an_integration(acme)
    ada = public_id("mem", (await acme.member("Ada")).id)

    assert (await posted(acme, token, ada, ada)).status_code == 400
    assert (await posted(acme, token, ada)).status_code == 200


async def test_who_may_not_is_told_so(acme: World) -> None:
    ada = await acme.member("Ada", OrganizationRole.ORG_ADMIN)
    token, _ = await a_token(acme, membership_id=ada.id, expires_at=FAR)

    answer = await posted(acme, token.text, public_id("mem", ada.id))

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def posted(world: World, token: str, *members: str) -> httpx.Response:
    app = app_on(world.database, Observer(io.BytesIO()))
    headers = [("authorization", f"Bearer {token}"), ("accept", "application/graphql-response+json")]
    headers += [("on-behalf-of", member) for member in members]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test") as client:
        content = [(name.encode(), value.encode()) for name, value in headers]
        return await client.post("/graphql", json={"query": "{ viewer { id } }"}, headers=content)
