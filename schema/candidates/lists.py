"""Filters and orders of the lists of candidates, sources and tags."""

import enum

import strawberry

from schema.candidates.enums import SourceType
from schema.filters import ChoiceFilter, FlagFilter, IdFilter, InstantFilter, OrderDirection, TextFilter
from schema.reading import described


@strawberry.enum(description="What candidates can be ordered by.")
class CandidateOrderField(enum.Enum):
    UPDATED_AT = strawberry.enum_value("UPDATED_AT", description="By when they were last changed.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when they were added.")
    NAME = strawberry.enum_value("NAME", description="By name.")


@strawberry.input(description="One key of an order of candidates.")
class CandidateOrder:
    field: CandidateOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; if not given, the latest, and the first letter of names.", default=strawberry.UNSET
    )


@strawberry.input(
    description="Which candidates. What the viewer may not read of a candidate never matches: a filter tells nothing "
    "that a field hides."
)
class CandidateFilter:
    search: str | None = described(
        "Words, each of which has to begin a word of the candidate's names, skills, tags or e-mail addresses; at most "
        "8 words and 200 characters. Capitals and accents don't matter. Skills and tags take `candidate:read`, e-mail "
        "addresses `candidate:contact`.",
        default=strawberry.UNSET,
    )
    email: str | None = described(
        "Has exactly this e-mail address; capitals don't matter. Takes `candidate:contact`.", default=strawberry.UNSET
    )
    skill: IdFilter | None = described("By a skill they have. Takes `candidate:read`.", default=strawberry.UNSET)
    tag: IdFilter | None = described("By a tag they have. Takes `candidate:read`.", default=strawberry.UNSET)
    name: TextFilter | None = described("By the name that is shown.", default=strawberry.UNSET)
    is_internal: FlagFilter | None = described(
        "By whether they work here already. Takes `candidate:read`.", default=strawberry.UNSET
    )
    is_private: FlagFilter | None = described(
        "By whether only those with `candidate:private` see them. Takes `candidate:read`.", default=strawberry.UNSET
    )
    source: IdFilter | None = described(
        "By the channel they first came through. Takes `candidate:read`.", default=strawberry.UNSET
    )
    created_at: InstantFilter | None = described("By when they were added.", default=strawberry.UNSET)
    updated_at: InstantFilter | None = described("By when they were last changed.", default=strawberry.UNSET)
    and_: list["CandidateFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["CandidateFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "CandidateFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.enum(description="What sources and tags can be ordered by.")
class CandidateListOrderField(enum.Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when it was created.")


@strawberry.input(description="One key of an order of sources or tags.")
class CandidateListOrder:
    field: CandidateListOrderField = described("What to order by.")
    direction: OrderDirection | None = described(
        "Which end comes first; ascending if not given.", default=strawberry.UNSET
    )


@strawberry.input(description="Which sources.")
class SourceFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    type: ChoiceFilter[SourceType] | None = described("By kind of channel.", default=strawberry.UNSET)
    archived_at: InstantFilter | None = described("By when it was archived.", default=strawberry.UNSET)
    and_: list["SourceFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["SourceFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "SourceFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.input(description="Which tags.")
class TagFilter:
    name: TextFilter | None = described("By name.", default=strawberry.UNSET)
    slug: TextFilter | None = described("By what spellings of it share.", default=strawberry.UNSET)
    and_: list["TagFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["TagFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "TagFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")
