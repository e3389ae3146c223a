"""What happens to an organization's own shape, for the audit log and the feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from typing_extensions import override  # in typing from Python 3.12

from portal.records.recording import Event


@dataclass(frozen=True, kw_only=True)
class _OfOrganization(Event):
    subject_type: ClassVar[str] = "Organization"


@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(_OfOrganization):
    type: ClassVar[str] = "organization.created"


@dataclass(frozen=True, kw_only=True)
class OrganizationUpdated(_OfOrganization):
    type: ClassVar[str] = "organization.updated"


@dataclass(frozen=True, kw_only=True)
class PoliciesChanged(_OfOrganization):
    """`changes` are by policy."""

    type: ClassVar[str] = "organization.policies_changed"


@dataclass(frozen=True, kw_only=True)
class _OfDepartment(Event):
    subject_type: ClassVar[str] = "Department"


@dataclass(frozen=True, kw_only=True)
class DepartmentCreated(_OfDepartment):
    type: ClassVar[str] = "department.created"


@dataclass(frozen=True, kw_only=True)
class DepartmentUpdated(_OfDepartment):
    """It was renamed or moved: `changes` says which."""

    type: ClassVar[str] = "department.updated"


@dataclass(frozen=True, kw_only=True)
class DepartmentArchived(_OfDepartment):
    type: ClassVar[str] = "department.archived"


@dataclass(frozen=True, kw_only=True)
class DepartmentUnarchived(_OfDepartment):
    type: ClassVar[str] = "department.unarchived"


@dataclass(frozen=True, kw_only=True)
class _OfLocation(Event):
    subject_type: ClassVar[str] = "Location"


@dataclass(frozen=True, kw_only=True)
class LocationCreated(_OfLocation):
    type: ClassVar[str] = "location.created"


@dataclass(frozen=True, kw_only=True)
class LocationUpdated(_OfLocation):
    """It was changed or moved: `changes` says which."""

    type: ClassVar[str] = "location.updated"


@dataclass(frozen=True, kw_only=True)
class LocationArchived(_OfLocation):
    type: ClassVar[str] = "location.archived"


@dataclass(frozen=True, kw_only=True)
class LocationUnarchived(_OfLocation):
    type: ClassVar[str] = "location.unarchived"


@dataclass(frozen=True, kw_only=True)
class _OfTeamGroup(Event):
    subject_type: ClassVar[str] = "TeamGroup"


@dataclass(frozen=True, kw_only=True)
class TeamGroupCreated(_OfTeamGroup):
    type: ClassVar[str] = "team_group.created"


@dataclass(frozen=True, kw_only=True)
class TeamGroupUpdated(_OfTeamGroup):
    """It was renamed or took another place: `changes` says which."""

    type: ClassVar[str] = "team_group.updated"


@dataclass(frozen=True, kw_only=True)
class TeamGroupArchived(_OfTeamGroup):
    type: ClassVar[str] = "team_group.archived"


@dataclass(frozen=True, kw_only=True)
class TeamGroupUnarchived(_OfTeamGroup):
    type: ClassVar[str] = "team_group.unarchived"


@dataclass(frozen=True, kw_only=True)
class _OfTeam(Event):
    subject_type: ClassVar[str] = "Team"


@dataclass(frozen=True, kw_only=True)
class TeamCreated(_OfTeam):
    type: ClassVar[str] = "team.created"

    group_id: UUID | None = None
    department_id: UUID | None = None

    @override
    def data(self) -> Mapping[str, object]:
        return {"group_id": self.group_id, "department_id": self.department_id}


@dataclass(frozen=True, kw_only=True)
class TeamUpdated(_OfTeam):
    """It was renamed, or belongs to another group or department: `changes` says which."""

    type: ClassVar[str] = "team.updated"


@dataclass(frozen=True, kw_only=True)
class TeamArchived(_OfTeam):
    type: ClassVar[str] = "team.archived"


@dataclass(frozen=True, kw_only=True)
class TeamUnarchived(_OfTeam):
    type: ClassVar[str] = "team.unarchived"
