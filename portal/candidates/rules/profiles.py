"""What a candidate's profile says: names, employments and educations, with dates that may be known only roughly."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal import addresses, bounds
from portal.bounds import Path, as_path
from portal.candidates.enums import DatePrecision
from portal.errors import InvalidInput

MOST_EMPLOYMENTS = 100
MOST_EDUCATIONS = 100
MOST_SKILLS = 100
MOST_TAGS = 100
_SCORE_LENGTH = 100
_HIGHLIGHT_LENGTH = 2_000
_HIGHLIGHTS_LENGTH = 50_000  # characters together, as the table's check counts them
_COURSES_LENGTH = 20_000

_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_PRECISION_OF_LENGTH = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}


@dataclass(frozen=True, slots=True)
class Names:
    """A candidate's names; `name` is the one that is shown and sorted by."""

    name: str
    first_name: str | None = None
    last_name: str | None = None
    preferred_name: str | None = None


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it is known: the first day of the day, month or year that `precision` says."""

    starts_on: date
    precision: DatePrecision

    def __post_init__(self) -> None:
        bounds.day(self.starts_on, path="date")
        is_first = {
            DatePrecision.DAY: True,
            DatePrecision.MONTH: self.starts_on.day == 1,
            DatePrecision.YEAR: (self.starts_on.month, self.starts_on.day) == (1, 1),
        }
        if not is_first[self.precision]:
            raise InvalidInput("A month is given as its first day, a year as its first of January.", path=("date",))

    @property
    def ends_on(self) -> date:
        """The last day that the date may mean."""
        match self.precision:
            case DatePrecision.DAY:
                return self.starts_on
            case DatePrecision.MONTH:
                last = calendar.monthrange(self.starts_on.year, self.starts_on.month)[1]
                return self.starts_on.replace(day=last)
            case DatePrecision.YEAR:
                return self.starts_on.replace(month=12, day=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """A job the candidate had or has."""

    company: str
    title: str | None = None
    location: str | None = None
    url: str | None = None
    started: PartialDate | None = None
    ended: PartialDate | None = None
    is_current: bool = False
    summary: str | None = None
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Education:
    """A school, course or degree."""

    institution: str
    area: str | None = None
    degree: str | None = None
    url: str | None = None
    started: PartialDate | None = None
    ended: PartialDate | None = None
    score: str | None = None
    courses: tuple[str, ...] = ()


def names(given: Names) -> Names:
    """The names as they are stored; a blank `name` is put together from first and last name."""
    first = bounds.optional_line(given.first_name, path="firstName")
    last = bounds.optional_line(given.last_name, path="lastName")
    shown = bounds.optional_line(given.name, path="name") or " ".join(part for part in (first, last) if part)
    return Names(
        name=bounds.one_line(shown, path="name"),
        first_name=first,
        last_name=last,
        preferred_name=bounds.optional_line(given.preferred_name, path="preferredName"),
    )


def partial_date_of(text: str, *, path: Path) -> PartialDate:
    """The date that 2014, 2014-06 or 2014-06-29 names."""
    written = text.strip()
    precision = _PRECISION_OF_LENGTH.get(len(written))
    try:
        starts_on = date.fromisoformat(written + "-01-01"[len(written) - len("2014") :])
    except ValueError:
        starts_on = None
    if precision is None or starts_on is None or not _PARTIAL.fullmatch(written):
        raise InvalidInput("This is not a date such as 2014, 2014-06 or 2014-06-29.", path=as_path(path))
    return PartialDate(bounds.day(starts_on, path=path), precision)


def employment(given: Employment, *, path: Path = "employment") -> Employment:
    """The employment as it is stored; a current one has no end, and no end is before its start."""
    at = as_path(path)
    if given.is_current and given.ended is not None:
        raise InvalidInput("A current employment has no end.", path=(*at, "endedOn"))
    _in_order(given.started, given.ended, (*at, "endedOn"))
    return replace(
        given,
        company=bounds.one_line(given.company, path=(*at, "company")),
        title=bounds.optional_line(given.title, path=(*at, "title")),
        location=bounds.optional_line(given.location, path=(*at, "location")),
        url=_page(given.url, (*at, "url")),
        summary=bounds.optional_text(given.summary, longest=bounds.NOTE_LENGTH, path=(*at, "summary")),
        highlights=_highlights(given.highlights, (*at, "highlights")),
    )


def education(given: Education, *, path: Path = "education") -> Education:
    """The education as it is stored; no end is before its start."""
    at = as_path(path)
    _in_order(given.started, given.ended, (*at, "endedOn"))
    return replace(
        given,
        institution=bounds.one_line(given.institution, path=(*at, "institution")),
        area=bounds.optional_line(given.area, path=(*at, "area")),
        degree=bounds.optional_line(given.degree, path=(*at, "degree")),
        url=_page(given.url, (*at, "url")),
        score=bounds.optional_line(given.score, longest=_SCORE_LENGTH, path=(*at, "score")),
        courses=bounds.lines(given.courses, together=_COURSES_LENGTH, path=(*at, "courses")),
    )


def _in_order(started: PartialDate | None, ended: PartialDate | None, path: tuple[str, ...]) -> None:
    """An end in 2014 is not before a start in June 2014: what counts is whether it can't be after."""
    if started is not None and ended is not None:
        bounds.in_order(started.starts_on, ended.ends_on, path=path)


def _page(url: str | None, path: tuple[str, ...]) -> str | None:
    return None if url is None or not url.strip() else addresses.web_address(url, path=path).value


def _highlights(given: Sequence[str], path: tuple[str, ...]) -> tuple[str, ...]:
    kept = bounds.items(given, path=path)
    cleaned = (
        bounds.optional_text(line, longest=_HIGHLIGHT_LENGTH, path=(*path, str(at))) for at, line in enumerate(kept)
    )
    lines = tuple(line for line in cleaned if line is not None)
    if sum(map(len, lines)) > _HIGHLIGHTS_LENGTH:
        raise InvalidInput(f"Together these are longer than {_HIGHLIGHTS_LENGTH} characters.", path=path)
    return lines
