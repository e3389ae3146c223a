"""Filters and orders of the lists of members, their groups and service accounts."""

import enum

import strawberry

from schema.filters import ChoiceFilter, InstantFilter, OrderDirection, TextFilter
from schema.people.enums import MembershipStatus, OrganizationRole
from schema.reading import described


@strawberry.enum(description="What members, their groups and service accounts can be ordered by.")
class PeopleOrderField(enum.Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when they were added.")


@strawberry.input(description="One key of an order of members, groups or service accounts.")
class PeopleOrder:
    field: PeopleOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which members.")
class MembershipFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    email: TextFilter | None = described("By e-mail address, in small letters.", default=strawberry.UNSET)
    status: ChoiceFilter[MembershipStatus] | None = described("By whether they may sign in.", default=strawberry.UNSET)
    role: ChoiceFilter[OrganizationRole] | None = described("By role.", default=strawberry.UNSET)
    user_name: TextFilter | None = described(
        "By name at the identity provider, in small letters.", default=strawberry.UNSET
    )
    directory_id: TextFilter | None = described("By what the identity provider calls them.", default=strawberry.UNSET)
    left_directory_at: InstantFilter | None = described(
        "By when the identity provider deleted them.", default=strawberry.UNSET
    )
    and_: list["MembershipFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["MembershipFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "MembershipFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.input(description="Which groups.")
class DirectoryGroupFilter:
    name: TextFilter | None = described("By name, in small letters.", default=strawberry.UNSET)
    directory_id: TextFilter | None = described("By what the identity provider calls them.", default=strawberry.UNSET)
    left_directory_at: InstantFilter | None = described(
        "By when the identity provider deleted them.", default=strawberry.UNSET
    )
    and_: list["DirectoryGroupFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["DirectoryGroupFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "DirectoryGroupFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")
