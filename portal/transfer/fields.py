"""Reading one source record leniently: each field is taken, or stays in `raw` with a warning, or fails the record.

Nothing is lost in silence: whatever was not taken (unknown keys, values of an unexpected type) is what `raw` returns.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from portal.bounds import CODE_LENGTH, EARLIEST_YEAR, LATEST_YEAR, MOST_LIST_ITEMS, NAME_LENGTH, NOTE_LENGTH
from portal.transfer.documents import Json, is_storable, size_of, strings_in
from portal.transfer.outcomes import OutcomeCode, RecordWarning, WarningCode

# Bytes as JSON; a fifth of what the table admits, so that jsonb's own spelling fits too.
MAX_RAW_BYTES = 200_000

# Characters of a source value that a warning quotes.
_QUOTED = 80

_ODD_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIGITS = re.compile(r"\d+")


class BadRecord(Exception):
    """This record can't be imported; the others can. `message` is a sentence for the import's user."""

    def __init__(self, code: OutcomeCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Notes:
    """The warnings of one record, or of the whole import when `record` is None, in the order in which they arise."""

    record: int | None = None
    warnings: list[RecordWarning] = field(default_factory=list)

    def warn(self, code: WarningCode, where: str, message: str) -> None:
        self.warnings.append(RecordWarning(code=code, field=where, message=message, record=self.record))


def checked_record(record: Json) -> Mapping[str, Json]:
    """The record as an object whose text Postgres can hold. Raises BadRecord."""
    if not isinstance(record, Mapping):
        raise BadRecord(OutcomeCode.NOT_AN_OBJECT, "The record is not a JSON object.")
    if not all(is_storable(text) for text in strings_in(record)):
        message = "The record's text contains a NUL character or half of a character (a lone surrogate)."
        raise BadRecord(OutcomeCode.UNSTORABLE_TEXT, message)
    return record


class Fields:
    """One object of the source. Its fields are asked for by name; of several names the first with a value counts."""

    def __init__(self, values: Mapping[str, Json], notes: Notes, path: str = "") -> None:
        self._values = values
        self._notes = notes
        self._path = path
        self._left: dict[str, Json] = dict(values)
        self._children: dict[str, list[Fields | None]] = {}

    def has(self, name: str) -> bool:
        """Whether the source carries the field at all, be it null."""
        return name in self._values

    def says_anything(self) -> bool:
        """Whether any value is more than blank; key names say nothing."""
        texts = (text for value in self._values.values() for text in strings_in(value))
        return any(text.strip() for text in texts)

    def peek(self, name: str) -> Json:
        """The value as it stands; it stays in `raw`."""
        return self._values.get(name)

    def take(self, name: str) -> Json:
        """The value as it stands, for a reader that keeps all of it."""
        self._left.pop(name, None)
        return self._values.get(name)

    def keep(self, name: str, value: Json) -> None:
        """Leaves (part of) a value in `raw` after all."""
        self._left[name] = value

    def done(self, name: str) -> None:
        """Says that what the list's objects did not take is kept elsewhere, so that `raw` need not repeat it."""
        self._children.pop(name, None)

    def warn(self, code: WarningCode, name: str, message: str) -> None:
        self._notes.warn(code, self._path + name, message)

    def unreadable(self, name: str, wanted: str) -> None:
        """Warns that the value is not what its name says; it stays in `raw`."""
        self._left[name] = self._values.get(name)
        quoted = shortened(str(self._values.get(name)), _QUOTED)
        self.warn(WarningCode.UNREADABLE_VALUE, name, f"{self._path}{name} is not {wanted}: {quoted}")

    def line(self, *names: str, longest: int = NAME_LENGTH) -> str | None:
        """A name or title in one line; a longer one is cut, with a warning, and stays whole in `raw`."""
        return self._text(names, one_line, longest)

    def text(self, *names: str, longest: int = NOTE_LENGTH) -> str | None:
        """Text of several lines; a list of texts is one text with a line each."""
        return self._text(names, paragraphs, longest)

    def identifier(self, name: str) -> str | None:
        """The source's own id, a whole number or text, as text."""
        value = self._values.get(name)
        spelt = identifier(value)
        if spelt is not None or value is None or value == "":
            self._left.pop(name, None)
        else:
            self.unreadable(name, "an id")
        return spelt

    def instant(self, name: str) -> datetime | None:
        """A time with its offset, as the same instant in UTC. A day is its end; a time without offset counts as UTC."""
        value = self._values.get(name)
        if value is None or value == "":
            self._left.pop(name, None)
            return None
        parsed = instant_of(value) if isinstance(value, str) else None
        if parsed is None:
            self.unreadable(name, "a time such as 2026-03-31T09:30:00-05:00")
        else:
            self._left.pop(name, None)
        return parsed

    def strings(self, *names: str, longest: int = NAME_LENGTH, together: int = 50_000) -> tuple[str, ...]:
        """A list of lines without blanks, bounded, the rest in `raw`; one text counts as a list of one."""
        name = self._first(names)
        if name is None:
            return ()
        value = self.take(name)
        listed = value if isinstance(value, (list, tuple)) else [value]
        lines = [one_line(str(item)) for item in listed if isinstance(item, (str, int, float)) and item is not True]
        kept = _bounded([shortened(line, longest) for line in lines if line], together)
        if len(lines) < len(listed) or len(kept) < len([line for line in lines if line]) or _any_cut(lines, longest):
            self.keep(name, value)
            self.warn(WarningCode.LEFT_OUT, name, f"Not all of {self._path}{name} fits; the whole is kept as raw data.")
        return kept

    def objects(self, *names: str, of_text: str = "name", most: int = MOST_LIST_ITEMS) -> "tuple[Fields, ...]":
        """A list's objects. One object counts as a list of one, a text as an object with only the field `of_text`."""
        name = self._first(names)
        if name is None:
            return ()
        value = self.take(name)
        listed = value if isinstance(value, (list, tuple)) else [value]
        children = [self._child(item, f"{name}[{at}].", of_text) for at, item in enumerate(listed)]
        usable = [child for child in children if child is not None]
        dropped = any(child is None and item is not None for child, item in zip(children, listed, strict=True))
        if dropped or len(usable) > most:
            self.keep(name, value)
            self.warn(WarningCode.LEFT_OUT, name, f"Not all of {self._path}{name} can be read; it is kept as raw data.")
        else:
            self._children[name] = children
        return tuple(usable[:most])

    def object(self, name: str, of_text: str = "name") -> "Fields":
        """A nested object, empty when there is none; a text counts as an object with only the field `of_text`."""
        value = self.take(name)
        child = self._child(value, f"{name}.", of_text)
        if child is None:
            if value is not None and value not in ("", [], ()):
                self.unreadable(name, "an object")
            return Fields({}, self._notes, f"{self._path}{name}.")
        self._children[name] = [child]
        return child

    def part(self, values: Mapping[str, Json], path: str) -> "Fields":
        """An object that the source only wrote as text."""
        return Fields(values, self._notes, self._path + path)

    def raw(self) -> dict[str, Json]:
        """What was not taken, without empty values; too large a rest loses its largest fields, with a warning."""
        rest: dict[str, Json] = {
            name: value for name, value in self._left.items() if value not in (None, "", [], {}, ())
        }
        for name, children in self._children.items():
            left = [{} if child is None else child.raw() for child in children]
            if any(left) and name not in rest:
                rest[name] = left if isinstance(self._values.get(name), (list, tuple)) else left[0]
        return self._fitting(rest)

    def _fitting(self, rest: dict[str, Json]) -> dict[str, Json]:
        while size_of(rest) > MAX_RAW_BYTES:
            largest = max(rest, key=lambda name: size_of(rest[name]))
            del rest[largest]
            self.warn(WarningCode.LEFT_OUT, largest, f"{self._path}{largest} is too large to be kept.")
        return rest

    def _text(self, names: Sequence[str], clean: Callable[[str], str], longest: int) -> str | None:
        name = self._first(names)
        if name is None:
            return None
        whole = spelt(self._values[name])
        if whole is None:
            self.unreadable(name, "text")
            return None
        cleaned = clean(whole)
        if len(cleaned) > longest:
            self.warn(
                WarningCode.SHORTENED, name, f"{self._path}{name} is longer than {longest} characters; it was cut."
            )
            return shortened(cleaned, longest)
        self._left.pop(name, None)
        return cleaned or None

    def _first(self, names: Sequence[str]) -> str | None:
        """The first name that has a value. Empty values are taken, so that they don't fill `raw`."""
        for name in names:
            if self._values.get(name) not in (None, "", [], {}, ()):
                return name
            self._left.pop(name, None)
        return None

    def _child(self, value: Json, path: str, of_text: str) -> "Fields | None":
        values = {of_text: value} if isinstance(value, str) and value.strip() else value
        return Fields(values, self._notes, self._path + path) if isinstance(values, Mapping) else None


def spelt(value: Json) -> str | None:
    """A text, a number as text, or a list of texts as lines; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (list, tuple)):
        lines = [line for line in value if isinstance(line, str)]
        return "\n".join(lines) if len(lines) == len(value) else None
    return str(value) if isinstance(value, (str, int, float)) else None


def one_line(text: str) -> str:
    """Text in one line, without control characters; empty when nothing in it can be seen."""
    line = " ".join(_ODD_CONTROLS.sub(" ", text).split())
    return "" if is_blank(line) else line


def paragraphs(text: str) -> str:
    """Text with line ends as \\n and without other control characters; empty when nothing in it can be seen."""
    cleaned = _ODD_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return "" if is_blank(cleaned) else cleaned


def is_blank(text: str) -> bool:
    """Zero-width characters alone are blank too: such a name could not be seen or clicked."""
    return all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def shortened(text: str, longest: int) -> str:
    """At most `longest` characters; what is cut is marked with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def identifier(value: Json) -> str | None:
    """An id as text: whole numbers without sign or fraction, or text of one line; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = one_line(str(value))
    if not 0 < len(text) <= CODE_LENGTH or not is_storable(text):
        return None
    # 007 and 7 are the same id once one system has written it as a number.
    return str(int(text)) if _DIGITS.fullmatch(text) and text.isascii() else text


def instant_of(text: str) -> datetime | None:
    """The instant that an ISO 8601 text names, in UTC; None when it names none, or one of another century than ours."""
    try:
        parsed = datetime.fromisoformat(text.strip())
        if len(text.strip()) <= 10:
            parsed = datetime.combine(parsed.date(), time(23, 59, 59))
        instant = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if EARLIEST_YEAR <= instant.year <= LATEST_YEAR else None


def _any_cut(lines: Sequence[str], longest: int) -> bool:
    return any(len(line) > longest for line in lines)


def _bounded(lines: Sequence[str], together: int) -> tuple[str, ...]:
    """The first lines, at most MOST_LIST_ITEMS of at most `together` characters in all."""
    kept: list[str] = []
    room = together
    for line in lines[:MOST_LIST_ITEMS]:
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return tuple(kept)
