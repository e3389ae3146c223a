"""Money and compensation bands."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import InvalidInput
from portal.openings.enums import BandVisibility, PayComponent, PayInterval
from portal.openings.money import Money, PayRange, money_of
from portal.openings.rules import pay
from portal.openings.rules.pay import Band
from tests.refusals import refused

SALARY = Band(
    component=PayComponent.SALARY,
    visibility=BandVisibility.PUBLIC,
    region=" United States ",
    currency="usd",
    minimum_minor=17_800_000,
    maximum_minor=25_800_000,
    pay_interval=PayInterval.YEAR,
    note=" ",
)
EQUITY = Band(
    component=PayComponent.EQUITY_PERCENT,
    visibility=BandVisibility.INTERNAL,
    minimum_basis_points=5,
    maximum_basis_points=20,
)


def test_r39_money_is_minor_units_of_a_currency() -> None:
    assert Money(17_250_000, "USD").amount == Decimal("172500.00")
    assert Money(5_000_000, "JPY").amount == Decimal(5_000_000)
    assert Money(1_500, "KWD").amount == Decimal("1.500")


def test_r39_amounts_become_minor_units_exactly() -> None:
    assert money_of(Decimal(172500), "usd") == Money(17_250_000, "USD")
    assert money_of(Decimal("0.10"), "EUR") == Money(10, "EUR")
    with refused(InvalidInput, "JPY has 0 digits after the decimal point.", path=("amount",)):
        money_of(Decimal("1.5"), "JPY")
    for odd in ("NaN", "Infinity", "1e999999"):
        with refused(InvalidInput, "This is not an amount of money.", path=("amount",)):
            money_of(Decimal(odd), "USD")
    with refused(InvalidInput, "An amount of money must not be negative.", path=("minorUnits",)):
        money_of(Decimal(-1), "USD")


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_r39_money_survives_being_written_in_whole_units(minor_units: int, currency: str) -> None:
    money = Money(minor_units, currency)

    assert money_of(money.amount, currency) == money


def test_r39_a_range_is_of_one_currency_and_in_order() -> None:
    with refused(InvalidInput, "Both ends of a range of pay are in one currency.", path=("currency",)):
        PayRange(Money(1, "USD"), Money(2, "EUR"), PayInterval.YEAR)
    with refused(InvalidInput, "The maximum must not be below the minimum.", path=("maximumMinor",)):
        PayRange(Money(2, "USD"), Money(1, "USD"), PayInterval.YEAR)
    with refused(InvalidInput, "A range of pay needs an amount above zero.", path=("minimumMinor",)):
        PayRange(None, None, PayInterval.YEAR)
    with refused(InvalidInput, "A range of pay needs an amount above zero.", path=("minimumMinor",)):
        PayRange(Money(0, "USD"), Money(0, "USD"), PayInterval.YEAR)


def test_r39_a_band_of_money_is_stored_with_its_currency() -> None:
    assert pay.band(SALARY) == replace(SALARY, region="United States", currency="USD", note=None)


@pytest.mark.parametrize(
    ("wrong", "message", "field"),
    [
        (replace(SALARY, currency=None), "An amount of money needs its currency.", "currency"),
        (replace(SALARY, pay_interval=None), "Say for which time the amount is paid.", "payInterval"),
        (replace(SALARY, minimum_minor=-1), "An amount of money must not be negative.", "minorUnits"),
        (replace(SALARY, maximum_minor=1), "The maximum must not be below the minimum.", "maximumMinor"),
        (replace(SALARY, maximum_basis_points=1), "Basis points are for EQUITY_PERCENT only.", "minimumBasisPoints"),
        (
            replace(SALARY, currency="XXX"),
            "This is not a currency's three-letter code, such as USD or EUR.",
            "currency",
        ),
        (replace(EQUITY, currency="USD"), "EQUITY_PERCENT is a share in basis points, not money.", "component"),
        (replace(EQUITY, minimum_basis_points=30), "The maximum must not be below the minimum.", "maximumBasisPoints"),
        (
            replace(EQUITY, maximum_basis_points=10_001),
            "This must be a whole number from 0 to 10000.",
            "maximumBasisPoints",
        ),
        (
            replace(EQUITY, minimum_basis_points=None, maximum_basis_points=None),
            "A share needs basis points above zero.",
            "minimumBasisPoints",
        ),
    ],
)
def test_r39_a_band_that_says_nothing_or_too_much_is_refused(wrong: Band, message: str, field: str) -> None:
    with refused(InvalidInput, message, path=(field,)):
        pay.band(wrong)


def test_a_share_is_in_basis_points() -> None:
    assert pay.band(EQUITY) == EQUITY
    assert pay.band(replace(EQUITY, minimum_basis_points=None)).maximum_basis_points == 20
