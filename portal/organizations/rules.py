"""What an organization's own shape demands: trees without cycles, locations that make sense, names in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal import bounds
from portal.bounds import Path, as_path
from portal.errors import CycleRefused, InvalidInput
from portal.organizations.enums import WorkplaceType

# Levels of departments or locations; the deepest trees in published boards have four.
MOST_LEVELS = 10
MOST_REMOTE_REGIONS = 100

# Names that would collide with our own addresses, or look as if we were speaking.
RESERVED_SLUGS = frozenset(
    {"admin", "api", "app", "auth", "graphql", "graphiql", "help", "livez", "login", "metrics", "readyz", "root", "www"}
)
_SHORTEST_SLUG = 2
# What fits into one label of a host name, should organizations ever have their own.
_LONGEST_SLUG = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location's values under the names of its columns."""

    name: str
    workplace_type: WorkplaceType
    country: str | None = None
    region: str | None = None
    city: str | None = None
    timezone: str | None = None
    remote_regions: tuple[str, ...] = ()


def organization_slug(value: str) -> str:
    """The organization's name in addresses: 2 to 63 small letters, digits and hyphens, none of our words."""
    slug = bounds.slug(value, longest=_LONGEST_SLUG, path="slug")
    if len(slug) < _SHORTEST_SLUG or slug in RESERVED_SLUGS:
        raise InvalidInput("This name can't be used in addresses. Choose another one.", path=("slug",))
    return slug


def check_parent(row_id: UUID, parent_id: UUID | None, parents: Mapping[UUID, UUID | None], *, path: Path) -> None:
    """Refuses a parent that would make a tree contain itself, or grow too deep.

    `parents` holds the parent of every department (or location) of the organization, the row's own children included.
    """
    ancestors = _ancestors(parent_id, parents)
    if row_id in ancestors:
        raise CycleRefused("It can't be placed below itself.", path=as_path(path))
    if len(ancestors) + _height(row_id, parents) > MOST_LEVELS:
        raise InvalidInput(f"At most {MOST_LEVELS} levels are allowed.", path=as_path(path))


def check_no_children(what: str, names: Sequence[str]) -> None:
    """Refuses to archive what has others below it that are in use; `names` are theirs."""
    if names:
        raise InvalidInput(
            f"There is still something below this {what}: {', '.join(sorted(names)[:5])}. Archive or move it first."
        )


def place(given: Place) -> Place:
    """The location as it is stored; remote regions belong to remote or hybrid work."""
    country = None if given.country is None else bounds.country(given.country, path="country")
    region = bounds.optional_line(given.region, path="region")
    city = bounds.optional_line(given.city, path="city")
    remote_regions = bounds.lines(given.remote_regions, most=MOST_REMOTE_REGIONS, path="remoteRegions")
    if remote_regions and given.workplace_type is WorkplaceType.ONSITE:
        raise InvalidInput("Work on site has no remote regions.", path=("remoteRegions",))
    return Place(
        name=bounds.one_line(given.name, path="name"),
        workplace_type=given.workplace_type,
        country=country,
        region=region,
        city=city,
        timezone=None if given.timezone is None else bounds.timezone(given.timezone, path="timezone"),
        remote_regions=remote_regions,
    )


def _ancestors(start: UUID | None, parents: Mapping[UUID, UUID | None]) -> list[UUID]:
    found: list[UUID] = []
    while start is not None and start not in found:
        found.append(start)
        start = parents.get(start)
    return found


def _height(row_id: UUID, parents: Mapping[UUID, UUID | None]) -> int:
    """How many levels the row and what is below it take."""
    level, height = {row_id}, 0
    seen: set[UUID] = set()
    while level:
        height += 1
        seen |= level
        level = {child for child, parent in parents.items() if parent in level} - seen
    return height
