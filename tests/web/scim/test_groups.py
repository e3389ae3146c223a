"""Groups over SCIM: created, found, patched in every connector's dialect, removed; members have what they give."""

import asyncio
from typing import Any

import httpx
import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.database.ids import parse_public_id, public_id
from portal.people.actions.group_roles import add_directory_group_role
from portal.people.groups.rules import MOST_MEMBER_CHANGES
from portal.people.rules import RoleTerms
from tests.web.scim.conftest import MEDIA_TYPE, Provider, a_provider
from tests.world import World

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


async def a_group(provider: Provider, *user_ids: str, name: str = "Recruiting", **more: Any) -> dict[str, Any]:
    body = {"schemas": [SCHEMA], "displayName": name, "members": value(*user_ids), **more}
    made: dict[str, Any] = (await provider.send("POST", "/Groups", body, status=201)).json()
    return made


async def users(provider: Provider, *names: str) -> list[str]:
    return [(await provider.add(f"{name}@acme.example"))["id"] for name in names]


async def patch(
    provider: Provider, group: dict[str, Any], *operations: dict[str, Any], status: int = 204, **headers: str
) -> httpx.Response:
    body = {"schemas": [PATCH], "Operations": list(operations)}
    return await provider.send("PATCH", f"/Groups/{group['id']}", body, status=status, **headers)


async def members(provider: Provider, group: dict[str, Any]) -> set[str]:
    found = (await provider.send("GET", f"/Groups/{group['id']}", status=200)).json()
    return {member["value"] for member in found.get("members", ())}


async def found(provider: Provider, filter: str, **more: str) -> list[str]:
    query = httpx.QueryParams({"filter": filter, **more})
    listed = (await provider.send("GET", f"/Groups?{query}", status=200)).json()
    return [group["displayName"] for group in listed.get("Resources", ())]


async def test_a_group_is_created_with_its_members(provider: Provider) -> None:
    ada, bo = await users(provider, "ada", "bo")

    answer = await provider.send(
        "POST",
        "/Groups",
        {
            "schemas": [SCHEMA],
            "displayName": "Recruiting",
            "externalId": "g1",
            "members": [{"value": ada}, {"value": bo}],
        },
        status=201,
    )

    group = answer.json()
    location = f"http://portal.test/scim/v2/Groups/{group['id']}"
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["location"] == group["meta"]["location"] == location
    assert answer.headers["etag"] == group["meta"]["version"] == 'W/"1"'
    assert {key: group[key] for key in ("schemas", "displayName", "externalId")} == {
        "schemas": [SCHEMA],
        "displayName": "Recruiting",
        "externalId": "g1",
    }
    assert sorted(group["members"], key=lambda member: str(member["value"])) == [
        {
            "value": user_id,
            "$ref": f"http://portal.test/scim/v2/Users/{user_id}",
            "display": f"{name}@acme.example",
            "type": "User",
        }
        for user_id, name in sorted([(ada, "ada"), (bo, "bo")])
    ]
    assert (await provider.send("GET", f"/Groups/{group['id']}", status=200)).json() == group


async def test_users_say_which_groups_they_are_in(provider: Provider) -> None:
    (ada,) = await users(provider, "ada")
    alone = (await provider.send("GET", f"/Users/{ada}", status=200)).json()
    group = await a_group(provider, ada)

    user = await provider.send("GET", f"/Users/{ada}", status=200)

    assert "groups" not in alone
    assert user.json()["groups"] == [
        {
            "value": group["id"],
            "$ref": f"http://portal.test/scim/v2/Groups/{group['id']}",
            "display": "Recruiting",
            "type": "direct",
        }
    ]
    # What is shown is different, so that it is not taken for unchanged; a change is meant for the user's own version.
    assert user.headers["etag"] != alone["meta"]["version"]
    await provider.send("GET", f"/Users/{ada}", status=200, if_none_match=alone["meta"]["version"])
    await provider.send("GET", f"/Users/{ada}", status=304, if_none_match=user.headers["etag"])
    await provider.patch(ada, {"op": "replace", "path": "displayName", "value": "Ada"}, if_match=user.headers["etag"])


def value(*ids: str) -> list[dict[str, str]]:
    return [{"value": each} for each in ids]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        # Microsoft Entra
        ([{"op": "Add", "path": "members", "value": value("bo")}], {"ada", "bo"}),
        ([{"op": "Remove", "path": "members", "value": value("ada")}], set()),
        ([{"op": "Add", "path": "members", "value": value("bo", "cy")}, {"op": "Remove", "path": "members"}], set()),
        # Okta
        (
            [
                {"op": "remove", "path": 'members[value eq "ada"]'},
                {"op": "add", "path": "members", "value": value("bo")},
            ],
            {"bo"},
        ),
        ([{"op": "replace", "path": "members", "value": value("bo", "cy")}], {"bo", "cy"}),
        ([{"op": "remove", "path": 'members[value eq "ada" or value eq "bo"]'}], set()),
        # Others
        ([{"op": "add", "value": {"members": value("cy")}}], {"ada", "cy"}),
        ([{"op": "replace", "value": {f"{SCHEMA}:members": value("cy")}}], {"cy"}),
        ([{"op": "add", "path": f"{SCHEMA}:members", "value": value("cy")[0]}], {"ada", "cy"}),
        ([{"op": "replace", "path": "members", "value": []}], set()),
        # Repeated, or of somebody who is not in it.
        ([{"op": "add", "path": "members", "value": value("ada", "ada")}], {"ada"}),
        ([{"op": "remove", "path": "members", "value": value("bo")}], {"ada"}),
        # One after the other.
        (
            [
                {"op": "add", "path": "members", "value": value("bo")},
                {"op": "remove", "path": 'members[value eq "bo"]'},
            ],
            {"ada"},
        ),
        ([{"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": value("bo")}], {"bo"}),
    ],
)
async def test_members_are_patched_in_every_dialect(
    provider: Provider, operations: list[dict[str, Any]], expected: set[str]
) -> None:
    names = ("ada", "bo", "cy")
    ids = dict(zip(names, await users(provider, *names), strict=True))
    group = await a_group(provider, ids["ada"])

    def named(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: named(each) for key, each in part.items()}
        if isinstance(part, list):
            return [named(each) for each in part]
        for name, user_id in ids.items():
            part = user_id if part == name else part.replace(f'"{name}"', f'"{user_id}"')
        return part

    await patch(provider, group, *named(operations))

    assert await members(provider, group) == {ids[name] for name in expected}


async def test_a_group_is_renamed_in_every_dialect(provider: Provider) -> None:
    group = await a_group(provider, externalId="g1")

    await patch(provider, group, {"op": "Replace", "path": "displayName", "value": "One"})
    await patch(provider, group, {"op": "replace", "value": {"id": group["id"], "displayName": "Two"}})
    await patch(provider, group, {"op": "replace", "path": "externalId", "value": "g2"})
    shown = await provider.send("GET", f"/Groups/{group['id']}", status=200)
    await patch(provider, group, {"op": "add", "path": "urn:x:y:Group:nothing", "value": "of ours"})

    assert (shown.json()["displayName"], shown.json()["externalId"]) == ("Two", "g2")
    assert shown.headers["etag"] == 'W/"4"'
    assert (await provider.send("GET", f"/Groups/{group['id']}", status=200)).headers["etag"] == 'W/"4"'


async def test_a_put_replaces_and_keeps_members_that_it_does_not_mention(provider: Provider) -> None:
    ada, bo = await users(provider, "ada", "bo")
    group = await a_group(provider, ada)
    path, body = f"/Groups/{group['id']}", {"schemas": [SCHEMA], "displayName": "Hiring"}

    renamed = (await provider.send("PUT", path, body, status=200)).json()
    replaced = (await provider.send("PUT", path, body | {"members": value(bo)}, status=200)).json()
    emptied = (await provider.send("PUT", path, body | {"members": []}, status=200)).json()

    assert (renamed["displayName"], renamed["members"][0]["value"]) == ("Hiring", ada)
    assert [member["value"] for member in replaced["members"]] == [bo]
    assert "members" not in emptied


async def test_groups_are_found_by_what_connectors_ask_for(provider: Provider) -> None:
    ada, bo = await users(provider, "ada", "bo")
    group = await a_group(provider, ada, externalId="g1")
    await a_group(provider, ada, bo, name="Engineering")

    assert await found(provider, 'displayName eq "RECRUITING"') == ["Recruiting"]
    assert await found(provider, 'externalId eq "g1"', excludedAttributes="members") == ["Recruiting"]
    assert sorted(await found(provider, f'members eq "{ada}"')) == ["Engineering", "Recruiting"]
    assert await found(provider, f'members[value eq "{bo}"]') == ["Engineering"]
    assert await found(provider, f'id eq "{group["id"]}" and members eq "{ada}"') == ["Recruiting"]
    assert await found(provider, f'id eq "{group["id"]}" and members eq "{bo}"') == []
    assert await found(provider, f'members.value eq "{ada}" and displayName eq "engineering"') == ["Engineering"]
    assert await found(provider, 'displayName eq "nothing"') == []
    refused = await provider.send("GET", '/Groups?filter=displayName co "x"', status=400)
    assert refused.json()["scimType"] == "invalidFilter"


async def test_members_are_left_out_where_nobody_wants_them(provider: Provider) -> None:
    (ada,) = await users(provider, "ada")
    group = await a_group(provider, ada)

    for query in ("excludedAttributes=members", "attributes=displayName"):
        one = (await provider.send("GET", f"/Groups/{group['id']}?{query}", status=200)).json()
        (listed,) = (await provider.send("GET", f"/Groups?{query}", status=200)).json()["Resources"]
        assert "members" not in one | listed
        assert one["displayName"] == listed["displayName"] == "Recruiting"
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": "New"}]}
    answer = await provider.send("PATCH", f"/Groups/{group['id']}?attributes=displayName", body, status=200)
    assert answer.json()["displayName"] == "New"


async def test_pages_of_groups_with_members_are_short(provider: Provider) -> None:
    for number in range(12):
        await a_group(provider, name=f"G{number:02}")

    first = (await provider.send("GET", "/Groups", status=200)).json()
    second = (await provider.send("GET", "/Groups?startIndex=11", status=200)).json()
    bare = (await provider.send("GET", "/Groups?excludedAttributes=members", status=200)).json()

    assert (first["totalResults"], first["itemsPerPage"], len(first["Resources"])) == (12, 10, 10)
    assert [group["displayName"] for group in second["Resources"]] == ["G10", "G11"]
    assert bare["itemsPerPage"] == 12


async def test_a_group_of_many_members_is_shown_whole(provider: Provider, acme: World) -> None:
    ids = [public_id("mem", (await acme.member(f"M{number}")).id) for number in range(205)]
    group = await a_group(provider, *ids)

    assert {member["value"] for member in group["members"]} == set(ids)


async def test_a_name_or_id_that_a_group_has_is_refused(provider: Provider) -> None:
    await a_group(provider, externalId="g1")
    other = await a_group(provider, name="Other")

    for body in ({"displayName": "RECRUITING"}, {"displayName": "New", "externalId": "g1"}):
        answer = await provider.send("POST", "/Groups", {"schemas": [SCHEMA], **body}, status=409)
        assert answer.json()["scimType"] == "uniqueness"
    refused = await patch(provider, other, {"op": "replace", "path": "displayName", "value": "recruiting"}, status=409)
    assert refused.json()["detail"] == "displayName: There is a group with this displayName already."


@pytest.mark.parametrize("stranger", ["mem_00000000000000000000000000000001", "nonsense", "a group"])
async def test_somebody_who_is_no_user_is_refused_and_nothing_changes(
    provider: Provider, acme: World, stranger: str
) -> None:
    (ada,) = await users(provider, "ada")
    group = await a_group(provider, ada)
    unknown = group["id"] if stranger == "a group" else stranger

    answer = await patch(
        provider,
        group,
        {"op": "add", "path": "members", "value": value(unknown)},
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": value(unknown)},
        status=400,
    )

    assert answer.json()["detail"] == "members: There is no user with one of these ids."
    assert await members(provider, group) == {ada}


async def test_too_many_changes_at_once_are_too_large(provider: Provider) -> None:
    group = await a_group(provider)
    ids = [f"mem_{number:032x}" for number in range(MOST_MEMBER_CHANGES + 1)]

    answer = await patch(provider, group, {"op": "add", "path": "members", "value": value(*ids)}, status=413)

    assert answer.json()["detail"] == "At most 1,000 members are changed at once. Send them in several requests."


async def test_a_removed_group_is_gone_and_its_name_is_free(provider: Provider) -> None:
    (ada,) = await users(provider, "ada")
    group = await a_group(provider, ada, externalId="g1")

    await provider.send("DELETE", f"/Groups/{group['id']}", status=204)

    for method, body in (("GET", None), ("DELETE", None), ("PUT", {"schemas": [SCHEMA], "displayName": "x"})):
        await provider.send(method, f"/Groups/{group['id']}", body, status=404)
    assert await found(provider, 'displayName eq "Recruiting"') == []
    assert "groups" not in (await provider.send("GET", f"/Users/{ada}", status=200)).json()
    assert (await a_group(provider, externalId="g1"))["id"] != group["id"]


async def test_versions_guard_changes_of_groups(provider: Provider) -> None:
    (ada,) = await users(provider, "ada")
    group = await a_group(provider)
    add = {"op": "add", "path": "members", "value": value(ada)}

    done = await patch(provider, group, add, if_match='W/"1"')
    await patch(provider, group, add, if_match='W/"1"', status=412)
    await provider.send("DELETE", f"/Groups/{group['id']}", status=412, if_match='W/"1"')

    assert done.headers["etag"] == 'W/"2"'
    await provider.send("GET", f"/Groups/{group['id']}", status=304, if_none_match='W/"2"')


async def test_patches_of_one_group_at_once_lose_no_member(provider: Provider) -> None:
    ids = await users(provider, *(f"u{number}" for number in range(8)))
    group = await a_group(provider, *ids[:4])

    answers = await asyncio.gather(
        *(patch(provider, group, {"op": "remove", "path": f'members[value eq "{each}"]'}) for each in ids[:4]),
        *(patch(provider, group, {"op": "Add", "path": "members", "value": value(each)}) for each in ids[4:]),
    )

    assert {answer.status_code for answer in answers} == {204}
    assert await members(provider, group) == set(ids[4:])


async def test_members_hold_what_an_administrator_lets_the_group_give(provider: Provider, acme: World) -> None:
    (ada,) = await users(provider, "ada")
    group = await a_group(provider)
    olga = await acme.actor("Olga", OrganizationRole.ORG_ADMIN)
    await acme.perform(
        olga,
        add_directory_group_role,
        directory_group_id=parse_public_id("dgr", group["id"]),
        terms=RoleTerms(role=GrantRole.VIEWER, scope_type=ScopeType.ORG),
    )
    held = "SELECT revoked_at IS NULL AS holds FROM role_grant WHERE directory_group_id IS NOT NULL"

    await patch(provider, group, {"op": "add", "path": "members", "value": value(ada)})
    assert await acme.rows(held) == [{"holds": True}]
    await patch(provider, group, {"op": "remove", "path": "members", "value": value(ada)})
    assert await acme.rows(held) == [{"holds": False}]


async def test_an_organizations_groups_are_unknown_to_anothers_provider(
    provider: Provider, acme: World, globex: World
) -> None:
    (ada,) = await users(provider, "ada")
    group = await a_group(provider, ada)

    async with a_provider(globex) as stranger:
        for method, body in (
            ("GET", None),
            ("DELETE", None),
            ("PUT", {"schemas": [SCHEMA], "displayName": "x"}),
            ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "members"}]}),
        ):
            answer = await stranger.send(method, f"/Groups/{group['id']}", body, status=404)
            assert answer.json()["detail"] == "No such group."
        theirs = {"schemas": [SCHEMA], "displayName": "Recruiting", "members": value(ada)}
        await stranger.send("POST", "/Groups", theirs, status=400)
        assert await found(stranger, f'members eq "{ada}"') == []
    assert await members(provider, group) == {ada}


async def test_a_search_without_a_type_finds_users_and_groups(provider: Provider) -> None:
    await users(provider, "ada", "bo")
    await a_group(provider)

    async def search(**asked: Any) -> tuple[int, list[str]]:
        found = (await provider.send("POST", "/.search", {"schemas": [], **asked}, status=200)).json()
        names = [each.get("userName") or each["displayName"] for each in found.get("Resources", ())]
        return found["totalResults"], names

    assert await search() == (3, ["ada@acme.example", "bo@acme.example", "Recruiting"])
    assert await search(startIndex=2, count=1) == (3, ["bo@acme.example"])
    assert await search(startIndex=3) == (3, ["Recruiting"])
    assert await search(filter='displayName eq "recruiting"') == (1, ["Recruiting"])
    assert await search(filter='userName eq "bo@acme.example"') == (1, ["bo@acme.example"])
    await provider.send("POST", "/.search", {"schemas": [], "filter": 'nothing eq "x"'}, status=400)
