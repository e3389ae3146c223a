"""Small expressions that statements are made of."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSON

# Postgres cuts identifiers at 63 bytes; longer response names can't be column labels.
LONGEST_LABEL = 63

Columns = list[tuple[str, ColumnElement[Any]]]  # Any: columns of all types stand in one object


def literal(text: str) -> ColumnElement[str]:
    """A text of ours (never a client's) as part of the statement."""
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Text())


def public_id(prefix: str | ColumnElement[str], id: ColumnElement[Any]) -> ColumnElement[str]:
    """An id as clients see it; null where there is none, or no prefix."""
    # In a third of the time that it takes to cut the hyphens out of the uuid's text.
    digits = func.encode(func.uuid_send(id), literal("hex"))
    begins = literal(f"{prefix}_") if isinstance(prefix, str) else prefix.op("||")(literal("_"))
    return begins.op("||")(digits)


def labelled(columns: Columns) -> list[ColumnElement[Any]]:
    """Columns under the names that they have in the answer, as far as they can be labels."""
    return [expression.label(_label(name, index)) for index, (name, expression) in enumerate(columns)]


def _label(name: str, index: int) -> str:
    return name if len(name) <= LONGEST_LABEL else f"c${index}"


def row_json(rows: FromClause, names: Sequence[str]) -> ColumnElement[Any]:
    """A row as a JSON object. Where a name is too long for a label, the object is written out by hand."""
    if not names:  # every field of it was skipped
        return literal_column("'{}'::json", JSON())
    if all(len(name) <= LONGEST_LABEL for name in names):
        return func.row_to_json(rows.table_valued())  # type: ignore[attr-defined] # subqueries have it
    parts = [
        literal(f"{',' if index else ''}{json.dumps(name)}:").op("||")(
            func.coalesce(cast(func.to_json(rows.c[_label(name, index)]), Text()), literal("null"))
        )
        for index, name in enumerate(names)
    ]
    return cast(func.concat(literal("{"), *parts, literal("}")), JSON())
