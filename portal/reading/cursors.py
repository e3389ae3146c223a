"""Cursors: opaque positions in an ordered list.

A cursor holds the values of the sort keys, the row's id and a mark of the list it belongs to (which connection, order
and filter). It is made inside the statement and read back here. It is not signed: a forged cursor only moves the start
of the page; who may see what is decided by the statement, whatever the cursor says.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Boolean, ColumnElement, Date, DateTime, Integer, Text, Uuid, func, literal_column

from portal.reading.problems import BadInput

_WRONG = "This cursor does not belong to this list with this filter and order. Start again without it."

# A cursor holds a mark, a few sort values and an id; a longer text can't be one of ours.
LONGEST_CURSOR = 2_000  # characters


def cursor_expression(mark: ColumnElement[Any], keys: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
    """The cursor of a row, as an expression: URL-safe base64 of a JSON list [mark, sort values…, id]."""
    packed = func.convert_to(func.json_build_array(mark, *keys).cast(Text()), literal_column("'UTF8'", Text()))
    return func.translate(
        func.encode(packed, literal_column("'base64'", Text())),
        literal_column("E'+/=\\n'", Text()),
        literal_column("'-_'", Text()),
    )


def decode_cursor(text: object, mark: str, types: Sequence[Any]) -> list[object]:
    """The sort values and id in a cursor. Raises BadInput when it is not one of this list's."""
    if not isinstance(text, str) or len(text) > LONGEST_CURSOR:
        raise BadInput(_WRONG)
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        values = orjson.loads(packed)
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as problem:
        raise BadInput(_WRONG) from problem
    if not isinstance(values, list) or len(values) != len(types) + 1 or values[0] != mark:
        raise BadInput(_WRONG)
    try:
        return [_parsed(value, type_) for value, type_ in zip(values[1:], types, strict=True)]
    except (ValueError, TypeError, OverflowError) as problem:
        raise BadInput(_WRONG) from problem


def _parsed(value: Any, type_: Any) -> object:
    """A sort value as its column's type, within what Postgres can hold; anything else raises."""
    match type_:
        case Boolean() | Integer():
            return _plain(value, type_)
        case _ if not isinstance(value, str) or "\x00" in value:
            raise TypeError("Not a sort value.")
        case Uuid():
            return UUID(value)
        case DateTime():
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                raise ValueError("An instant without an offset is none of ours.")
            return instant.astimezone(UTC)  # its offset may carry it out of the years that there are
        case Date():
            return date.fromisoformat(value)
        case _:
            return value.encode().decode()  # raises for half of a character


def _plain(value: Any, type_: Any) -> bool | int:
    """A sort value that JSON has a type for. In Python a boolean is a number, in a column it is none."""
    if isinstance(value, bool) is not isinstance(type_, Boolean) or not isinstance(value, int):
        raise TypeError("Not a sort value.")
    if abs(value) >= (2**63 if isinstance(type_, BigInteger) else 2**31):
        raise OverflowError("No column of this type holds such a number.")
    return value
