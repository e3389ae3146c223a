"""Plans: compiled statements, kept as long as they are used.

A plan's key is everything that shapes its text: the document, the place in it, the shape of the variables and the
actor's permission signature. Values are bound at each run.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter
from sqlalchemy import ColumnElement, select

from portal.database.statements import DIALECT
from portal.reading.binds import Asked, Binds, Extractor

# Each plan is also a prepared statement on every connection: 150 to 340 kB of server memory apiece.
MOST_PLANS = 500

_LOOKUPS = Counter("portal_plan_lookups_total", "Look-ups in the plan cache of the read door.", ["outcome"])
_HITS, _MISSES = _LOOKUPS.labels("hit"), _LOOKUPS.labels("miss")


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


class PlanCache:
    """The most recently used plans, at most `MOST_PLANS`."""

    def __init__(self, most: int = MOST_PLANS) -> None:
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()
        self._most = most

    def get(self, key: Hashable) -> Plan | None:
        plan = self._plans.get(key)
        if plan is None:
            _MISSES.inc()
            return None
        _HITS.inc()
        self._plans.move_to_end(key)
        return plan

    def put(self, key: Hashable, plan: Plan) -> None:
        self._plans[key] = plan
        if len(self._plans) > self._most:
            self._plans.popitem(last=False)

    def __len__(self) -> int:
        return len(self._plans)
