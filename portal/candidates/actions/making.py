"""The rows of a candidate's lists, made from what was given once the rules have looked at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import bounds
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.candidates.actions.keeping import skills_named
from portal.candidates.enums import LinkKind
from portal.candidates.models import CandidateLink, CandidateSkill, ContactPoint, Education, Employment
from portal.candidates.rules import contacts, profiles
from portal.candidates.rules.contacts import GivenContact
from portal.candidates.rules.profiles import MOST_EDUCATIONS, MOST_EMPLOYMENTS, MOST_SKILLS, PartialDate
from portal.errors import NotFound
from portal.openings.models import Skill

_LEVEL_LENGTH = 100


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A page as somebody entered it; without a kind it is told from the address where that is possible."""

    url: str
    kind: LinkKind | None = None


@dataclass(frozen=True, slots=True)
class GivenSkill:
    """A skill of a candidate as somebody entered it."""

    skill_id: UUID
    level: str | None = None
    keywords: tuple[str, ...] = ()


def contact_points(candidate_id: UUID, given: Sequence[GivenContact], country: str | None) -> list[ContactPoint]:
    """Contact points; `country` is where phone numbers without a + are from."""
    region = None if country is None else bounds.country(country, path="country")
    return [
        ContactPoint(
            candidate_id=candidate_id,
            kind=contact.kind,
            value=contact.value,
            value_normalised=contact.value_normalised,
            label=contact.label,
            is_primary=contact.is_primary,
        )
        for contact in contacts.contact_points(given, country=region)
    ]


def links(candidate_id: UUID, given: Sequence[GivenLink]) -> list[CandidateLink]:
    return [
        CandidateLink(candidate_id=candidate_id, kind=link.kind, url=link.url, url_normalised=link.url_normalised)
        for link in contacts.links([(link.url, link.kind) for link in given])
    ]


def employments(candidate_id: UUID, given: Sequence[profiles.Employment]) -> list[Employment]:
    """Employments in the order given."""
    kept = bounds.items(given, most=MOST_EMPLOYMENTS, path="employments")
    checked = [profiles.employment(job, path=("employments", str(at))) for at, job in enumerate(kept)]
    return [
        Employment(
            candidate_id=candidate_id,
            company=job.company,
            title=job.title,
            location=job.location,
            url=job.url,
            **_dates(job.started, job.ended),
            is_current=job.is_current,
            summary=job.summary,
            highlights=list(job.highlights),
            position=position,
        )
        for position, job in enumerate(checked)
    ]


def educations(candidate_id: UUID, given: Sequence[profiles.Education]) -> list[Education]:
    """Educations in the order given."""
    kept = bounds.items(given, most=MOST_EDUCATIONS, path="educations")
    checked = [profiles.education(school, path=("educations", str(at))) for at, school in enumerate(kept)]
    return [
        Education(
            candidate_id=candidate_id,
            institution=school.institution,
            area=school.area,
            degree=school.degree,
            url=school.url,
            **_dates(school.started, school.ended),
            score=school.score,
            courses=list(school.courses),
            position=position,
        )
        for position, school in enumerate(checked)
    ]


async def skills(
    work: Work, candidate_id: UUID, given: Sequence[GivenSkill]
) -> tuple[list[CandidateSkill], dict[UUID, Skill]]:
    """The rows of a candidate's skills, and the skills themselves by id.

    Raises NotFound for one that there is not, and to whoever may not read the list of skills, for every one.
    """
    ids = bounds.distinct([skill.skill_id for skill in given], most=MOST_SKILLS, path="skills")
    found = await skills_named(work, ids) if work.actor.reach(Permission.ORGANIZATION_READ).organization else {}
    rows: list[CandidateSkill] = []
    for at, skill in enumerate(given):
        path = ("skills", str(at))
        if skill.skill_id not in found:
            raise NotFound("skill", path=(*path, "skillId"))
        rows.append(
            CandidateSkill(
                candidate_id=candidate_id,
                skill_id=skill.skill_id,
                level=bounds.optional_line(skill.level, longest=_LEVEL_LENGTH, path=(*path, "level")),
                keywords=list(bounds.lines(skill.keywords, path=(*path, "keywords"))),
            )
        )
    return rows, found


def _dates(started: PartialDate | None, ended: PartialDate | None) -> dict[str, Any]:  # Any: of several columns' types
    return {
        "started_on": started and started.starts_on,
        "started_precision": started and started.precision,
        "ended_on": ended and ended.starts_on,
        "ended_precision": ended and ended.precision,
    }
