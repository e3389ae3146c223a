"""The steps of signing in with a provider: leaving for it, coming back, and being let in.

All are done by the system: before the last of them nobody knows who is asking.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, bindparam, delete, select

from portal import addresses, bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.ids import new_id
from portal.errors import Forbidden, InvalidInput, NotFound
from portal.people.actions.results import NewSession
from portal.people.actions.sessions import Browser, start_session
from portal.people.enums import MembershipStatus, SignInMethod
from portal.people.events import MemberActivated, MemberInvited
from portal.people.models import Membership
from portal.people.row_secrets import RowSecret
from portal.records.recording import first_values, record
from portal.sign_in.events import IdentityLinked
from portal.sign_in.models import Identity, IdentityProvider, SignInAttempt
from portal.sign_in.oidc.id_tokens import Claims
from portal.sign_in.rules import provider_sign_in as rules
from portal.sign_in.rules.provider_sign_in import NotAdmitted

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())


class SignInOver(Forbidden):
    """Nobody left for the provider from this browser, or too long ago, or they have come back already."""

    def __init__(self) -> None:
        super().__init__("This sign-in is over or was begun in another browser. Begin again.")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who is to be sent to a provider. `state` comes back with them."""

    issuer: str
    client_id: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody who came back, with a code that their provider gave them."""

    provider_id: UUID
    provider_name: str
    issuer: str
    client_id: str
    return_to: str
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)


_PROVIDER = select(IdentityProvider).where(
    IdentityProvider.organization_id == _ORGANIZATION_ID,
    IdentityProvider.name == bindparam("name", type_=Text()),
    IdentityProvider.disabled_at.is_(None),
)
_PROVIDER_BY_ID = select(IdentityProvider).where(
    IdentityProvider.organization_id == _ORGANIZATION_ID,
    IdentityProvider.id == bindparam("provider_id", type_=Uuid()),
    IdentityProvider.disabled_at.is_(None),
)
_ATTEMPT = (
    select(SignInAttempt)
    .where(SignInAttempt.organization_id == _ORGANIZATION_ID, SignInAttempt.id == bindparam("id", type_=Uuid()))
    .with_for_update()
)
_FORGET_OLD = delete(SignInAttempt).where(
    SignInAttempt.organization_id == _ORGANIZATION_ID,
    SignInAttempt.expires_at <= bindparam("now", type_=DateTime(timezone=True)),
)
_BY_IDENTITY = (
    select(Membership)
    .join(Identity, (Identity.organization_id == _ORGANIZATION_ID) & (Identity.membership_id == Membership.id))
    .where(
        Membership.organization_id == _ORGANIZATION_ID,
        Identity.issuer == bindparam("issuer", type_=Text()),
        Identity.subject == bindparam("subject", type_=Text()),
    )
    .with_for_update(key_share=True, of=Membership)
)
_BY_ADDRESS = (
    select(Membership)
    .where(Membership.organization_id == _ORGANIZATION_ID, Membership.email_normalised == bindparam("email"))
    .with_for_update(key_share=True)
)
_LINKED = select(Identity.id).where(
    Identity.organization_id == _ORGANIZATION_ID,
    Identity.membership_id == bindparam("membership_id", type_=Uuid()),
    Identity.issuer == bindparam("issuer", type_=Text()),
)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def leave_for_provider(work: Work, *, provider_name: str, browser_hash: bytes, return_to: str) -> Leaving:
    """Remember that somebody leaves for a provider. Raises NotFound where there is none of this name in use."""
    found = await work.all(_PROVIDER, IdentityProvider, name=provider_name)
    if not found:
        raise NotFound("identity provider")
    provider = found[0]
    await work.rows(_FORGET_OLD, now=work.now)
    state = RowSecret.new(work.actor.organization_id, new_id())
    row = work.add(
        SignInAttempt(
            id=state.row_id,
            provider_id=provider.id,
            secret_hash=state.secret_hash,
            browser_hash=browser_hash,
            nonce=secrets.token_urlsafe(32),
            code_verifier=secrets.token_urlsafe(48),
            return_to=return_to,
            expires_at=work.now + rules.ATTEMPT_LIFE,
        )
    )
    return Leaving(provider.issuer, provider.client_id, state.text, row.nonce, row.code_verifier)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def return_from_provider(work: Work, *, attempt_id: UUID, secret_hash: bytes, browser_hash: bytes) -> Returned:
    """Take up what somebody left for, once. Raises SignInOver for another's, one that is over, and one taken up."""
    attempts = await work.lock_all(_ATTEMPT, SignInAttempt, id=attempt_id)
    if not attempts:
        raise SignInOver
    attempt = attempts[0]
    is_theirs = hmac.compare_digest(attempt.secret_hash, secret_hash) and hmac.compare_digest(
        attempt.browser_hash, browser_hash
    )
    if not is_theirs or work.now >= attempt.expires_at:
        raise SignInOver
    work.remove(attempt)
    provider = await _provider(work, attempt.provider_id)
    return Returned(
        provider.id,
        provider.name,
        provider.issuer,
        provider.client_id,
        attempt.return_to,
        attempt.nonce,
        attempt.code_verifier,
    )


@action(Permission.ACCOUNT_MANAGE)
async def sign_in_with_provider(work: Work, *, provider_id: UUID, claims: Claims, browser: Browser) -> NewSession:
    """Begin a session of whoever a provider says they are. Raises NotAdmitted, the same for every cause.

    Who came before is known by issuer and subject. Who comes for the first time is known by an address that the
    provider has verified, and is linked to that member for good.
    """
    provider = await _provider(work, provider_id)
    known = await work.lock_all(_BY_IDENTITY, Membership, issuer=claims.issuer, subject=claims.subject)
    if known:
        rules.check_known(known[0].status)
        member = known[0]
    else:
        member = await _first_time(work, provider, claims)
    return await start_session(work, membership_id=member.id, method=SignInMethod.IDENTITY_PROVIDER, browser=browser)


async def _provider(work: Work, provider_id: UUID) -> IdentityProvider:
    found = await work.all(_PROVIDER_BY_ID, IdentityProvider, provider_id=provider_id)
    if not found:
        raise SignInOver
    return found[0]


async def _first_time(work: Work, provider: IdentityProvider, claims: Claims) -> Membership:
    email = rules.vouched_address(claims.email, provider.email_domains)
    found = await work.lock_all(_BY_ADDRESS, Membership, email=email)
    rules.check_new(found[0].status if found else None, provider.policy)
    member = found[0] if found else _join(work, provider, email, claims.name)
    # An address may be given to somebody else at the provider: they are another subject, and do not inherit.
    if await work.rows(_LINKED, membership_id=member.id, issuer=claims.issuer):
        raise NotAdmitted
    if member.status is not MembershipStatus.ACTIVE:
        changes = work.change(member, status=MembershipStatus.ACTIVE, activated_at=work.now)
        record(work, MemberActivated(subject_id=member.id, changes=changes))
    work.add(Identity(membership_id=member.id, issuer=claims.issuer, subject=claims.subject))
    record(work, IdentityLinked(subject_id=member.id, provider_id=provider.id))
    return member


def _join(work: Work, provider: IdentityProvider, email: str, name: str | None) -> Membership:
    """A new member of one of the provider's domains, whom nobody had to invite."""
    try:
        address = addresses.email_address(email, path="email")
        shown = bounds.one_line(name or email, path="name")
    except InvalidInput as problem:
        raise NotAdmitted from problem
    row = work.add(
        Membership(
            name=shown,
            email=address.value,
            email_normalised=address.normalised,
            status=MembershipStatus.INVITED,
            role=provider.default_role,
            invited_at=work.now,
        )
    )
    record(work, MemberInvited(subject_id=row.id, changes=first_values(row, "name", "email", "role")))
    return row
