"""The hiring team: who does what for an opening. Descriptive: rights come from grants."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput
from portal.openings.enums import HiringRole
from portal.people.enums import MembershipStatus

# More people than this around one opening is a mailing list.
MOST_HIRING_TEAM = 100


@dataclass(frozen=True, slots=True)
class HiringTeamPlace:
    """One member in one role; of each role at most one member is the responsible one."""

    membership_id: UUID
    role: HiringRole
    is_responsible: bool = False


def check_joins(place: HiringTeamPlace, team: Iterable[HiringTeamPlace], *, status: MembershipStatus) -> None:
    """Refuses a member who left, who is in that role already, or a second responsible one for it."""
    if status is MembershipStatus.DEACTIVATED:
        raise InvalidInput("This member is deactivated.", path=("membershipId",))
    others = list(team)
    if any((other.membership_id, other.role) == (place.membership_id, place.role) for other in others):
        raise AlreadyDone("This member is already in the hiring team in that role.")
    if place.is_responsible and any(other.is_responsible and other.role is place.role for other in others):
        raise InvalidInput("Somebody else is responsible in that role already.", path=("isResponsible",))
    if len(others) >= MOST_HIRING_TEAM:
        raise InvalidInput(f"A hiring team has at most {MOST_HIRING_TEAM} places.")
