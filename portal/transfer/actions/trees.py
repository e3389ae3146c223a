"""The departments and locations that a board mentions, written before the openings that are in them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.base import ModelT
from portal.organizations import rules
from portal.organizations.actions.departments import create_department, move_department, update_department
from portal.organizations.actions.locations import PlaceChanges, create_location, move_location, update_location
from portal.organizations.enums import WorkplaceType
from portal.organizations.models import Department, Location
from portal.records.models import ExternalId
from portal.transfer.actions.external_ids import Foreign
from portal.transfer.actions.results import RowWritten, unless_done
from portal.transfer.board import SYSTEM, BoardImport, ImportedNode, ImportedPosting
from portal.transfer.documents import fingerprint
from portal.transfer.outcomes import OutcomeKind
from portal.transfer.places import Place

DEPARTMENTS = Foreign(SYSTEM, "Department")
LOCATIONS = Foreign(SYSTEM, "Location")


def _in_use(model: type[ModelT]) -> Select[tuple[UUID]]:
    """The rows with one of the bound `ids` that can still be chosen."""
    columns = model.__table__.c
    return select(columns.id).where(
        columns.organization_id == bindparam("organization_id", type_=Uuid()),
        columns.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
        columns.archived_at.is_(None),
    )


_USABLE = {DEPARTMENTS: _in_use(Department), LOCATIONS: _in_use(Location)}


@action(Permission.ORGANIZATION_MANAGE, may_record_nothing=True)
async def import_department(work: Work, *, node: ImportedNode) -> RowWritten:
    """Write a department of a board, below its parent, which was written before it."""
    known, parent_id = await _known(work, DEPARTMENTS, node)
    if known is not None and known.fingerprint == node.fingerprint:
        return RowWritten("Department", node.external_id, known.entity_id, OutcomeKind.UNCHANGED)
    if known is None:
        made = await create_department.within(work, name=node.name, parent_id=parent_id)
        row_id = made.department_id
    else:
        row_id = known.entity_id
        await unless_done(update_department.within(work, department_id=row_id, name=node.name))
        await unless_done(move_department.within(work, department_id=row_id, parent_id=parent_id))
    return _kept(work, DEPARTMENTS, node, known, row_id)


@action(Permission.ORGANIZATION_MANAGE, may_record_nothing=True)
async def import_location(work: Work, *, node: ImportedNode) -> RowWritten:
    """Write an office or another place of a board, below its parent, which was written before it."""
    known, parent_id = await _known(work, LOCATIONS, node)
    if known is not None and known.fingerprint == node.fingerprint:
        return RowWritten("Location", node.external_id, known.entity_id, OutcomeKind.UNCHANGED)
    place = _place(node)
    if known is None:
        row_id = (await create_location.within(work, place=place, parent_id=parent_id)).location_id
    else:
        row_id = known.entity_id
        changes = PlaceChanges(
            name=place.name,
            workplace_type=place.workplace_type,
            country=place.country,
            region=place.region,
            city=place.city,
            remote_regions=place.remote_regions,
        )
        await unless_done(update_location.within(work, location_id=row_id, changes=changes))
        await unless_done(move_location.within(work, location_id=row_id, parent_id=parent_id))
    return _kept(work, LOCATIONS, node, known, row_id)


def locations_of(board: BoardImport) -> tuple[ImportedNode, ...]:
    """The offices of a board, then the places that its postings name and that are none of them, each once."""
    nodes = {place_id_of(node.name): node for node in reversed(board.offices)}
    places = {place_id_of(place.name): place for posting in board.postings for place in posting.places}
    others = [
        ImportedNode(external_id=place_id, name=place.name, place=place)
        for place_id, place in places.items()
        if place_id not in nodes
    ]
    return (*board.offices, *others)


def location_ids_by_place(board: BoardImport) -> Mapping[str, str]:
    """The external ids of a board's locations by the place that they are called after (see `place_id_of`)."""
    return {place_id_of(node.name): node.external_id for node in reversed(locations_of(board))}


def place_ids_of(posting: ImportedPosting, by_place: Mapping[str, str]) -> tuple[str, ...]:
    """The external ids of the locations that a posting names, in its order."""
    named = (by_place.get(place_id_of(place.name)) for place in posting.places)
    return tuple(dict.fromkeys(external_id for external_id in named if external_id is not None))


def place_id_of(name: str) -> str:
    """The external id of a place that has only its name. Hashed: a name may be longer than an id."""
    return f"place:{fingerprint(name.casefold())}"


async def row_ids(work: Work, foreign: Foreign, external_ids: Sequence[str]) -> list[UUID]:
    """The rows of departments or locations, in order, without those that are unknown or archived here."""
    known = await foreign.known(work, external_ids)
    wanted = list(dict.fromkeys(known[each].entity_id for each in external_ids if each in known))
    if not wanted:
        return []
    usable = {row["id"] for row in await work.rows(_USABLE[foreign], ids=wanted)}
    return [row_id for row_id in wanted if row_id in usable]


async def _known(work: Work, foreign: Foreign, node: ImportedNode) -> tuple[ExternalId | None, UUID | None]:
    """What is known of a node, and the row of its parent; None for a root, or a parent that could not be written."""
    ids = [node.external_id] if node.parent is None else [node.external_id, node.parent]
    known = await foreign.known(work, ids)
    above = [] if node.parent is None else await row_ids(work, foreign, [node.parent])
    return known.get(node.external_id), above[0] if above else None


def _kept(work: Work, foreign: Foreign, node: ImportedNode, known: ExternalId | None, row_id: UUID) -> RowWritten:
    foreign.keep(work, known, node.external_id, row_id, node.fingerprint, node.raw)
    kind = OutcomeKind.CREATED if known is None else OutcomeKind.UPDATED
    return RowWritten(foreign.entity, node.external_id, row_id, kind)


def _place(node: ImportedNode) -> rules.Place:
    place = node.place or Place(name=node.name, workplace_type=WorkplaceType.ONSITE)
    return rules.Place(
        name=node.name,
        workplace_type=place.workplace_type,
        country=place.country,
        region=place.region,
        city=place.city,
        remote_regions=place.remote_regions,
    )
