"""Tokens: making, changing, replacing and revoking them.

Members make their own, and nobody makes one in another member's name. Those who manage tokens make those of service
accounts. No token gives more than whoever makes it has (R35): a token that is narrowed to some permissions or networks,
or that ends, can't make one that is wider or ends later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, or_, select

from portal import bounds
from portal.access.actions import action
from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, DocumentMode, Privilege
from portal.access.permissions import Permission, with_what_they_see
from portal.access.work import Work
from portal.errors import AlreadyDone, BeyondOwnRights, Forbidden, InvalidInput
from portal.organizations import policies
from portal.organizations.reads import ORGANIZATION
from portal.people import rules
from portal.people.actions.ending import revoke
from portal.people.actions.results import ApiTokenResult, NewToken
from portal.people.events import ApiTokenCreated, ApiTokenUpdated
from portal.people.granting import holdings_of
from portal.people.models import ApiToken, Grant
from portal.people.networks import are_within, token_networks
from portal.people.reads import API_TOKEN, MEMBERSHIP, SERVICE_ACCOUNT
from portal.people.rules import Rights
from portal.people.tokens import Token
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

# The least that a member's role gives: everybody who works here makes tokens of their own.
_LEAST = Permission.MEMBER_READ
_KNOWN = frozenset(permission.value for permission in Permission)

_FACTS = ("name", "key_id", "replaces_key_id", "scopes", "allowed_networks", "documents", "expires_at")

_REPLACEMENTS = (
    select(ApiToken.key_id)
    .where(
        ApiToken.organization_id == bindparam("organization_id", type_=Uuid()),
        or_(
            ApiToken.membership_id == bindparam("membership_id", type_=Uuid()),
            ApiToken.service_account_id == bindparam("service_account_id", type_=Uuid()),
        ),
        ApiToken.replaces_key_id == bindparam("key_id"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > bindparam("now", type_=DateTime(timezone=True)),
    )
    .order_by(ApiToken.id)
)

_GRANTS = (
    select(Grant)
    .where(
        Grant.organization_id == bindparam("organization_id", type_=Uuid()),
        Grant.service_account_id == bindparam("service_account_id", type_=Uuid()),
        Grant.revoked_at.is_(None),
        or_(Grant.expires_at.is_(None), Grant.expires_at > bindparam("now", type_=DateTime(timezone=True))),
    )
    .order_by(Grant.id)
)


@dataclass(frozen=True, kw_only=True)
class TokenTerms:
    """A token to be made. For oneself where neither holder is named; `scopes` of None is all that its holder may do.

    `allowed_networks` of None is anywhere. `documents` is what it may send, for as long as it lasts.
    """

    name: str
    expires_at: datetime
    scopes: tuple[str, ...] | None = None
    allowed_networks: tuple[str, ...] | None = None
    documents: DocumentMode = DocumentMode.ALLOW
    membership_id: UUID | None = None
    service_account_id: UUID | None = None


@action(_LEAST)
async def issue_token(work: Work, *, terms: TokenTerms) -> NewToken:
    """Make a token, for oneself or, with `token:manage`, for a service account. Its text is shown this once only.

    Raises BeyondOwnRights for scopes, documents or an end that go beyond the maker's own (R35), Forbidden in another
    member's name, WrongState when its holder can't sign in, InvalidInput for an end that is over or more than 365 days
    away.
    """
    terms = await _with_holder(work, terms)
    return await _make(work, terms)


@action(_LEAST)
async def rotate_token(work: Work, *, token_id: UUID, expires_at: datetime, overlap_seconds: int = 3_600) -> NewToken:
    """Replace a token by a new one with the same name, scopes and networks; both work until the overlap is over, or
    until one of them is revoked.

    Raises what `issue_token` raises, WrongState for a token that is revoked, has ended or is being replaced already.
    """
    old = await work.lock(API_TOKEN, token_id)
    rules.check_in_force(old.revoked_at, old.expires_at, at=work.now)
    replacements = await work.rows(_REPLACEMENTS, key_id=old.key_id, now=work.now, **_whose(old))
    rules.check_not_replaced(row["key_id"] for row in replacements)
    terms = TokenTerms(
        name=old.name,
        expires_at=expires_at,
        scopes=None if old.scopes is None else tuple(old.scopes),
        allowed_networks=None if old.allowed_networks is None else tuple(old.allowed_networks),
        documents=old.documents,
        **_whose(old),
    )
    new = await _make(work, await _with_holder(work, terms), replaces_key_id=old.key_id)
    changes = work.change(old, expires_at=rules.rotation_end(old.expires_at, overlap_seconds, at=work.now))
    if changes:
        record(work, ApiTokenUpdated(subject_id=old.id, changes=changes, **_whose(old)))
    return new


@action(_LEAST)
async def update_token(
    work: Work,
    *,
    token_id: UUID,
    name: str | Unchanged | None = UNCHANGED,
    allowed_networks: tuple[str, ...] | Unchanged | None = UNCHANGED,
    expected_version: int | None = None,
) -> ApiTokenResult:
    """Name a token anew, or say from where it may be used: one's own or, with `token:manage`, a service account's.

    Raises InvalidInput, WrongState for a token that is revoked or has ended, AlreadyDone, and Forbidden for another
    member's.
    """
    row = await work.lock(API_TOKEN, token_id, expected_version=expected_version)
    rules.check_in_force(row.revoked_at, row.expires_at, at=work.now)
    terms = TokenTerms(
        name=row.name,
        expires_at=row.expires_at,
        scopes=None,
        allowed_networks=None,
        documents=row.documents,
        **_whose(row),
    )
    await _with_holder(work, terms)
    new: dict[str, object] = {}
    if name is not UNCHANGED:
        new["name"] = bounds.one_line(bounds.needed(name, path="name"), path="name")
    if allowed_networks is not UNCHANGED:
        networks = _networks(work.actor, allowed_networks)
        new["allowed_networks"] = None if networks is None else list(networks)
    changes = work.change(row, **new)
    if not changes:
        raise AlreadyDone("The token is like that already.")
    record(work, ApiTokenUpdated(subject_id=row.id, changes=changes, **_whose(row)))
    return ApiTokenResult(row.id)


@action(_LEAST)
async def revoke_token(work: Work, *, token_id: UUID) -> ApiTokenResult:
    """End a token at once: one's own or, with `token:manage`, anybody's. Raises AlreadyDone."""
    # A token is visible to exactly those who may revoke it: its member, and those who manage tokens.
    row = await work.lock(API_TOKEN, token_id)
    rules.check_revoke(row.revoked_at)
    revoke(work, row)
    return ApiTokenResult(row.id)


def _whose(token: ApiToken) -> dict[str, UUID | None]:
    return {"membership_id": token.membership_id, "service_account_id": token.service_account_id}


async def _with_holder(work: Work, terms: TokenTerms) -> TokenTerms:
    """The terms with whose token it will be, who can sign in and for whom this actor may make one."""
    if terms.service_account_id is not None:
        if terms.membership_id is not None:
            raise InvalidInput("A token is for one member or one service account.", path=("serviceAccountId",))
        account = await work.lock(SERVICE_ACCOUNT, terms.service_account_id, permission=Permission.TOKEN_MANAGE)
        rules.check_in_use(account.deactivated_at)
        return terms
    # Not whom an integration acts for: a token of theirs would give it more than it has.
    own = work.actor.id if work.actor.kind is ActorKind.USER else None
    terms = replace(terms, membership_id=terms.membership_id or own)
    if terms.membership_id != own and work.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("Nobody makes a token in another member's name.")
    member = await work.lock(MEMBERSHIP, terms.membership_id)
    rules.check_may_sign_in(member.status)
    return terms


async def _make(work: Work, terms: TokenTerms, *, replaces_key_id: str | None = None) -> NewToken:
    expires_at = rules.token_end(terms.expires_at, at=work.now)
    scopes = rules.token_scopes(terms.scopes, known=_KNOWN)
    networks = _networks(work.actor, terms.allowed_networks)
    rules.check_documents(terms.documents, await _own_documents(work))
    grants = await work.all(_GRANTS, Grant, service_account_id=terms.service_account_id, now=work.now)
    given = Rights(
        permissions=_given(work.actor, terms, scopes, grants),
        include_confidential=any(grant.include_confidential for grant in grants),
        until=expires_at,
    )
    rules.check_within_own_rights(given, _own(work.actor, given, grants))
    token = Token.new(work.actor.organization_id)
    row = work.add(
        ApiToken(
            membership_id=terms.membership_id,
            service_account_id=terms.service_account_id,
            name=bounds.one_line(terms.name, path="name"),
            key_id=token.key_id,
            secret_hash=token.secret_hash,
            scopes=None if scopes is None else list(scopes),
            allowed_networks=None if networks is None else list(networks),
            documents=terms.documents,
            replaces_key_id=replaces_key_id,
            expires_at=expires_at,
            created_by_id=work.actor.member_id,
        )
    )
    record(
        work,
        ApiTokenCreated(
            subject_id=row.id,
            membership_id=row.membership_id,
            service_account_id=row.service_account_id,
            changes=first_values(row, *_FACTS),
        ),
    )
    return NewToken(row.id, token.text)


async def _own_documents(work: Work) -> DocumentMode:
    """What the maker may send themselves: by their token, or by the organization's policy for browsers."""
    if work.actor.session_id is None:
        return work.actor.documents
    organization = await work.find(ORGANIZATION, work.actor.organization_id)
    return policies.from_json(organization.policies).browser_documents


def _networks(actor: Actor, wanted: Iterable[str] | None) -> tuple[str, ...] | None:
    """An allow-list; refuses one that is wider than that of the token which the actor signed in with."""
    networks = token_networks(wanted)
    if not are_within(networks, actor.allowed_networks):
        raise BeyondOwnRights(
            f"Your own token may be used from {', '.join(actor.allowed_networks or ())} only; so may this one.",
            path=("allowedNetworks",),
        )
    return networks


def _given(actor: Actor, terms: TokenTerms, scopes: Iterable[str] | None, grants: Sequence[Grant]) -> frozenset[str]:
    """The permissions that a token would give at most; `grants` are its service account's."""
    if scopes is not None:
        return with_what_they_see(map(Permission, scopes))
    if terms.service_account_id is None:
        return frozenset(replace(actor, scopes=None).reaches)
    account = Actor(actor.organization_id, ActorKind.SERVICE, grants=tuple(_held(grant) for grant in grants))
    return frozenset(account.reaches)


def _held(grant: Grant) -> HeldGrant:
    """A grant as far as it matters for which permissions it gives at all."""
    scope_ids = frozenset() if grant.scope_id is None else frozenset({grant.scope_id})
    return HeldGrant(grant.role, grant.scope_type, scope_ids, privileges=frozenset(map(Privilege, grant.privileges)))


def _own(actor: Actor, given: Rights, grants: Sequence[Grant]) -> Rights:
    """What the maker may pass on: what they may do themselves, as long as they may."""
    if actor.kind is ActorKind.SYSTEM:
        return given
    # Who signed in with a token of all their rights could sign in anew; a narrowed token must not outlive itself.
    return Rights(
        permissions=frozenset(actor.reaches),
        include_confidential=all(
            _reaches_confidential(actor, grant, given) for grant in grants if grant.include_confidential
        ),
        until=None if actor.scopes is None else actor.valid_until,
    )


def _reaches_confidential(actor: Actor, grant: Grant, given: Rights) -> bool:
    """Whether an actor holds on confidential openings too what a token gives there by a grant."""
    holdings = holdings_of(grant.role, map(Privilege, grant.privileges))
    reaches = [actor.reach(permission) for permission in holdings if permission in given.permissions]
    return all(reach.confidential or grant.scope_id in reach.confidential_openings for reach in reaches)
