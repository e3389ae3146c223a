"""Users over SCIM: added, found, changed, deactivated and removed, each by an action of the provider's own account."""

import asyncio
import io

import httpx
import pytest

from portal import clock
from portal.access.enums import GrantRole, OrganizationRole, Privilege
from portal.database.ids import parse_public_id, public_id
from portal.people.actions.grants import revoke_grant
from portal.people.actions.members import deactivate_member
from portal.people.credentials import BadCredential
from portal.web.assembly import app_on
from portal.web.cookies import SESSION_COOKIE
from portal.web.observe import Observer
from tests.people.making import a_grant, a_service_account, a_token, credentials
from tests.people.signing_in import a_session, sessions, text_of
from tests.web.scim.conftest import FAR, MEDIA_TYPE, Provider, a_provider
from tests.world import NOON, World

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


async def test_a_user_is_added_as_an_active_member_without_rights(provider: Provider, acme: World) -> None:
    answer = await provider.send(
        "POST",
        "/Users",
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "Ada@acme.example",
            "externalId": "00u1",
            "name": {"givenName": "Ada", "familyName": "Abara"},
            "emails": [{"value": "ada.abara@acme.example", "type": "work", "primary": True}],
            "active": True,
        },
        status=201,
    )

    user = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["location"] == user["meta"]["location"] == f"http://portal.test/scim/v2/Users/{user['id']}"
    assert answer.headers["etag"] == user["meta"]["version"] == 'W/"1"'
    assert {key: user[key] for key in ("userName", "externalId", "name", "displayName", "active", "emails")} == {
        "userName": "Ada@acme.example",
        "externalId": "00u1",
        "name": {"formatted": "Ada Abara", "givenName": "Ada", "familyName": "Abara"},
        "displayName": "Ada Abara",
        "active": True,
        "emails": [{"value": "ada.abara@acme.example", "type": "work", "primary": True}],
    }
    (row,) = await acme.rows("SELECT name, email, role, status FROM membership")
    assert row == {"name": "Ada Abara", "email": "ada.abara@acme.example", "role": "MEMBER", "status": "ACTIVE"}
    assert (await provider.send("GET", f"/Users/{user['id']}", status=200)).json() == user


async def test_what_is_done_is_audited_as_the_providers_without_names(provider: Provider, acme: World) -> None:
    user = await provider.add(externalId="00u1", displayName="Ada Abara")
    await provider.patch(user["id"], {"op": "replace", "path": "active", "value": False})

    entries = await acme.rows(
        "SELECT actor_kind, actor_id, operation, after FROM audit_event WHERE entity_type = 'Membership' ORDER BY id"
    )
    assert [(entry["actor_kind"], entry["actor_id"], entry["operation"]) for entry in entries] == [
        ("SERVICE", provider.account_id, "add_from_directory"),
        ("SERVICE", provider.account_id, "update_from_directory"),
    ]
    assert "ada" not in str(entries).lower()
    assert "00u1" not in str(entries)


async def test_repeats_change_nothing(provider: Provider, acme: World) -> None:
    user = await provider.add(externalId="00u1", active=True)
    events = "SELECT count(*) AS number FROM domain_event"

    for _ in range(3):
        again = await provider.patch(user["id"], {"op": "replace", "path": "active", "value": False})
        before = await acme.rows(events)
        assert again["meta"]["version"] == 'W/"2"'
    await provider.send("PUT", f"/Users/{user['id']}", again, status=200)

    assert await acme.rows(events) == before


async def test_a_name_or_id_that_somebody_has_is_refused(provider: Provider, acme: World) -> None:
    await provider.add(externalId="00u1")
    bo = await provider.add("bo@acme.example")

    for body in (
        {"userName": "ADA@acme.example"},
        {"userName": "other@acme.example", "emails": [{"value": "Ada@acme.example"}]},
        {"userName": "third@acme.example", "externalId": "00u1"},
    ):
        answer = await provider.send("POST", "/Users", {"schemas": [], **body}, status=409)
        assert (answer.json()["schemas"], answer.json()["status"], answer.json()["scimType"]) == (
            [ERROR],
            "409",
            "uniqueness",
        )
    refused = await provider.patch(bo["id"], {"op": "add", "path": "externalId", "value": "00u1"}, status=409)
    assert refused["detail"] == "externalId: Somebody with this externalId is a member already."
    assert len(await acme.rows("SELECT id FROM membership")) == 2


async def test_of_two_who_add_the_same_user_at_once_one_does(provider: Provider, acme: World) -> None:
    body = {"schemas": [], "userName": "ada@acme.example", "externalId": "00u1"}

    answers = await asyncio.gather(*(provider.send("POST", "/Users", body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await acme.rows("SELECT id FROM membership")) == 1


async def test_a_deactivated_user_loses_access_and_tokens_at_once(provider: Provider, acme: World) -> None:
    user = await provider.add()
    member_id = parse_public_id("mem", user["id"])
    token, row = await a_token(acme, membership_id=member_id, expires_at=FAR)
    known = credentials(acme.database)
    assert (await known.authenticate(token.text, NOON)).id == member_id

    await provider.patch(user["id"], {"op": "replace", "value": {"active": False}})

    known.forget(token.text)
    with pytest.raises(BadCredential):
        await known.authenticate(token.text, NOON)
    await known.close()
    (revoked,) = await acme.rows("SELECT revoked_at FROM api_token WHERE id = $1", row.id)
    assert revoked["revoked_at"] is not None
    assert (await provider.patch(user["id"], {"op": "replace", "path": "active", "value": True}))["active"] is True


@pytest.mark.parametrize("how", ["PATCH", "DELETE"])
async def test_sessions_of_a_user_who_loses_access_do_not_come_back_with_it(
    provider: Provider, acme: World, how: str
) -> None:
    user = await provider.add()
    member_id = parse_public_id("mem", user["id"])
    assert member_id is not None
    session = text_of(await a_session(acme, member_id))
    known = sessions(acme.database)
    assert (await known.authenticate(session, NOON)).id == member_id

    if how == "PATCH":
        await provider.patch(user["id"], {"op": "replace", "value": {"active": False}})
        await provider.patch(user["id"], {"op": "replace", "value": {"active": True}})
    else:
        await provider.send("DELETE", f"/Users/{user['id']}", status=204)
        await provider.add()

    known.forget(session)
    with pytest.raises(BadCredential):
        await known.authenticate(session, NOON)
    await known.close()


async def test_a_server_that_knows_them_asks_a_deactivated_user_for_a_sign_in_with_the_next_request(
    provider: Provider, acme: World
) -> None:
    user = await provider.add()
    member_id = parse_public_id("mem", user["id"])
    assert member_id is not None
    token, _ = await a_token(acme, membership_id=member_id, expires_at=FAR)
    session = text_of(await a_session(acme, member_id, at=clock.now()))
    ways = (
        {"authorization": f"Bearer {token.text}"},
        {"cookie": f"{SESSION_COOKIE}={session}", "sec-fetch-site": "same-origin", "x-requested-with": "portal"},
    )
    other_process = httpx.ASGITransport(app=app_on(acme.database, Observer(io.BytesIO())))
    async with httpx.AsyncClient(transport=other_process, base_url="http://127.0.0.1:8000") as http:

        async def statuses() -> list[int]:
            body, accept = {"query": "{ viewer { id } }"}, {"accept": "application/graphql-response+json"}
            return [(await http.post("/graphql", json=body, headers=way | accept)).status_code for way in ways]

        before = await statuses()
        await provider.patch(user["id"], {"op": "replace", "path": "active", "value": False})

        assert (before, await statuses()) == ([200, 200], [401, 401])


async def test_r35_the_last_administrator_is_not_deactivated(provider: Provider, acme: World) -> None:
    olga = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    told = "This is the organization's last active administrator. Make somebody else one first."

    for method, body in (
        ("PATCH", {"schemas": [], "Operations": [{"op": "replace", "path": "active", "value": False}]}),
        ("PUT", {"schemas": [], "userName": "olga@example.com", "active": False}),
        ("DELETE", None),
    ):
        answer = await provider.send(method, f"/Users/{public_id('mem', olga.id)}", body, status=400)
        assert (answer.json()["scimType"], answer.json()["detail"]) == ("mutability", told)
    (row,) = await acme.rows("SELECT status, role FROM membership")
    assert row == {"status": "ACTIVE", "role": "ORG_ADMIN"}


async def test_roles_are_not_the_providers_to_give(provider: Provider, acme: World) -> None:
    user = await provider.add(roles=[{"value": "ORG_ADMIN"}], userType="ORG_ADMIN")
    await provider.patch(user["id"], {"op": "add", "path": "roles", "value": [{"value": "ORG_ADMIN"}]})

    assert await acme.rows("SELECT role FROM membership") == [{"role": "MEMBER"}]
    assert await acme.rows("SELECT id FROM role_grant WHERE membership_id IS NOT NULL") == []


async def test_a_removed_user_is_gone_and_comes_back_as_who_they_were(provider: Provider, acme: World) -> None:
    user = await provider.add(externalId="00u1", displayName="Ada")

    await provider.send("DELETE", f"/Users/{user['id']}", status=204)

    for method, body in (("GET", None), ("DELETE", None), ("PUT", {"schemas": [], "userName": "x@acme.example"})):
        answer = await provider.send(method, f"/Users/{user['id']}", body, status=404)
        assert (answer.json()["schemas"], answer.json()["status"]) == ([ERROR], "404")
    assert await provider.find('userName eq "ada@acme.example"') == []
    (row,) = await acme.rows("SELECT status, name FROM membership")
    assert row == {"status": "DEACTIVATED", "name": "Ada"}
    again = await provider.add(externalId="00u2")
    assert (again["id"], again["active"], again["externalId"]) == (user["id"], True, "00u2")


async def test_whoever_was_here_before_the_provider_is_found_and_linked(provider: Provider, acme: World) -> None:
    hugo = await acme.member("Hugo", OrganizationRole.RECRUITER_ALL)

    assert await provider.find('userName eq "HUGO@example.com"') == ["hugo@example.com"]
    linked = await provider.patch(public_id("mem", hugo.id), {"op": "add", "path": "externalId", "value": "00u7"})

    assert (linked["externalId"], linked["displayName"]) == ("00u7", "Hugo")
    assert await acme.rows("SELECT role, name FROM membership") == [{"role": "RECRUITER_ALL", "name": "Hugo"}]


async def test_an_organizations_users_are_unknown_to_anothers_provider(
    provider: Provider, acme: World, globex: World
) -> None:
    user = await provider.add(externalId="00u1")
    async with a_provider(globex) as other:
        unknown = (await other.send("GET", "/Users/mem_" + "0" * 32, status=404)).json()

        assert (await other.send("GET", f"/Users/{user['id']}", status=404)).json() == unknown
        assert (await other.send("DELETE", f"/Users/{user['id']}", status=404)).json() == unknown
        assert (
            await other.patch(user["id"], {"op": "replace", "path": "active", "value": False}, status=404)
        ) == unknown
        assert await other.find('externalId eq "00u1"') == []
        assert (await other.add(externalId="00u1"))["id"] != user["id"]
    assert (await provider.send("GET", f"/Users/{user['id']}", status=200)).json() == user


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ('userName eq "ADA@acme.example"', ["ada@acme.example"]),
        ('username EQ "ada@acme.example"', ["ada@acme.example"]),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bo@acme.example"', ["bo@acme.example"]),
        ('externalId eq "B1"', ["bo@acme.example"]),
        ('externalId eq "b1"', []),
        ('emails eq "bo.b@acme.example"', ["bo@acme.example"]),
        ('emails.value eq "Bo.B@acme.example"', ["bo@acme.example"]),
        ('emails[type eq "work" and value eq "bo.b@acme.example"]', ["bo@acme.example"]),
        ('emails[type eq "home" and value eq "bo.b@acme.example"]', []),
        ("active eq true", ["ada@acme.example"]),
        ('active eq "False"', ["bo@acme.example"]),
        ('externalId eq "B1" and active eq false', ["bo@acme.example"]),
        ('externalId eq "B1" and active eq true', []),
        ('userName eq "\\" or 1 = 1"', []),
    ],
)
async def test_users_are_found_by_what_connectors_ask(provider: Provider, filter: str, found: list[str]) -> None:
    await provider.add()
    await provider.add(
        "bo@acme.example", externalId="B1", active=False, emails=[{"value": "bo.b@acme.example", "type": "work"}]
    )

    assert await provider.find(filter) == found


@pytest.mark.parametrize(
    "filter",
    [
        *('userName sw "a"', 'userName eq "a" or userName eq "b"', 'not (userName eq "a")', "userName pr", "x y z"),
        *('displayName eq "a"', 'userName eq "' + "a" * 1_000 + '"', " and ".join(['userName eq "a"'] * 11)),
    ],
)
async def test_another_filter_is_refused(provider: Provider, filter: str) -> None:
    answer = await provider.send("GET", f"/Users?{_query(filter=filter)}", status=400)

    assert answer.json()["scimType"] == "invalidFilter"


def _query(**parameters: object) -> httpx.QueryParams:
    return httpx.QueryParams({name: str(value) for name, value in parameters.items()})


async def test_pages_begin_where_they_are_asked_to(provider: Provider) -> None:
    names = [(await provider.add(f"user{number}@acme.example"))["userName"] for number in range(7)]

    async def page(**parameters: int) -> tuple[int, int, int, list[str]]:
        found = (await provider.send("GET", f"/Users?{_query(**parameters)}", status=200)).json()
        users = [user["userName"] for user in found.get("Resources", [])]
        return found["totalResults"], found["startIndex"], found["itemsPerPage"], users

    assert await page() == (7, 1, 7, names)
    assert await page(startIndex=1, count=3) == (7, 1, 3, names[:3])
    assert await page(startIndex=4, count=3) == (7, 4, 3, names[3:6])
    assert await page(startIndex=7, count=3) == (7, 7, 1, names[6:])
    assert await page(startIndex=8, count=3) == (7, 8, 0, [])
    assert await page(startIndex=500, count=3) == (7, 500, 0, [])
    assert await page(startIndex=3, count=2) == (7, 3, 2, names[2:4])
    assert await page(startIndex=0, count=2) == (7, 1, 2, names[:2])
    assert await page(count=0) == (7, 1, 0, [])
    assert await page(count=-5) == (7, 1, 0, [])


async def test_a_change_of_another_version_is_refused(provider: Provider) -> None:
    user = await provider.add()
    etag = user["meta"]["version"]
    rename = {"op": "replace", "path": "displayName", "value": "Ada"}

    changed = await provider.patch(user["id"], rename, if_match=etag)

    assert changed["meta"]["version"] == 'W/"2"'
    for method, body in (
        ("PATCH", {"schemas": [], "Operations": [{**rename, "value": "Eve"}]}),
        ("PUT", {"schemas": [], "userName": "ada@acme.example"}),
        ("DELETE", None),
    ):
        answer = await provider.send(method, f"/Users/{user['id']}", body, status=412, if_match=etag)
        assert answer.json()["detail"] == 'This user is now at version W/"2". Read it again.'
    await provider.patch(user["id"], {**rename, "value": "Eve"}, if_match="*")
    assert (await provider.send("GET", f"/Users/{user['id']}", if_none_match='W/"3"')).status_code == 304
    assert (await provider.send("GET", f"/Users/{user['id']}", if_none_match=etag)).status_code == 200


async def test_changes_at_once_are_all_kept(provider: Provider) -> None:
    user = await provider.add(displayName="Ada", name={"givenName": "A", "familyName": "B"})

    await asyncio.gather(
        provider.patch(user["id"], {"op": "replace", "path": "name.givenName", "value": "Ada"}),
        provider.patch(user["id"], {"op": "replace", "path": "externalId", "value": "00u1"}),
    )

    now = (await provider.send("GET", f"/Users/{user['id']}")).json()
    assert (now["name"]["givenName"], now["externalId"]) == ("Ada", "00u1")


@pytest.mark.parametrize(
    ("body", "scim_type", "status"),
    [
        (b"{", "invalidSyntax", 400),
        (b"[]", "invalidSyntax", 400),
        (b'{"schemas": [], "userName": 7}', "invalidValue", 400),
        (b'{"schemas": [], "displayName": "x"}', "invalidValue", 400),
        (b'{"schemas": [], "userName": ""}', "invalidValue", 400),
        (b'{"schemas": [], "userName": "no address"}', "invalidValue", 400),
        (b'{"schemas": [], "userName": "' + b"a" * 400 + b'@acme.example"}', "invalidValue", 400),
        (b" " * 100_001, None, 413),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(
    provider: Provider, acme: World, body: bytes, scim_type: str | None, status: int
) -> None:
    answer = await provider.http.post(
        "/scim/v2/Users", content=body, headers={"authorization": f"Bearer {provider.token}"}
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json().get("scimType") == scim_type
    assert await acme.rows("SELECT id FROM membership") == []


async def test_only_a_token_with_the_permission_is_let_in(provider: Provider, acme: World) -> None:
    ada = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    hers, _ = await a_token(acme, membership_id=ada.id, expires_at=FAR)
    provider.token, right = hers.text, provider.token

    for path in ("/Users", "/ServiceProviderConfig", "/Schemas", "/nothing"):
        refused = (await provider.send("GET", path, status=403)).json()
        assert refused["schemas"] == [ERROR]
        assert refused["detail"] == (
            "This takes a token with the scope member:provision, of a service account with the privilege PROVISIONING "
            "on the whole organization."
        )
    provider.token = "portal_live_nothing"
    refused = await provider.send("GET", "/Users", status=401)
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json() == {
        "schemas": [ERROR],
        "status": "401",
        "detail": "Sign in: send a valid token as Authorization: Bearer <token>.",
    }
    provider.token = right
    await provider.send("GET", "/Users", status=200)


async def test_a_privilege_that_is_granted_after_a_refusal_counts_at_once(provider: Provider, acme: World) -> None:
    await acme.member("Ada")
    account = await a_service_account(acme, "Too early")
    token, _ = await a_token(acme, service_account_id=account.id, expires_at=FAR)
    provider.token = token.text
    await provider.send("GET", "/Users", status=403)

    grant = await a_grant(
        acme, GrantRole.VIEWER, service_account_id=account.id, privileges=[Privilege.PROVISIONING.value]
    )

    await provider.send("GET", "/ServiceProviderConfig", status=200)
    assert await provider.find('userName eq "ada@example.com"') == ["ada@example.com"]
    await acme.perform(acme.system, revoke_grant, grant_id=grant.id)
    assert await provider.find('userName eq "ada@example.com"') == []
    await provider.send("GET", "/Users", status=403)


async def test_it_says_what_it_can_do(provider: Provider) -> None:
    config = (await provider.send("GET", "/ServiceProviderConfig", status=200)).json()
    types = (await provider.send("GET", "/ResourceTypes", status=200)).json()
    schema = (await provider.send("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", status=200)).json()

    assert {key: config[key]["supported"] for key in ("patch", "bulk", "filter", "sort", "etag", "changePassword")} == {
        "patch": True,
        "bulk": False,
        "filter": True,
        "sort": False,
        "etag": True,
        "changePassword": False,
    }
    assert [each["endpoint"] for each in types["Resources"]] == ["/Users", "/Groups"]
    kept = {"userName", "name", "displayName", "active", "emails", "groups"}
    assert {attribute["name"] for attribute in schema["attributes"]} == kept
    assert (await provider.send("GET", "/Me", status=404)).json()["schemas"] == [ERROR]


async def test_attributes_are_chosen(provider: Provider) -> None:
    user = await provider.add(displayName="Ada")

    some = (await provider.send("GET", f"/Users/{user['id']}?attributes=userName", status=200)).json()
    others = (await provider.send("GET", f"/Users/{user['id']}?excludedAttributes=emails,name", status=200)).json()

    assert set(some) == {"schemas", "id", "userName"}
    assert set(others) == {*user} - {"emails", "name"}


async def test_somebody_deactivated_here_stays_so_where_the_provider_says_nothing(
    provider: Provider, acme: World
) -> None:
    user = await provider.add()
    await acme.perform(acme.system, deactivate_member, membership_id=parse_public_id("mem", user["id"]))

    await provider.send("PUT", f"/Users/{user['id']}", {"schemas": [], "userName": "ada@acme.example"}, status=200)
    await provider.patch(user["id"], {"op": "remove", "path": "active"})

    assert await acme.rows("SELECT status FROM membership") == [{"status": "DEACTIVATED"}]


async def test_another_method_is_told_which_there_are(provider: Provider) -> None:
    answer = await provider.send("POST", "/ServiceProviderConfig", {}, status=405)

    assert (answer.headers["allow"], answer.json()["schemas"]) == ("GET", [ERROR])
    assert (await provider.send("PATCH", "/Users", {}, status=405)).headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/.search", "/Users/.search"])
async def test_a_search_is_the_list(provider: Provider, path: str) -> None:
    for number in range(3):
        await provider.add(f"user{number}@acme.example", active=number != 1)
    body = {"schemas": [], "filter": "active eq true", "startIndex": 2, "count": 1, "attributes": ["userName"]}

    found = (await provider.send("POST", path, body, status=200)).json()

    assert (found["totalResults"], found["startIndex"], found["itemsPerPage"]) == (2, 2, 1)
    (user,) = found["Resources"]
    assert (set(user), user["userName"]) == ({"schemas", "id", "userName"}, "user2@acme.example")
