"""Dates as people write them in résumés: 2014, 2014-06, Jun 2014, 29 June 2014, Present."""

import re
from datetime import date

from portal.bounds import EARLIEST_YEAR, LATEST_YEAR
from portal.candidates.enums import DatePrecision
from portal.candidates.rules.profiles import PartialDate
from portal.transfer.documents import Json

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ONGOING = frozenset(
    ("present", "current", "currently", "now", "today", "ongoing", "to date", "till date", "until now", "-", "heute")
)

_YEAR = r"(?P<year>[0-9]{4})"
_MONTH_NAME = r"(?P<name>[a-z]{3,9})\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2014, 2014-06, 2014/6/29, 2014.06.29, and an instant that begins like that
        rf"{_YEAR}(?:[-/.](?P<month>[0-9]{{1,2}})(?:[-/.](?P<day>[0-9]{{1,2}}))?)?(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?",
        # 06/2014
        rf"(?P<month>[0-9]{{1,2}})[-/.]{_YEAR}",
        # June 2014, Jun. 29, 2014
        rf"{_MONTH_NAME},?\s+(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+)?{_YEAR}",
        # 29 June 2014, 2014 June
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH_NAME},?\s+{_YEAR}",
        rf"{_YEAR},?\s+{_MONTH_NAME}",
    )
)


def is_ongoing(value: Json) -> bool:
    """Whether an end says that there is none yet."""
    return isinstance(value, str) and value.strip().lower().rstrip(".") in _ONGOING


def partial_date(value: Json) -> PartialDate | None:
    """The date as far as it is stated; None when it can't be told.

    06/07/2014 is not told: half the world reads it as July. A month or day of 0 counts as not stated.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > 60:
        return None
    written = " ".join(text.split())
    for form in _FORMS:
        match = form.fullmatch(written)
        if match:
            return _date(match.groupdict())
    return None


def _date(parts: dict[str, str | None]) -> PartialDate | None:
    year, month, day = int(parts["year"] or 0), _month(parts), int(parts.get("day") or 0)
    if month is None or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        starts_on = date(year, month or 1, (day if month else 0) or 1)
    except ValueError:
        return None
    precision = DatePrecision.YEAR if not month else DatePrecision.DAY if day else DatePrecision.MONTH
    return PartialDate(starts_on, precision)


def _month(parts: dict[str, str | None]) -> int | None:
    """1 to 12, 0 when no month is stated, None for a word that is no month."""
    name = parts.get("name")
    if name is None:
        return int(parts.get("month") or 0)
    known = [number for number, month in enumerate(_MONTHS, start=1) if name.lower().startswith(month)]
    return known[0] if known else None
