"""Metering: what an operation may cost is taken from its caller's budget before it runs, what it did not cost is given
back after.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLObjectType
from graphql.execution.values import VariableValues

from portal.access.actor import Actor
from portal.reading.selection import Document as Selections
from portal.web.costs.budget import Budget, Left
from portal.web.costs.cost import Cost, check_cost, cost_of
from portal.web.documents.document import Document, Operation
from portal.web.responses import Header
from schema.costs import Costs
from schema.rate_limit import RateLimit

# What a part of a new statement takes to make, and a new document to parse and validate, in points of preparation.
POINTS_OF_PART = 10
POINTS_OF_DOCUMENT = 10
CHARACTERS_A_POINT = 40

POINTS_OF_SUBSCRIBING = 1  # for the look at what is subscribed to; no operation costs less


@dataclass(frozen=True, slots=True)
class CostLimits:
    """The most that one operation may cost: points, and parts of its statements, each about 1 ms to make anew."""

    points: int = 5_000
    parts: int = 60


@dataclass(frozen=True, slots=True)
class Asking:
    """One operation of a document, with the variables of one request."""

    document: Document
    operation: Operation
    selections: Selections
    variables: VariableValues
    key: Hashable  # names the document, the operation and the shape of the variables


@dataclass(frozen=True, slots=True)
class Metered:
    """An operation whose cost was taken from a budget."""

    cost: Cost
    actor: Actor
    at: float  # seconds since the epoch
    left: Left | None

    @property
    def rate_limit(self) -> RateLimit:
        """The same for whoever asks for it in the operation itself."""
        left = self.left
        if left is None:
            return RateLimit(cost=self.cost.requested, limit=None, used=None, remaining=None, resets_at=None)
        return RateLimit(
            cost=self.cost.requested,
            limit=left.limit,
            used=left.used,
            remaining=left.remaining,
            resets_at=datetime.fromtimestamp(int(self.at) + left.resets_in, UTC),
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer says of its cost."""

    extensions: dict[str, Any]  # Any: JSON
    headers: tuple[Header, ...]


class Meter:
    """Takes points from budgets, and gives back what was too much."""

    def __init__(self, costs: Costs, budget: Budget, limits: CostLimits) -> None:
        self._costs = costs
        self._budget = budget
        self._limits = limits

    async def admit(self, asking: Asking, actor: Actor, received_at: datetime) -> Metered:
        """Take what an operation may cost from its caller's budget.

        Raises MAX_COST_EXCEEDED for what may not be run at all, and RateLimited.
        """
        cost = self.cost(asking)
        at = received_at.timestamp()
        if cost.is_dry_run:
            return Metered(cost, actor, at, await self._budget.left(actor, at))
        await self._prepare(asking, actor, cost, at)
        return Metered(cost, actor, at, await self._budget.spend(actor, cost.requested, at))

    async def settle(self, metered: Metered, data_json: bytes | None) -> Settled:
        """Give back what an answer did not cost; without data it cost nothing."""
        cost = metered.cost
        actual = 0 if data_json is None or cost.is_dry_run else cost.actual(data_json)
        left = metered.left
        if actual < cost.requested and not cost.is_dry_run:
            await self._budget.refund(metered.actor, cost.requested - actual, metered.at)
            left = left and replace(left, used=left.used - (cost.requested - actual))
        return Settled(
            {"cost": {"requested": cost.requested, "actual": actual}},
            () if left is None else left.headers("credential"),
        )

    async def settle_subscribing(self, metered: Metered) -> None:
        """Give back what a subscription took as it began, but for the look at its subject: its events are charged."""
        await self._budget.refund(metered.actor, metered.cost.requested - POINTS_OF_SUBSCRIBING, metered.at)

    async def charge_event(self, cost: Cost, actor: Actor, data_json: bytes, at: datetime) -> dict[str, Any]:
        """Take what one payload of a subscription cost; gives its `extensions`. Raises RateLimited."""
        actual = cost.actual(data_json)
        await self._budget.spend(actor, actual, at.timestamp())
        return {"cost": {"requested": cost.requested, "actual": actual}}

    def cost(self, asking: Asking) -> Cost:
        """What an operation costs at most. Raises Refused for one that costs more than any may."""
        # The shape has no numbers; of those, only what can say how long a list may be changes the cost.
        key = (_COST, asking.key, *map(_length, asking.selections.variables.values()))
        cost: Cost | None = asking.document.scratch.get(key)
        if cost is None:
            node = asking.operation.node
            cost = cost_of(self._costs, asking.selections, root_type(asking), node.selection_set)
            asking.document.remember(key, cost)
        check_cost(cost, self._limits.points, self._limits.parts)
        return cost

    async def charge(self, actor: Actor, points: int, received_at: datetime) -> None:
        """Take points for what is no operation, such as a change over SCIM. Raises RateLimited."""
        await self._budget.spend(actor, points, received_at.timestamp())

    async def prepare_document(self, text: str, actor: Actor, received_at: datetime) -> None:
        """Take points for parsing and validating a text that is new. Raises RateLimited."""
        points = POINTS_OF_DOCUMENT + len(text) // CHARACTERS_A_POINT
        await self._budget.prepare(actor, points, received_at.timestamp())

    async def _prepare(self, asking: Asking, actor: Actor, cost: Cost, at: float) -> None:
        """Take points for statements that are new to this kind of actor. Raises RateLimited."""
        key = (_PREPARED, asking.key, actor.signature_key)
        if key not in asking.document.scratch:
            await self._budget.prepare(actor, cost.parts * POINTS_OF_PART, at)
            asking.document.remember(key, True)


def root_type(asking: Asking) -> GraphQLObjectType:
    """The type on which an operation selects."""
    type_ = asking.selections.schema.get_root_type(asking.operation.node.operation)
    if type_ is None:
        raise TypeError("A valid operation has a root type.")
    return type_


_COST = object()
_PREPARED = object()


def _length(value: Any) -> object:  # Any: a coerced variable
    """What of a variable may say how long a list is: a number, the length of a list, those of an input's lists."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, dict):
        return tuple(len(inner) for inner in value.values() if isinstance(inner, list))
    return value if isinstance(value, int) else None
