"""The one statement from which an actor is derived: its credential, who holds it, what they were granted, and as of
when. It is the same for all credentials but for where it starts.

One statement is one snapshot: the access version that it reads is that of exactly these rights.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    Subquery,
    Uuid,
    and_,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.organizations.models import Department, Location, OrganizationAccess
from portal.people.models import ApiToken, Grant, Membership, ServiceAccount, Session
from portal.people.rules import SESSION_IDLE
from portal.reading.rows import constant

# The ids of the candidate records that are a member's own; candidates are an area above, which says how to find them.
# The statement binds `organization_id`, and the membership's id is the column that is handed in.
OwnRecords: TypeAlias = Callable[[SQLColumnExpression[UUID | None]], Select[UUID]]

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_NOW = bindparam("now", type_=DateTime(timezone=True))


# Any: a credential, like an actor, has columns of many types.
A_TOKEN: Select[*tuple[Any, ...]] = select(
    ApiToken.id,
    ApiToken.secret_hash,
    ApiToken.scopes,
    ApiToken.allowed_networks,
    ApiToken.documents,
    ApiToken.expires_at,
    ApiToken.last_used_at,
    ApiToken.revoked_at,
    ApiToken.membership_id,
    ApiToken.service_account_id,
).where(ApiToken.organization_id == _ORGANIZATION_ID, ApiToken.key_id == bindparam("key_id"))
"""A token by `key_id` within `organization_id`."""

A_SESSION: Select[*tuple[Any, ...]] = select(
    Session.id,
    Session.secret_hash,
    Session.previous_secret_hash,
    Session.previous_until,
    Session.rights_hash,
    func.least(Session.expires_at, Session.last_used_at + literal(SESSION_IDLE)).label("expires_at"),
    Session.last_used_at,
    Session.revoked_at,
    Session.membership_id,
    null().cast(Uuid()).label("service_account_id"),
).where(Session.organization_id == _ORGANIZATION_ID, Session.id == bindparam("session_id", type_=Uuid()))
"""A session by `session_id` within `organization_id`."""

A_MEMBER: Select[*tuple[Any, ...]] = select(
    Membership.id.label("membership_id"), null().cast(Uuid()).label("service_account_id")
).where(Membership.organization_id == _ORGANIZATION_ID, Membership.id == bindparam("membership_id", type_=Uuid()))
"""A member by `membership_id` within `organization_id`, on whose behalf somebody else acts."""


def derivation(start: Select[*tuple[Any, ...]], own_records: OwnRecords) -> Select[*tuple[Any, ...]]:
    """A credential and what it stands for: one row for each grant in force `now`, one row if there is none.

    The credential's columns are named after it, as `credential_expires_at`.
    """
    credential = start.cte("credential")
    below = _scopes_and_below(credential)
    scope_ids = func.array(select(below.c.id).where(below.c.grant_id == Grant.id).scalar_subquery())
    own_ids = func.array(own_records(credential.c.membership_id).scalar_subquery())
    return (
        select(
            *(column.label(f"credential_{column.key}") for column in credential.c),
            func.coalesce(Membership.name, ServiceAccount.name).label("name"),
            Membership.status.label("membership_status"),
            Membership.role.label("organization_role"),
            ServiceAccount.deactivated_at,
            OrganizationAccess.access_version,
            own_ids.label("own_candidate_ids"),
            Grant.id.label("grant_id"),
            Grant.role,
            Grant.scope_type,
            Grant.include_confidential,
            Grant.privileges,
            Grant.expires_at,
            scope_ids.label("scope_ids"),
        )
        .select_from(credential)
        .join(OrganizationAccess, OrganizationAccess.organization_id == _ORGANIZATION_ID)
        .outerjoin(Membership, _of(Membership, Membership.id, credential.c.membership_id))
        .outerjoin(ServiceAccount, _of(ServiceAccount, ServiceAccount.id, credential.c.service_account_id))
        .outerjoin(Grant, _granted(credential))
    )


def _of(model: Any, id: InstrumentedAttribute[UUID], reference: ColumnElement[UUID | None]) -> Any:
    # Any: the models' common base declares its columns, but mypy sees no attribute of the class.
    return and_(model.organization_id == _ORGANIZATION_ID, id == reference)


def _granted(credential: CTE) -> ColumnElement[bool]:
    """A grant of the credential's holder that is in force."""
    return and_(
        Grant.organization_id == _ORGANIZATION_ID,
        or_(
            Grant.membership_id == credential.c.membership_id,
            Grant.service_account_id == credential.c.service_account_id,
        ),
        Grant.revoked_at.is_(None),
        or_(Grant.expires_at.is_(None), Grant.expires_at > _NOW),
    )


def _scopes_and_below(credential: CTE) -> CTE:
    """The row that each grant's scope names, and all below it in its tree, as (grant_id, scope_type, id)."""
    top = (
        select(Grant.id.label("grant_id"), Grant.scope_type, Grant.scope_id.label("id"))
        .select_from(credential)
        .join(Grant, _granted(credential))
        .where(Grant.scope_id.is_not(None))
        .cte("below", recursive=True)
    )
    child = _children()
    # UNION, not UNION ALL: ends even if a tree contained itself.
    return top.union(
        select(top.c.grant_id, top.c.scope_type, child.c.id).join(
            child, and_(child.c.scope_type == top.c.scope_type, child.c.parent_id == top.c.id)
        )
    )


def _children() -> Subquery:
    """Departments and locations as one forest: a recursive query may speak of itself only once."""
    departments = select(constant(ScopeType.DEPARTMENT).label("scope_type"), Department.id, Department.parent_id).where(
        Department.organization_id == _ORGANIZATION_ID
    )
    offices = select(constant(ScopeType.OFFICE).label("scope_type"), Location.id, Location.parent_id).where(
        Location.organization_id == _ORGANIZATION_ID
    )
    return union_all(departments, offices).subquery("child")


def holder_of(organization_id: UUID, rows: Sequence[Mapping[str, Any]]) -> Actor:
    """Who holds a credential, with all of their rights."""
    row = rows[0]
    granted = [held for held in rows if held["grant_id"] is not None]
    is_member = row["credential_membership_id"] is not None
    return Actor(
        organization_id=organization_id,
        kind=ActorKind.USER if is_member else ActorKind.SERVICE,
        id=row["credential_membership_id"] if is_member else row["credential_service_account_id"],
        role=OrganizationRole(row["organization_role"]) if is_member else None,
        grants=tuple(_held(held) for held in granted),
        own_candidate_ids=frozenset(row["own_candidate_ids"]),
        access_version=row["access_version"],
        valid_until=min((held["expires_at"] for held in granted if held["expires_at"]), default=None),
        name=row["name"],
    )


def _held(row: Mapping[str, Any]) -> HeldGrant:
    return HeldGrant(
        role=GrantRole(row["role"]),
        scope_type=ScopeType(row["scope_type"]),
        scope_ids=frozenset(row["scope_ids"]),
        include_confidential=row["include_confidential"],
        privileges=frozenset(map(Privilege, row["privileges"])),
        expires_at=row["expires_at"],
    )
