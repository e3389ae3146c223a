"""A board's ranges of pay as compensation bands.

`pay_input_ranges` are what the board shows to everybody: PUBLIC. Custom fields of type currency_range are the
employer's own: each becomes an INTERNAL band, unless it is about equity. A range that can't be pay (no amounts, no
currency, reversed, without a certain interval) stays raw. The interval comes from the words beside the range, else from
a custom field such as "Pay Frequency"; else, from 10,000 units of the currency up, it is taken as a year, and the note
says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.bounds import MOST_LIST_ITEMS, NOTE_LENGTH
from portal.codes import minor_digits
from portal.errors import InvalidInput
from portal.openings.enums import BandVisibility, PayInterval
from portal.openings.money import money_of
from portal.openings.rules import pay
from portal.openings.rules.pay import Band
from portal.transfer.board import Metadatum
from portal.transfer.documents import Json
from portal.transfer.fields import Fields, one_line, shortened
from portal.transfer.money import component_in, decimal_of, interval_in
from portal.transfer.outcomes import WarningCode
from portal.transfer.places import region_code

ASSUMED_YEARLY = "The source does not state an interval; taken as a year's pay."

# Major units. A yearly salary is above, an hourly wage below, in every currency whose unit is not tiny; what is below
# and does not say its interval stays raw, because guessing would state a wage that nobody offered.
LEAST_YEARLY = 10_000

# What is left of "Canada Annual Pay Range" is its region.
_PAY_WORDS = re.compile(
    r"\b(?:annual(?:ly|ized)?|yearly|hourly|monthly|weekly|daily|base|target|total|cash|estimated|expected|pay|salary|"
    r"wage|compensation|transparency|ranges?|rates?|band|job|for|in|the|this|of|our|role|position|is|usd|cad|eur|gbp|"
    r"applicants?)\b",
    re.IGNORECASE,
)
_ZONE = re.compile(r"(?:zone|tier|region|geo|level)\s+[\w-]{1,10}", re.IGNORECASE)
_FREQUENCY = re.compile(r"pay (?:frequency|period|interval)|salary period", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*+>")


@dataclass(frozen=True)
class _Range:
    """A range as the source states it, with the texts beside it, the title first."""

    minimum: Json
    maximum: Json
    currency: Json
    words: tuple[str, ...]
    is_in_cents: bool

    @property
    def is_blank(self) -> bool:
        """Neither end has an amount: how boards say that there is no range."""
        return all(end in (None, "") or decimal_of(end) == 0 for end in (self.minimum, self.maximum))


def published_bands(job: Fields, metadata: Sequence[Metadatum]) -> tuple[Band, ...]:
    """The bands that the board publishes, in its order."""
    fallback = _stated_frequency(metadata)
    bands = [_published(fields, fallback) for fields in job.objects("pay_input_ranges", of_text="title")]
    return tuple(band for band in bands if band is not None)


def internal_bands(job: Fields, metadata: Sequence[Metadatum]) -> tuple[Band, ...]:
    """The bands of the custom fields; their values stay in the metadata too."""
    fallback = _stated_frequency(metadata)
    fields = [metadatum for metadatum in metadata if metadatum.value_type == "currency_range"]
    bands = [_internal(job, metadatum, fallback) for metadatum in fields[:MOST_LIST_ITEMS]]
    return tuple(band for band in bands if band is not None)


def _published(fields: Fields, fallback: PayInterval | None) -> Band | None:
    words = (_plain(fields.peek("title")), _plain(fields.peek("blurb")))
    ends = (fields.peek("min_cents"), fields.peek("max_cents"), fields.peek("currency_type"))
    band = _band_or_warning(fields, "min_cents", _Range(*ends, words, is_in_cents=True), fallback)
    if band is not None:
        for name in ("min_cents", "max_cents", "currency_type", "title", "blurb"):
            fields.take(name)
    return band


def _internal(job: Fields, metadatum: Metadatum, fallback: PayInterval | None) -> Band | None:
    value = metadatum.value if isinstance(metadatum.value, Mapping) else {}
    ends = (value.get("min_value"), value.get("max_value"), value.get("unit"))
    return _band_or_warning(job, "metadata", _Range(*ends, (metadatum.name,), is_in_cents=False), fallback)


def _band_or_warning(fields: Fields, name: str, stated: _Range, fallback: PayInterval | None) -> Band | None:
    """None without a warning for a blank range; with one for a range that somebody should look at."""
    if stated.is_blank:
        return None
    try:
        return _band(stated, fallback)
    except InvalidInput as error:
        which = shortened(stated.words[0], 80) or "without a title"
        fields.warn(WarningCode.UNREADABLE_VALUE, name, f"The range {which} is not taken as pay: {error.message}")
        return None


def _band(stated: _Range, fallback: PayInterval | None) -> Band:
    title = stated.words[0]
    component = component_in(title)
    if component is None:
        raise InvalidInput("It is about equity.")
    if not isinstance(stated.currency, str) or not stated.currency.strip():
        raise InvalidInput("It has no currency.")
    ends = [_minor_units(end, stated) for end in (stated.minimum, stated.maximum)]
    interval = interval_in(*stated.words) or fallback
    if interval is None and _major_units(ends, stated.currency) < LEAST_YEARLY:
        raise InvalidInput("It does not say for which time it is paid.")
    notes = [*stated.words, "" if interval else ASSUMED_YEARLY]
    return pay.band(
        Band(
            component=component,
            visibility=BandVisibility.PUBLIC if stated.is_in_cents else BandVisibility.INTERNAL,
            region=_region_in(title),
            currency=stated.currency,
            minimum_minor=ends[0],
            maximum_minor=ends[1],
            pay_interval=interval or PayInterval.YEAR,
            note=shortened("\n".join(note for note in notes if note), NOTE_LENGTH),
        )
    )


def _minor_units(end: Json, stated: _Range) -> int | None:
    """One end of the range; None when it is open, which sources also write as 0."""
    amount = decimal_of(end)
    if amount is None and end not in (None, ""):
        raise InvalidInput("An amount is not a number.")
    if not amount:
        return None
    if not stated.is_in_cents:
        return money_of(amount, str(stated.currency)).minor_units
    if amount != amount.to_integral_value():
        raise InvalidInput("An amount has a fraction of a cent.")
    return int(amount)


def _major_units(ends: Sequence[int | None], currency: str) -> Decimal:
    largest = max(end or 0 for end in ends)
    return Decimal(largest).scaleb(-minor_digits(currency.strip().upper()))


def _stated_frequency(metadata: Sequence[Metadatum]) -> PayInterval | None:
    values = [metadatum.value for metadatum in metadata if _FREQUENCY.search(metadatum.name)]
    return interval_in(*(value for value in values if isinstance(value, str)))


def _region_in(title: str) -> str | None:
    """The region that a range's title names: a country or state we know, or a numbered zone; else None."""
    left = one_line(_PAY_WORDS.sub(" ", title)).strip(" :-\u2013\u2014()[],.")
    zone = _ZONE.fullmatch(left)
    return region_code(left) or (zone.group() if zone else None)


def _plain(value: Json) -> str:
    return one_line(_TAGS.sub(" ", value)) if isinstance(value, str) else ""
