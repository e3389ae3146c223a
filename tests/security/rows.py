"""What an organization's tables hold, as hashes: equal ones mean that no row was added, changed or removed."""

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portal.tables import metadata
from tests.world import World


@functools.cache
def _statement() -> str:
    """One row for each table that belongs to organizations; row-level security leaves those of one."""
    of_all = "md5(coalesce(string_agg(t::text, ';' ORDER BY id), ''))"
    return " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, count(*) AS rows, {of_all} AS hash FROM \"{table.name}\" AS t"  # noqa: S608
        for table in metadata.sorted_tables
    )


async def hashes(world: World) -> dict[str, tuple[int, str]]:
    """How many rows each table of an organization has, and a hash of them all."""
    return {row["name"]: (row["rows"], row["hash"]) for row in await world.rows(_statement())}


@asynccontextmanager
async def untouched(world: World, what: str) -> AsyncIterator[None]:
    """Passes only if every table of the organization is as it was before the block."""
    before = await hashes(world)
    yield
    after = await hashes(world)
    changed = {name: (before[name][0], found[0]) for name, found in after.items() if before[name] != found}
    assert not changed, f"{what} changed {changed}"
