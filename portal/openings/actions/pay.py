"""What an opening pays: compensation bands, several for one opening, by region and component."""

from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, InvalidInput
from portal.openings.actions.checks import check_approval, lock_editable, needed
from portal.openings.actions.results import CompensationBandResult
from portal.openings.enums import BandVisibility, PayComponent, PayInterval
from portal.openings.events import (
    CompensationBandCreated,
    CompensationBandRemoved,
    CompensationBandUpdated,
)
from portal.openings.loading import of_opening
from portal.openings.models import CompensationBand, Opening
from portal.openings.reads import COMPENSATION_BAND
from portal.openings.rules.pay import MOST_BANDS, Band, band
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

COLUMNS = tuple(field.name for field in fields(Band))

_COUNT = select(func.count()).select_from(of_opening(CompensationBand).order_by(None).subquery())


@dataclass(frozen=True, kw_only=True)
class BandChanges:
    """What is different about a band from now on; null empties a field where it may be empty."""

    component: PayComponent | Unchanged | None = UNCHANGED
    visibility: BandVisibility | Unchanged | None = UNCHANGED
    region: str | Unchanged | None = UNCHANGED
    currency: str | Unchanged | None = UNCHANGED
    minimum_minor: int | Unchanged | None = UNCHANGED
    maximum_minor: int | Unchanged | None = UNCHANGED
    minimum_basis_points: int | Unchanged | None = UNCHANGED
    maximum_basis_points: int | Unchanged | None = UNCHANGED
    pay_interval: PayInterval | Unchanged | None = UNCHANGED
    note: str | Unchanged | None = UNCHANGED


@action(Permission.COMPENSATION_EDIT)
async def create_compensation_band(work: Work, *, opening_id: UUID, given: Band) -> CompensationBandResult:
    """Say what an opening pays for one component, in one region or everywhere.

    Raises InvalidInput for an amount without currency or interval, or with swapped ends (R39); WrongState when the
    opening is archived or has to be approved again (R15).
    """
    opening = await _lock_opening(work, opening_id)
    if await work.value(_COUNT, opening_id=opening.id) >= MOST_BANDS:
        raise InvalidInput(f"An opening has at most {MOST_BANDS} compensation bands.")
    row = work.add(CompensationBand(opening_id=opening.id, **_values(band(given))))
    changes = first_values(row, *COLUMNS)
    record(work, CompensationBandCreated(subject_id=row.id, opening_id=opening.id, changes=changes))
    return CompensationBandResult(row.id, opening.id)


@action(Permission.COMPENSATION_EDIT)
async def update_compensation_band(
    work: Work, *, compensation_band_id: UUID, changes: BandChanges, expected_version: int | None = None
) -> CompensationBandResult:
    """Change a band. Raises as creating one does; AlreadyDone when nothing is different."""
    opening, row = await _lock_band(work, compensation_band_id, expected_version)
    given = {name: getattr(changes, name) for name in COLUMNS}
    given = {name: value for name, value in given.items() if value is not UNCHANGED}
    for name in ("component", "visibility"):
        if name in given:
            needed(given[name], name)
    made = work.change(row, **_values(band(replace(_band_of(row), **given))))
    if not made:
        raise AlreadyDone("The compensation band is like that already.")
    record(work, CompensationBandUpdated(subject_id=row.id, opening_id=opening.id, changes=made))
    return CompensationBandResult(row.id, opening.id)


@action(Permission.COMPENSATION_EDIT)
async def remove_compensation_band(
    work: Work, *, compensation_band_id: UUID, expected_version: int | None = None
) -> CompensationBandResult:
    """Take a band from its opening. Raises WrongState when the opening has to be approved again (R15)."""
    opening, row = await _lock_band(work, compensation_band_id, expected_version)
    work.remove(row)
    record(work, CompensationBandRemoved(subject_id=row.id, opening_id=opening.id))
    return CompensationBandResult(row.id, opening.id)


async def _lock_opening(work: Work, opening_id: UUID) -> Opening:
    opening = await lock_editable(work, opening_id)
    await check_approval(work, opening, {"compensation_bands"})
    return opening


async def _lock_band(
    work: Work, compensation_band_id: UUID, expected_version: int | None
) -> tuple[Opening, CompensationBand]:
    """A band and its opening, the opening locked first as everywhere."""
    found = await work.find(COMPENSATION_BAND, compensation_band_id, permission=work.permission)
    opening = await _lock_opening(work, found.opening_id)
    return opening, await work.lock(COMPENSATION_BAND, compensation_band_id, expected_version=expected_version)


def _band_of(row: CompensationBand) -> Band:
    return Band(**{name: getattr(row, name) for name in COLUMNS})


# Any: a band's values under the names of its columns.
def _values(given: Band) -> dict[str, Any]:
    return {name: getattr(given, name) for name in COLUMNS}
