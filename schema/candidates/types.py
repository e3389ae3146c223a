"""Candidates, their profiles, tags and sources as GraphQL types."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.applications.lists import ApplicationFilter, ApplicationOrder
from schema.candidates.enums import ContactKind, DatePrecision, LinkKind, SourceType
from schema.reading import Connection, Node, described, pages

if TYPE_CHECKING:
    from schema.applications.types import Application
    from schema.openings.types import Skill
    from schema.people.types import Membership

_Application = Annotated["Application", strawberry.lazy("schema.applications.types")]
_Skill = Annotated["Skill", strawberry.lazy("schema.openings.types")]
_Membership = Annotated["Membership", strawberry.lazy("schema.people.types")]


@strawberry.type(description="A channel through which candidates come, such as one job board or one agency.")
class Source(Node):
    name: str = described("What it is called; unique.")
    type: SourceType = described("What kind of channel it is.")
    archived_at: datetime | None = described("When it was archived; null while it can be chosen.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="A word that recruiters put on candidates.")
class Tag(Node):
    name: str = described("As it is shown.")
    slug: str = described("What two spellings of it share; unique.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")


@strawberry.type(description="An e-mail address or phone number of a candidate.")
class ContactPoint(Node):
    kind: ContactKind = described("How it reaches the candidate.")
    value: str = described("The address or number, as it was given.")
    label: str | None = described("What it is for, such as work or home.")
    is_primary: bool = described("Whether it is the one to use first; each kind has exactly one.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="A page of a candidate's.")
class CandidateLink(Node):
    kind: LinkKind = described("What it leads to.")
    url: str = described("The page's address, http or https.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="A job that a candidate has or had.")
class Employment(Node):
    company: str = described("The employer.")
    title: str | None = described("What they were employed as.")
    location: str | None = described("Where.")
    url: str | None = described("The employer's page.")
    started_on: date | None = described("Since when; see `startedPrecision`.")
    started_precision: DatePrecision | None = described("How much of `startedOn` is known; null without it.")
    ended_on: date | None = described("Until when; see `endedPrecision`.")
    ended_precision: DatePrecision | None = described("How much of `endedOn` is known; null without it.")
    is_current: bool = described("Whether they still work there.")
    summary: str | None = described("What they did there, as plain text.")
    highlights: list[str] = described("What they achieved there, a sentence each.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="A place where a candidate learned.")
class Education(Node):
    institution: str = described("The school, university or course.")
    area: str | None = described("What they studied.")
    degree: str | None = described("The degree that they got or study for.")
    url: str | None = described("The institution's page.")
    started_on: date | None = described("Since when; see `startedPrecision`.")
    started_precision: DatePrecision | None = described("How much of `startedOn` is known; null without it.")
    ended_on: date | None = described("Until when; see `endedPrecision`.")
    ended_precision: DatePrecision | None = described("How much of `endedOn` is known; null without it.")
    score: str | None = described("The grade, as the candidate writes it.")
    courses: list[str] = described("Courses taken.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="A skill that a candidate has.")
class CandidateSkill(Node):
    skill: _Skill | None = described("The skill.")
    level: str | None = described("How well, as the candidate says it.")
    keywords: list[str] = described("What the candidate counts under it.")
    created_at: datetime = described("When it was added, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes.")


@strawberry.type(description="What the viewer may do with a candidate.")
class CandidateRightsSummary:
    read: bool = described("Read the whole profile.")
    see_contact: bool = described("Read e-mail addresses, phone numbers and links.")
    edit: bool = described("Change their data and tags.")


@strawberry.type(description="A person who may be hired. Nobody sees the record that is linked to themselves.")
class Candidate(Node):
    name: str = described("The name that is shown.")
    headline: str | None = described("Who they are professionally, in a line.")
    first_name: str | None = described("First name.")
    last_name: str | None = described("Last name.")
    preferred_name: str | None = described("What they like to be called.")
    summary: str | None = described("What they say of themselves, as plain text.")
    location: str | None = described("Where they live, as they write it.")
    timezone: str | None = described("Their IANA time zone.")
    is_private: bool | None = described("Whether only those with `candidate:private` see them.")
    is_internal: bool | None = described("Whether they work here already.")
    can_email: bool | None = described("Whether they agree to be written to.")
    tags: list[str] | None = described("The names of their tags, in alphabetical order.")
    source: Source | None = described("The channel that they first came through.")
    linked_membership: _Membership | None = described("The same person as a member of the organization.")
    contact_points: list[ContactPoint] = described(
        "E-mail addresses, then phone numbers, oldest first. Empty without `candidate:contact`."
    )
    links: list[CandidateLink] = described("Their pages, oldest first. Empty without `candidate:contact`.")
    employments: list[Employment] = described("Their jobs, in the order given. Empty without `candidate:read`.")
    educations: list[Education] = described("Where they learned, in the order given. Empty without `candidate:read`.")
    skills: list[CandidateSkill] = described("Their skills, oldest first. Empty without `candidate:read`.")
    possible_duplicates: list["Candidate"] = described(
        "Candidates who share an e-mail address, a phone number or a profile page with this one, latest first, at most "
        "20. Only where the viewer may read contact details of both."
    )
    applications: Connection[_Application] = pages(
        "Their applications that the viewer may see.", filter=ApplicationFilter, order=ApplicationOrder
    )
    viewer_can: CandidateRightsSummary = described("What the viewer may do with them.")
    redacted_fields: list[str] = described("The fields that are null because the viewer may not read them.")
    created_at: datetime = described("When they were added, in UTC.")
    updated_at: datetime = described("When they were last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
