"""Actors: who is asking, and where they hold each permission.

An actor is derived from its memberships and grants when a credential is first seen, and again whenever anything that
rights depend on has changed: each transaction checks that as it enters the tenant (database/connection.py). It carries
no authority of its own.
"""

import itertools
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Self
from uuid import UUID

from portal.access.enums import ActorKind, DocumentMode, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import (
    GRANT_ROLES,
    ORGANIZATION_ROLES,
    PRIVILEGES,
    SERVICE_ACCOUNT,
    Holding,
    Permission,
    Way,
)
from portal.recent import Recent


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant in force. `scope_ids` are the scope and everything below it in its tree; empty for the ORG scope.

    `expires_at` is None for never; it bounds what its holder may give on.
    """

    role: GrantRole
    scope_type: ScopeType
    scope_ids: frozenset[UUID] = frozenset()
    include_confidential: bool = False
    privileges: frozenset[Privilege] = frozenset()
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """Where an actor holds one permission.

    `organization`: everywhere but in confidential openings; `confidential`: there too. The sets hold ids of
    departments, locations, teams and openings (each with what is below it). `ways` are relations to a row that give it
    as well.
    """

    organization: bool = False
    confidential: bool = False
    departments: frozenset[UUID] = frozenset()
    locations: frozenset[UUID] = frozenset()
    teams: frozenset[UUID] = frozenset()
    openings: frozenset[UUID] = frozenset()
    confidential_openings: frozenset[UUID] = frozenset()
    proposed_teams: frozenset[UUID] = frozenset()
    ways: frozenset[Way] = frozenset()

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.organization or other.organization,
            self.confidential or other.confidential,
            self.departments | other.departments,
            self.locations | other.locations,
            self.teams | other.teams,
            self.openings | other.openings,
            self.confidential_openings | other.confidential_openings,
            self.proposed_teams | other.proposed_teams,
            self.ways | other.ways,
        )

    def __and__(self, other: "Reach") -> "Reach":
        """Where both reach for certain. Less than where both do: that an opening of this one's department hires into a
        team of the other's, only the row itself tells (`Actor.parties`).
        """
        return Reach(
            self.organization and other.organization,
            self.confidential and other.confidential,
            _in_both(self.departments, self.organization, other.departments, other.organization),
            _in_both(self.locations, self.organization, other.locations, other.organization),
            _in_both(self.teams, self.organization, other.teams, other.organization),
            _in_both(self.openings, self.organization, other.openings, other.organization),
            _in_both(self.confidential_openings, self.confidential, other.confidential_openings, other.confidential),
        )

    @cached_property
    def shape(self) -> tuple[object, ...]:
        """What of this reach changes the text of a statement; the ids themselves are bound values."""
        return (
            self.organization,
            self.confidential,
            bool(self.departments),
            bool(self.locations),
            bool(self.teams),
            bool(self.openings),
            bool(self.confidential_openings),
            bool(self.proposed_teams),
            tuple(sorted(self.ways)),
        )


def _in_both(
    ids: frozenset[UUID], is_everywhere: bool, others: frozenset[UUID], other_is_everywhere: bool
) -> frozenset[UUID]:
    """The scopes that both reach, where either may reach all of them."""
    nothing = frozenset[UUID]()
    return (ids & others) | (ids if other_is_everywhere else nothing) | (others if is_everywhere else nothing)


NOWHERE = Reach()
EVERYWHERE = Reach(organization=True, confidential=True)


@dataclass(frozen=True)
class Actor:
    """Who is asking: a member, a service account or the system itself, always within one organization.

    `id` is the membership's or service account's id, None for the system. `scopes` restrict a token to some permissions
    (None: no restriction), `allowed_networks` it to some networks. `valid_until` is when the first of its grants or its
    token ends, None for never.
    `access_version` is what they were derived at (None: not checked). `own_candidate_ids` are candidate records of
    this very person, which they never see. `token_id` or `session_id` is what they signed in with.
    `documents` is what its token may send; what a session may, its organization decides (Policies).

    An integration may act on behalf of a member (`on_behalf_of`): then it may on each row what both may, no more.
    """

    organization_id: UUID
    kind: ActorKind
    id: UUID | None = None
    role: OrganizationRole | None = None
    grants: tuple[HeldGrant, ...] = ()
    scopes: frozenset[Permission] | None = None
    own_candidate_ids: frozenset[UUID] = frozenset()
    access_version: int | None = None
    valid_until: datetime | None = None
    token_id: UUID | None = None
    allowed_networks: tuple[str, ...] | None = None
    on_behalf_of: "Actor | None" = None
    session_id: UUID | None = None
    documents: DocumentMode = DocumentMode.ALLOW
    name: str = field(default="", compare=False)

    @classmethod
    def system(cls, organization_id: UUID, *, access_version: int | None = None) -> Self:
        """The operator of this installation, for commands on the machine itself: may do everything, and is audited."""
        return cls(organization_id=organization_id, kind=ActorKind.SYSTEM, access_version=access_version)

    @cached_property
    def parties(self) -> tuple["Actor", ...]:
        """Those who each have to hold a permission on a row: an integration and whom it acts for, or this one alone."""
        if self.on_behalf_of is None:
            return (self,)
        return (replace(self, on_behalf_of=None), self.on_behalf_of)

    @property
    def member_id(self) -> UUID | None:
        """The membership whose doing it is, its own or that of whom it acts for; None where no member has to do with
        it.
        """
        if self.on_behalf_of is not None:
            return self.on_behalf_of.id
        return self.id if self.kind is ActorKind.USER else None

    @cached_property
    def reaches(self) -> Mapping[Permission, Reach]:
        """Where each permission is held; a permission that is held nowhere is absent.

        Of two parties, where both hold it for certain. On a row, ask each of them.
        """
        if self.on_behalf_of is not None:
            own, other = (party.reaches for party in self.parties)
            return {permission: own[permission] & other[permission] for permission in own if permission in other}
        if self.kind is ActorKind.SYSTEM:
            return dict.fromkeys(Permission, EVERYWHERE)
        reaches: dict[Permission, Reach] = {}
        for permission, way in self._own_holdings():
            reaches[permission] = reaches.get(permission, NOWHERE) | _reach_of_role(way)
        for grant in self.grants:
            holdings = frozenset(GRANT_ROLES[grant.role]).union(
                *(PRIVILEGES[privilege] for privilege in grant.privileges)
            )
            for permission, way in holdings:
                reaches[permission] = reaches.get(permission, NOWHERE) | _reach_of_grant(grant, way)
        # Most permissions are held in the same places: one object for all of them, since actors are kept in memory.
        same: dict[Reach, Reach] = {}
        reaches = {
            permission: same.setdefault(reach, reach)
            for permission, reach in ((held, _without_implied(reach)) for held, reach in reaches.items())
        }
        if self.scopes is not None:
            reaches = {permission: reach for permission, reach in reaches.items() if permission in self.scopes}
        return reaches

    def _own_holdings(self) -> AbstractSet[Holding]:
        """What is held without any grant."""
        if self.kind is ActorKind.SERVICE:
            return SERVICE_ACCOUNT
        return ORGANIZATION_ROLES[self.role] if self.role else frozenset()

    def reach(self, permission: Permission) -> Reach:
        """Where this actor holds a permission; NOWHERE when not at all."""
        return self.reaches.get(permission, NOWHERE)

    def may(self, permission: Permission) -> bool:
        """Whether the permission is held anywhere at all; what it reaches is decided per row."""
        return permission in self.reaches

    @cached_property
    def representative(self) -> Mapping[Permission, Permission]:
        """For each permission the first one with the same reach, so that equal rights are recognised as such."""
        first: dict[tuple[Reach, ...], Permission] = {}
        return {
            permission: first.setdefault(tuple(party.reach(permission) for party in self.parties), permission)
            for permission in sorted(Permission)
        }

    @cached_property
    def scoped_like(self) -> Mapping[Permission, Permission]:
        """The same for the scopes alone, whatever relations to rows give the permission as well."""
        first: dict[Reach, Permission] = {}
        return {
            permission: first.setdefault(
                replace(self.reach(permission), ways=frozenset(), proposed_teams=frozenset()), permission
            )
            for permission in sorted(Permission)
        }

    @property
    def signature(self) -> tuple[object, ...]:
        """What of this actor's rights changes the text of a statement: actors with equal signatures share plans."""
        if self.on_behalf_of is not None:
            return tuple(party.signature for party in self.parties)
        shapes = tuple(
            (self.representative[permission], self.scoped_like[permission], self.reach(permission).shape)
            for permission in sorted(Permission)
        )
        return (self.kind, bool(self.own_candidate_ids), shapes)

    @cached_property
    def signature_key(self) -> int:
        """The signature, interned to a small number, for cheap cache keys."""
        known = _SIGNATURES.get(self.signature)
        return _SIGNATURES.put(self.signature, next(_NUMBERS)) if known is None else known


# A token's scopes are any part of its maker's rights, so there may be more kinds of actors than fit into memory.
_SIGNATURES: Recent[tuple[object, ...], int] = Recent(5_000)
_NUMBERS = itertools.count()


def _without_implied(reach: Reach) -> Reach:
    """What is posted is never confidential, so a right in the whole organization reaches it already."""
    return replace(reach, ways=reach.ways - {Way.POSTED}) if reach.organization and Way.POSTED in reach.ways else reach


def _reach_of_role(way: Way) -> Reach:
    return Reach(organization=True) if way is Way.SCOPE else Reach(ways=frozenset({way}))


def _reach_of_grant(grant: HeldGrant, way: Way) -> Reach:
    match way:
        case Way.SCOPE:
            return _reach_of_scope(grant)
        case Way.PROPOSED:
            teams = grant.scope_ids if grant.scope_type is ScopeType.TEAM else frozenset[UUID]()
            return Reach(proposed_teams=teams, ways=frozenset({way}) if teams else frozenset())
        case _:
            return Reach(ways=frozenset({way}))


def _reach_of_scope(grant: HeldGrant) -> Reach:
    match grant.scope_type:
        case ScopeType.ORG:
            return Reach(organization=True, confidential=grant.include_confidential)
        case ScopeType.DEPARTMENT:
            return Reach(departments=grant.scope_ids)
        case ScopeType.OFFICE:
            return Reach(locations=grant.scope_ids)
        case ScopeType.TEAM:
            return Reach(teams=grant.scope_ids)
        case ScopeType.OPENING if grant.include_confidential:
            return Reach(openings=grant.scope_ids, confidential_openings=grant.scope_ids)
        case ScopeType.OPENING:
            return Reach(openings=grant.scope_ids)
