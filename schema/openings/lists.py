"""Filters and orders of the lists of openings, skills, stage templates and close reasons."""

import enum

import strawberry

from schema.filters import ChoiceFilter, FlagFilter, IdFilter, InstantFilter, OrderDirection, TextFilter
from schema.openings.enums import EmploymentType, OpeningKind, OpeningStatus
from schema.reading import described


@strawberry.enum(description="What openings can be ordered by.")
class OpeningOrderField(enum.Enum):
    UPDATED_AT = strawberry.enum_value("UPDATED_AT", description="By when it was last changed.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when it was created.")
    TITLE = strawberry.enum_value("TITLE", description="By title.")


@strawberry.input(description="One key of an order of openings.")
class OpeningOrder:
    field: OpeningOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; if not given, the latest for times and A for titles.", default=strawberry.UNSET
    )


@strawberry.input(description="Which openings. A comparison with what the viewer may not read matches nothing.")
class OpeningFilter:
    title: TextFilter | None = described("By title.", default=strawberry.UNSET)
    requisition_code: TextFilter | None = described("By requisition code.", default=strawberry.UNSET)
    status: ChoiceFilter[OpeningStatus] | None = described("By status.", default=strawberry.UNSET)
    kind: ChoiceFilter[OpeningKind] | None = described("By kind.", default=strawberry.UNSET)
    employment_type: ChoiceFilter[EmploymentType] | None = described("By contract.", default=strawberry.UNSET)
    department: IdFilter | None = described("By the department that hires.", default=strawberry.UNSET)
    team: IdFilter | None = described("By the teams that it hires for.", default=strawberry.UNSET)
    location: IdFilter | None = described("By the locations that it hires in.", default=strawberry.UNSET)
    hiring_team_member: IdFilter | None = described(
        "By the members in its hiring team, in any role.", default=strawberry.UNSET
    )
    is_confidential: FlagFilter | None = described("By confidentiality.", default=strawberry.UNSET)
    opened_at: InstantFilter | None = described("By when it opened.", default=strawberry.UNSET)
    created_at: InstantFilter | None = described("By when it was created.", default=strawberry.UNSET)
    updated_at: InstantFilter | None = described("By when it was last changed.", default=strawberry.UNSET)
    and_: list["OpeningFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["OpeningFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "OpeningFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.enum(description="What skills can be ordered by.")
class SkillOrderField(enum.Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when it was created.")


@strawberry.input(description="One key of an order of skills.")
class SkillOrder:
    field: SkillOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which skills.")
class SkillFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    slug: TextFilter | None = described("By slug.", default=strawberry.UNSET)
    archived_at: InstantFilter | None = described("By when it was archived.", default=strawberry.UNSET)
    and_: list["SkillFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["SkillFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "SkillFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.enum(description="What stage templates can be ordered by.")
class StageTemplateOrderField(enum.Enum):
    POSITION = strawberry.enum_value("POSITION", description="By their place in the pipeline.")


@strawberry.input(description="One key of an order of stage templates.")
class StageTemplateOrder:
    field: StageTemplateOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )


@strawberry.enum(description="What close reasons can be ordered by.")
class CloseReasonOrderField(enum.Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")


@strawberry.input(description="One key of an order of close reasons.")
class CloseReasonOrder:
    field: CloseReasonOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which close reasons.")
class CloseReasonFilter:
    archived_at: InstantFilter | None = described("By when it was archived.", default=strawberry.UNSET)
    and_: list["CloseReasonFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["CloseReasonFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "CloseReasonFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")
