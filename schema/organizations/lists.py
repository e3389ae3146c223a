"""Filters and orders of the lists of departments, locations and teams."""

import enum

import strawberry

from schema.filters import ChoiceFilter, IdFilter, InstantFilter, OrderDirection, TextFilter
from schema.organizations.enums import WorkplaceType
from schema.reading import described


@strawberry.enum(description="What departments, locations and teams can be ordered by.")
class StructureOrderField(enum.Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when it was created.")


@strawberry.input(description="One key of an order of departments, locations or teams.")
class StructureOrder:
    field: StructureOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which departments.")
class DepartmentFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    parent: IdFilter | None = described("By the department above.", default=strawberry.UNSET)
    archived_at: InstantFilter | None = described("By when it was archived.", default=strawberry.UNSET)
    and_: list["DepartmentFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["DepartmentFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "DepartmentFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.input(description="Which locations.")
class LocationFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    parent: IdFilter | None = described("By the location above.", default=strawberry.UNSET)
    country: TextFilter | None = described("By country code.", default=strawberry.UNSET)
    workplace_type: ChoiceFilter[WorkplaceType] | None = described("By where work is done.", default=strawberry.UNSET)
    archived_at: InstantFilter | None = described("By when it was archived.", default=strawberry.UNSET)
    and_: list["LocationFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["LocationFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "LocationFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.input(description="Which teams.")
class TeamFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    group: IdFilter | None = described("By the group it belongs to.", default=strawberry.UNSET)
    department: IdFilter | None = described("By the department it belongs to.", default=strawberry.UNSET)
    archived_at: InstantFilter | None = described("By when it was archived.", default=strawberry.UNSET)
    and_: list["TeamFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["TeamFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "TeamFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")
