"""Organizations, departments, locations and teams as GraphQL types."""

from datetime import datetime

import strawberry

from schema.organizations.enums import DocumentMode, TeamRequiredAt, WorkplaceType
from schema.reading import Node, described


@strawberry.type(description="What an organization decided about how it hires.")
class OrganizationPoliciesValue:
    require_rejection_reason: bool = described("Whether a rejection has a reason; always so.")
    require_source: bool = described("Whether an application has to say through what channel it came.")
    hired_private_by_default: bool = described("Whether candidates become private when they are hired.")
    internal_private_by_default: bool = described(
        "Whether candidates who work here already are private from the start."
    )
    opening_approval: bool = described("Whether openings are approved before they open.")
    reapply_after_days: int = described(
        "How many days after a rejection or withdrawal a candidate can't apply to the same opening; 0 is at once."
    )
    team_required_at: TeamRequiredAt = described(
        "Before what the team is chosen where an opening hires for several teams."
    )
    require_second_factor: bool = described(
        "Whether nobody signs in with a password alone; who has no second factor enrols one as they sign in."
    )
    browser_documents: DocumentMode = described(
        "What requests with a browser's session may hold; a token says it itself."
    )


@strawberry.type(description="An employer: everything else belongs to exactly one organization.")
class Organization(Node):
    slug: str = described("The short name in addresses and commands; unique.")
    name: str = described("The employer's name.")
    default_currency: str = described("ISO 4217 code of the currency that amounts are in unless they say otherwise.")
    default_timezone: str = described("IANA time zone whose days reports count in.")
    policies: OrganizationPoliciesValue | None = described("How it hires.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A part of the organization, in a tree.")
class Department(Node):
    name: str = described("What it is called.")
    parent: "Department | None" = described("The department above it; null at the top.")
    children: list["Department"] = described("The departments directly below it, by name.")
    teams: list["Team"] = described("Its teams, by name.")
    archived_at: datetime | None = described("When it was archived; null while it is in use.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A place of work, in a tree; also a region that remote work is done from.")
class Location(Node):
    name: str = described("What it is called.")
    parent: "Location | None" = described("The location above it; null at the top.")
    children: list["Location"] = described("The locations directly below it, by name.")
    country: str | None = described("ISO 3166-1 alpha-2 code.")
    region: str | None = described("State, province or region.")
    city: str | None = described("City.")
    timezone: str | None = described("IANA time zone.")
    workplace_type: WorkplaceType = described("Where work is done.")
    remote_regions: list[str] = described("Where remote work may be done from: country codes, or code and region.")
    archived_at: datetime | None = described("When it was archived; null while it is in use.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="Teams that belong together.")
class TeamGroup(Node):
    name: str = described("What it is called.")
    position: int = described("Its place among the groups, from 0.")
    teams: list["Team"] = described("Its teams, by name.")
    archived_at: datetime | None = described("When it was archived; null while it is in use.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A team that openings hire into.")
class Team(Node):
    name: str = described("What it is called.")
    group: TeamGroup | None = described("The group it belongs to.")
    department: Department | None = described("The department it belongs to.")
    archived_at: datetime | None = described("When it was archived; null while it is in use.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
