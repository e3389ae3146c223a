"""All mutations of the organization and its structure."""

import strawberry

from schema.organizations.mutations.departments import DepartmentMutations
from schema.organizations.mutations.locations import LocationMutations
from schema.organizations.mutations.organization import OrganizationItselfMutations
from schema.organizations.mutations.teams import TeamMutations


@strawberry.type
class OrganizationMutations(OrganizationItselfMutations, DepartmentMutations, LocationMutations, TeamMutations):
    pass
