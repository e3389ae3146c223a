"""Amounts of pay as sources write them, and the words that say what and for how long they are paid."""

import re
from decimal import Decimal, InvalidOperation

from portal.bounds import MOST_AMOUNT_DIGITS
from portal.openings.enums import PayComponent, PayInterval
from portal.transfer.documents import Json

_INTERVALS = (
    (PayInterval.HOUR, re.compile(r"\bhour(?:ly|s)?\b|/\s?h(?:ou)?r\b", re.IGNORECASE)),
    (PayInterval.DAY, re.compile(r"\bdaily\b|\b(?:per|a|each) day\b|\bday rate\b|/\s?day\b", re.IGNORECASE)),
    (PayInterval.WEEK, re.compile(r"\bweekly\b|\b(?:per|a|each) week\b|/\s?w(?:ee)?k\b", re.IGNORECASE)),
    (PayInterval.MONTH, re.compile(r"\bmonth(?:ly)?\b|/\s?mo(?:nth)?\b", re.IGNORECASE)),
    (
        PayInterval.YEAR,
        re.compile(r"\bannual(?:ly|i[zs]ed)?\b|\byear(?:ly)?\b|\bper annum\b|/\s?y(?:ea)?r\b", re.IGNORECASE),
    ),
)
_BASE = re.compile(r"\b(?:base|salary|wage|pay)\b", re.IGNORECASE)
_BONUS = re.compile(r"\bbonus\b", re.IGNORECASE)
_COMMISSION = re.compile(r"\bcommissions?\b", re.IGNORECASE)
_EQUITY = re.compile(r"\b(?:equity|stock|rsus?|options?)\b", re.IGNORECASE)


def decimal_of(value: Json) -> Decimal | None:
    """A finite decimal number from a number or text such as "172800.0" or "1,500"; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = str(value).strip().replace(",", "")
    if not 0 < len(text) <= 2 * MOST_AMOUNT_DIGITS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # An exponent of a million would take a megabyte to write out.
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_AMOUNT_DIGITS else None


def interval_in(*texts: str) -> PayInterval | None:
    """The interval that the first text with one names; None when that text names two, or none does."""
    for text in texts:
        named = [interval for interval, pattern in _INTERVALS if pattern.search(text)]
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
