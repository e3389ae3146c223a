"""What a résumé says its person did and learned: employments, educations, skills."""

import re
from collections.abc import Iterable
from dataclasses import replace

from portal.bounds import CODE_LENGTH, MOST_LIST_ITEMS
from portal.candidates.rules.profiles import Education, Employment, PartialDate
from portal.errors import InvalidInput
from portal.transfer.fields import Fields
from portal.transfer.outcomes import WarningCode
from portal.transfer.partial_dates import is_ongoing, partial_date
from portal.transfer.resume import ImportedSkill
from portal.transfer.resume_contacts import page_of
from portal.wording import slug_of

# Characters, as the tables' checks count them.
_HIGHLIGHT_LENGTH = 2_000
_COURSES_LENGTH = 20_000
_KEYWORDS_LENGTH = 10_000

_BETWEEN_SKILLS = re.compile(r"\s*[,;|\n•]\s*")


def employments_of(resume: Fields) -> tuple[Employment, ...]:
    """The employments in the résumé's order; one without an employer stays raw."""
    entries = [_employment(entry) for entry in resume.objects("work", "experience", "employment")]
    return tuple(entry for entry in entries if entry is not None)


def educations_of(resume: Fields) -> tuple[Education, ...]:
    """The educations in the résumé's order; one without an institution stays raw."""
    entries = [_education(entry) for entry in resume.objects("education", of_text="institution")]
    return tuple(entry for entry in entries if entry is not None)


def skills_of(resume: Fields) -> tuple[ImportedSkill, ...]:
    """The skills in the résumé's order, each once; a text is a list of names between commas."""
    stated = resume.peek("skills")
    if isinstance(stated, str):
        resume.take("skills")
        return united_skills(_named_skill(resume, name) for name in _BETWEEN_SKILLS.split(stated))
    return united_skills(_skill(entry) for entry in resume.objects("skills"))


def united_skills(skills: Iterable[ImportedSkill | None]) -> tuple[ImportedSkill, ...]:
    """Each skill once, in order: the first level that is stated, the keywords of all."""
    distinct: dict[str, ImportedSkill] = {}
    for skill in skills:
        if skill is None:
            continue
        slug = slug_of(skill.name, path="skills")
        known = distinct.get(slug, skill)
        keywords = tuple(dict.fromkeys((*known.keywords, *skill.keywords)))[:MOST_LIST_ITEMS]
        if sum(map(len, keywords)) > _KEYWORDS_LENGTH:
            keywords = known.keywords
        distinct[slug] = replace(known, level=known.level or skill.level, keywords=keywords)
    return tuple(distinct.values())[:MOST_LIST_ITEMS]


def _employment(entry: Fields) -> Employment | None:
    company = entry.line("name", "company", "organization", "employer")
    if company is None:
        _left_out(entry, "An employment without an employer was left out.")
        return None
    started, ended, is_current = _period(entry)
    return Employment(
        company=company,
        title=entry.line("position", "title", "role"),
        location=_location(entry),
        url=page_of(entry, "url", "website"),
        started=started,
        ended=ended,
        is_current=is_current,
        summary=entry.text("summary"),
        highlights=entry.strings("highlights", "achievements", longest=_HIGHLIGHT_LENGTH),
    )


def _education(entry: Fields) -> Education | None:
    institution = entry.line("institution", "school", "university", "name")
    if institution is None:
        _left_out(entry, "An education without an institution was left out.")
        return None
    started, ended, _ = _period(entry)
    return Education(
        institution=institution,
        area=entry.line("area", "major", "field"),
        degree=entry.line("studyType", "degree"),
        url=page_of(entry, "url", "website"),
        started=started,
        ended=ended,
        score=entry.line("score", "gpa", longest=CODE_LENGTH),
        courses=entry.strings("courses", together=_COURSES_LENGTH),
    )


def _skill(entry: Fields) -> ImportedSkill | None:
    name = entry.line("name", "skill")
    keywords = entry.strings("keywords", together=_KEYWORDS_LENGTH)
    if name is None or not _has_slug(name):
        for taken in ("name", "skill", "keywords"):
            entry.keep(taken, entry.peek(taken))
        _left_out(entry, "A skill without a name was left out.")
        return None
    return ImportedSkill(name=name, level=entry.line("level", longest=CODE_LENGTH), keywords=keywords)


def _named_skill(resume: Fields, name: str) -> ImportedSkill | None:
    """A skill of a list in one text."""
    entry = resume.part({"name": name}, "skills.")
    return _skill(entry) if name.strip() else None


def _has_slug(name: str) -> bool:
    try:
        return bool(slug_of(name, path="name"))
    except InvalidInput:
        return False


def _period(entry: Fields) -> tuple[PartialDate | None, PartialDate | None, bool]:
    """Start, end, and whether it goes on: it says so, or has a start and no end. An end before the start stays raw."""
    started = _date(entry, "startDate", "start")
    end_name = "endDate" if entry.peek("endDate") not in (None, "") else "end"
    stated = entry.peek(end_name)
    if stated in (None, "") or is_ongoing(stated):
        for name in ("endDate", "end"):
            entry.take(name)
        return started, None, started is not None or is_ongoing(stated)
    ended = _date(entry, end_name)
    if started is not None and ended is not None and ended.ends_on < started.starts_on:
        entry.unreadable(end_name, f"after its start, {started.starts_on}")
        return started, None, False
    return started, ended, False


def _date(entry: Fields, *names: str) -> PartialDate | None:
    for name in names:
        value = entry.peek(name)
        if value in (None, ""):
            entry.take(name)
            continue
        read = partial_date(value)
        if read is None:
            entry.unreadable(name, "a date such as 2014, 2014-06 or 2014-06-29")
        else:
            entry.take(name)
        return read
    return None


def _location(entry: Fields) -> str | None:
    return location_text(entry.object("location", of_text="city")) if entry.peek("location") else None


def location_text(location: Fields) -> str | None:
    """City, region and country in one line; the address stays raw, because it is nobody's business until a contract."""
    parts = (location.line("city", "name"), location.line("region", "state"), location.line("countryCode", "country"))
    text = ", ".join(part for part in parts if part)
    return text[:200].rstrip(", ") or None


def _left_out(entry: Fields, message: str) -> None:
    """Warns, unless the entry is a form that nobody has filled in."""
    if entry.says_anything():
        entry.warn(WarningCode.LEFT_OUT, "", message)
