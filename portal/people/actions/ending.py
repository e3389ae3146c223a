"""Ending tokens together with the access of whoever holds them."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from portal.access.work import Work
from portal.people.events import ApiTokenRevoked
from portal.people.models import ApiToken
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
