"""What clients give of a candidate's lists, and how it becomes what the actions take."""

from datetime import date

import strawberry

from portal.candidates.actions.create import NewCandidate
from portal.candidates.actions.making import GivenLink, GivenSkill
from portal.candidates.reads import SOURCE
from portal.candidates.rules import profiles
from portal.candidates.rules.contacts import GivenContact
from portal.candidates.rules.profiles import Names, PartialDate
from portal.openings.reads import SKILL
from schema.candidates.enums import ContactKind, DatePrecision, LinkKind
from schema.mutating import id_of, optional_id
from schema.reading import described

COUNTRY = "Where phone numbers without a + are from: an ISO 3166-1 alpha-2 code, such as US."


@strawberry.input(description="An e-mail address or phone number.")
class ContactPointInput:
    kind: ContactKind = described("How it reaches the candidate.")
    value: str = described("The address or number, at most 320 characters.")
    label: str | None = described("What it is for, at most 100 characters.", default=None)
    is_primary: bool = described("Whether it is the one to use first; one of each kind may be.", default=False)

    def given(self) -> GivenContact:
        return GivenContact(self.kind, self.value, self.label, self.is_primary)


@strawberry.input(description="A page of the candidate's.")
class CandidateLinkInput:
    url: str = described("The page's address, http or https, at most 2,000 characters.")
    kind: LinkKind | None = described("What it leads to; told from known addresses if not given.", default=None)

    def given(self) -> GivenLink:
        return GivenLink(self.url, self.kind)


@strawberry.input(description="A date that may be known only roughly.")
class PartialDateInput:
    on: date = described("The day; of a month its first day, of a year its first of January.")
    precision: DatePrecision = described("How much of it is known.", default=DatePrecision.DAY)

    def given(self) -> PartialDate:
        return PartialDate(self.on, self.precision)


@strawberry.input(description="A job that the candidate has or had.")
class EmploymentInput:
    company: str = described("The employer, 1 to 200 characters.")
    title: str | None = described("What they were employed as, at most 200 characters.", default=None)
    location: str | None = described("Where, at most 200 characters.", default=None)
    url: str | None = described("The employer's page.", default=None)
    started: PartialDateInput | None = described("Since when.", default=None)
    ended: PartialDateInput | None = described("Until when; not for a current one.", default=None)
    is_current: bool = described("Whether they still work there.", default=False)
    summary: str | None = described("What they did there, plain text of at most 10,000 characters.", default=None)
    highlights: list[str] | None = described("What they achieved there, at most 100 of 2,000 characters.", default=None)

    def given(self) -> profiles.Employment:
        return profiles.Employment(
            company=self.company,
            title=self.title,
            location=self.location,
            url=self.url,
            started=_date(self.started),
            ended=_date(self.ended),
            is_current=self.is_current,
            summary=self.summary,
            highlights=tuple(self.highlights or ()),
        )


@strawberry.input(description="A place where the candidate learned.")
class EducationInput:
    institution: str = described("The school, university or course, 1 to 200 characters.")
    area: str | None = described("What they studied, at most 200 characters.", default=None)
    degree: str | None = described("The degree, at most 200 characters.", default=None)
    url: str | None = described("The institution's page.", default=None)
    started: PartialDateInput | None = described("Since when.", default=None)
    ended: PartialDateInput | None = described("Until when.", default=None)
    score: str | None = described("The grade as they write it, at most 100 characters.", default=None)
    courses: list[str] | None = described("Courses taken, at most 100 of 200 characters.", default=None)

    def given(self) -> profiles.Education:
        return profiles.Education(
            institution=self.institution,
            area=self.area,
            degree=self.degree,
            url=self.url,
            started=_date(self.started),
            ended=_date(self.ended),
            score=self.score,
            courses=tuple(self.courses or ()),
        )


@strawberry.input(description="A skill that the candidate has.")
class CandidateSkillInput:
    skill_id: strawberry.ID = described("The skill's id.")
    level: str | None = described("How well, as they say it, at most 100 characters.", default=None)
    keywords: list[str] | None = described("What they count under it, at most 100 of 200 characters.", default=None)

    def given(self) -> GivenSkill:
        return GivenSkill(id_of(SKILL, self.skill_id), self.level, tuple(self.keywords or ()))


@strawberry.input(description="Somebody to add.")
class NewCandidateInput:
    name: str | None = described(
        "The name that is shown, at most 200 characters; if not given, first and last name.", default=None
    )
    first_name: str | None = described("First name, at most 200 characters.", default=None)
    last_name: str | None = described("Last name, at most 200 characters.", default=None)
    preferred_name: str | None = described("What they like to be called, at most 200 characters.", default=None)
    headline: str | None = described("Who they are professionally, at most 200 characters.", default=None)
    summary: str | None = described("What they say of themselves, at most 10,000 characters.", default=None)
    location: str | None = described("Where they live, at most 200 characters.", default=None)
    timezone: str | None = described("Their IANA time zone.", default=None)
    is_internal: bool = described("Whether they work here already.", default=False)
    is_private: bool | None = described(
        "Whether only those with `candidate:private` see them; if not given, as the organization's policy says.",
        default=None,
    )
    can_email: bool = described("Whether they agree to be written to.", default=True)
    source_id: strawberry.ID | None = described("The channel that they came through.", default=None)
    contact_points: list[ContactPointInput] | None = described("At most 20.", default=None)
    country: str | None = described(COUNTRY, default=None)
    links: list[CandidateLinkInput] | None = described("Their pages, at most 30.", default=None)
    employments: list[EmploymentInput] | None = described("Their jobs, at most 100, latest first.", default=None)
    educations: list[EducationInput] | None = described("Where they learned, at most 100.", default=None)
    skills: list[CandidateSkillInput] | None = described("Their skills, at most 100.", default=None)
    tags: list[str] | None = described("Names of tags, at most 100; new ones are made.", default=None)

    def given(self) -> NewCandidate:
        return NewCandidate(
            names=Names(self.name or "", self.first_name, self.last_name, self.preferred_name),
            headline=self.headline,
            summary=self.summary,
            location=self.location,
            timezone=self.timezone,
            is_internal=self.is_internal,
            is_private=self.is_private,
            can_email=self.can_email,
            source_id=optional_id(SOURCE, self.source_id),
            contact_points=tuple(contact.given() for contact in self.contact_points or ()),
            country=self.country,
            links=tuple(link.given() for link in self.links or ()),
            employments=tuple(job.given() for job in self.employments or ()),
            educations=tuple(school.given() for school in self.educations or ()),
            skills=tuple(skill.given() for skill in self.skills or ()),
            tags=tuple(self.tags or ()),
        )


def _date(given: PartialDateInput | None) -> PartialDate | None:
    return None if given is None else given.given()
