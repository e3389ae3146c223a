"""Identifiers: UUIDv7 rows inside, prefixed opaque ids outside.

Inside, every row's id is a UUIDv7 made by the application, so ids sort roughly by creation and never come from a
sequence. Outside (GraphQL, webhooks, exports) the same id is written as a short type prefix, an underscore and the 32
hex digits.
"""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

PublicId = NewType("PublicId", str)

_HEX_DIGITS = 32


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()


def public_id(prefix: str, id: UUID) -> PublicId:
    """The id as clients see it: `app_0193…`, stable for the life of the row."""
    return PublicId(f"{prefix}_{id.hex}")


def parse_public_id(prefix: str, text: str) -> UUID | None:
    """The UUID behind a public id, or None when the text is not an id of that type.

    Malformed, wrong-type and unknown ids must look the same to a client, so this never raises.
    """
    head, _, digits = text.rpartition("_")
    if head != prefix or len(digits) != _HEX_DIGITS or not digits.isascii() or digits != digits.lower():
        return None
    try:
        return UUID(hex=digits)
    except ValueError:
        return None
