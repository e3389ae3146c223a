"""Amounts and ranges of pay from a source: decimal text to minor units, and what is not a range of pay at all."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.bounds import MOST_MINOR_UNITS
from portal.codes import CURRENCIES, minor_digits
from portal.openings.enums import PayComponent, PayInterval
from portal.transfer.documents import Json

# Major units. A yearly salary is above, an hourly wage below, in every currency whose unit is not tiny; what is below
# and does not say its interval stays raw, because guessing would state a wage that nobody offered.
LEAST_YEARLY = 10_000

_INTERVALS = (
    (PayInterval.HOUR, re.compile(r"\bhour(?:ly|s)?\b|/\s?h(?:ou)?r\b", re.IGNORECASE)),
    (PayInterval.DAY, re.compile(r"\bdaily\b|\b(?:per|a|each) day\b|\bday rate\b|/\s?day\b", re.IGNORECASE)),
    (PayInterval.WEEK, re.compile(r"\bweekly\b|\b(?:per|a|each) week\b|/\s?w(?:ee)?k\b", re.IGNORECASE)),
    (PayInterval.MONTH, re.compile(r"\bmonth(?:ly)?\b|/\s?mo(?:nth)?\b", re.IGNORECASE)),
    (
        PayInterval.YEAR,
        re.compile(r"\bannual(?:ly|ized|ised)?\b|\byear(?:ly)?\b|\bper annum\b|/\s?y(?:ea)?r\b", re.IGNORECASE),
    ),
)
_BASE = re.compile(r"\b(?:base|salary|wage|pay)\b", re.IGNORECASE)
_BONUS = re.compile(r"\bbonus\b", re.IGNORECASE)
_COMMISSION = re.compile(r"\bcommissions?\b", re.IGNORECASE)
_EQUITY = re.compile(r"\b(?:equity|stock|rsus?|options?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Range:
    """Two ends in minor units, either of which may be open, never both; in order and not negative."""

    minimum: int | None
    maximum: int | None
    currency: str

    @property
    def most_major_units(self) -> Decimal:
        return Decimal(max(self.minimum or 0, self.maximum or 0)).scaleb(-minor_digits(self.currency))


class NotPay(Exception):
    """The range can't be one of pay; the message says why. `is_blank` when the source means that there is none."""

    def __init__(self, message: str, *, is_blank: bool = False) -> None:
        super().__init__(message)
        self.is_blank = is_blank


def range_of(minimum: Json, maximum: Json, currency: Json, *, in_minor_units: bool) -> Range:
    """A range of pay. 0 at one end means that it is open; 0 at both, no currency, negative or reversed raise NotPay."""
    low, high = decimal_of(minimum), decimal_of(maximum)
    if not low and not high and not _is_unreadable(minimum, low) and not _is_unreadable(maximum, high):
        raise NotPay("there are no amounts", is_blank=True)
    if _is_unreadable(minimum, low) or _is_unreadable(maximum, high):
        raise NotPay("an amount is not a number")
    code = currency.strip().upper() if isinstance(currency, str) else ""
    if code not in CURRENCIES:
        raise NotPay("it has no currency" if not code else "its currency is unknown")
    digits = 0 if in_minor_units else minor_digits(code)
    return _in_order(_minor(low, digits), _minor(high, digits), code)


def decimal_of(value: Json) -> Decimal | None:
    """A finite decimal number from a number or text such as "172800.0" or "1,500"; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = str(value).strip().replace(",", "")
    if not 0 < len(text) <= 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # An exponent of a million would take a megabyte to write out.
    return number if number.is_finite() and number.adjusted() < 30 else None


def interval_in(*texts: str | None) -> PayInterval | None:
    """The interval that the first text with one names; None when a text names two, or none does."""
    for text in texts:
        named = [interval for interval, pattern in _INTERVALS if pattern.search(text or "")]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def component_in(title: str) -> PayComponent | None:
    """Which part of the pay a range's title is about, salary unless it says otherwise; None for equity."""
    if _BASE.search(title):
        return PayComponent.SALARY
    if _BONUS.search(title):
        return PayComponent.BONUS
    if _COMMISSION.search(title):
        return PayComponent.COMMISSION
    return None if _EQUITY.search(title) else PayComponent.SALARY


def _is_unreadable(value: Json, number: Decimal | None) -> bool:
    return number is None and value not in (None, "")


def _minor(amount: Decimal | None, digits: int) -> int | None:
    return int(amount.scaleb(digits).to_integral_value()) if amount else None


def _in_order(minimum: int | None, maximum: int | None, currency: str) -> Range:
    ends = [end for end in (minimum, maximum) if end is not None]
    if any(end < 0 for end in ends):
        raise NotPay("an amount is negative")
    if any(end > MOST_MINOR_UNITS for end in ends):
        raise NotPay("an amount is too large")
    if minimum is not None and maximum is not None and maximum < minimum:
        raise NotPay("it ends below its start")
    if not ends or not any(ends):
        raise NotPay("there are no amounts", is_blank=True)
    return Range(minimum, maximum, currency)
