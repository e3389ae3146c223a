"""What the write door itself keeps: the results of calls that carried an idempotency key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from portal.database.base import TenantRow, bounded, indexed, unique


class IdempotencyKey(TenantRow, kw_only=True):
    """One finished call of one actor: written in the commit of its change, so a repeat gets the first result.

    `fingerprint` is the SHA-256 of the call's input in hex; the same key with another fingerprint is refused.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (
        bounded("key", 255),
        bounded("action", 100),
        bounded("fingerprint", 64),
        unique("actor_id", "key"),
        indexed("expires_at"),
    )

    actor_id: Mapped[UUID]
    key: Mapped[str]
    action: Mapped[str]
    fingerprint: Mapped[str]
    result: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    expires_at: Mapped[datetime]
