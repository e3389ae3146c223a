"""What actions on an organization's own shape answer with: the row that they were about."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrganizationResult:
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class DepartmentResult:
    department_id: UUID


@dataclass(frozen=True, slots=True)
class LocationResult:
    location_id: UUID


@dataclass(frozen=True, slots=True)
class TeamGroupResult:
    team_group_id: UUID


@dataclass(frozen=True, slots=True)
class TeamResult:
    team_id: UUID
