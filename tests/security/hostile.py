"""Hostile values for each kind of input: what no client of ours sends, and some will."""

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLEnumType, get_nullable_type, is_list_type

from tests.security.walking import Position

MEGABYTE = 900_000  # characters; with the rest of the body below the edge's limit


@dataclass(frozen=True)
class Hostile:
    """A value as JSON text, and whether nothing may ever accept it."""

    name: str
    json: bytes
    is_refused: bool = False


def _value(name: str, value: Any, *, refused: bool = False) -> Hostile:
    return Hostile(name, orjson.dumps(value), refused)


def _integers(*values: int) -> list[Hostile]:
    return [Hostile(str(value)[:20], str(value).encode(), abs(value) > 2**31) for value in values]


DEEP = Hostile("deep", b'{"a":' * 400 + b"1" + b"}" * 400, is_refused=True)
DEEPER = Hostile("deeper", b"[" * 20_000 + b"]" * 20_000, is_refused=True)
ANYTHING = [_value("object", {"a": 1}, refused=True), DEEP, DEEPER]

TEXTS = [
    Hostile("NUL", rb'"a\u0000b"', is_refused=True),
    Hostile("lone surrogate", rb'"a\ud800b"', is_refused=True),
    Hostile("broken UTF-8", b'"a\xff\xfeb"', is_refused=True),
    _value("a megabyte", "x" * MEGABYTE, refused=True),
    _value("a megabyte of emoji", "\U0001f4a5" * (MEGABYTE // 4), refused=True),
    _value("a megabyte of blanks", " " * MEGABYTE),
    _value("a megabyte of accents", "e" + "\u0301" * (MEGABYTE // 2), refused=True),
    _value("200,001 characters", "ä" * 200_001, refused=True),
    _value("10,001 characters", "ä" * 10_001),
    _value("markup", "<script>alert(1)</script><p onclick=x>" + "<div>" * 2_000),
    _value("controls", "a\x1b[31m\x07\r\n\t\x7f\x85\u2028\u202e\ufeff"),
    _value("noncharacters", "\ufffe\uffff\U0010ffff"),
    _value("quotes", "'; DROP TABLE candidate; -- %s {0} \\ \" `"),
    _value("empty", ""),
    _value("blank", " \u00a0\u3000 "),
    _value("a number", 5, refused=True),
    _value("true", True, refused=True),
]
INTS = [
    *_integers(-1, 0, 2**31 - 1, -(2**31), 2**31, 2**53, 2**63, -(2**64), 10**30, 10**4_000),
    _value("fraction", 1.5, refused=True),
    _value("text", "5", refused=True),
    _value("true", True, refused=True),
    Hostile("huge exponent", b"1e308", is_refused=True),
]
MINOR_UNITS = [
    *(Hostile(str(value), str(value).encode(), True) for value in (-1, -(2**40), 2**53, 2**63, 10**16, 10**30)),
    _value("zero", 0),
    _value("fraction", 0.5, refused=True),
    _value("text", "5", refused=True),
]
BOOLEANS = [_value("text", "true", refused=True), _value("number", 1, refused=True)]
DATES = [
    _value(text, text, refused=True)
    for text in ("10000-01-01", "0000-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "now")
] + [
    _value("number", 5, refused=True),
    _value("empty", "", refused=True),
    _value("long", "2026-01-01" * 9_999, refused=True),
]
INSTANTS = [
    _value(text, text, refused=True)
    for text in (
        *("10000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z"),
        *("2026-02-30T00:00:00Z", "+275760-09-13T00:00:00Z", "infinity", "2026-11-23T12:00:00"),
    )
] + [
    _value("a date only", "2026-11-23"),
    _value("seconds", 1_800_000_000, refused=True),
    _value("empty", "", refused=True),
    _value("strange offset", "2026-12-23T12:00:00+25:61", refused=True),
]
ENUMS = [
    _value("unknown", "NOPE", refused=True),
    _value("small letters", "draft", refused=True),
    _value("number", 1, refused=True),
    Hostile("NUL", rb'"\u0000"', is_refused=True),
]
IDS = [
    Hostile("NUL", rb'"opn_\u0000"', is_refused=True),
    Hostile("lone surrogate", rb'"opn_\udfff"', is_refused=True),
    _value("a megabyte", "x" * MEGABYTE, refused=True),
    _value("an object", {"id": "x"}, refused=True),
    _value("a fraction", 1.5, refused=True),
    Hostile("a huge number", str(10**400).encode(), is_refused=True),
]
LISTS = [
    _value("of null", [None], refused=True),
    _value("of lists", [[[]]], refused=True),
    _value("of nothing", []),
]

_BY_TYPE = {
    "String": TEXTS,
    "Int": INTS,
    "MinorUnits": MINOR_UNITS,
    "Boolean": BOOLEANS,
    "Date": DATES,
    "DateTime": INSTANTS,
    "ID": IDS,
}


def hostile_values(position: Position) -> list[Hostile]:
    """What to send in the place of a valid value."""
    of_type = ENUMS if isinstance(position.named, GraphQLEnumType) else _BY_TYPE[position.named.name]
    return [*of_type, *ANYTHING]


def hostile_lists(valid_item: Any) -> list[Hostile]:
    """What to send in the place of a list: also far too long ones, and one thing again and again."""
    return [
        *LISTS,
        _value("a hundred and one times the same", [valid_item] * 101),
        _value("twice the same", [valid_item] * 2),
        Hostile("five thousand times the same", orjson.dumps([valid_item] * 5_000)),
        DEEPER,
    ]


def is_list(position: Position) -> bool:
    return is_list_type(get_nullable_type(position.type))
