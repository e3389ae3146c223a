"""One job post of a board: the posting, and the opening behind it, which other posts may share."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.bounds import MOST_LIST_ITEMS
from portal.openings.actions.openings import OpeningChanges, OpeningDraft, create_opening, update_opening
from portal.openings.actions.staffing import set_opening_locations
from portal.openings.reads import OPENING
from portal.transfer.actions import trees
from portal.transfer.actions.bands import keep_bands
from portal.transfer.actions.external_ids import Foreign
from portal.transfer.actions.going_live import open_since
from portal.transfer.actions.postings import keep_posting
from portal.transfer.actions.results import RecordWritten, RowWritten, strongest, unless_done
from portal.transfer.board import SYSTEM, ImportedOpening, ImportedPosting
from portal.transfer.outcomes import OutcomeKind
from portal.unchanged import UNCHANGED

OPENINGS = Foreign(SYSTEM, "Opening")


@action(Permission.OPENING_EDIT, may_record_nothing=True)
async def import_job_post(
    work: Work, *, opening: ImportedOpening, posting: ImportedPosting, by_place: Mapping[str, str]
) -> RecordWritten:
    """Write a job post and its opening: open and published, with the source's own dates.

    What people have decided here since stays: an opening that was closed and a posting that was taken down stay so.
    `by_place` is `trees.location_ids_by_place` of the board. Raises what the openings' actions raise.
    """
    row_id, opening_kind, bands = await _keep_opening(work, opening, by_place)
    row = await work.lock(OPENING, row_id)
    written = await keep_posting(work, row, posting, await _main_location(work, posting, by_place))
    kinds = (opening_kind, written.row.kind)
    # A listing without content says nothing of offices: those that are known stay.
    is_said = opening.offices is not None and opening_kind is not OutcomeKind.CREATED
    if is_said and strongest(kinds) is not OutcomeKind.UNCHANGED:
        location_ids = await _location_ids(work, opening, by_place)
        await unless_done(set_opening_locations.within(work, opening_id=row_id, location_ids=location_ids))
    rows = (RowWritten("Opening", opening.external_id, row_id, opening_kind), written.row, *bands)
    # The record is the post: one that is new here is created even where another post has brought its opening.
    kind = OutcomeKind.CREATED if written.row.kind is OutcomeKind.CREATED else _changed(kinds)
    return RecordWritten(kind, rows, written.notes)


def _changed(kinds: Sequence[OutcomeKind]) -> OutcomeKind:
    return OutcomeKind.UNCHANGED if strongest(kinds) is OutcomeKind.UNCHANGED else OutcomeKind.UPDATED


async def _keep_opening(
    work: Work, opening: ImportedOpening, by_place: Mapping[str, str]
) -> tuple[UUID, OutcomeKind, Sequence[RowWritten]]:
    """The opening's row as the source has it, what was done to it, and its bands."""
    known = (await OPENINGS.known(work, [opening.external_id])).get(opening.external_id)
    if known is not None and known.fingerprint == opening.fingerprint:
        return known.entity_id, OutcomeKind.UNCHANGED, ()
    row_id = await _created(work, opening, by_place) if known is None else known.entity_id
    if known is not None:
        await _update(work, row_id, opening)
    bands = await keep_bands(work, row_id, opening)
    if known is None:
        await open_since(work, row_id, _first_published_at(opening))
    raw = {**opening.raw, "departments": list(opening.departments or ())}
    OPENINGS.keep(work, known, opening.external_id, row_id, opening.fingerprint, raw)
    return row_id, OutcomeKind.CREATED if known is None else OutcomeKind.UPDATED, bands


async def _created(work: Work, opening: ImportedOpening, by_place: Mapping[str, str]) -> UUID:
    """A draft with one seat: boards do not say how many people are wanted."""
    draft = OpeningDraft(
        title=opening.title,
        employment_type=opening.employment_type,
        kind=opening.kind,
        requisition_code=opening.requisition_code,
        department_id=await _department_id(work, opening),
        location_ids=await _location_ids(work, opening, by_place),
    )
    return (await create_opening.within(work, draft=draft)).opening_id


async def _update(work: Work, row_id: UUID, opening: ImportedOpening) -> None:
    changes = OpeningChanges(
        title=opening.title,
        employment_type=opening.employment_type,
        requisition_code=opening.requisition_code or UNCHANGED,
        department_id=UNCHANGED if opening.departments is None else await _department_id(work, opening),
    )
    await unless_done(update_opening.within(work, opening_id=row_id, changes=changes))


async def _department_id(work: Work, opening: ImportedOpening) -> UUID | None:
    """The first department that the job is in: an opening has one, the others are kept with its external id."""
    found = await trees.row_ids(work, trees.DEPARTMENTS, opening.departments or ())
    return found[0] if found else None


async def _location_ids(work: Work, opening: ImportedOpening, by_place: Mapping[str, str]) -> list[UUID]:
    """The offices of the job, and the places that its posts name."""
    named = [external_id for posting in opening.postings for external_id in trees.place_ids_of(posting, by_place)]
    return (await trees.row_ids(work, trees.LOCATIONS, [*(opening.offices or ()), *named]))[:MOST_LIST_ITEMS]


async def _main_location(work: Work, posting: ImportedPosting, by_place: Mapping[str, str]) -> UUID | None:
    """The location of a posting that names exactly one; of several, only their text can say all."""
    named = trees.place_ids_of(posting, by_place)
    found = await trees.row_ids(work, trees.LOCATIONS, named) if len(named) == 1 else []
    return found[0] if found else None


def _first_published_at(opening: ImportedOpening) -> datetime | None:
    """When the job was first seen by anybody; None when the source does not say."""
    instants = [posting.first_published_at for posting in opening.postings if posting.first_published_at is not None]
    return min(instants, default=None)
