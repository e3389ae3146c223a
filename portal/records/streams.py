"""Streams: what a field of Subscription delivers, as the areas declare it beside their reads.

A stream is made of stored events. Each names by `keys` what it is about; whoever subscribed to one of these keys is
sent it, read as the payload that is declared for its type, with the subscriber's own rights at that moment.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import array

from portal.access.actor import Actor
from portal.reading.entity import AnyEntity, Computed, Expression, RowRule
from portal.reading.expressions import literal
from portal.reading.problems import BadInput
from portal.reading.rows import Row, Viewer
from portal.records.models import DomainEvent

_WRONG = "This cursor does not belong to this subscription. Subscribe without it, and read what you show afresh."
_DIGITS = 16  # of a cursor's two parts, hexadecimal


@dataclass(frozen=True)
class Stream:
    """One field of Subscription.

    `subject` is the entity that its `argument` names (as clients write it), None where it is about the signed-in
    member, whose keys `keys_of` tells. `keys` are the uuids that an event is for, null or empty for none. `payloads`
    are what events are read as, by type.
    """

    name: str
    subject: "AnyEntity | None"
    argument: str | None
    keys: ColumnElement[list[UUID]]
    payloads: Mapping[str, AnyEntity]
    keys_of: Callable[[Actor], frozenset[UUID]] = lambda _actor: frozenset()


def only(*types: str) -> ColumnElement[bool]:
    """Whether an event is of one of these types, which are ours."""
    return DomainEvent.type.in_([literal(type_) for type_ in types])


def keys(*whens: tuple[ColumnElement[bool], Any]) -> ColumnElement[list[UUID]]:
    """The keys of an event: for each condition that it satisfies the uuid beside it, which may be null."""
    # Any: a column or an expression, with or without null.
    found = array([case((condition, key)) for condition, key in whens])
    return func.array_remove(found, literal_column("NULL"), type_=ARRAY(Uuid()))


def fact(name: str) -> ColumnElement[UUID]:
    """A uuid among an event's facts; null where it has none of that name."""
    return cast(DomainEvent.data.op("->>")(literal(name)), Uuid())


def fact_of(name: str) -> Expression:
    """The same of an event that is read."""

    def expression(_viewer: Viewer, row: Row) -> ColumnElement[UUID]:
        return cast(row[DomainEvent.data].op("->>")(literal(name)), Uuid())

    return expression


def is_one_of(*types: str) -> RowRule:
    """Whether an event that is read is of one of these types."""

    def rule(_viewer: Viewer, row: Row) -> ColumnElement[bool]:
        return row[DomainEvent.type].in_([literal(type_) for type_ in types])

    return rule


def cursor_of(stream: str, key: Expression) -> Computed:
    """The cursor of an event in a stream, as `cursor` makes it; `key` is what was subscribed to."""

    def expression(viewer: Viewer, row: Row) -> ColumnElement[str]:
        sequence = func.lpad(func.to_hex(row[DomainEvent.sequence]), literal_column(str(_DIGITS)), literal("0"))
        named = func.concat(row.table.c.organization_id, literal(f"/{stream}/"), key(viewer, row), type_=Text())
        return sequence.op("||")(func.left(func.md5(named), literal_column(str(_DIGITS)), type_=Text()))

    return Computed(expression)


def cursor(organization_id: UUID, stream: str, key: UUID, sequence: int) -> str:
    """An opaque position in one subscriber's stream. Not signed: a forged one only moves where the replay starts."""
    return f"{sequence:0{_DIGITS}x}{_mark(organization_id, stream, key)}"


def sequence_in(text: object, organization_id: UUID, stream: str, key: UUID) -> int:
    """The position in a cursor. Raises BadInput when it is not one of this stream's."""
    is_ours = isinstance(text, str) and len(text) == 2 * _DIGITS and text.isascii()
    if not isinstance(text, str) or not is_ours or text[_DIGITS:] != _mark(organization_id, stream, key):
        raise BadInput(_WRONG)
    digits = text[:_DIGITS]
    if not set(digits) <= set("0123456789abcdef") or int(digits, 16) >= 2**63:
        raise BadInput(_WRONG)
    return int(digits, 16)


def _mark(organization_id: UUID, stream: str, key: UUID) -> str:
    named = f"{organization_id}/{stream}/{key}"
    return hashlib.md5(named.encode(), usedforsecurity=False).hexdigest()[:_DIGITS]
