"""Plans for the mutations of organizations and people."""

from datetime import timedelta
from typing import Any

from portal.access.permissions import Permission
from portal.openings.enums import OpeningStatus
from portal.trusted_documents.rules import document_id_of
from tests.security.plans import Input, anywhere, id_of, on, plan, row
from tests.security.scene import CODE, PASSWORD, Place, Scene
from tests.world import NOON

P = Permission

LATER = (NOON + timedelta(days=7)).isoformat()
MANAGES = anywhere(P.ORGANIZATION_MANAGE)


def named(more: dict[str, Any] | None = None, **ids: str) -> Any:
    """Input made of ids of named rows, and of plain values."""

    def build(scene: Scene, place: Place) -> Input:
        return {field: id_of(row(scene, place, name)) for field, name in ids.items()} | (more or {})

    return build


def referring(*names: str) -> Any:
    return lambda scene, place: [row(scene, place, name) for name in names]


plan("updateOrganization", named({"name": "New name", "defaultCurrency": "EUR", "defaultTimezone": "UTC"}), MANAGES)
plan(
    "setPolicies",
    named(
        {
            "requireRejectionReason": True,
            "requireSource": True,
            "hiredPrivateByDefault": False,
            "internalPrivateByDefault": False,
            "openingApproval": True,
            "reapplyAfterDays": 5,
            "teamRequiredAt": "OFFER",
            "requireSecondFactor": True,
            "browserDocuments": "ONLY",
        }
    ),
    MANAGES,
)

plan("createDepartment", named({"name": "New"}, parentId="department parent"), MANAGES)
plan("updateDepartment", named({"name": "Other"}, departmentId="department empty"), MANAGES)
plan("moveDepartment", named(departmentId="department empty", parentId="department parent"), MANAGES)
plan("archiveDepartment", named(departmentId="department empty"), MANAGES)
plan("unarchiveDepartment", named(departmentId="department archived"), MANAGES)

_PLACE = {
    "name": "New",
    "workplaceType": "REMOTE",
    "country": "US",
    "region": "California",
    "city": "San Francisco",
    "timezone": "America/Los_Angeles",
    "remoteRegions": ["US"],
}
plan("createLocation", named(_PLACE, parentId="location parent"), MANAGES)
plan("updateLocation", named(_PLACE, locationId="location empty"), MANAGES)
plan("moveLocation", named(locationId="location empty", parentId="location parent"), MANAGES)
plan("archiveLocation", named(locationId="location empty"), MANAGES)
plan("unarchiveLocation", named(locationId="location archived"), MANAGES)

plan("createTeamGroup", named({"name": "New", "position": 3}), MANAGES)
plan("updateTeamGroup", named({"name": "Other", "position": 3}, teamGroupId="group empty"), MANAGES)
plan("archiveTeamGroup", named(teamGroupId="group empty"), MANAGES)
plan("unarchiveTeamGroup", named(teamGroupId="group archived"), MANAGES)
plan("createTeam", named({"name": "New"}, groupId="group empty", departmentId="department empty"), MANAGES)
plan(
    "updateTeam",
    named({"name": "Other"}, teamId="team empty", groupId="group empty", departmentId="department empty"),
    MANAGES,
)
plan("archiveTeam", named(teamId="team empty"), MANAGES)
plan("unarchiveTeam", named(teamId="team archived"), MANAGES)

plan(
    "inviteMember",
    named({"name": "Nina", "email": "nina@example.com", "role": "MEMBER", "timezone": "UTC"}),
    anywhere(P.MEMBER_MANAGE),
)
plan("activateMember", named(membershipId="INVITED"), on(P.MEMBER_MANAGE, "INVITED"))
plan(
    "updateMember",
    named({"name": "Nina", "timezone": "UTC"}, membershipId="ACTIVE"),
    on(P.MEMBER_MANAGE, "ACTIVE"),
)
plan("changeMemberRole", named({"role": "EXECUTIVE_VIEWER"}, membershipId="ACTIVE"), on(P.MEMBER_MANAGE, "ACTIVE"))
plan("deactivateMember", named(membershipId="ACTIVE"), on(P.MEMBER_MANAGE, "ACTIVE"))
plan("reactivateMember", named(membershipId="DEACTIVATED"), on(P.MEMBER_MANAGE, "DEACTIVATED"))

_RIGHT = {"role": "VIEWER", "includeConfidential": False, "privileges": [], "expiresAt": LATER}
plan(
    "grantRole",
    named(_RIGHT | {"scopeType": "TEAM"}, membershipId="ACTIVE", scopeId="team empty"),
    anywhere(P.GRANT_MANAGE),
    referring("ACTIVE", "team empty"),
)
plan("revokeGrant", named(grantId="grant"), on(P.GRANT_MANAGE, "grant"))
plan(
    "addDirectoryGroupRole",
    named(
        {"role": "VIEWER", "scopeType": "TEAM", "includeConfidential": False, "privileges": []},
        directoryGroupId="directory group",
        scopeId="team empty",
    ),
    on(P.GRANT_MANAGE, "directory group"),
    referring("team empty"),
)
plan(
    "removeDirectoryGroupRole",
    named(directoryGroupRoleId="directory group role"),
    on(P.GRANT_MANAGE, "directory group role"),
)
plan(
    "grantOpeningRole",
    lambda scene, place: (
        {"openingId": id_of(place.opening()), "membershipId": id_of(scene.rows["ACTIVE"])}
        | _RIGHT
        | {"includeConfidential": place.opening().is_confidential}
    ),
    lambda _scene, place: [(P.GRANT_MANAGE, None), (P.OPENING_READ, place.opening(OpeningStatus.OPEN))],
    referring("ACTIVE"),
)
plan("createServiceAccount", named({"name": "New", "description": "What for"}), anywhere(P.TOKEN_MANAGE))
plan("deactivateServiceAccount", named(serviceAccountId="account"), on(P.TOKEN_MANAGE, "account"))
_TOKEN = {"name": "New", "expiresAt": LATER, "scopes": ["OPENING_SEE"], "documents": "ONLY"}
plan("issueToken", named(_TOKEN, serviceAccountId="account"), on(P.TOKEN_MANAGE, "account"))
plan("updateToken", named({"name": "Renamed"}, tokenId="token"), on(P.TOKEN_MANAGE, "account"))
plan("rotateToken", named({"expiresAt": LATER, "overlapSeconds": 60}, tokenId="token"), on(P.TOKEN_MANAGE, "account"))
plan("revokeToken", named(tokenId="token"), on(P.TOKEN_MANAGE, "token"))
plan(
    "revokeSession",
    named(sessionId="session"),
    lambda scene, _place: [(P.ACCOUNT_MANAGE, None), (P.MEMBER_MANAGE, scene.rows["session"])],
)
plan(
    "revokeAllSessions",
    named(membershipId="ACTIVE"),
    lambda scene, _place: [(P.ACCOUNT_MANAGE, None), (P.MEMBER_MANAGE, scene.rows["ACTIVE"])],
)
plan(
    "setPassword",
    named({"currentPassword": PASSWORD, "newPassword": "violet tractor moon harbour"}),
    anywhere(P.ACCOUNT_MANAGE),
)
plan("sendInvitation", named(membershipId="INVITED"), on(P.MEMBER_MANAGE, "INVITED"))
plan("enrolSecondFactor", named({"currentPassword": PASSWORD}), anywhere(P.ACCOUNT_MANAGE))
plan("confirmSecondFactor", named({"code": CODE}), anywhere(P.ACCOUNT_MANAGE))
plan("removeSecondFactor", named({"code": CODE}), anywhere(P.ACCOUNT_MANAGE))
plan("removePassword", named({"currentPassword": PASSWORD}), anywhere(P.ACCOUNT_MANAGE))
_PROVIDER = {
    "label": "Entra",
    "clientId": "portal",
    "emailDomains": ["example.org"],
    "policy": "DOMAIN",
    "defaultRole": "MEMBER",
}
plan(
    "createIdentityProvider",
    named(_PROVIDER | {"name": "entra", "issuer": "https://entra.example.com/v2"}),
    anywhere(P.SIGN_IN_MANAGE),
)
plan(
    "updateIdentityProvider",
    named(_PROVIDER | {"isEnabled": True}, identityProviderId="provider"),
    on(P.SIGN_IN_MANAGE, "provider"),
)
_TEXT = "query New { viewer { id } }"
plan(
    "publishDocuments",
    named({"client": "web", "release": "2", "documents": [{"text": _TEXT, "documentId": document_id_of(_TEXT)}]}),
    anywhere(P.DOCUMENT_PUBLISH),
)
plan("retireDocuments", named(releaseId="release"), on(P.DOCUMENT_PUBLISH, "release"))
