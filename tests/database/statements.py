"""Statements as the application sends them, and the plans that Postgres makes for them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import orjson

from portal.database.connection import Database
from portal.database.pool import Raw

Mode = Literal["force_custom_plan", "force_generic_plan"]
MODES: tuple[Mode, ...] = ("force_custom_plan", "force_generic_plan")

_PARTITION = re.compile(r"(?P<table>.+)_p\d{3}$")
_ENTER = "SELECT set_config('portal.organization_id', $1, true), set_config('plan_cache_mode', $2, true)"


@dataclass
class Captured:
    """Every statement that went through a database, once each, with the values of its first run."""

    statements: dict[str, Sequence[object]] = field(default_factory=dict)

    def listener(self, sql: str, values: Sequence[object]) -> None:
        if not sql.startswith("SET "):  # which has no plan
            self.statements.setdefault(sql, values)


async def plan_of(raw: Raw, organization_id: UUID, sql: str, values: Sequence[object], mode: Mode) -> dict[str, Any]:
    """The plan of a statement with these values, for the application's role inside a tenant's transaction."""
    transaction = raw.transaction()
    await transaction.start()
    try:
        await raw.fetch(_ENTER, str(organization_id), mode)
        types, literals = await _as_text(raw, sql, values)
        declared = f"({', '.join(types)})" if types else ""
        given = f"({', '.join(literals)})" if literals else ""
        await raw.execute(f"PREPARE explained{declared} AS {sql}")
        try:
            text = await raw.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE explained{given}")
        finally:
            await raw.execute("DEALLOCATE explained")
    finally:
        await transaction.rollback()
    plan: dict[str, Any] = orjson.loads(text)[0]["Plan"]
    return plan


async def _as_text(raw: Raw, sql: str, values: Sequence[object]) -> tuple[list[str], list[str]]:
    """The types of a statement's parameters and the values as literals: EXECUTE takes no bound ones."""
    parameters = (await raw.prepare(sql)).get_parameters()
    types = [_name(parameter) for parameter in parameters]
    if not types:
        return [], []
    quoted = ", ".join(f"quote_nullable((${number}::{type_})::text)" for number, type_ in enumerate(types, start=1))
    row = await raw.fetchrow(f"SELECT {quoted}", *values)
    assert row is not None
    return types, [f"{literal}::{type_}" for literal, type_ in zip(row, types, strict=True)]


def _name(parameter: Any) -> str:
    """A type by its name in SQL: asyncpg says int4[] as it reads, and text[] by its element's."""
    return f"{parameter.schema}.{parameter.name}" if parameter.kind != "array" else str(parameter.name)


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


def partitions_scanned(plan: dict[str, Any]) -> dict[str, set[str]]:
    """The partitions that a plan reads, by table. Those that the executor removes before it starts are not in it."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in nodes_of(plan):
        match = _PARTITION.match(node.get("Relation Name", ""))
        if match and node["Node Type"].endswith("Scan"):
            found[match["table"]].add(node["Relation Name"])
    return found


async def plans_of(
    database: Database, organization_id: UUID, captured: Captured
) -> Sequence[tuple[str, Mode, dict[str, Any]]]:
    """Each captured statement's plans, custom and generic."""
    async with database.pool.connection() as raw:
        return [
            (sql, mode, await plan_of(raw, organization_id, sql, values, mode))
            for sql, values in captured.statements.items()
            for mode in MODES
        ]
