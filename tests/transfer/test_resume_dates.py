"""Dates in résumés: as precise as they are written, and kept when they can't be read."""

from datetime import date
from typing import Any

import pytest

from portal.candidates.enums import DatePrecision
from portal.candidates.rules.profiles import PartialDate
from portal.transfer.json_resume import resumes_of
from portal.transfer.outcomes import WarningCode
from portal.transfer.partial_dates import is_ongoing, partial_date
from portal.transfer.resume import ImportedCandidate
from tests.transfer.resumes import Resume, with_work


def _one(resume: Resume) -> ImportedCandidate:
    imported = resumes_of([resume])
    assert imported.settled == ()
    (candidate,) = imported.candidates
    return candidate


def _warned(*resumes: Resume) -> list[tuple[WarningCode, str, int | None]]:
    return [(warning.code, warning.field, warning.record) for warning in resumes_of(resumes).warnings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014", (date(2014, 1, 1), DatePrecision.YEAR)),
        (2014, (date(2014, 1, 1), DatePrecision.YEAR)),
        ("2014-06", (date(2014, 6, 1), DatePrecision.MONTH)),
        ("2014-06-29", (date(2014, 6, 29), DatePrecision.DAY)),
        ("2014/6", (date(2014, 6, 1), DatePrecision.MONTH)),
        ("2014-06-00", (date(2014, 6, 1), DatePrecision.MONTH)),
        ("2014-00-00", (date(2014, 1, 1), DatePrecision.YEAR)),
        ("2014-06-29T12:00:00.000Z", (date(2014, 6, 29), DatePrecision.DAY)),
        ("06/2014", (date(2014, 6, 1), DatePrecision.MONTH)),
        ("Jun 2014", (date(2014, 6, 1), DatePrecision.MONTH)),
        ("June, 2014", (date(2014, 6, 1), DatePrecision.MONTH)),
        ("Sept. 2014", (date(2014, 9, 1), DatePrecision.MONTH)),
        ("June 29th, 2014", (date(2014, 6, 29), DatePrecision.DAY)),
        ("29 Jun 2014", (date(2014, 6, 29), DatePrecision.DAY)),
        ("2014 June", (date(2014, 6, 1), DatePrecision.MONTH)),
    ],
)
def test_dates_are_as_precise_as_they_are_written(text: Any, expected: tuple[date, DatePrecision]) -> None:
    assert partial_date(text) == PartialDate(*expected)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2014-13", "2014-02-30", "06/07/2014", "Smarch 2014", "10000", "0001", True, None, 1.5, "2" * 99],
)
def test_what_is_no_date_is_none(text: Any) -> None:
    assert partial_date(text) is None


def test_an_open_end_is_the_present() -> None:
    assert all(is_ongoing(text) for text in ("Present", "current", " now ", "Present."))
    for entry in ({"startDate": "2014"}, {"startDate": "2014", "endDate": ""}, {"startDate": "", "endDate": "Present"}):
        candidate = _one(with_work(**entry))
        assert (candidate.employments[0].is_current, candidate.employments[0].ended) == (True, None)
        assert "work" not in candidate.raw
    assert not _one(with_work()).employments[0].is_current


def test_a_date_that_can_not_be_read_stays_raw_and_is_not_the_present() -> None:
    resume = with_work(startDate="2014", endDate="when it ended")

    candidate = _one(resume)

    assert (candidate.employments[0].ended, candidate.employments[0].is_current) == (None, False)
    assert candidate.raw["work"] == [{"endDate": "when it ended"}]
    assert _warned(resume) == [(WarningCode.UNREADABLE_VALUE, "work[0].endDate", 0)]


def test_an_end_before_its_start_stays_raw() -> None:
    resume = with_work(startDate="2014-06", endDate="2013")

    candidate = _one(resume)

    assert (candidate.employments[0].ended, candidate.raw["work"]) == (None, [{"endDate": "2013"}])
    assert [warning.message for warning in resumes_of([resume]).warnings] == [
        "work[0].endDate is not after its start, 2014-06-01: 2013"
    ]


def test_an_end_in_the_year_of_its_start_is_in_order() -> None:
    candidate = _one(with_work(startDate="2014-06", endDate="2014"))

    assert candidate.employments[0].ended == PartialDate(date(2014, 1, 1), DatePrecision.YEAR)
