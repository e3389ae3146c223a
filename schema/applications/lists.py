"""Filters and orders of the lists of applications and of rejection reasons."""

import enum

import strawberry

from schema.applications.enums import ApplicationOrigin, ApplicationStatus
from schema.filters import ChoiceFilter, IdFilter, InstantFilter, OrderDirection
from schema.reading import described


@strawberry.enum(description="What applications can be ordered by.")
class ApplicationOrderField(enum.Enum):
    LAST_ACTIVITY_AT = strawberry.enum_value("LAST_ACTIVITY_AT", description="By when something last happened to it.")
    APPLIED_AT = strawberry.enum_value("APPLIED_AT", description="By when the candidate applied.")


@strawberry.input(description="One key of an order of applications.")
class ApplicationOrder:
    field: ApplicationOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; the latest if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which applications. A filter by what the viewer may not read is refused.")
class ApplicationFilter:
    status: ChoiceFilter[ApplicationStatus] | None = described("By status.", default=strawberry.UNSET)
    origin: ChoiceFilter[ApplicationOrigin] | None = described("By how it came to be.", default=strawberry.UNSET)
    stage: IdFilter | None = described("By the stage it is in.", default=strawberry.UNSET)
    source: IdFilter | None = described("By the channel that the candidate came through.", default=strawberry.UNSET)
    opening: IdFilter | None = described("By the opening it is for.", default=strawberry.UNSET)
    candidate: IdFilter | None = described("By whose it is.", default=strawberry.UNSET)
    recruiter: IdFilter | None = described("By who recruits.", default=strawberry.UNSET)
    applied_at: InstantFilter | None = described("By when the candidate applied.", default=strawberry.UNSET)
    last_activity_at: InstantFilter | None = described(
        "By when something last happened to it.", default=strawberry.UNSET
    )
    and_: list["ApplicationFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["ApplicationFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "ApplicationFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.enum(description="What rejection reasons can be ordered by.")
class RejectionReasonOrderField(enum.Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")


@strawberry.input(description="One key of an order of rejection reasons.")
class RejectionReasonOrder:
    field: RejectionReasonOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )
