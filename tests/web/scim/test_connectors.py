"""What the connectors of Microsoft Entra and Okta send, in their order and with their ways of writing it."""

from typing import Any

import httpx
import pytest

from tests.web.scim.conftest import Provider
from tests.world import World

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


async def state(provider: Provider, id: str) -> dict[str, Any]:
    user: dict[str, Any] = (await provider.send("GET", f"/Users/{id}", status=200)).json()
    return {
        "active": user["active"],
        "name": user["displayName"],
        "given": user["name"].get("givenName"),
        "family": user["name"].get("familyName"),
        "email": user["emails"][0]["value"],
        "externalId": user.get("externalId"),
    }


async def an_entra_user(provider: Provider) -> str:
    """As Entra adds one after it has found nobody: with an extension, empty lists and its own meta."""
    answer = await provider.send(
        "POST",
        "/Users",
        {
            "schemas": [USER, ENTERPRISE],
            "externalId": "8b3e0c1a-52",
            "userName": "ada@acme.example",
            "active": True,
            "displayName": "Ada Abara",
            "emails": [{"primary": True, "type": "work", "value": "ada@acme.example"}],
            "meta": {"resourceType": "User"},
            "name": {"formatted": "Ada Abara", "familyName": "Abara", "givenName": "Ada"},
            "preferredLanguage": "en-US",
            "roles": [],
            "phoneNumbers": [{"type": "work", "value": "+1 415 555 2671"}],
            ENTERPRISE: {"employeeNumber": "7", "department": "Storage"},
        },
        status=201,
    )
    made: str = answer.json()["id"]
    return made


async def test_entra_asks_whether_the_connection_works(provider: Provider) -> None:
    """With a name that nobody has: the answer is an empty list, and not an error."""
    query = httpx.QueryParams({"filter": 'userName eq "6f1d8c3e-8a61-4d1e-b5cb-2f0e2b0c9f11"'})

    answer = (await provider.send("GET", f"/Users?{query}", status=200)).json()

    assert (answer["totalResults"], answer.get("Resources", [])) == (0, [])


ENTRA: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("op in capitals, False as a text", [{"op": "Replace", "path": "active", "value": "False"}], {"active": False}),
    ("False as a yes or no", [{"op": "replace", "path": "active", "value": False}], {"active": False}),
    ("no path", [{"op": "Replace", "value": {"active": "False"}}], {"active": False}),
    (
        "a filter in the path",
        [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": "a.a@acme.example"}],
        {"email": "a.a@acme.example"},
    ),
    (
        "an address that is added where it is already",
        [{"op": "Add", "path": 'emails[type eq "work"].value', "value": "a.a@acme.example"}],
        {"email": "a.a@acme.example"},
    ),
    (
        "parts of the name, each in an operation",
        [
            {"op": "Replace", "path": "name.givenName", "value": "Adaeze"},
            {"op": "Add", "path": "name.familyName", "value": "Obi"},
            {"op": "Replace", "path": "displayName", "value": "Adaeze Obi"},
        ],
        {"given": "Adaeze", "family": "Obi", "name": "Adaeze Obi"},
    ),
    (
        "paths as keys of the value",
        [{"op": "Add", "value": {"name.givenName": "Adaeze", "displayName": "Adaeze Abara"}}],
        {"given": "Adaeze", "name": "Adaeze Abara"},
    ),
    (
        "what is kept beside what is not",
        [
            {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Search"},
            {"op": "Replace", "path": "title", "value": "Engineer"},
            {"op": "Replace", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+1 415 555 2672"},
            {"op": "Replace", "path": "externalId", "value": "9c"},
        ],
        {"externalId": "9c"},
    ),
    ("a manager", [{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "mem_1"}], {}),
    (
        "an attribute with its schema before it",
        [{"op": "Replace", "path": f"{USER}:displayName", "value": "Ada A."}],
        {"name": "Ada A."},
    ),
    (
        "a part that is taken away of a name that is made of its parts",
        [{"op": "Remove", "path": "name.familyName"}],
        {"family": None, "name": "Ada"},
    ),
]


@pytest.mark.parametrize(("operations", "changed"), [case[1:] for case in ENTRA], ids=[case[0] for case in ENTRA])
async def test_entra_changes_somebody(
    provider: Provider, operations: list[dict[str, Any]], changed: dict[str, Any]
) -> None:
    user_id = await an_entra_user(provider)
    before = await state(provider, user_id)

    for _ in range(2):  # it repeats what it has no answer to
        await provider.send("PATCH", f"/Users/{user_id}", {"schemas": [PATCH], "Operations": operations}, status=200)
        assert await state(provider, user_id) == {**before, **changed}


async def test_entra_takes_somebody_out_and_later_deletes_them(provider: Provider, acme: World) -> None:
    user_id = await an_entra_user(provider)
    ending = {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}

    await provider.send("PATCH", f"/Users/{user_id}", ending, status=200)
    assert await provider.find('externalId eq "8b3e0c1a-52"') == ["ada@acme.example"]
    await provider.send("DELETE", f"/Users/{user_id}", status=204)
    await provider.send("DELETE", f"/Users/{user_id}", status=404)

    kinds = await acme.rows("SELECT type FROM domain_event WHERE subject_type = 'Membership' ORDER BY id")
    assert [row["type"] for row in kinds] == ["user.activated", "user.deactivated", "user.updated"]


OKTA_USER = {
    "schemas": [USER],
    "userName": "bo@acme.example",
    "name": {"givenName": "Bo", "familyName": "Berg"},
    "emails": [{"primary": True, "value": "bo@acme.example", "type": "work"}],
    "displayName": "Bo Berg",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


async def test_okta_looks_adds_replaces_and_deactivates(provider: Provider, acme: World) -> None:
    query = httpx.QueryParams({"filter": 'userName eq "bo@acme.example"', "startIndex": 1, "count": 100})
    none = (await provider.send("GET", f"/Users?{query}", status=200)).json()
    assert (none["totalResults"], none["startIndex"], none["itemsPerPage"]) == (0, 1, 0)

    made = (await provider.send("POST", "/Users", OKTA_USER, status=201)).json()
    assert "password" not in made
    assert (await provider.send("GET", f"/Users?{query}", status=200)).json()["Resources"] == [made]

    # It reads who they are, and sends all of it back with what is different.
    whole = {**made, "name": {"givenName": "Bo", "familyName": "Borg"}, "displayName": "Bo Borg"}
    await provider.send("PUT", f"/Users/{made['id']}", whole, status=200)
    assert (await state(provider, made["id"]))["name"] == "Bo Borg"

    ending = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
    await provider.send("PATCH", f"/Users/{made['id']}", ending, status=200)
    assert await acme.rows("SELECT status FROM membership") == [{"status": "DEACTIVATED"}]
    beginning = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": True}}]}
    await provider.send("PATCH", f"/Users/{made['id']}", beginning, status=200)
    assert (await state(provider, made["id"]))["active"] is True


async def test_a_name_that_only_has_parts_follows_them(provider: Provider) -> None:
    made = await provider.add("bo@acme.example", name={"givenName": "Bo", "familyName": "Berg"})

    await provider.patch(made["id"], {"op": "replace", "value": {"name": {"familyName": "Borg"}}})

    assert (await state(provider, made["id"]))["name"] == "Bo Borg"


async def test_a_name_that_was_chosen_stays_where_its_parts_change(provider: Provider) -> None:
    made = await provider.add("bo@acme.example", displayName="B.B.", name={"givenName": "Bo", "familyName": "Berg"})

    await provider.patch(made["id"], {"op": "replace", "path": "name.familyName", "value": "Borg"})

    assert (await state(provider, made["id"]))["name"] == "B.B."
