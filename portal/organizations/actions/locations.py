"""Locations: adding, changing, moving and archiving them. None is ever deleted, so that history stays readable."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_archive, check_restore
from portal.errors import AlreadyDone
from portal.organizations.actions.results import LocationResult
from portal.organizations.actions.trees import LOCATIONS
from portal.organizations.enums import WorkplaceType
from portal.organizations.events import LocationArchived, LocationCreated, LocationUnarchived, LocationUpdated
from portal.organizations.models import Location
from portal.organizations.reads import LOCATION
from portal.organizations.rules import Place, check_no_children, place
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged, given

_FACTS = ("name", "workplace_type", "country", "region", "city", "timezone", "remote_regions")


@dataclass(frozen=True, kw_only=True)
class PlaceChanges:
    """What is different about a location from now on; null empties a field where it may be empty."""

    name: str | Unchanged | None = UNCHANGED
    workplace_type: WorkplaceType | Unchanged | None = UNCHANGED
    country: str | Unchanged | None = UNCHANGED
    region: str | Unchanged | None = UNCHANGED
    city: str | Unchanged | None = UNCHANGED
    timezone: str | Unchanged | None = UNCHANGED
    remote_regions: Sequence[str] | Unchanged | None = UNCHANGED


@action(Permission.ORGANIZATION_MANAGE)
async def create_location(work: Work, *, place: Place, parent_id: UUID | None = None) -> LocationResult:
    """Add a location, below another one or at the top. Raises InvalidInput below an archived one or too deep."""
    row = Location(**_columns(place), parent_id=parent_id)
    await LOCATIONS.check_new(work, row.id, parent_id)
    work.add(row)
    record(work, LocationCreated(subject_id=row.id, changes=first_values(row, *_FACTS, "parent_id")))
    return LocationResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def update_location(
    work: Work, *, location_id: UUID, changes: PlaceChanges, expected_version: int | None = None
) -> LocationResult:
    """Change what is known of a location. Raises AlreadyDone when nothing is different."""
    row = await work.lock(LOCATION, location_id, expected_version=expected_version)
    made = work.change(row, **_columns(_changed(row, changes)))
    if not made:
        raise AlreadyDone("The location is like that already.")
    record(work, LocationUpdated(subject_id=row.id, changes=made))
    return LocationResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def move_location(
    work: Work, *, location_id: UUID, parent_id: UUID | None, expected_version: int | None = None
) -> LocationResult:
    """Place a location with all below it under another one, or at the top; grants reach what is below from then on.

    Raises CycleRefused below itself, InvalidInput below an archived one or too deep, AlreadyDone.
    """
    row = await LOCATIONS.lock_to_move(work, location_id, parent_id, expected_version)
    changes = work.change(row, parent_id=parent_id)
    if not changes:
        raise AlreadyDone("The location is there already.")
    record(work, LocationUpdated(subject_id=row.id, changes=changes))
    return LocationResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_location(work: Work, *, location_id: UUID) -> LocationResult:
    """Take a location out of use; openings and postings that name it keep it (R33).

    Raises InvalidInput while locations in use are below it, AlreadyDone.
    """
    row = await work.lock(LOCATION, location_id)
    check_archive("location", row.archived_at)
    check_no_children("location", await LOCATIONS.names_below(work, row))
    changes = work.change(row, archived_at=work.now)
    record(work, LocationArchived(subject_id=row.id, changes=changes))
    return LocationResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_location(work: Work, *, location_id: UUID) -> LocationResult:
    """Take an archived location up again. Raises InvalidInput while the one above is archived, AlreadyDone."""
    row = await work.lock(LOCATION, location_id)
    check_restore("location", row.archived_at)
    await LOCATIONS.check_above(work, row)
    changes = work.change(row, archived_at=None)
    record(work, LocationUnarchived(subject_id=row.id, changes=changes))
    return LocationResult(row.id)


def _changed(row: Location, changes: PlaceChanges) -> Place:
    """The location with its changes, still as it was given."""
    different = given(changes)
    for name, path in (("name", "name"), ("workplace_type", "workplaceType"), ("remote_regions", "remoteRegions")):
        if name in different:
            bounds.needed(different[name], path=path)
    current = Place(**{name: getattr(row, name) for name in _FACTS})
    return replace(current, **different)


def _columns(given_place: Place) -> dict[str, Any]:  # Any: columns of several types
    """A location's values as they are stored, by column."""
    checked = place(given_place)
    return {**asdict(checked), "remote_regions": list(checked.remote_regions)}
