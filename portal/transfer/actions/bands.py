"""The pay bands of an imported opening: those of the source are kept as the source has them, all others left alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from portal.access.work import Work
from portal.openings.actions.pay import create_compensation_band, remove_compensation_band
from portal.openings.models import CompensationBand
from portal.openings.rules.pay import Band
from portal.records.models import ExternalId
from portal.transfer.actions.external_ids import Foreign
from portal.transfer.actions.results import RowWritten
from portal.transfer.board import SYSTEM, ImportedOpening
from portal.transfer.documents import fingerprint
from portal.transfer.outcomes import OutcomeKind

BANDS = Foreign(SYSTEM, "CompensationBand")

_OF_OPENING = select(CompensationBand.id).where(
    CompensationBand.organization_id == bindparam("organization_id", type_=Uuid()),
    CompensationBand.opening_id == bindparam("opening_id", type_=Uuid()),
)
_IMPORTED = (
    select(ExternalId)
    .where(
        ExternalId.organization_id == bindparam("organization_id", type_=Uuid()),
        ExternalId.system == bindparam("system", type_=Text()),
        ExternalId.entity_type == bindparam("entity_type", type_=Text()),
        ExternalId.entity_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    )
    .order_by(ExternalId.id)
    .with_for_update(key_share=True)
)


async def keep_bands(work: Work, opening_id: UUID, opening: ImportedOpening) -> Sequence[RowWritten]:
    """Make an opening's imported bands those of the source; a file that says nothing about pay changes nothing."""
    if opening.public_bands is None and opening.internal_bands is None:
        return ()
    bands = (*(opening.public_bands or ()), *(opening.internal_bands or ()))
    wanted = {_band_id(opening, band): band for band in bands}
    present, known = await _present(work, opening_id), await BANDS.known(work, wanted)
    written = []
    for band_id, band in wanted.items():
        if band_id in known:
            # One that somebody has removed here stays removed.
            row_id = known[band_id].entity_id
            written.append(RowWritten(BANDS.entity, band_id, row_id, OutcomeKind.UNCHANGED))
            continue
        made = await create_compensation_band.within(work, opening_id=opening_id, given=band)
        row_id = made.compensation_band_id
        BANDS.keep(work, None, band_id, row_id, fingerprint(band))
        written.append(RowWritten(BANDS.entity, band_id, row_id, OutcomeKind.CREATED))
    for band_id, gone in present.items():
        if band_id not in wanted and _is_about(opening, gone):
            await remove_compensation_band.within(work, compensation_band_id=gone.entity_id)
            work.remove(gone)
    return written


async def _present(work: Work, opening_id: UUID) -> dict[str, ExternalId]:
    """What earlier imports called the bands that the opening still has."""
    ids = [row["id"] for row in await work.rows(_OF_OPENING, opening_id=opening_id)]
    rows = await work.lock_all(_IMPORTED, ExternalId, system=SYSTEM, entity_type=BANDS.entity, ids=ids) if ids else []
    return {row.external_id: row for row in rows}


def _band_id(opening: ImportedOpening, band: Band) -> str:
    """A band has no id at the source: it is what it says, for this opening and for whom to see."""
    return f"{band.visibility}:{fingerprint([opening.external_id, fingerprint(band)])}"


def _is_about(opening: ImportedOpening, gone: ExternalId) -> bool:
    """Whether the file says anything of bands of this visibility: only then a missing one is gone."""
    is_public = gone.external_id.startswith("PUBLIC:")
    return (opening.public_bands if is_public else opening.internal_bands) is not None
