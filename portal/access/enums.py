"""The closed sets that rights are written in: roles, scopes, privileges. Pure; rules and the schema import them too."""

import enum


class ActorKind(enum.StrEnum):
    """What kind of actor did something."""

    USER = "USER"
    SERVICE = "SERVICE"
    SYSTEM = "SYSTEM"
    AUTOMATION = "AUTOMATION"
    CANDIDATE = "CANDIDATE"


class OrganizationRole(enum.StrEnum):
    """What a member may do without any grant; each member has exactly one."""

    ORG_ADMIN = "ORG_ADMIN"
    COMPLIANCE_OFFICER = "COMPLIANCE_OFFICER"
    EXECUTIVE_VIEWER = "EXECUTIVE_VIEWER"
    RECRUITER_ALL = "RECRUITER_ALL"
    MEMBER = "MEMBER"
    AGENCY = "AGENCY"


class GrantRole(enum.StrEnum):
    """What a grant lets its holder do within the grant's scope."""

    RECRUITER = "RECRUITER"
    COORDINATOR = "COORDINATOR"
    SOURCER = "SOURCER"
    HIRING_MANAGER = "HIRING_MANAGER"
    TEAM_MANAGER = "TEAM_MANAGER"
    INTERVIEWER = "INTERVIEWER"
    VIEWER = "VIEWER"
    AGENCY = "AGENCY"


class ScopeType(enum.StrEnum):
    """What a grant's scope is; ORG is the whole organization, the others name one row and what is below it."""

    ORG = "ORG"
    DEPARTMENT = "DEPARTMENT"
    OFFICE = "OFFICE"
    TEAM = "TEAM"
    OPENING = "OPENING"


class Privilege(enum.StrEnum):
    """An extra flag on a grant, for what its role alone does not give."""

    COMPENSATION = "COMPENSATION"
    PRIVATE_CANDIDATES = "PRIVATE_CANDIDATES"
    CONTACT_DETAILS = "CONTACT_DETAILS"
    CANDIDATE_SEARCH = "CANDIDATE_SEARCH"
    AUDIT_LOG = "AUDIT_LOG"
    ON_BEHALF_OF = "ON_BEHALF_OF"
    PROVISIONING = "PROVISIONING"
    TRUSTED_DOCUMENTS = "TRUSTED_DOCUMENTS"


class DocumentMode(enum.StrEnum):
    """What a credential may send: documents of its own, or the ids of those that its organization has published."""

    OFF = "OFF"
    ALLOW = "ALLOW"
    ONLY = "ONLY"
