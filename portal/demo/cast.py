"""Who works in the demo's organizations: invented people, one for each role, and what they are granted."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Part:
    """One role of the demo and who plays it. `key` names its token."""

    key: str
    name: str
    role: OrganizationRole = OrganizationRole.MEMBER
    timezone: str = "America/Los_Angeles"

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@example.com"


PARTS = (
    Part("admin", "Olga Ortega", OrganizationRole.ORG_ADMIN),
    Part("recruiter", "Ada Abara", OrganizationRole.RECRUITER_ALL),
    Part("hiring_manager", "Hugo Hale"),
    Part("team_manager", "Tess Tran"),
    Part("coordinator", "Cora Chen", timezone="America/New_York"),
    Part("sourcer", "Saul Silva", timezone="America/Chicago"),
    Part("interviewer", "Iris Ito"),
    Part("employee", "Emil Eriksson"),
    Part("executive", "Eva Engel", OrganizationRole.EXECUTIVE_VIEWER),
    Part("compliance", "Carl Costa", OrganizationRole.COMPLIANCE_OFFICER, "America/New_York"),
    Part("agency", "Ann Archer", OrganizationRole.AGENCY, "America/Denver"),
)

# They interview too, and have no token: the demo's interviews are not all of one person.
MORE_INTERVIEWERS = (
    Part("interviewer_2", "Ivan Ilic"),
    Part("interviewer_3", "Ines Iglesias", timezone="America/New_York"),
    Part("interviewer_4", "Idris Imani", timezone="America/Chicago"),
)

SERVICE_KEY = "service"
SERVICE_NAME = "Careers site"
SERVICE_DESCRIPTION = "Brings the applications that people make on the careers site, and shows its openings there."
# What the careers site's token is narrowed to, whatever its account is granted.
SERVICE_SCOPES = (
    Permission.APPLICATION_CREATE,
    Permission.APPLICATION_READ,
    Permission.APPLICATION_SEE,
    Permission.CANDIDATE_CREATE,
    Permission.CANDIDATE_READ,
    Permission.CANDIDATE_SEE,
    Permission.OPENING_READ,
    Permission.OPENING_SEE,
    Permission.ORGANIZATION_READ,
)

OTHER_KEY = "other_organization"
OTHER = Part(OTHER_KEY, "Gita Ghosh", OrganizationRole.ORG_ADMIN, "Europe/London")

# In the order of the README, and of the file with the tokens.
TOKEN_KEYS = (*(part.key for part in PARTS), SERVICE_KEY, OTHER_KEY)


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant of the demo: to whom, what and where. `below` are the rows below the scope in its tree."""

    key: str
    role: GrantRole
    scope_type: ScopeType
    scope_id: UUID | None = None
    below: tuple[UUID, ...] = ()
    include_confidential: bool = False
    privileges: frozenset[Privilege] = frozenset()

    def held(self) -> HeldGrant:
        """The grant as signing in would derive it."""
        ids = frozenset() if self.scope_id is None else frozenset({self.scope_id, *self.below})
        return HeldGrant(self.role, self.scope_type, ids, self.include_confidential, self.privileges)


def actor_of(organization_id: UUID, part: Part | None, subject_id: UUID, granted: Iterable[Granted], key: str) -> Actor:
    """Who acts in the demo's history, with the rights that signing in would give; without a part it is the service."""
    grants = tuple(grant.held() for grant in granted if grant.key == key)
    return Actor(
        organization_id=organization_id,
        kind=ActorKind.SERVICE if part is None else ActorKind.USER,
        id=subject_id,
        role=None if part is None else part.role,
        grants=grants,
        name=SERVICE_NAME if part is None else part.name,
    )
