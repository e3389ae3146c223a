"""The tables of an employer's own shape. People are in portal.people; who may see what is decided in reads.py."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.base import (
    Enumerated,
    TenantRow,
    bounded,
    bounded_json,
    bounded_list,
    closed_set,
    indexed,
    reference,
)
from portal.organizations.enums import WorkplaceType


class Organization(TenantRow, kw_only=True):
    """The tenant itself. Its slug is unique among all tenants: directory.claim_slug holds that, not this table."""

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint("id = organization_id", name="is_its_own_tenant"),
        bounded("slug", 100),
        bounded("name", 200),
        CheckConstraint("default_currency ~ '^[A-Z]{3}$'", name="default_currency"),
        bounded("default_timezone", 100),
        bounded_json("policies", 100_000),
    )

    slug: Mapped[str]
    name: Mapped[str]
    default_currency: Mapped[str]
    default_timezone: Mapped[str]
    policies: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class OrganizationAccess(TenantRow, kw_only=True):
    """A counter of everything that rights depend on; triggers raise it, so an actor knows when it is out of date."""

    __tablename__ = "organization_access"
    __table_args__ = (CheckConstraint("id = organization_id", name="is_its_own_tenant"),)

    access_version: Mapped[int] = mapped_column(BigInteger)


class Department(TenantRow, kw_only=True):
    """A part of the organization; departments form a tree. Archived, never deleted, so history stays readable."""

    __tablename__ = "department"
    __table_args__ = (
        bounded("name", 200),
        CheckConstraint("parent_id <> id", name="is_not_its_own_parent"),
        reference("department", "parent_id"),
        indexed("parent_id"),
    )

    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(default=None)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class Location(TenantRow, kw_only=True):
    """Where people work: an office, a city, or "remote" in some regions; locations form a tree.

    `country` is an ISO 3166-1 alpha-2 code, `timezone` an IANA zone, `remote_regions` free codes such as US or US-CA.
    """

    __tablename__ = "location"
    __table_args__ = (
        bounded("name", 200),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        bounded("region", 200),
        bounded("city", 200),
        bounded("timezone", 100),
        closed_set("workplace_type", WorkplaceType),
        bounded_list("remote_regions", 100, 10_000),
        CheckConstraint("parent_id <> id", name="is_not_its_own_parent"),
        reference("location", "parent_id"),
        indexed("parent_id"),
    )

    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(default=None)
    country: Mapped[str | None] = mapped_column(default=None)
    region: Mapped[str | None] = mapped_column(default=None)
    city: Mapped[str | None] = mapped_column(default=None)
    timezone: Mapped[str | None] = mapped_column(default=None)
    workplace_type: Mapped[WorkplaceType] = mapped_column(Enumerated(WorkplaceType))
    remote_regions: Mapped[list[str]] = mapped_column(default_factory=list)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class TeamGroup(TenantRow, kw_only=True):
    """A heading under which teams are listed, in `position` order."""

    __tablename__ = "team_group"
    __table_args__ = (bounded("name", 200),)

    name: Mapped[str]
    position: Mapped[int]
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class Team(TenantRow, kw_only=True):
    """People who work together and whom an opening may hire for."""

    __tablename__ = "team"
    __table_args__ = (
        bounded("name", 200),
        reference("team_group", "group_id"),
        reference("department", "department_id"),
        indexed("group_id"),
        indexed("department_id"),
    )

    name: Mapped[str]
    group_id: Mapped[UUID | None] = mapped_column(default=None)
    department_id: Mapped[UUID | None] = mapped_column(default=None)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)
