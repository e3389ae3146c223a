"""The outbox relay: gives committed events their place in the organization's feed, in the order they happened.

An event is written in the commit of its change, without a place. The relay, of which only one runs at a time, numbers
what it finds per organization and tells listeners once per batch that there is something new. What it has not numbered
yet is simply found at the next round, so a crash costs time and no event.
"""

import asyncio
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from portal.database.connection import Database
from portal.records.feed import CHANNEL

# One key for all processes of one installation.
RELAY_LOCK = 7_201_164_352_011

BATCH = 500  # events a round

_UNPUBLISHED = "SELECT organization_id, id FROM directory.unpublished_events($1)"

# Numbered once, whatever the planner believes: after a burst its statistics know of no waiting event yet. The version
# is compared again after waiting for a row: a worker that was killed may still have been committing it.
_PUBLISH = """
    WITH numbered AS MATERIALIZED (
        SELECT waiting.id, waiting.version, last.sequence + row_number() OVER (ORDER BY waiting.position) AS sequence
        FROM domain_event AS waiting,
             (SELECT coalesce(max(sequence), 0) AS sequence FROM domain_event WHERE organization_id = $1) AS last
        WHERE waiting.organization_id = $1 AND waiting.id = ANY($2::uuid[]) AND waiting.published_at IS NULL
    )
    UPDATE domain_event AS event
    SET sequence = numbered.sequence, published_at = $3, updated_at = $3, version = event.version + 1
    FROM numbered
    WHERE event.organization_id = $1 AND event.id = numbered.id AND event.version = numbered.version
    RETURNING event.id
"""


async def publish_waiting(database: Database, now: datetime) -> int:
    """Publish one batch of waiting events; how many they were. Does nothing while another process is at it."""
    async with database.pool.connection() as raw:
        if not await raw.fetch(_UNPUBLISHED, 1):
            return 0
        if not await raw.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):
            return 0
        try:
            waiting = await raw.fetch(_UNPUBLISHED, BATCH)
            by_organization: dict[UUID, list[UUID]] = defaultdict(list)
            for row in waiting:
                by_organization[row["organization_id"]].append(row["id"])
            for organization_id, ids in by_organization.items():
                async with database.writing(organization_id, None) as connection:
                    await connection.rows(_PUBLISH, [organization_id, ids, now])
            if waiting:
                await raw.execute(f"NOTIFY {CHANNEL}")
            return len(waiting)
        finally:
            await raw.execute("SELECT pg_advisory_unlock($1)", RELAY_LOCK)


_FORGET_KEYS = "DELETE FROM idempotency_key WHERE organization_id = $1 AND expires_at < $2"


async def forget_expired_keys(database: Database, organization_id: UUID, now: datetime) -> None:
    """Delete idempotency keys that are no longer kept."""
    async with database.writing(organization_id, None) as connection:
        await connection.rows(_FORGET_KEYS, [organization_id, now])


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but not longer than until asked to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
