"""A board's ranges of pay: which are bands, and whose."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal.openings.enums import BandVisibility, PayComponent, PayInterval
from portal.openings.rules import pay
from portal.openings.rules.pay import Band
from portal.transfer.board import BoardImport
from portal.transfer.greenhouse_board import board_of
from tests.transfer.boards import a_job


def _pay(**range: Any) -> BoardImport:  # Any: JSON
    stated = {"min_cents": 17800000, "max_cents": 25800000, "currency_type": "USD", "title": "US Annual Pay Range"}
    return board_of(a_job(metadata=None, pay_input_ranges=[{**stated, **range}]))


def test_a_published_range_of_pay_is_a_public_band() -> None:
    (opening,) = _pay(blurb="<p>Plus <b>equity</b>.</p>").openings

    assert opening.public_bands == (
        Band(
            component=PayComponent.SALARY,
            visibility=BandVisibility.PUBLIC,
            region="US",
            currency="USD",
            minimum_minor=17_800_000,
            maximum_minor=25_800_000,
            pay_interval=PayInterval.YEAR,
            note="US Annual Pay Range\nPlus equity .",
        ),
    )
    assert opening.postings[0].raw.get("pay_input_ranges") is None


@pytest.mark.parametrize(
    ("changes", "interval"),
    [
        ({"title": "Hourly rate", "min_cents": 2_500, "max_cents": 3_500}, PayInterval.HOUR),
        ({"title": "Canada Monthly Pay Range"}, PayInterval.MONTH),
        ({"title": "Pay", "blurb": "paid per year"}, PayInterval.YEAR),
        ({"title": "Weekly"}, PayInterval.WEEK),
        ({"title": "Day rate"}, PayInterval.DAY),
        ({"title": None}, PayInterval.YEAR),
    ],
)
def test_the_interval_is_what_the_words_say(changes: dict[str, object], interval: PayInterval) -> None:
    (opening,) = _pay(**changes).openings

    assert opening.public_bands is not None
    assert opening.public_bands[0].pay_interval is interval


def test_an_interval_that_is_only_assumed_is_said_so() -> None:
    (opening,) = _pay(title="", blurb=None).openings

    assert opening.public_bands is not None
    assert opening.public_bands[0].note == "The source does not state an interval; taken as a year's pay."


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({"min_cents": 0}, (None, 25_800_000)),
        ({"max_cents": None}, (17_800_000, None)),
        ({"min_cents": "17800000", "max_cents": 25800000.0}, (17_800_000, 25_800_000)),
    ],
)
def test_one_end_may_be_open(changes: dict[str, object], ends: tuple[int | None, int | None]) -> None:
    (opening,) = _pay(**changes).openings

    assert opening.public_bands is not None
    assert (opening.public_bands[0].minimum_minor, opening.public_bands[0].maximum_minor) == ends


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"min_cents": 0, "max_cents": 0}, None),
        ({"min_cents": None, "max_cents": None, "currency_type": None}, None),
        ({"currency_type": None}, "It has no currency."),
        ({"currency_type": "  "}, "It has no currency."),
        ({"currency_type": "QQQ"}, "This is not a currency's three-letter code, such as USD or EUR."),
        ({"min_cents": 30000000}, "The maximum must not be below the minimum."),
        ({"min_cents": -5}, "An amount of money must not be negative."),
        ({"min_cents": "lots"}, "An amount is not a number."),
        ({"min_cents": 1.5}, "An amount has a fraction of a cent."),
        ({"max_cents": 10**17}, "This amount of money is too large."),
        ({"title": "RSU grant"}, "It is about equity."),
        ({"title": "Range", "min_cents": 2000, "max_cents": 3000}, "It does not say for which time it is paid."),
        (
            {"title": "Hourly or monthly", "max_cents": 900000, "min_cents": 1},
            "It does not say for which time it is paid.",
        ),
    ],
)
def test_what_is_no_range_of_pay_stays_raw(changes: dict[str, object], problem: str | None) -> None:
    board = _pay(**changes)

    (opening,) = board.openings
    title = changes.get("title", "US Annual Pay Range")
    assert opening.public_bands == ()
    assert "pay_input_ranges" in opening.postings[0].raw
    assert [warning.message for warning in board.warnings] == (
        [f"The range {title} is not taken as pay: {problem}"] if problem else []
    )


def test_a_currency_range_among_the_custom_fields_is_an_internal_band() -> None:
    job = a_job(
        metadata=[
            {"name": "Pay Frequency", "value_type": "single_select", "value": "Monthly"},
            {
                "name": "Hiring Range",
                "value_type": "currency_range",
                "value": {"unit": "JPY", "min_value": "300000", "max_value": "500000.0"},
            },
            {
                "name": "Budget",
                "value_type": "currency_range",
                "value": {"unit": "USD", "min_value": "0", "max_value": "0"},
            },
            {
                "name": "Signing Bonus (annual)",
                "value_type": "currency_range",
                "value": {"unit": "USD", "max_value": "5000.5"},
            },
        ]
    )

    board = board_of(job)

    (opening,) = board.openings
    assert opening.public_bands is None
    assert opening.internal_bands == (
        Band(
            component=PayComponent.SALARY,
            visibility=BandVisibility.INTERNAL,
            currency="JPY",
            minimum_minor=300_000,
            maximum_minor=500_000,
            pay_interval=PayInterval.MONTH,
            note="Hiring Range",
        ),
        Band(
            component=PayComponent.BONUS,
            visibility=BandVisibility.INTERNAL,
            currency="USD",
            minimum_minor=None,
            maximum_minor=500_050,
            pay_interval=PayInterval.YEAR,
            note="Signing Bonus (annual)",
        ),
    )
    assert board.warnings == ()


@settings(deadline=None)
@given(
    low=some.integers(-5, 10**16)
    | some.floats()
    | some.none()
    | some.text(some.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5),
    high=some.integers(0, 10**16) | some.booleans(),
    currency=some.sampled_from(("USD", "jpy", "BHD", "", None, 5)),
    title=some.sampled_from(("Annual", "Hourly", "", None, "bonus", "commission")),
)
def test_every_band_is_one_that_the_rules_accept(low: object, high: object, currency: object, title: object) -> None:
    (opening,) = _pay(min_cents=low, max_cents=high, currency_type=currency, title=title).openings

    for band in opening.public_bands or ():
        assert pay.band(band) == band
