"""Giving rights: what is the same whatever a grant's scope is. Openings, an area above, give theirs by this too.

Nobody gives more than they have themselves where they give it, or for longer (R35).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import DateTime, Text, Uuid, bindparam, or_, select

from portal import bounds
from portal.access.actor import Actor, Reach
from portal.access.enums import ActorKind, GrantRole, Privilege, ScopeType
from portal.access.permissions import GRANT_ROLES, PRIVILEGES, Permission, Way
from portal.access.work import Work
from portal.errors import AlreadyDone, OwnGrant
from portal.people import rules
from portal.people.events import GrantCreated, GrantRevoked
from portal.people.models import Grant
from portal.people.reads import MEMBERSHIP, SERVICE_ACCOUNT
from portal.people.rules import GrantTerms, Rights, RoleTerms
from portal.records.recording import first_values, record

# Whether a permission's reach includes the scope of a grant that is about to be given.
Covers: TypeAlias = Callable[[Reach], bool]

_TERMS = ("role", "scope_type", "scope_id", "include_confidential", "privileges", "expires_at")
_FACTS = (*_TERMS, "directory_group_id")
_SAME = (
    select(Grant)
    .where(
        Grant.organization_id == bindparam("organization_id", type_=Uuid()),
        or_(
            Grant.membership_id == bindparam("membership_id", type_=Uuid()),
            Grant.service_account_id == bindparam("service_account_id", type_=Uuid()),
        ),
        Grant.role == bindparam("role", type_=Text()),
        Grant.scope_type == bindparam("scope_type", type_=Text()),
        # What a group gives ends with the group; whoever gives the same by hand wants it to last.
        Grant.directory_group_id.is_(None),
        Grant.revoked_at.is_(None),
        or_(Grant.expires_at.is_(None), Grant.expires_at > bindparam("now", type_=DateTime(timezone=True))),
    )
    .order_by(Grant.id)
)


async def give(work: Work, terms: GrantTerms, *, covers: Covers, covers_confidential: Covers) -> Grant:
    """Add a grant to a row that the caller has found and may give rights on, and record it.

    `covers` says whether a reach includes the scope, `covers_confidential` whether also where it is confidential.
    Raises OwnGrant, BeyondOwnRights (R35); NotFound or WrongState for its holder; InvalidInput for terms that make no
    sense; AlreadyDone when the same grant is in force.
    """
    if terms.expires_at is not None:
        terms = replace(terms, expires_at=bounds.instant(terms.expires_at, path="expiresAt"))
    rules.check_grant(terms, at=work.now)
    check_not_oneself(work.actor, terms)
    await _check_holder(work, terms)
    check_may_give(work.actor, terms, terms.expires_at, covers=covers, covers_confidential=covers_confidential)
    row = _granted(work, terms)
    await _check_new(work, row)
    return add_grant(work, row)


def check_may_give(
    actor: Actor, terms: RoleTerms, until: datetime | None, *, covers: Covers, covers_confidential: Covers
) -> None:
    """Refuse to give more than one has there, or for longer. Raises BeyondOwnRights (R35)."""
    holdings = holdings_of(terms.role, terms.privileges)
    given = Rights(permissions=frozenset(holdings), include_confidential=terms.include_confidential, until=until)
    rules.check_within_own_rights(given, own_rights(actor, holdings, covers, covers_confidential))


def add_grant(work: Work, row: Grant) -> Grant:
    """Add a grant that may be given, and record it."""
    work.add(row)
    record(
        work,
        GrantCreated(
            subject_id=row.id,
            opening_id=row.scope_id if row.scope_type is ScopeType.OPENING else None,
            membership_id=row.membership_id,
            service_account_id=row.service_account_id,
            changes=first_values(row, *_FACTS),
        ),
    )
    return row


def revoke(work: Work, row: Grant) -> None:
    """End a grant that is locked, and record it."""
    changes = work.change(row, revoked_at=work.now)
    record(
        work,
        GrantRevoked(
            subject_id=row.id,
            opening_id=row.scope_id if row.scope_type is ScopeType.OPENING else None,
            membership_id=row.membership_id,
            service_account_id=row.service_account_id,
            changes=changes,
        ),
    )


def check_not_oneself(actor: Actor, grant: GrantTerms | Grant) -> None:
    """Refuses to give oneself a grant, or to take one of one's own (R35), for members and service accounts alike."""
    rules.check_not_own_grant(actor_membership_id=actor.member_id, subject_membership_id=grant.membership_id)
    if actor.kind is ActorKind.SERVICE and actor.id == grant.service_account_id:
        raise OwnGrant


def own_rights(actor: Actor, holdings: Mapping[Permission, Way], covers: Covers, covers_confidential: Covers) -> Rights:
    """What of the given permissions an actor holds in a scope, and until when all of that together; of one who acts on
    behalf of somebody, what both hold.
    """
    first, *others = (_own_rights(party, holdings, covers, covers_confidential) for party in actor.parties)
    for other in others:
        first = Rights(
            permissions=first.permissions & other.permissions,
            include_confidential=first.include_confidential and other.include_confidential,
            until=min((end for end in (first.until, other.until) if end is not None), default=None),
        )
    return first


def _own_rights(
    actor: Actor, holdings: Mapping[Permission, Way], covers: Covers, covers_confidential: Covers
) -> Rights:
    if actor.kind is ActorKind.SYSTEM:
        return Rights(permissions=frozenset(holdings), include_confidential=True)
    # Each source of rights by itself, because each has its own end; the role has none.
    sources: list[tuple[datetime | None, Actor]] = [(None, replace(actor, grants=()))]
    sources += [(grant.expires_at, replace(actor, role=None, grants=(grant,))) for grant in actor.grants]
    ends: dict[Permission, datetime | None] = {}
    for permission, way in holdings.items():
        found = [end for end, source in sources if _holds(source.reach(permission), way, covers)]
        if found:
            ends[permission] = None if None in found else max(end for end in found if end is not None)
    return Rights(
        permissions=frozenset(ends),
        include_confidential=all(covers_confidential(actor.reach(permission)) for permission in holdings),
        until=min((end for end in ends.values() if end is not None), default=None),
    )


def _holds(reach: Reach, way: Way, covers: Covers) -> bool:
    """Whether a permission is held at least as it is given: in the scope, or by the same relation to rows."""
    return covers(reach) or (way is not Way.SCOPE and way in reach.ways)


def holdings_of(role: GrantRole, privileges: Iterable[Privilege]) -> dict[Permission, Way]:
    """What a grant gives; where it gives a permission in several ways, the one that reaches furthest."""
    holdings: dict[Permission, Way] = {}
    for held in (GRANT_ROLES[role], *(PRIVILEGES[privilege] for privilege in privileges)):
        for permission, way in held:
            if way is Way.SCOPE or permission not in holdings:
                holdings[permission] = way
    return holdings


async def _check_holder(work: Work, terms: GrantTerms) -> None:
    # Locked with the permission to see it: of two who give the same grant at once, or take access away meanwhile, one
    # comes second and sees what the other did.
    if terms.membership_id is not None:
        member = await work.lock(MEMBERSHIP, terms.membership_id, permission=Permission.MEMBER_READ)
        rules.check_may_hold(member.status)
    else:
        account = await work.lock(SERVICE_ACCOUNT, terms.service_account_id, permission=Permission.TOKEN_MANAGE)
        rules.check_in_use(account.deactivated_at)


def _granted(work: Work, terms: GrantTerms) -> Grant:
    return Grant(
        membership_id=terms.membership_id,
        service_account_id=terms.service_account_id,
        role=terms.role,
        scope_type=terms.scope_type,
        scope_id=terms.scope_id,
        include_confidential=terms.include_confidential,
        privileges=sorted(privilege.value for privilege in terms.privileges),
        expires_at=terms.expires_at,
        granted_by_id=work.actor.member_id,
    )


async def _check_new(work: Work, row: Grant) -> None:
    """Refuses a second grant of the same: whoever revoked one of them would think that the right is gone."""
    existing = await work.all(
        _SAME,
        Grant,
        membership_id=row.membership_id,
        service_account_id=row.service_account_id,
        role=row.role,
        scope_type=row.scope_type,
        now=work.now,
    )
    if any(all(getattr(other, name) == getattr(row, name) for name in _TERMS) for other in existing):
        raise AlreadyDone("This grant is in force already.")
