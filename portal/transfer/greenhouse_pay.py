"""A board's ranges of pay as compensation bands.

`pay_input_ranges` are what the board shows to everybody: PUBLIC. Custom fields of type currency_range are the
employer's own: each becomes an INTERNAL band, unless it is about equity. A range that can't be pay (no amounts, no
currency, reversed, without a certain interval) stays raw. The interval comes from the words beside the range, else from
a custom field such as "Pay Frequency"; else, from 10,000 units of the currency up, it is taken as a year, and the note
says so.
"""

import re
from collections.abc import Mapping, Sequence

from portal.bounds import NOTE_LENGTH
from portal.openings.enums import BandVisibility, PayInterval
from portal.transfer.board import ImportedBand, Metadatum
from portal.transfer.documents import Json
from portal.transfer.fields import Fields, one_line, shortened
from portal.transfer.money import LEAST_YEARLY, NotPay, Range, component_in, interval_in, range_of
from portal.transfer.outcomes import WarningCode
from portal.transfer.places import region_code

ASSUMED_YEARLY = "The source does not state an interval; taken as a year's pay."

# What is left of "Canada Annual Pay Range" is its region.
_PAY_WORDS = re.compile(
    r"\b(?:annual(?:ly|ized)?|yearly|hourly|monthly|weekly|daily|base|target|total|cash|estimated|expected|pay|salary|wage|"
    r"compensation|transparency|ranges?|rates?|band|job|for|in|the|this|of|our|role|position|is|usd|cad|eur|gbp|applicants?)\b",
    re.IGNORECASE,
)
_ZONE = re.compile(r"(?:zone|tier|region|geo|level)\s+[\w-]{1,10}", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*+>")


def published_bands(job: Fields, metadata: Sequence[Metadatum]) -> tuple[ImportedBand, ...]:
    """The bands that the board publishes, in its order."""
    ranges = job.objects("pay_input_ranges", of_text="title")
    fallback = _stated_frequency(metadata)
    bands = [_published(fields, fallback) for fields in ranges]
    return tuple(band for band in bands if band is not None)


def internal_bands(job: Fields, metadata: Sequence[Metadatum]) -> tuple[ImportedBand, ...]:
    """The bands of the custom fields; their values stay in the metadata too."""
    fallback = _stated_frequency(metadata)
    bands = [_internal(job, metadatum, fallback) for metadatum in metadata if metadatum.value_type == "currency_range"]
    return tuple(band for band in bands if band is not None)


def _published(fields: Fields, fallback: PayInterval | None) -> ImportedBand | None:
    title, blurb = _plain(fields.peek("title")), _plain(fields.peek("blurb"))
    ends = (fields.peek("min_cents"), fields.peek("max_cents"), fields.peek("currency_type"))
    try:
        pay = range_of(*ends, in_minor_units=True)
        band = _band(pay, title, (title, blurb), fallback, BandVisibility.PUBLIC)
    except NotPay as error:
        _not_pay(fields, "min_cents", title, error)
        return None
    for name in ("min_cents", "max_cents", "currency_type", "title", "blurb"):
        fields.take(name)
    return band


def _internal(job: Fields, metadatum: Metadatum, fallback: PayInterval | None) -> ImportedBand | None:
    value = metadatum.value if isinstance(metadatum.value, Mapping) else {}
    ends = (value.get("min_value"), value.get("max_value"), value.get("unit"))
    try:
        return _band(
            range_of(*ends, in_minor_units=False), metadatum.name, (metadatum.name,), fallback, BandVisibility.INTERNAL
        )
    except NotPay as error:
        _not_pay(job, "metadata", metadatum.name, error)
        return None


def _band(
    pay: Range, title: str, words: Sequence[str], fallback: PayInterval | None, visibility: BandVisibility
) -> ImportedBand:
    component = component_in(title)
    if component is None:
        raise NotPay("it is about equity")
    stated = interval_in(*words) or fallback
    if stated is None and pay.most_major_units < LEAST_YEARLY:
        raise NotPay("it does not say for which time it is paid")
    parts = [*words, "" if stated else ASSUMED_YEARLY]
    return ImportedBand(
        component=component,
        currency=pay.currency,
        minimum_minor=pay.minimum,
        maximum_minor=pay.maximum,
        pay_interval=stated or PayInterval.YEAR,
        visibility=visibility,
        region=_region_in(title),
        note=shortened("\n".join(part for part in parts if part), NOTE_LENGTH) or None,
    )


def _not_pay(fields: Fields, name: str, title: str, error: NotPay) -> None:
    """A blank range is how boards say "none"; any other deserves somebody's look."""
    if not error.is_blank:
        which = shortened(title, 80) or "without a title"
        fields.warn(WarningCode.UNREADABLE_VALUE, name, f"The range {which} is not a range of pay: {error}.")


def _stated_frequency(metadata: Sequence[Metadatum]) -> PayInterval | None:
    named = [
        m.value
        for m in metadata
        if re.search(r"pay (?:frequency|period|interval)|salary period", m.name, re.IGNORECASE)
    ]
    return interval_in(*(value for value in named if isinstance(value, str)))


def _region_in(title: str) -> str | None:
    """The region that a range's title names: a country or state we know, or a numbered zone; else None."""
    left = one_line(_PAY_WORDS.sub(" ", title)).strip(" :-\u2013\u2014()[],.")
    zone = _ZONE.fullmatch(left)
    return region_code(left) or (zone.group() if zone else None)


def _plain(value: Json) -> str:
    return one_line(_TAGS.sub(" ", value)) if isinstance(value, str) else ""
