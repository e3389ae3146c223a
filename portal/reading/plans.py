"""Plans: compiled statements, kept as long as they are used.

A plan's key is everything that shapes its text: the document, the place in it, the shape of the variables and the
actor's permission signature. Values are bound at each run.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.database.statements import DIALECT
from portal.reading.binds import Asked, Binds, Extractor
from portal.recent import Recent

# Each plan is also a prepared statement on every connection: 150 to 340 kB of server memory apiece.
MOST_PLANS = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement as text, with where each of its values comes from."""

    sql: str
    extractors: tuple[Extractor, ...]

    def values(self, asked: Asked) -> list[object]:
        """The values to bind for one run. Raises BadInput for an argument that can't be used."""
        return [extract(asked) for extract in self.extractors]


def finished(expression: ColumnElement[Any], binds: Binds) -> Plan:
    """The plan of a root's expression: SELECT with one value in one row."""
    compiled = select(expression.label("answer$")).compile(dialect=DIALECT)
    constants = compiled.params
    keys = compiled.positiontup or []
    return Plan(str(compiled), tuple(binds.extractor(key, constants[key]) for key in keys))


class PlanCache(Recent[Hashable, Plan]):
    """The plans used most recently."""

    def __init__(self, most: int = MOST_PLANS) -> None:
        super().__init__(most)
