"""Whether points are honest: how what random documents cost goes with the database's time."""

from collections.abc import Mapping, Sequence
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
from graphql.execution.values import VariableValues, get_variable_values

from benchmarks import bars
from benchmarks.bars import Bar, at_least, at_most
from portal.access.actor import Actor
from portal.access.enums import ActorKind, OrganizationRole
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.database.ids import public_id
from portal.reading.arguments import shape
from portal.reading.binds import Asked
from portal.reading.door import ReadDoor
from portal.reading.problems import BadInput
from portal.reading.selection import TYPENAME
from portal.reading.selection import Document as Selections
from portal.web.costs.cost import Cost, check_cost, cost_of
from portal.web.costs.metering import CostLimits
from portal.web.documents.document import Document
from portal.web.documents.store import DocumentStore
from portal.web.errors import Refused
from schema.root import COSTS, GRAPHQL_SCHEMA
from tests.reading.documents import Writer

DOCUMENTS = 400
_RUNS = 3  # of each document; the quickest counts
_IDS = 50  # of each kind of row, from which documents take theirs
_LARGEST = "SELECT organization_id FROM portal.application GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"


async def honesty(admin: asyncpg.Connection, arguments: Mapping[str, Any]) -> list[Bar]:
    """The rank correlation of what documents cost with how long their statements take, in the largest organization.

    What is taken beforehand can't know which lists are empty, what is charged in the end does: that one is judged.

    `arguments` are those of the application's own connections.
    """
    database = await Database.open(arguments, size=1)
    try:
        return await _honesty(admin, database)
    finally:
        await database.close()


async def _honesty(admin: asyncpg.Connection, database: Database) -> list[Bar]:
    organization_id = UUID(bytes=(await admin.fetchval(_LARGEST)).bytes)
    ids = await _ids(admin, organization_id)
    actor = Actor(organization_id, ActorKind.USER, _row_id(ids["mem"][0]), OrganizationRole.ORG_ADMIN)
    door = ReadDoor(database, CATALOG)
    store = DocumentStore(GRAPHQL_SCHEMA)
    charged: list[float] = []
    requested: list[float] = []
    seconds: list[float] = []
    more_than_asked = 0
    for seed in range(DOCUMENTS):
        text, variables = Writer(GRAPHQL_SCHEMA, ids, Random(seed)).operation()
        document = store.get(text)
        if not isinstance(document, Document):
            continue
        found = await _measured(door, actor, document, variables)
        if found is None:
            continue
        cost, took, answer = found
        more_than_asked += cost.actual(answer) > cost.requested
        charged.append(cost.actual(answer))
        requested.append(cost.requested)
        seconds.append(took)
    beforehand = rank_correlation(requested, seconds)
    return [
        at_least(
            f"cost of {len(charged)} random documents, rank correlation with their statements' time "
            f"(of what is taken beforehand: {beforehand:.2f})",
            rank_correlation(charged, seconds),
            bars.COST_CORRELATION,
        ),
        at_most("documents that cost more than was taken before", more_than_asked, 0),
    ]


async def _measured(
    door: ReadDoor, actor: Actor, document: Document, variables: Mapping[str, object]
) -> tuple[Cost, float, bytes] | None:
    """A document's cost, its statements' time and its answer; None for one that may not be run."""
    (operation,) = document.operations.values()
    declared = operation.node.variable_definitions or ()
    coerced = get_variable_values(GRAPHQL_SCHEMA, declared, dict(variables))
    if not isinstance(coerced, VariableValues):
        return None
    selections = Selections(GRAPHQL_SCHEMA, document.fragments, coerced.coerced)
    query = GRAPHQL_SCHEMA.query_type
    if query is None:
        raise TypeError("The schema has queries.")
    cost = cost_of(COSTS, selections, query, operation.node.selection_set)
    try:
        check_cost(cost, CostLimits().points, CostLimits().parts)
        key = (document.id, shape(coerced.coerced))
        plans = {
            selected.response_name: await door.plan(
                (key, selected.response_name), actor, selections, CATALOG.roots[selected.name], selected
            )
            for selected in selections.fields(query, [operation.node.selection_set])
            if selected.name != TYPENAME
        }
        if not plans:
            return None
        took: list[float] = []
        answers: list[bytes | None] = []
        for _ in range(_RUNS):
            began = perf_counter()
            answers = await door.run([(plan, Asked(actor, coerced.coerced)) for plan in plans.values()], actor)
            took.append(perf_counter() - began)
    except (Refused, BadInput):
        return None
    fields = (b'"%s":%s' % (name.encode(), answer or b"null") for name, answer in zip(plans, answers, strict=True))
    return cost, min(took), b"{" + b",".join(fields) + b"}"


async def _ids(admin: asyncpg.Connection, organization_id: UUID) -> dict[str, list[str]]:
    """Some ids of each kind of row."""
    found: dict[str, list[str]] = {}
    for entity in CATALOG.entities:
        table = entity.model.__tablename__  # a name of our own, not a client's
        rows = await admin.fetch(
            f"SELECT id FROM portal.{table} WHERE organization_id = $1 LIMIT {_IDS}",  # noqa: S608
            organization_id,
        )
        found[entity.prefix] = [public_id(entity.prefix, UUID(bytes=row["id"].bytes)) for row in rows]
    return {prefix: listed for prefix, listed in found.items() if listed}


def _row_id(text: str) -> UUID:
    return UUID(hex=text.rpartition("_")[2])


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's: 1 where both orders are the same, 0 where they have nothing to do with each other."""
    ranks_of_one, ranks_of_other = _ranks(one), _ranks(other)
    mean = (len(one) - 1) / 2
    together = sum((a - mean) * (b - mean) for a, b in zip(ranks_of_one, ranks_of_other, strict=True))
    squares = [sum((rank - mean) ** 2 for rank in ranks) for ranks in (ranks_of_one, ranks_of_other)]
    return together / (squares[0] * squares[1]) ** 0.5 if all(squares) else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value; equal ones share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2
        start = end + 1
    return ranks
