"""Undoing what earlier runs have moved, so that every run begins with the same rows."""

import asyncpg

from benchmarks.rows_staff import LATEST

_UNDO = (
    "TRUNCATE audit_event, domain_event, idempotency_key",
    "DELETE FROM stage_transition WHERE occurred_at > $1",
    """UPDATE application SET stage_id = last.to_stage_id, entered_stage_at = last.occurred_at,
        last_activity_at = last.occurred_at, updated_at = $1, version = 1
    FROM (
        SELECT DISTINCT ON (moved.organization_id, moved.id) moved.organization_id, moved.id, to_stage_id, occurred_at
        FROM application AS moved JOIN stage_transition AS history
        ON history.organization_id = moved.organization_id AND history.application_id = moved.id
        WHERE moved.updated_at > $1
        ORDER BY moved.organization_id, moved.id, occurred_at DESC
    ) AS last
    WHERE application.organization_id = last.organization_id AND application.id = last.id""",
)


async def clear(connection: asyncpg.Connection) -> None:
    """Put moved applications back, and forget that they were moved. Takes seconds after a long run."""
    moved = await connection.fetchval("SELECT EXISTS (SELECT FROM portal.idempotency_key)")
    if not moved:
        return
    # The history refuses to be changed, which is right for everybody but us.
    await connection.execute("SET session_replication_role = replica; SET search_path = portal, pg_catalog")
    for statement in _UNDO:
        values = [LATEST] if "$1" in statement else []
        await connection.execute(statement, *values, timeout=600)
    for table in ("application", "stage_transition", "audit_event", "domain_event", "idempotency_key"):
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=600)
    await connection.execute("RESET session_replication_role; RESET search_path; CHECKPOINT", timeout=600)
