"""What an identity provider may do to groups at once, and what becomes of their members by it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput, OwnGrant, WrongState

MOST_MEMBER_CHANGES = 1_000  # at once
MOST_MEMBERS = 5_000
MOST_ROLES = 10
# A group's members times its roles: what its end writes at once, some 0.6 ms each.
MOST_GRANTS = 5_000


class TooManyMembers(InvalidInput):
    """More changes of members than are made at once, or more members than a group may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanges:
    """What is asked of a group's members, in this order: only these stay (None: all do), these come, these go."""

    only: frozenset[UUID] | None = None
    add: frozenset[UUID] = frozenset()
    remove: frozenset[UUID] = frozenset()

    def then_add(self, ids: AbstractSet[UUID]) -> "MemberChanges":
        return MemberChanges(only=self.only, add=self.add | ids, remove=self.remove - ids)

    def then_remove(self, ids: AbstractSet[UUID]) -> "MemberChanges":
        return MemberChanges(only=self.only, add=self.add - ids, remove=self.remove | ids)


def changed_members(present: AbstractSet[UUID], asked: MemberChanges) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Who comes and who goes. Whoever is in already does not come, and whoever is not does not go.

    Raises TooManyMembers for more than are changed at once.
    """
    wanted = set(present if asked.only is None else asked.only) | asked.add
    wanted -= asked.remove
    added, removed = frozenset(wanted - present), frozenset(present - wanted)
    if len(added) + len(removed) > MOST_MEMBER_CHANGES:
        raise TooManyMembers(
            f"At most {MOST_MEMBER_CHANGES:,} members are changed at once. Send them in several requests.",
            path=("members",),
        )
    return added, removed


def check_size(members: int, *, roles: int) -> None:
    """Refuses more members than a group may have, which are fewer where it gives several roles."""
    most = min(MOST_MEMBERS, MOST_GRANTS // max(roles, 1))
    if members > most:
        raise TooManyMembers(
            f"This group has at most {most:,} members here, fewer the more roles it gives. Assign smaller groups.",
            path=("members",),
        )


def check_not_among(members: AbstractSet[UUID], actor_membership_id: UUID | None) -> None:
    """Refuses to change what one is given oneself, be it by coming into a group or by what it gives (R35)."""
    if actor_membership_id in members:
        raise OwnGrant


def check_another_role(roles: int, *, members: int) -> None:
    """Refuses to let a group give more roles than it may, which are fewer where it has many members."""
    most = min(MOST_ROLES, MOST_GRANTS // max(members, 1))
    if roles >= most:
        raise WrongState(f"This group gives at most {most} roles, fewer the more members it has.", state="FULL")


def check_new_role(is_given: bool) -> None:
    """Refuses to let a group give the same twice."""
    if is_given:
        raise AlreadyDone("The group gives this already.")
