"""The closed sets of people and their rights as GraphQL enums."""

from portal.access.enums import GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import PERMISSION_MEANING, Permission
from portal.people.enums import MembershipStatus, SignInMethod
from schema.enums import described_enum

__all__ = ["GrantRole", "MembershipStatus", "OrganizationRole", "Permission", "Privilege", "ScopeType", "SignInMethod"]

described_enum(
    MembershipStatus,
    "Whether a person may sign in to the organization.",
    {
        MembershipStatus.INVITED: "Asked to join; may not sign in yet.",
        MembershipStatus.ACTIVE: "May sign in.",
        MembershipStatus.DEACTIVATED: "May not sign in any more; what they did stays under their name.",
    },
)

described_enum(
    SignInMethod,
    "How a member proved who they are when a session began.",
    {
        SignInMethod.IDENTITY_PROVIDER: "Through one of the organization's identity providers.",
        SignInMethod.PASSWORD: "With a password of their own here.",
    },
)

described_enum(
    OrganizationRole,
    "What a member may do without any grant. Every member has exactly one.",
    {
        OrganizationRole.ORG_ADMIN: "Manages settings, members and grants, and recruits in all openings that are not "
        "confidential; pay takes a grant.",
        OrganizationRole.COMPLIANCE_OFFICER: "Reads the audit log; takes no part in hiring.",
        OrganizationRole.EXECUTIVE_VIEWER: "Reads openings and how many applications they have, but not whose.",
        OrganizationRole.RECRUITER_ALL: "Recruits in all openings that are not confidential.",
        OrganizationRole.MEMBER: "Works here: sees posted openings, what they referred and what they interview for.",
        OrganizationRole.AGENCY: "Works for a recruiting agency; may exactly what it is granted.",
    },
)

described_enum(
    GrantRole,
    "What a grant lets its holder do in the grant's scope.",
    {
        GrantRole.RECRUITER: "Runs the hiring: openings, postings, candidates, applications, hires and pay.",
        GrantRole.COORDINATOR: "Organizes interviews: reads candidates and how to reach them.",
        GrantRole.SOURCER: "Finds candidates, and follows those they found.",
        GrantRole.HIRING_MANAGER: "Decides on candidates, and reads pay.",
        GrantRole.TEAM_MANAGER: "Reads the candidates that were proposed to their team.",
        GrantRole.INTERVIEWER: "Reads the applications that they are assigned to interview for.",
        GrantRole.VIEWER: "Reads openings and how many applications they have.",
        GrantRole.AGENCY: "Submits candidates, and follows those they submitted.",
    },
)

described_enum(
    ScopeType,
    "Where a grant counts.",
    {
        ScopeType.ORG: "In the whole organization.",
        ScopeType.DEPARTMENT: "In the openings of a department and all departments below it.",
        ScopeType.OFFICE: "In the openings at a location and all locations below it.",
        ScopeType.TEAM: "In the openings that hire into a team.",
        ScopeType.OPENING: "In one opening.",
    },
)

described_enum(
    Privilege,
    "Something that a grant adds to its role within its scope.",
    {
        Privilege.COMPENSATION: "Read internal compensation bands.",
        Privilege.PRIVATE_CANDIDATES: "See private candidates.",
        Privilege.CONTACT_DETAILS: "Read how candidates can be reached.",
        Privilege.CANDIDATE_SEARCH: "Search the whole candidate database.",
        Privilege.AUDIT_LOG: "Read the audit log.",
        Privilege.ON_BEHALF_OF: "Act on behalf of members with the header `On-Behalf-Of`, within what both may; for a "
        "service account, on the whole organization.",
        Privilege.PROVISIONING: "See members, and keep them as an identity provider has them (SCIM).",
        Privilege.TRUSTED_DOCUMENTS: "Publish and retire the documents that clients run by their ids.",
    },
)

described_enum(
    Permission,
    "What can be permitted. Roles, grants and privileges give permissions; a token's scopes narrow them.",
    {
        permission: f"May {meaning} (`{permission.value}` in messages and descriptions)."
        for permission, meaning in PERMISSION_MEANING.items()
    },
)
