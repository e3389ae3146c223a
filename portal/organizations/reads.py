"""What can be read of organizations, their departments, locations and teams, and by whom."""

from dataclasses import fields

import orjson
from sqlalchemy import ColumnElement, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from portal.access.permissions import Permission
from portal.organizations.models import Department, Location, Organization, Team, TeamGroup
from portal.organizations.policies import DEFAULTS, Policies
from portal.reading import filters
from portal.reading.entity import (
    Computed,
    Connection,
    Entity,
    Group,
    Many,
    One,
    Order,
    columns,
    everyone,
    organization_wide,
)
from portal.reading.roots import ByFact, ById, Root
from portal.reading.rows import Row, Viewer


def _policy(name: str) -> Computed:
    """A policy as the row says, or as it is for an organization that never chose."""

    def stored(_viewer: Viewer, row: Row) -> ColumnElement[object]:
        value: ColumnElement[object] = row[Organization.policies][literal_column(f"'{name}'")]
        default = orjson.dumps(getattr(DEFAULTS, name)).decode()
        return func.coalesce(value, literal_column(f"'{default}'::jsonb", JSONB()))

    return Computed(stored)


ORGANIZATION: Entity[Organization] = Entity(
    "Organization",
    Organization,
    "org",
    None,
    everyone,
    {
        **columns(
            Organization.slug,
            Organization.name,
            Organization.default_currency,
            Organization.default_timezone,
            Organization.created_at,
            Organization.updated_at,
            Organization.version,
        ),
        "policies": Group(
            "OrganizationPoliciesValue",
            {field.name: _policy(field.name) for field in fields(Policies)},
            permission=Permission.ORGANIZATION_READ,
        ),
    },
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
