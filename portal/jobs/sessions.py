"""Browser sessions that have ended are deleted: what they did stays in the audit log."""

from datetime import datetime
from uuid import UUID

from portal.database.connection import Database
from portal.people.rules import SESSION_IDLE

_DELETE = "DELETE FROM session WHERE organization_id = $1 AND (expires_at < $2 OR last_used_at < $3 OR revoked_at < $2)"


async def delete_ended_sessions(database: Database, organization_id: UUID, now: datetime) -> None:
    """Delete the sessions of an organization that are past their time, were idle for too long or were revoked."""
    async with database.writing(organization_id, None) as connection:
        await connection.rows(_DELETE, [organization_id, now, now - SESSION_IDLE])
