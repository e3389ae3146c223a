"""Signing out whoever signed out at their identity provider, which tells us so itself (back-channel logout)."""

from dataclasses import dataclass

from sqlalchemy import Text, Uuid, bindparam, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import NotFound
from portal.people.actions.ending import open_sessions_of, revoke_session_row
from portal.people.actions.results import SessionsResult
from portal.people.enums import SignInMethod
from portal.sign_in.models import Identity, IdentityProvider

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
# A disabled one too: whom it let in may still be signed in.
_PROVIDER = select(IdentityProvider).where(
    IdentityProvider.organization_id == _ORGANIZATION_ID, IdentityProvider.name == bindparam("name", type_=Text())
)
_IDENTITY = select(Identity).where(
    Identity.organization_id == _ORGANIZATION_ID,
    Identity.issuer == bindparam("issuer", type_=Text()),
    Identity.subject == bindparam("subject", type_=Text()),
)


@dataclass(frozen=True, slots=True)
class TrustedProvider:
    """A provider, as far as its tokens are compared with it."""

    issuer: str
    client_id: str


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def find_provider(work: Work, *, provider_name: str) -> TrustedProvider:
    """The provider of a name, whether it is in use or not. Raises NotFound."""
    found = await work.all(_PROVIDER, IdentityProvider, name=provider_name)
    if not found:
        raise NotFound("identity provider")
    return TrustedProvider(found[0].issuer, found[0].client_id)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def sign_out_by_provider(work: Work, *, issuer: str, subject: str) -> SessionsResult:
    """End the sessions that somebody began with an identity provider; none of somebody whom we don't know.

    Sessions that they began with a password are not the provider's to end.
    """
    found = await work.all(_IDENTITY, Identity, issuer=issuer, subject=subject)
    if not found:
        return SessionsResult(0)
    begun = [
        row
        for row in await open_sessions_of(work, found[0].membership_id)
        if row.method is SignInMethod.IDENTITY_PROVIDER
    ]
    for row in begun:
        revoke_session_row(work, row)
    return SessionsResult(len(begun))
