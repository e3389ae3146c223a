"""What can be read of organizations, their departments, locations and teams, and by whom."""

from portal.access.permissions import Permission
from portal.organizations.models import Department, Location, Organization, Team, TeamGroup
from portal.reading import filters
from portal.reading.entity import Connection, Entity, Many, One, Order, columns, everyone, organization_wide
from portal.reading.roots import ById, ByFact, Root


ORGANIZATION: Entity[Organization] = Entity(
    "Organization",
    Organization,
    "org",
    None,
    everyone,
    columns(
        Organization.slug,
        Organization.name,
        Organization.default_currency,
        Organization.default_timezone,
        Organization.created_at,
        Organization.updated_at,
        Organization.version,
    ),
)

DEPARTMENT: Entity[Department] = Entity(
    "Department",
    Department,
    "dep",
    Permission.ORGANIZATION_READ,
    organization_wide,
    {
        **columns(
            Department.name, Department.archived_at, Department.created_at, Department.updated_at, Department.version
        ),
        "parent": One(lambda: DEPARTMENT, Department.parent_id),
        "children": Many(lambda: DEPARTMENT, Department.parent_id, order=(Department.name,)),
        "teams": Many(lambda: TEAM, Team.department_id, order=(Team.name,)),
    },
)

LOCATION: Entity[Location] = Entity(
    "Location",
    Location,
    "loc",
    Permission.ORGANIZATION_READ,
    organization_wide,
    {
        **columns(
            Location.name,
            Location.country,
            Location.region,
            Location.city,
            Location.timezone,
            Location.workplace_type,
            Location.remote_regions,
            Location.archived_at,
            Location.created_at,
            Location.updated_at,
            Location.version,
        ),
        "parent": One(lambda: LOCATION, Location.parent_id),
        "children": Many(lambda: LOCATION, Location.parent_id, order=(Location.name,)),
    },
)

TEAM_GROUP: Entity[TeamGroup] = Entity(
    "TeamGroup",
    TeamGroup,
    "tgr",
    Permission.ORGANIZATION_READ,
    organization_wide,
    {
        **columns(
            TeamGroup.name,
            TeamGroup.position,
            TeamGroup.archived_at,
            TeamGroup.created_at,
            TeamGroup.updated_at,
            TeamGroup.version,
        ),
        "teams": Many(lambda: TEAM, Team.group_id, order=(Team.name,)),
    },
)

TEAM: Entity[Team] = Entity(
    "Team",
    Team,
    "team",
    Permission.ORGANIZATION_READ,
    organization_wide,
    {
        **columns(Team.name, Team.archived_at, Team.created_at, Team.updated_at, Team.version),
        "group": One(lambda: TEAM_GROUP, Team.group_id),
        "department": One(lambda: DEPARTMENT, Team.department_id),
    },
)

ENTITIES = (ORGANIZATION, DEPARTMENT, LOCATION, TEAM_GROUP, TEAM)

ROOTS: dict[str, Root] = {
    "organization": ByFact(ORGANIZATION, "organization_id"),
    "department": ById(DEPARTMENT),
    "departments": Connection(
        lambda: DEPARTMENT,
        orders={"NAME": Order(Department.name), "CREATED_AT": Order(Department.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(Department.name),
            "parent": filters.id_of("dep", Department.parent_id),
            "archivedAt": filters.instant(Department.archived_at),
        },
    ),
    "location": ById(LOCATION),
    "locations": Connection(
        lambda: LOCATION,
        orders={"NAME": Order(Location.name), "CREATED_AT": Order(Location.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(Location.name),
            "parent": filters.id_of("loc", Location.parent_id),
            "country": filters.text(Location.country),
            "workplaceType": filters.choice(Location.workplace_type),
            "archivedAt": filters.instant(Location.archived_at),
        },
    ),
    "team": ById(TEAM),
    "teams": Connection(
        lambda: TEAM,
        orders={"NAME": Order(Team.name), "CREATED_AT": Order(Team.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(Team.name),
            "group": filters.id_of("tgr", Team.group_id),
            "department": filters.id_of("dep", Team.department_id),
            "archivedAt": filters.instant(Team.archived_at),
        },
    ),
}
