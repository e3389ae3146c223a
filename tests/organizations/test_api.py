"""The organization and its structure through GraphQL: what a client writes, and what it reads back."""

from typing import Any

from portal.access.enums import OrganizationRole
from tests.organizations.making import a_department, a_location, olga
from tests.world import World


async def test_an_administrator_changes_the_organization_and_its_policies(acme: World) -> None:
    administrator = await olga(acme)

    answer = await acme.read(
        administrator,
        """
        mutation {
          updateOrganization(input: {name: "Acme Corporation", expectedVersion: 1}) {
            organization { name defaultCurrency version }
            userErrors { code }
          }
          setPolicies(input: {requireSource: true, teamRequiredAt: NEVER, reapplyAfterDays: 30}) {
            organization {
              policies {
                requireRejectionReason requireSource hiredPrivateByDefault internalPrivateByDefault
                openingApproval reapplyAfterDays teamRequiredAt
              }
            }
          }
        }
        """,
    )

    assert answer == {
        "updateOrganization": {
            "organization": {"name": "Acme Corporation", "defaultCurrency": "USD", "version": 2},
            "userErrors": [],
        },
        "setPolicies": {
            "organization": {
                "policies": {
                    "requireRejectionReason": True,
                    "requireSource": True,
                    "hiredPrivateByDefault": True,
                    "internalPrivateByDefault": True,
                    "openingApproval": False,
                    "reapplyAfterDays": 30,
                    "teamRequiredAt": "NEVER",
                }
            }
        },
    }


async def test_policies_of_a_row_that_holds_none_are_the_defaults(acme: World) -> None:
    administrator = await olga(acme)

    answer = await acme.read(
        administrator, "{ organization { policies { reapplyAfterDays teamRequiredAt requireSource __typename } } }"
    )

    assert answer["organization"]["policies"] == {
        "reapplyAfterDays": 0,
        "teamRequiredAt": "OFFER",
        "requireSource": False,
        "__typename": "OrganizationPoliciesValue",
    }


async def test_an_agency_reads_the_organizations_name_and_none_of_its_policies(acme: World) -> None:
    agency = await acme.actor("Agnes", OrganizationRole.AGENCY)

    answer = await acme.read(agency, "{ organization { name policies { requireSource } } departments { totalCount } }")

    assert answer == {"organization": {"name": "Acme", "policies": None}, "departments": {"totalCount": 0}}


async def test_null_where_there_must_be_a_value_is_a_user_error(acme: World) -> None:
    administrator = await olga(acme)

    answer = await acme.read(
        administrator,
        """
        mutation {
          updateOrganization(input: {name: null}) { organization { name } userErrors { code message path } }
          setPolicies(input: {requireSource: null}) { organization { name } userErrors { code message path } }
        }
        """,
    )

    empty = {"code": "INVALID_INPUT", "message": "This can't be empty."}
    assert answer == {
        "updateOrganization": {"organization": None, "userErrors": [{**empty, "path": ["name"]}]},
        "setPolicies": {"organization": None, "userErrors": [{**empty, "path": ["requireSource"]}]},
    }


STRUCTURE = """
mutation {
  createDepartment(input: {name: "Engineering", idempotencyKey: "d"}) { department { name parent { name } } }
  createLocation(input: {name: "Remote", workplaceType: REMOTE, remoteRegions: ["US"], country: "US"}) {
    location { name workplaceType remoteRegions country city }
  }
  createTeamGroup(input: {name: "Data"}) { teamGroup { name position } }
  createTeam(input: {name: "Storage"}) { team { name group { name } department { name } } }
}
"""


async def test_a_structure_is_created(acme: World) -> None:
    answer = await acme.read(await olga(acme), STRUCTURE)

    assert answer == {
        "createDepartment": {"department": {"name": "Engineering", "parent": None}},
        "createLocation": {
            "location": {
                "name": "Remote",
                "workplaceType": "REMOTE",
                "remoteRegions": ["US"],
                "country": "US",
                "city": None,
            }
        },
        "createTeamGroup": {"teamGroup": {"name": "Data", "position": 0}},
        "createTeam": {"team": {"name": "Storage", "group": None, "department": None}},
    }


async def test_a_structure_is_changed_moved_and_archived(acme: World) -> None:
    administrator = await olga(acme)
    top, child = await a_department(acme, "Top"), await a_department(acme, "Child")
    place, other = await a_location(acme, "Austin"), await a_location(acme, "Texas")
    made = await acme.read(
        administrator,
        """
        mutation {
          createTeamGroup(input: {name: "G"}) { teamGroup { id } }
          createTeam(input: {name: "T"}) { team { id } }
        }
        """,
    )

    answer = await acme.read(
        administrator,
        """
        mutation ($top: ID!, $child: ID!, $place: ID!, $other: ID!) {
          updateDepartment(input: {departmentId: $child, name: "Inner"}) { department { name } }
          moveDepartment(input: {departmentId: $child, parentId: $top}) { department { parent { name } } }
          archiveDepartment(input: {departmentId: $child}) { department { archivedAt } }
          unarchiveDepartment(input: {departmentId: $child}) { department { archivedAt } }
          updateLocation(input: {locationId: $place, city: "Austin", region: null}) { location { city region } }
          moveLocation(input: {locationId: $place, parentId: $other}) { location { parent { name } } }
          archiveLocation(input: {locationId: $place}) { location { archivedAt } }
          unarchiveLocation(input: {locationId: $place}) { location { archivedAt } }
        }
        """,
        top=f"dep_{top.hex}",
        child=f"dep_{child.hex}",
        place=f"loc_{place.hex}",
        other=f"loc_{other.hex}",
    )
    teams = await acme.read(
        administrator,
        """
        mutation ($group: ID!, $team: ID!, $department: ID!) {
          updateTeamGroup(input: {teamGroupId: $group, position: 3}) { teamGroup { name position } }
          updateTeam(input: {teamId: $team, groupId: $group, departmentId: $department}) {
            team { group { name } department { name } }
          }
          archiveTeam(input: {teamId: $team}) { team { archivedAt } }
          archiveTeamGroup(input: {teamGroupId: $group}) { teamGroup { archivedAt } }
          unarchiveTeamGroup(input: {teamGroupId: $group}) { teamGroup { archivedAt } }
          unarchiveTeam(input: {teamId: $team}) { team { archivedAt } }
        }
        """,
        group=made["createTeamGroup"]["teamGroup"]["id"],
        team=made["createTeam"]["team"]["id"],
        department=f"dep_{top.hex}",
    )

    noon = "2026-11-23T12:00:00+00:00"
    assert answer == {
        "updateDepartment": {"department": {"name": "Inner"}},
        "moveDepartment": {"department": {"parent": {"name": "Top"}}},
        "archiveDepartment": {"department": {"archivedAt": noon}},
        "unarchiveDepartment": {"department": {"archivedAt": None}},
        "updateLocation": {"location": {"city": "Austin", "region": None}},
        "moveLocation": {"location": {"parent": {"name": "Texas"}}},
        "archiveLocation": {"location": {"archivedAt": noon}},
        "unarchiveLocation": {"location": {"archivedAt": None}},
    }
    assert teams == {
        "updateTeamGroup": {"teamGroup": {"name": "G", "position": 3}},
        "updateTeam": {"team": {"group": {"name": "G"}, "department": {"name": "Top"}}},
        "archiveTeam": {"team": {"archivedAt": noon}},
        "archiveTeamGroup": {"teamGroup": {"archivedAt": noon}},
        "unarchiveTeamGroup": {"teamGroup": {"archivedAt": None}},
        "unarchiveTeam": {"team": {"archivedAt": None}},
    }


async def test_ids_that_are_unknown_malformed_foreign_or_of_another_type_look_the_same(
    acme: World, globex: World
) -> None:
    administrator = await olga(acme)
    theirs, location = await a_department(globex, "Theirs"), await a_location(acme, "Austin")

    async def refusal(text: str) -> Any:
        return await acme.read(
            administrator,
            "mutation ($id: ID!) { archiveDepartment(input: {departmentId: $id}) {"
            " department { name } userErrors { __typename code message path } } }",
            id=text,
        )

    answers = [
        await refusal(text)
        for text in (f"dep_{theirs.hex}", "dep_" + "0" * 32, f"loc_{location.hex}", "", "dep_", "\x00", "Ω" * 500)
    ]

    error = {"__typename": "RefusalError", "code": "NOT_FOUND", "message": "No such department.", "path": None}
    assert answers == [{"archiveDepartment": {"department": None, "userErrors": [error]}}] * 7
