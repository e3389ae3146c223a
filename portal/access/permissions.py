"""The permissions, and the one table that says which role holds which of them, and through what.

A role gives a permission in one of several ways (the legend of docs/permissions.md, which is generated from this
table): in the scope of the grant that gives the role, or only through a relation to the row, such as an assignment to
interview. A privilege is an extra flag on a grant: it adds its permissions within that grant's scope, whatever the
role. Default deny: what is not in the table is not allowed.
"""

import enum
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from portal.access.enums import GrantRole, OrganizationRole, Privilege


class Permission(enum.StrEnum):
    """What can be permitted, as <resource>:<action>. Kept in alphabetical order of resource."""

    ACCOUNT_MANAGE = "account:manage"
    APPLICATION_ASSIGN = "application:assign"
    APPLICATION_BULK = "application:bulk"
    APPLICATION_COUNT = "application:count"
    APPLICATION_CREATE = "application:create"
    APPLICATION_HIRE = "application:hire"
    APPLICATION_MOVE = "application:move"
    APPLICATION_READ = "application:read"
    APPLICATION_REJECT = "application:reject"
    APPLICATION_SEE = "application:see"
    AUDIT_READ = "audit:read"
    CANDIDATE_CONTACT = "candidate:contact"
    CANDIDATE_CREATE = "candidate:create"
    CANDIDATE_EDIT = "candidate:edit"
    CANDIDATE_PRIVATE = "candidate:private"
    CANDIDATE_READ = "candidate:read"
    CANDIDATE_SEARCH = "candidate:search"
    CANDIDATE_SEE = "candidate:see"
    COMPENSATION_EDIT = "compensation:edit"
    COMPENSATION_READ = "compensation:read"
    DOCUMENT_PUBLISH = "document:publish"
    EVENT_READ = "event:read"
    GRANT_MANAGE = "grant:manage"
    MEMBER_MANAGE = "member:manage"
    MEMBER_PROVISION = "member:provision"
    MEMBER_READ = "member:read"
    MEMBER_REPRESENT = "member:represent"
    OPENING_CREATE = "opening:create"
    OPENING_EDIT = "opening:edit"
    OPENING_READ = "opening:read"
    OPENING_SEE = "opening:see"
    ORGANIZATION_MANAGE = "organization:manage"
    ORGANIZATION_READ = "organization:read"
    PIPELINE_MANAGE = "pipeline:manage"
    POSTING_PUBLISH = "posting:publish"
    SEAT_MANAGE = "seat:manage"
    SIGN_IN_MANAGE = "sign_in:manage"
    TEAM_MATCH_PROPOSE = "team_match:propose"
    TOKEN_MANAGE = "token:manage"  # noqa: S105 - a permission's name, not a secret


PERMISSION_MEANING: Mapping[Permission, str] = {
    Permission.ACCOUNT_MANAGE: "manage how one signs in oneself: sessions, password, second factor",
    Permission.APPLICATION_ASSIGN: "assign interviewers to an application",
    Permission.APPLICATION_BULK: "act on many applications at once, and undo it",
    Permission.APPLICATION_COUNT: "see how many applications there are, without seeing which",
    Permission.APPLICATION_CREATE: "submit an application for a candidate",
    Permission.APPLICATION_HIRE: "hire and unhire",
    Permission.APPLICATION_MOVE: "move an application to another stage, and transfer it",
    Permission.APPLICATION_READ: "read an application with its stage, dates and history",
    Permission.APPLICATION_REJECT: "reject, unreject and withdraw an application",
    Permission.APPLICATION_SEE: "see that an application exists, and whether it is in process, closed or hired",
    Permission.AUDIT_READ: "read the audit log",
    Permission.CANDIDATE_CONTACT: "read a candidate's e-mail addresses, phone numbers and links",
    Permission.CANDIDATE_CREATE: "add a candidate",
    Permission.CANDIDATE_EDIT: "change a candidate's data and tags",
    Permission.CANDIDATE_PRIVATE: "see private candidates",
    Permission.CANDIDATE_READ: "read a candidate's profile",
    Permission.CANDIDATE_SEARCH: "search the whole candidate database",
    Permission.CANDIDATE_SEE: "see a candidate's name and headline",
    Permission.COMPENSATION_EDIT: "change an opening's compensation bands",
    Permission.COMPENSATION_READ: "read internal compensation bands",
    Permission.DOCUMENT_PUBLISH: "publish and retire the documents that clients run by their ids",
    Permission.EVENT_READ: "read the feed of domain events",
    Permission.GRANT_MANAGE: "give and revoke grants",
    Permission.MEMBER_MANAGE: "invite, change and deactivate members",
    Permission.MEMBER_PROVISION: "keep members as an identity provider has them (SCIM)",
    Permission.MEMBER_READ: "see the members of the organization",
    Permission.MEMBER_REPRESENT: "act on behalf of members, within what both may (for service accounts)",
    Permission.OPENING_CREATE: "create an opening as a draft",
    Permission.OPENING_EDIT: "change an opening, its state, hiring team and teams",
    Permission.OPENING_READ: "read an opening with its seats, stages and hiring team",
    Permission.OPENING_SEE: "see that an opening exists: its title and status",
    Permission.ORGANIZATION_MANAGE: "change settings, departments, locations, teams and lists",
    Permission.ORGANIZATION_READ: "read the organization, its departments, locations and teams",
    Permission.PIPELINE_MANAGE: "add, rename, reorder and archive the stages of an opening",
    Permission.POSTING_PUBLISH: "write, publish and unpublish postings",
    Permission.SEAT_MANAGE: "add, open and close seats",
    Permission.SIGN_IN_MANAGE: "decide which identity providers are trusted, and whom they let in",
    Permission.TEAM_MATCH_PROPOSE: "propose an application to a team",
    Permission.TOKEN_MANAGE: "manage service accounts and the tokens of others",
}


# What has to be seen before anything can be done with it, by resource.
_SEEN_AS: Mapping[str, Permission] = {
    "application": Permission.APPLICATION_SEE,
    "candidate": Permission.CANDIDATE_SEE,
    "compensation": Permission.OPENING_SEE,
    "opening": Permission.OPENING_SEE,
    "pipeline": Permission.OPENING_SEE,
    "posting": Permission.OPENING_SEE,
    "seat": Permission.OPENING_SEE,
    "team_match": Permission.APPLICATION_SEE,
}


def with_what_they_see(scopes: Iterable[Permission]) -> frozenset[Permission]:
    """A token's scopes with the permission to see what they are about; alone they would find nothing to act on."""
    given = frozenset(scopes)
    return given | {_SEEN_AS[resource] for scope in given if (resource := scope.partition(":")[0]) in _SEEN_AS}


class Way(enum.StrEnum):
    """Through what a role holds a permission."""

    SCOPE = "SCOPE"
    """Everywhere in the scope of the grant (an organization role's scope is the organization)."""
    ASSIGNED = "ASSIGNED"
    """Only where assigned to interview."""
    CREDITED = "CREDITED"
    """Only for what is credited to this actor: sourced, referred or submitted by them."""
    PROPOSED = "PROPOSED"
    """Only for applications that were proposed to a team in the grant's scope."""
    POSTED = "POSTED"
    """Only for openings with a posting that is published, also internally."""


P = Permission
Holding = tuple[Permission, Way]


def _holds(way: Way, *permissions: Permission) -> frozenset[Holding]:
    return frozenset((permission, way) for permission in permissions)


_SEES_PIPELINE = (
    P.OPENING_SEE,
    P.OPENING_READ,
    P.APPLICATION_COUNT,
    P.APPLICATION_SEE,
    P.APPLICATION_READ,
    P.CANDIDATE_SEE,
    P.CANDIDATE_READ,
)

_RECRUITS = _holds(
    Way.SCOPE,
    *_SEES_PIPELINE,
    P.APPLICATION_ASSIGN,
    P.APPLICATION_BULK,
    P.APPLICATION_CREATE,
    P.APPLICATION_HIRE,
    P.APPLICATION_MOVE,
    P.APPLICATION_REJECT,
    P.CANDIDATE_CONTACT,
    P.CANDIDATE_CREATE,
    P.CANDIDATE_EDIT,
    P.CANDIDATE_SEARCH,
    P.COMPENSATION_EDIT,
    P.COMPENSATION_READ,
    P.EVENT_READ,
    P.OPENING_CREATE,
    P.OPENING_EDIT,
    P.PIPELINE_MANAGE,
    P.POSTING_PUBLISH,
    P.SEAT_MANAGE,
    P.TEAM_MATCH_PROPOSE,
)

_INTERVIEWS = _holds(
    Way.ASSIGNED,
    P.OPENING_SEE,
    P.OPENING_READ,
    P.APPLICATION_SEE,
    P.APPLICATION_READ,
    P.CANDIDATE_SEE,
    P.CANDIDATE_READ,
)

# Every member may be assigned to interview, and may refer: no grant is needed for either.
_EMPLOYED = (
    _holds(Way.SCOPE, P.ACCOUNT_MANAGE, P.ORGANIZATION_READ, P.MEMBER_READ)
    | _holds(Way.POSTED, P.OPENING_SEE)
    | _holds(Way.CREDITED, P.APPLICATION_SEE, P.CANDIDATE_SEE)
    | _INTERVIEWS
)

# A service account may do exactly what its grants give; the names of departments, teams and places are part of any.
SERVICE_ACCOUNT: AbstractSet[Holding] = _holds(Way.SCOPE, P.ORGANIZATION_READ)

ORGANIZATION_ROLES: Mapping[OrganizationRole, AbstractSet[Holding]] = {
    OrganizationRole.ORG_ADMIN: _EMPLOYED
    | _RECRUITS - _holds(Way.SCOPE, P.COMPENSATION_READ, P.COMPENSATION_EDIT)
    | _holds(
        Way.SCOPE,
        P.DOCUMENT_PUBLISH,
        P.GRANT_MANAGE,
        P.MEMBER_MANAGE,
        P.MEMBER_PROVISION,
        P.ORGANIZATION_MANAGE,
        P.SIGN_IN_MANAGE,
        P.TOKEN_MANAGE,
    ),
    OrganizationRole.RECRUITER_ALL: _EMPLOYED | _RECRUITS,
    OrganizationRole.EXECUTIVE_VIEWER: _EMPLOYED
    | _holds(Way.SCOPE, P.OPENING_SEE, P.OPENING_READ, P.APPLICATION_COUNT),
    OrganizationRole.COMPLIANCE_OFFICER: _EMPLOYED | _holds(Way.SCOPE, P.OPENING_SEE, P.AUDIT_READ),
    OrganizationRole.MEMBER: _EMPLOYED,
    OrganizationRole.AGENCY: _holds(Way.SCOPE, P.ACCOUNT_MANAGE),
}

GRANT_ROLES: Mapping[GrantRole, AbstractSet[Holding]] = {
    GrantRole.RECRUITER: _RECRUITS,
    GrantRole.HIRING_MANAGER: _holds(
        Way.SCOPE,
        *_SEES_PIPELINE,
        P.APPLICATION_ASSIGN,
        P.APPLICATION_MOVE,
        P.APPLICATION_REJECT,
        P.COMPENSATION_READ,
        P.EVENT_READ,
    ),
    GrantRole.COORDINATOR: _holds(Way.SCOPE, *_SEES_PIPELINE, P.APPLICATION_ASSIGN, P.CANDIDATE_CONTACT, P.EVENT_READ),
    GrantRole.SOURCER: _holds(
        Way.SCOPE, P.OPENING_SEE, P.OPENING_READ, P.APPLICATION_CREATE, P.CANDIDATE_CREATE, P.CANDIDATE_SEARCH
    )
    | _holds(
        Way.CREDITED,
        P.APPLICATION_SEE,
        P.APPLICATION_READ,
        P.CANDIDATE_SEE,
        P.CANDIDATE_READ,
        P.CANDIDATE_CONTACT,
    ),
    GrantRole.TEAM_MANAGER: _holds(Way.SCOPE, P.OPENING_SEE, P.OPENING_READ)
    | _holds(Way.PROPOSED, P.APPLICATION_SEE, P.APPLICATION_READ, P.CANDIDATE_SEE, P.CANDIDATE_READ),
    GrantRole.INTERVIEWER: _INTERVIEWS,
    GrantRole.VIEWER: _holds(Way.SCOPE, P.OPENING_SEE, P.OPENING_READ, P.APPLICATION_COUNT),
    GrantRole.AGENCY: _holds(Way.SCOPE, P.OPENING_SEE, P.APPLICATION_CREATE, P.CANDIDATE_CREATE)
    | _holds(Way.CREDITED, P.APPLICATION_SEE, P.CANDIDATE_SEE, P.CANDIDATE_CONTACT),
}

PRIVILEGES: Mapping[Privilege, AbstractSet[Holding]] = {
    Privilege.COMPENSATION: _holds(Way.SCOPE, P.COMPENSATION_READ),
    Privilege.PRIVATE_CANDIDATES: _holds(Way.SCOPE, P.CANDIDATE_PRIVATE),
    Privilege.CONTACT_DETAILS: _holds(Way.SCOPE, P.CANDIDATE_CONTACT),
    Privilege.CANDIDATE_SEARCH: _holds(Way.SCOPE, P.CANDIDATE_SEARCH),
    Privilege.AUDIT_LOG: _holds(Way.SCOPE, P.AUDIT_READ),
    Privilege.ON_BEHALF_OF: _holds(Way.SCOPE, P.MEMBER_REPRESENT),
    Privilege.PROVISIONING: _holds(Way.SCOPE, P.MEMBER_READ, P.MEMBER_PROVISION),
    Privilege.TRUSTED_DOCUMENTS: _holds(Way.SCOPE, P.DOCUMENT_PUBLISH),
}
