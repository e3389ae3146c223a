"""Browser sessions and links that are over are deleted: what they did stays in the audit log."""

from datetime import datetime
from uuid import UUID

from portal.database.connection import Database
from portal.people.rules import SESSION_IDLE

_DELETE = "DELETE FROM session WHERE organization_id = $1 AND (expires_at < $2 OR last_used_at < $3 OR revoked_at < $2)"

_DELETE_LINKS = "DELETE FROM account_link WHERE organization_id = $1 AND expires_at < $2"


async def delete_ended_sessions(database: Database, organization_id: UUID, now: datetime) -> None:
    """Delete what is over in an organization: sessions past their time, idle for too long or revoked, and old links."""
    async with database.writing(organization_id, None) as connection:
        await connection.rows(_DELETE, [organization_id, now, now - SESSION_IDLE])
        await connection.rows(_DELETE_LINKS, [organization_id, now])
