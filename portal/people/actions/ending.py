"""Ending tokens and sessions together with the access of whoever holds them."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from portal.access.work import Work
from portal.people.events import ApiTokenRevoked, SessionRevoked
from portal.people.models import ApiToken, Session
from portal.records.recording import record

_TOKENS = (
    select(ApiToken)
    .where(
        ApiToken.organization_id == bindparam("organization_id", type_=Uuid()),
        or_(
            ApiToken.membership_id == bindparam("membership_id", type_=Uuid()),
            ApiToken.service_account_id == bindparam("service_account_id", type_=Uuid()),
        ),
        ApiToken.revoked_at.is_(None),
    )
    .order_by(ApiToken.id)
    .with_for_update(key_share=True)
)
_SESSIONS = (
    select(Session)
    .where(
        Session.organization_id == bindparam("organization_id", type_=Uuid()),
        Session.membership_id == bindparam("membership_id", type_=Uuid()),
        Session.revoked_at.is_(None),
    )
    .order_by(Session.id)
    .with_for_update(key_share=True)
)


async def revoke_tokens_of(
    work: Work, *, membership_id: UUID | None = None, service_account_id: UUID | None = None
) -> None:
    """Revoke every token of a member or service account that is not revoked yet."""
    tokens = await work.lock_all(_TOKENS, ApiToken, membership_id=membership_id, service_account_id=service_account_id)
    for token in tokens:
        revoke(work, token)


def revoke(work: Work, token: ApiToken) -> None:
    """Revoke a token that is locked."""
    changes = work.change(token, revoked_at=work.now)
    record(
        work,
        ApiTokenRevoked(
            subject_id=token.id,
            membership_id=token.membership_id,
            service_account_id=token.service_account_id,
            changes=changes,
        ),
    )


async def revoke_sessions_of(work: Work, membership_id: UUID) -> None:
    """Sign a member out everywhere."""
    for row in await open_sessions_of(work, membership_id):
        revoke_session_row(work, row)


async def open_sessions_of(work: Work, membership_id: UUID | None) -> list[Session]:
    """A member's sessions that were not revoked, locked."""
    return await work.lock_all(_SESSIONS, Session, membership_id=membership_id)


def revoke_session_row(work: Work, row: Session) -> None:
    """End a session that is locked."""
    changes = work.change(row, revoked_at=work.now)
    record(work, SessionRevoked(subject_id=row.id, membership_id=row.membership_id, method=row.method, changes=changes))
