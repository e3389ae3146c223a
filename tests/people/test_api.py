"""People and their rights through GraphQL: what a client writes, and what it reads back."""

from typing import Any

import pytest

from portal.access.enums import GrantRole, Privilege
from portal.organizations.models import Department
from tests.people.making import a_grant, a_service_account, a_token, credentials, olga
from tests.world import NOON, World, grant


async def test_members_come_change_and_go(acme: World) -> None:
    administrator = await olga(acme)
    invited = await acme.read(
        administrator,
        """
        mutation { inviteMember(input: {name: "Ada", email: "ada@acme.example", timezone: "UTC", idempotencyKey: "a"}) {
          membership { id name email status role timezone invitedAt } userErrors { code }
        } }
        """,
    )
    member = invited["inviteMember"]["membership"].pop("id")

    answer = await acme.read(
        administrator,
        """
        mutation ($id: ID!) {
          activateMember(input: {membershipId: $id}) { membership { status } }
          updateMember(input: {membershipId: $id, name: "Ada L.", timezone: null}) { membership { name timezone } }
          changeMemberRole(input: {membershipId: $id, role: RECRUITER_ALL}) { membership { role } }
          deactivateMember(input: {membershipId: $id}) { membership { status deactivatedAt } }
          reactivateMember(input: {membershipId: $id}) { membership { status deactivatedAt } }
        }
        """,
        id=member,
    )

    noon = "2026-11-23T12:00:00+00:00"
    assert invited["inviteMember"] == {
        "membership": {
            "name": "Ada",
            "email": "ada@acme.example",
            "status": "INVITED",
            "role": "MEMBER",
            "timezone": "UTC",
            "invitedAt": noon,
        },
        "userErrors": [],
    }
    assert answer == {
        "activateMember": {"membership": {"status": "ACTIVE"}},
        "updateMember": {"membership": {"name": "Ada L.", "timezone": None}},
        "changeMemberRole": {"membership": {"role": "RECRUITER_ALL"}},
        "deactivateMember": {"membership": {"status": "DEACTIVATED", "deactivatedAt": noon}},
        "reactivateMember": {"membership": {"status": "ACTIVE", "deactivatedAt": None}},
    }


async def test_r35_the_last_administrator_is_told_so(acme: World) -> None:
    administrator = await olga(acme)
    assert administrator.id is not None

    answer = await acme.read(
        administrator,
        "mutation ($id: ID!) { deactivateMember(input: {membershipId: $id}) {"
        " membership { status } userErrors { code message path } } }",
        id=f"mem_{administrator.id.hex}",
    )

    assert answer["deactivateMember"] == {
        "membership": None,
        "userErrors": [
            {
                "code": "LAST_ADMINISTRATOR",
                "message": "This is the organization's last active administrator. Make somebody else one first.",
                "path": None,
            }
        ],
    }


async def test_a_role_is_granted_and_revoked(acme: World) -> None:
    administrator = await olga(acme, grant(GrantRole.RECRUITER, privileges=frozenset(Privilege), confidential=True))
    department = Department(name="Engineering")
    await acme.plant(department)
    hugo = (await acme.member("Hugo")).id

    answer = await acme.read(
        administrator,
        """
        mutation ($hugo: ID!, $department: ID!) {
          grantRole(input: {membershipId: $hugo, role: HIRING_MANAGER, scopeType: DEPARTMENT, scopeId: $department,
                            privileges: [CONTACT_DETAILS], expiresAt: "2027-01-01T00:00:00+01:00"}) {
            grant { id role scopeType department { name } privileges expiresAt membership { name } }
          }
          everywhere: grantRole(input: {membershipId: $hugo, role: VIEWER, scopeType: ORG, includeConfidential: true}) {
            grant { scopeType includeConfidential expiresAt }
          }
          opening: grantRole(input: {membershipId: $hugo, role: VIEWER, scopeType: OPENING, scopeId: "opn_x"}) {
            grant { id } userErrors { code message path }
          }
        }
        """,
        hugo=f"mem_{hugo.hex}",
        department=f"dep_{department.id.hex}",
    )
    granted = answer["grantRole"]["grant"].pop("id")
    revoked = await acme.read(
        administrator, "mutation ($id: ID!) { revokeGrant(input: {grantId: $id}) { grant { revokedAt } } }", id=granted
    )

    assert answer == {
        "grantRole": {
            "grant": {
                "role": "HIRING_MANAGER",
                "scopeType": "DEPARTMENT",
                "department": {"name": "Engineering"},
                "privileges": ["CONTACT_DETAILS"],
                "expiresAt": "2026-12-31T23:00:00+00:00",
                "membership": {"name": "Hugo"},
            }
        },
        "everywhere": {"grant": {"scopeType": "ORG", "includeConfidential": True, "expiresAt": None}},
        "opening": {
            "grant": None,
            "userErrors": [
                {
                    "code": "INVALID_INPUT",
                    "message": "Grants on an opening are given with grantOpeningRole.",
                    "path": ["scopeType"],
                }
            ],
        },
    }
    assert revoked == {"revokeGrant": {"grant": {"revokedAt": "2026-11-23T12:00:00+00:00"}}}


async def test_tokens_are_made_replaced_and_revoked(acme: World) -> None:
    administrator = await olga(acme)
    made = await acme.read(
        administrator,
        """
        mutation {
          createServiceAccount(input: {name: "Board", description: "Shows jobs"}) { serviceAccount { id description } }
          issueToken(input: {name: "Laptop", expiresAt: "2026-12-01T00:00:00Z", scopes: [OPENING_SEE, MEMBER_READ],
                             idempotencyKey: "t"}) {
            token { id name scopes membership { name } createdBy { name } expiresAt revokedAt } text
          }
        }
        """,
    )
    token, text = made["issueToken"]["token"], made["issueToken"]["text"]
    token_id, account_id = token.pop("id"), made["createServiceAccount"]["serviceAccount"]["id"]

    answer = await acme.read(
        administrator,
        """
        mutation ($token: ID!, $account: ID!) {
          rotateToken(input: {tokenId: $token, expiresAt: "2026-12-24T00:00:00Z"}) { token { name scopes } text }
          revokeToken(input: {tokenId: $token}) { token { revokedAt } }
          issueToken(input: {name: "Feed", expiresAt: "2026-12-01T00:00:00Z", serviceAccountId: $account}) {
            token { serviceAccount { name } membership { name } scopes }
          }
          deactivateServiceAccount(input: {serviceAccountId: $account}) {
            serviceAccount { deactivatedAt tokens { revokedAt } }
          }
        }
        """,
        token=token_id,
        account=account_id,
    )

    assert token == {
        "name": "Laptop",
        "scopes": ["MEMBER_READ", "OPENING_SEE"],
        "membership": {"name": "Olga"},
        "createdBy": {"name": "Olga"},
        "expiresAt": "2026-12-01T00:00:00+00:00",
        "revokedAt": None,
    }
    new = answer["rotateToken"].pop("text")
    assert new != text
    known = credentials(acme.database)
    assert (await known.authenticate(new, NOON)).id == administrator.id
    await known.close()
    noon = "2026-11-23T12:00:00+00:00"
    assert answer == {
        "rotateToken": {"token": {"name": "Laptop", "scopes": ["MEMBER_READ", "OPENING_SEE"]}},
        "revokeToken": {"token": {"revokedAt": noon}},
        "issueToken": {"token": {"serviceAccount": {"name": "Board"}, "membership": None, "scopes": None}},
        "deactivateServiceAccount": {"serviceAccount": {"deactivatedAt": noon, "tokens": [{"revokedAt": noon}]}},
    }


@pytest.mark.parametrize(
    ("deed", "field", "what"),
    [
        ("activateMember", "membershipId", "membership"),
        ("deactivateServiceAccount", "serviceAccountId", "service account"),
        ("revokeGrant", "grantId", "grant"),
        ("revokeToken", "tokenId", "api token"),
    ],
)
async def test_ids_that_are_unknown_malformed_foreign_or_of_another_type_look_the_same(
    acme: World, globex: World, deed: str, field: str, what: str
) -> None:
    administrator = await olga(acme)
    gus = await globex.member("Gus")
    account = await a_service_account(globex)
    theirs = [
        f"mem_{gus.id.hex}",
        f"svc_{account.id.hex}",
        f"gra_{(await a_grant(globex, GrantRole.VIEWER, membership_id=gus.id)).id.hex}",
        f"tok_{(await a_token(globex, membership_id=gus.id))[1].id.hex}",
    ]

    async def refusal(text: str) -> Any:
        return await acme.read(
            administrator,
            f"mutation ($id: ID!) {{ {deed}(input: {{{field}: $id}}) {{ userErrors {{ code message path }} }} }}",
            id=text,
        )

    answers = [await refusal(text) for text in (*theirs, "", "mem_", "svc_" + "0" * 32, "\x00")]

    error = {"code": "NOT_FOUND", "message": f"No such {what}.", "path": None}
    assert answers == [{deed: {"userErrors": [error]}}] * 8
