"""What clients read of people and their rights, and who reads what."""

from typing import Any

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, ScopeType
from portal.access.permissions import Permission
from portal.openings.enums import EmploymentType, OpeningKind, OpeningStatus
from portal.openings.models import Opening
from portal.organizations.enums import WorkplaceType
from portal.organizations.models import Department, Location, Team
from tests.people.making import a_grant, a_service_account, a_token, olga
from tests.world import World, grant


async def test_the_viewer_is_told_who_they_are_and_what_they_may_do(acme: World) -> None:
    hugo = await acme.actor("Hugo", OrganizationRole.MEMBER, grant(GrantRole.VIEWER), grant(GrantRole.VIEWER))

    answer = await acme.read(
        hugo,
        """
        { viewer {
            membership { name role status user { name email timezone } }
            serviceAccount { name } organization { name } roles permissions
        } }
        """,
    )

    assert answer["viewer"] == {
        "membership": {
            "name": "Hugo",
            "role": "MEMBER",
            "status": "ACTIVE",
            "user": {"name": "Hugo", "email": "hugo@example.com", "timezone": None},
        },
        "serviceAccount": None,
        "organization": {"name": "Acme"},
        "roles": ["MEMBER", "VIEWER"],
        "permissions": [
            "ACCOUNT_MANAGE",
            "APPLICATION_COUNT",
            "APPLICATION_READ",
            "APPLICATION_SEE",
            "CANDIDATE_READ",
            "CANDIDATE_SEE",
            "MEMBER_READ",
            "OPENING_READ",
            "OPENING_SEE",
            "ORGANIZATION_READ",
        ],
    }


async def test_a_service_account_is_told_who_it_is(acme: World) -> None:
    account = await a_service_account(acme)
    actor = Actor(organization_id=acme.id, kind=ActorKind.SERVICE, id=account.id, grants=(grant(GrantRole.AGENCY),))

    answer = await acme.read(actor, "{ viewer { membership { name } serviceAccount { name } roles permissions } }")

    assert answer["viewer"] == {
        "membership": None,
        "serviceAccount": {"name": "Careers page"},
        "roles": ["AGENCY"],
        "permissions": [
            "APPLICATION_CREATE",
            "APPLICATION_SEE",
            "CANDIDATE_CONTACT",
            "CANDIDATE_CREATE",
            "CANDIDATE_SEE",
            "OPENING_SEE",
            "ORGANIZATION_READ",
        ],
    }


MEMBER = """
query ($id: ID!) { membership(id: $id) {
  name email grants { role } tokens { name } invitedAt activatedAt redactedFields
} }
"""


async def test_members_see_each_other_but_not_each_others_grants_and_tokens(acme: World) -> None:
    ada, iris, administrator = await acme.actor("Ada"), await acme.actor("Iris"), await olga(acme)
    assert ada.id is not None
    await a_grant(acme, GrantRole.VIEWER, membership_id=ada.id)
    await a_token(acme, membership_id=ada.id)
    member = f"mem_{ada.id.hex}"

    others = (await acme.read(iris, MEMBER, id=member))["membership"]
    own = (await acme.read(ada, MEMBER, id=member))["membership"]
    managed = (await acme.read(administrator, MEMBER, id=member))["membership"]

    assert (others["name"], others["grants"], others["tokens"], others["activatedAt"]) == ("Ada", [], [], None)
    assert others["redactedFields"] == ["activatedAt", "deactivatedAt", "invitedAt"]
    assert (own["grants"], own["tokens"]) == ([{"role": "VIEWER"}], [{"name": "Test"}])
    assert (managed["grants"], managed["tokens"]) == ([{"role": "VIEWER"}], [{"name": "Test"}])
    assert (managed["activatedAt"], managed["redactedFields"]) == ("2026-11-23T12:00:00+00:00", [])


async def test_an_agency_sees_no_member_but_itself(acme: World) -> None:
    agency, ada = await acme.actor("Agnes", OrganizationRole.AGENCY), await acme.member("Ada")
    assert agency.id is not None
    query = (
        "query ($id: ID!) { membership(id: $id) { name } memberships { totalCount } serviceAccounts { totalCount } }"
    )

    other = await acme.read(agency, query, id=f"mem_{ada.id.hex}")
    own = await acme.read(agency, query, id=f"mem_{agency.id.hex}")

    counts = {"memberships": {"totalCount": 1}, "serviceAccounts": {"totalCount": 0}}
    assert other == {"membership": None, **counts}
    assert own == {"membership": {"name": "Agnes"}, **counts}


async def test_lists_are_filtered_and_ordered(acme: World) -> None:
    administrator = await olga(acme)
    for name in ("Ada", "Iris"):
        await acme.member(name, OrganizationRole.RECRUITER_ALL)
    for name in ("Board", "Archive"):
        await a_service_account(acme, name)

    answer = await acme.read(
        administrator,
        """
        { memberships(filter: {and: [{role: {eq: RECRUITER_ALL}}, {status: {in: [ACTIVE]}},
                                     {not: {email: {startsWith: "x"}}}, {name: {contains: "a"}}]}) { nodes { name } }
          byName: memberships(orderBy: [{field: NAME, direction: DESC}], first: 2) { nodes { name } totalCount }
          serviceAccounts { nodes { name } } }
        """,
    )

    assert answer == {
        "memberships": {"nodes": [{"name": "Ada"}]},
        "byName": {"nodes": [{"name": "Olga"}, {"name": "Iris"}], "totalCount": 3},
        "serviceAccounts": {"nodes": [{"name": "Archive"}, {"name": "Board"}]},
    }


async def test_a_grant_names_the_row_of_its_scope(acme: World) -> None:
    administrator = await olga(acme)
    assert administrator.id is not None
    department, team = Department(name="Engineering"), Team(name="Storage")
    location = Location(name="Austin", workplace_type=WorkplaceType.ONSITE)
    opening = Opening(
        title="Engineer",
        status=OpeningStatus.DRAFT,
        kind=OpeningKind.STANDARD,
        is_confidential=False,
        employment_type=EmploymentType.FULL_TIME,
        relocation_offered=False,
    )
    await acme.plant(department, team, location, opening)
    hugo = (await acme.member("Hugo")).id
    for scope_type, row in (
        (ScopeType.DEPARTMENT, department),
        (ScopeType.OFFICE, location),
        (ScopeType.TEAM, team),
        (ScopeType.OPENING, opening),
    ):
        await a_grant(acme, GrantRole.VIEWER, scope_type, row.id, membership_id=hugo, granted_by_id=administrator.id)

    answer = await acme.read(
        administrator,
        """
        query ($id: ID!) { membership(id: $id) { grants {
          scopeType department { name } location { name } team { name } opening { title }
          issuer { name } membership { name } serviceAccount { name } privileges includeConfidential
        } } }
        """,
        id=f"mem_{hugo.hex}",
    )

    common: dict[str, Any] = {
        "issuer": {"name": "Olga"},
        "membership": {"name": "Hugo"},
        "serviceAccount": None,
        "privileges": [],
        "includeConfidential": False,
    }
    nowhere = {"department": None, "location": None, "team": None, "opening": None}
    assert answer["membership"]["grants"] == [
        {**common, **nowhere, "scopeType": "DEPARTMENT", "department": {"name": "Engineering"}},
        {**common, **nowhere, "scopeType": "OFFICE", "location": {"name": "Austin"}},
        {**common, **nowhere, "scopeType": "TEAM", "team": {"name": "Storage"}},
        {**common, **nowhere, "scopeType": "OPENING", "opening": {"title": "Engineer"}},
    ]


async def test_a_tokens_scopes_have_their_names_in_the_schema(acme: World) -> None:
    ada = await acme.actor("Ada")
    await a_token(acme, membership_id=ada.id, scopes=[permission.value for permission in Permission])
    await a_token(acme, membership_id=ada.id)

    answer = await acme.read(ada, "{ viewer { membership { tokens { scopes lastUsedAt keyId } } } }")

    every, unrestricted = answer["viewer"]["membership"]["tokens"]
    assert every["scopes"] == [permission.name for permission in Permission]
    assert (unrestricted["scopes"], unrestricted["lastUsedAt"]) == (None, None)
