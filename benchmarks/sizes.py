"""How much data the benchmark has: many small organizations and few large ones, with openings that are alike.

Sizes of organizations follow Zipf's law above a floor, so that the largest has some forty times as many openings as
the smallest, while one page of either costs about the same work: what differs is how much lies around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

ORGANIZATIONS = 200
OPENINGS = 20_000
CANDIDATES = 500_000
APPLICATIONS = 1_000_000

# Enough openings that the first 50 open ones exist in every organization.
FEWEST_OPENINGS = 60
ZIPF_EXPONENT = 1.2

# One opening in ten is busy: a full page of 20 in every stage of its board. The others share the rest.
BUSY_EVERY = 10
BUSY_APPLICATIONS = 320

# An evergreen opening in the largest organizations: a full page of 100 in every stage, to measure how a page grows.
CROWDED_APPLICATIONS = 1_400
CROWDED_SHARE = 10


@dataclass(frozen=True)
class OrganizationSize:
    """What one organization has; `number` 0 is the largest."""

    number: int
    openings: int
    candidates: int
    applications: int
    is_crowded: bool

    def applications_by_opening(self) -> Iterator[int]:
        """How many applications each opening has, in the order of the openings."""
        wanted = [self._fixed(index) for index in range(self.openings)]
        left = self.applications - sum(count or 0 for count in wanted)
        others = wanted.count(None)
        quotient, remainder = divmod(max(left, 0), others)
        for count in wanted:
            if count is None:
                yield quotient + (remainder > 0)
                remainder -= 1
            else:
                yield count

    def _fixed(self, index: int) -> int | None:
        if self.is_crowded and index == 0:
            return CROWDED_APPLICATIONS
        return BUSY_APPLICATIONS if index % BUSY_EVERY == 1 else None


def organization_sizes(scale: float) -> list[OrganizationSize]:
    """The organizations at a scale, the largest first; 1.0 is the full size."""
    count = max(2, round(ORGANIZATIONS * scale))
    factor = count / ORGANIZATIONS
    above_floor = round(OPENINGS * factor) - count * FEWEST_OPENINGS
    openings = [FEWEST_OPENINGS + share for share in _shares(above_floor, _zipf(count))]
    applications = _shares(round(APPLICATIONS * factor), openings)
    candidates = _shares(round(CANDIDATES * factor), openings)
    crowded = -(-count // CROWDED_SHARE)
    return [
        OrganizationSize(number, openings[number], candidates[number], applications[number], number < crowded)
        for number in range(count)
    ]


def _zipf(count: int) -> list[float]:
    return [1 / rank**ZIPF_EXPONENT for rank in range(1, count + 1)]


def _shares(total: int, weights: list[float] | list[int]) -> list[int]:
    """Whole shares in proportion to the weights, which add up to the total."""
    whole = sum(weights)
    shares, given, seen = [], 0, 0.0
    for weight in weights:
        seen += weight
        share = round(total * seen / whole) - given
        shares.append(share)
        given += share
    return shares
