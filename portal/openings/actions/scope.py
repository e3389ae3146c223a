"""Whether rights reach an opening, for decisions about rights that are given on it.

The predicate of portal.openings.reach answers that for rows in the database; giving rights asks it of each source of
the giver's rights by itself (portal.people.granting), so here it is asked of reaches.
"""

from dataclasses import dataclass
from uuid import UUID

from portal.access.actor import Reach
from portal.access.work import Work
from portal.openings.loading import of_opening, team_ids_of
from portal.openings.models import Opening, OpeningLocation

_LOCATIONS = of_opening(OpeningLocation)


@dataclass(frozen=True)
class OpeningScope:
    """An opening as the scope of a grant."""

    opening_id: UUID
    is_confidential: bool
    department_id: UUID | None
    location_ids: frozenset[UUID]
    team_ids: frozenset[UUID]

    def covers(self, reach: Reach) -> bool:
        """Whether a reach includes this opening."""
        if self.covers_confidential(reach):
            return True
        if self.is_confidential:
            return False
        return (
            reach.organization
            or self.opening_id in reach.openings
            or self.department_id in reach.departments
            or not self.location_ids.isdisjoint(reach.locations)
            or not self.team_ids.isdisjoint(reach.teams)
        )

    def covers_confidential(self, reach: Reach) -> bool:
        """Whether a reach includes this opening where it is confidential."""
        return reach.confidential or self.opening_id in reach.confidential_openings


async def scope_of(work: Work, opening: Opening) -> OpeningScope:
    """The scope that an opening is."""
    locations = await work.all(_LOCATIONS, OpeningLocation, opening_id=opening.id)
    return OpeningScope(
        opening.id,
        opening.is_confidential,
        opening.department_id,
        frozenset(row.location_id for row in locations),
        frozenset(await team_ids_of(work, opening.id)),
    )
