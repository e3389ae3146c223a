"""The bounds of every value that comes from outside: text, numbers, lists, times and codes.

Each function returns the value as it is stored or raises InvalidInput with a sentence about what is wrong with it.
What a value means to hiring is not decided here but in the areas' rules. `path` names the input field.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TypeAlias, TypeVar

from portal.codes import COUNTRIES, CURRENCIES, TIMEZONES
from portal.errors import InvalidInput

Path: TypeAlias = str | tuple[str, ...]
T = TypeVar("T")
HashableT = TypeVar("HashableT", bound=Hashable)

# Characters, as the tables' checks count them.
NAME_LENGTH = 200
CODE_LENGTH = 100
NOTE_LENGTH = 10_000
HTML_LENGTH = 200_000
URL_LENGTH = 2_000
EMAIL_LENGTH = 320

MOST_BULK_ITEMS = 100
MOST_LIST_ITEMS = 100

# 10 ** 15 cents are ten trillion: above every salary in every currency, far below bigint.
MOST_MINOR_UNITS = 10**15
MOST_AMOUNT_DIGITS = 18

# Hiring has no business with dates outside of these; they are slips or attacks on date arithmetic.
EARLIEST_YEAR = 1900
LATEST_YEAR = 2199

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def as_path(path: Path) -> tuple[str, ...]:
    return (path,) if isinstance(path, str) else path


def needed(value: T | None, *, path: Path) -> T:
    """The value of a field that an update may leave out, but not empty."""
    if value is None:
        raise InvalidInput("This can't be empty.", path=as_path(path))
    return value


def text(value: str, *, longest: int, path: Path) -> str:
    """Text of one or more lines, trimmed, with line ends as \\n; neither blank nor longer than `longest` characters."""
    cleaned = _storable(value, longest=longest, path=path)
    if _is_blank(cleaned):
        raise InvalidInput("This must not be empty.", path=as_path(path))
    return cleaned


def optional_text(value: str | None, *, longest: int, path: Path) -> str | None:
    """As `text`, but nothing and blank both mean None."""
    if value is None:
        return None
    cleaned = _storable(value, longest=longest, path=path)
    return None if _is_blank(cleaned) else cleaned


def one_line(value: str, *, longest: int = NAME_LENGTH, path: Path) -> str:
    """A name or title: as `text`, but without line breaks, tabs and other control characters."""
    return _without_controls(text(value, longest=longest, path=path), path)


def optional_line(value: str | None, *, longest: int = NAME_LENGTH, path: Path) -> str | None:
    """As `one_line`, but nothing and blank both mean None."""
    cleaned = optional_text(value, longest=longest, path=path)
    return None if cleaned is None else _without_controls(cleaned, path)


def items(values: Iterable[T], *, most: int = MOST_LIST_ITEMS, least: int = 0, path: Path) -> tuple[T, ...]:
    """A list in its order, with a bounded number of items."""
    kept = tuple(values)
    if len(kept) > most:
        raise InvalidInput(f"At most {most} are allowed here, not {len(kept)}.", path=as_path(path))
    if len(kept) < least:
        raise InvalidInput(f"At least {least} must be given here.", path=as_path(path))
    return kept


def distinct(
    values: Iterable[HashableT], *, most: int = MOST_LIST_ITEMS, least: int = 0, path: Path
) -> tuple[HashableT, ...]:
    """As `items`, and nothing is listed twice; the refusal's path ends with the position of the second mention."""
    kept = items(values, most=most, least=least, path=path)
    seen: set[HashableT] = set()
    for position, value in enumerate(kept):
        if value in seen:
            raise InvalidInput("The same one is listed twice.", path=(*as_path(path), str(position)))
        seen.add(value)
    return kept


def lines(
    values: Sequence[str],
    *,
    longest: int = NAME_LENGTH,
    together: int = NOTE_LENGTH,
    most: int = MOST_LIST_ITEMS,
    path: Path,
) -> tuple[str, ...]:
    """A list of names, `together` characters at most: blank ones and repetitions are dropped, the order is kept."""
    kept = items(values, most=most, path=path)
    cleaned = (optional_line(value, longest=longest, path=(*as_path(path), str(at))) for at, value in enumerate(kept))
    named = tuple(dict.fromkeys(value for value in cleaned if value is not None))
    if sum(map(len, named)) > together:
        raise InvalidInput(f"Together these are longer than {together} characters.", path=as_path(path))
    return named


def whole_number(value: int, *, least: int, most: int, path: Path) -> int:
    """A whole number from `least` to `most`, both included."""
    if isinstance(value, bool) or not least <= value <= most:
        raise InvalidInput(f"This must be a whole number from {least} to {most}.", path=as_path(path))
    return value


def minor_units(value: int, *, path: Path) -> int:
    """An amount of money in minor units (cents), never negative."""
    if isinstance(value, bool) or value < 0:
        raise InvalidInput("An amount of money must not be negative.", path=as_path(path))
    if value > MOST_MINOR_UNITS:
        raise InvalidInput("This amount of money is too large.", path=as_path(path))
    return value


def instant(value: datetime, *, path: Path) -> datetime:
    """A point in time with its offset, as UTC."""
    if value.utcoffset() is None:
        raise InvalidInput("A time needs its offset, such as Z or +02:00.", path=as_path(path))
    _in_calendar(value.year, path)
    return value.astimezone(UTC)


def instant_of(value: str, *, path: Path) -> datetime:
    """The point in time that an ISO 8601 text names, as UTC."""
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInput("This is not a time such as 2026-03-31T09:30:00Z.", path=as_path(path)) from None
    return instant(parsed, path=path)


def day(value: date, *, path: Path) -> date:
    """A calendar day."""
    _in_calendar(value.year, path)
    return value


def in_order(start: date | None, end: date | None, *, path: Path) -> None:
    """Refuses an end before its start; either may be open. Takes days or instants, but both of one kind."""
    if start is not None and end is not None and end < start:
        raise InvalidInput("The end must not be before the start.", path=as_path(path))


def country(value: str, *, path: Path) -> str:
    """An ISO 3166-1 alpha-2 code in capitals."""
    code = value.strip().upper() if len(value) <= CODE_LENGTH else ""
    if code not in COUNTRIES:
        raise InvalidInput("This is not a country's two-letter code, such as US or DE.", path=as_path(path))
    return code


def currency(value: str, *, path: Path) -> str:
    """An ISO 4217 code in capitals."""
    code = value.strip().upper() if len(value) <= CODE_LENGTH else ""
    if code not in CURRENCIES:
        raise InvalidInput("This is not a currency's three-letter code, such as USD or EUR.", path=as_path(path))
    return code


def timezone(value: str, *, path: Path) -> str:
    """An IANA time zone's name, spelt as it is in the time zone database."""
    if value not in TIMEZONES:
        raise InvalidInput("This is not a time zone's name, such as America/New_York.", path=as_path(path))
    return value


def language(value: str, *, path: Path) -> str:
    """A language tag (BCP 47): language, perhaps script, perhaps region, in their usual case: en, pt-BR, zh-Hant-TW."""
    parts = value.strip().replace("_", "-").split("-") if len(value) <= CODE_LENGTH else []
    shaped = [part.lower() if at == 0 else _subtag(part) for at, part in enumerate(parts)]
    tag = "-".join(shaped)
    if not _LANGUAGE.fullmatch(tag):
        raise InvalidInput("This is not a language tag, such as en or pt-BR.", path=as_path(path))
    return tag


def slug(value: str, *, longest: int = CODE_LENGTH, path: Path) -> str:
    """A name for addresses: small letters a to z, digits, and single hyphens between them."""
    if len(value) > longest or not _SLUG.fullmatch(value):
        raise InvalidInput(
            f"Use small letters, digits and single hyphens, at most {longest} characters.", path=as_path(path)
        )
    return value


def _storable(value: str, *, longest: int, path: Path) -> str:
    """Trimmed and within its length, without what Postgres or UTF-8 can't hold."""
    cleaned = value.strip()
    if len(cleaned) > longest:
        raise InvalidInput(f"This is longer than {longest} characters.", path=as_path(path))
    if "\x00" in cleaned:
        raise InvalidInput("This contains a NUL character.", path=as_path(path))
    if any("\ud800" <= character <= "\udfff" for character in cleaned):
        raise InvalidInput("This contains half of a character (a lone surrogate).", path=as_path(path))
    return cleaned.replace("\r\n", "\n").replace("\r", "\n")


def _is_blank(value: str) -> bool:
    """Zero-width characters alone are blank too: such a name could not be seen or clicked."""
    return all(character.isspace() or unicodedata.category(character) in {"Cf", "Cc"} for character in value)


def _without_controls(value: str, path: Path) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in value):
        raise InvalidInput("This must be one line, without tabs or control characters.", path=as_path(path))
    return value


def _subtag(part: str) -> str:
    return part.title() if len(part) == 4 else part.upper()


def _in_calendar(year: int, path: Path) -> None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise InvalidInput(f"The year must be from {EARLIEST_YEAR} to {LATEST_YEAR}.", path=as_path(path))
