"""Where reads of the organization and its structure start."""

import strawberry

from schema.organizations.lists import DepartmentFilter, LocationFilter, StructureOrder, TeamFilter
from schema.organizations.types import Department, Location, Organization, Team
from schema.reading import Connection, pages, root


@strawberry.type
class OrganizationQueries:
    organization: Organization = root("The viewer's organization.", "organization")
    department: Department | None = root("A department by id.", "department", id="The department's id.")
    departments: Connection[Department] = pages(
        "The organization's departments.", filter=DepartmentFilter, order=StructureOrder, root="departments"
    )
    location: Location | None = root("A location by id.", "location", id="The location's id.")
    locations: Connection[Location] = pages(
        "The organization's locations.", filter=LocationFilter, order=StructureOrder, root="locations"
    )
    team: Team | None = root("A team by id.", "team", id="The team's id.")
    teams: Connection[Team] = pages("The organization's teams.", filter=TeamFilter, order=StructureOrder, root="teams")
