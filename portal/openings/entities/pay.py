"""What is paid, and who may see it (R26)."""

from portal.access.permissions import Permission
from portal.openings.entities.opening import OPENING, READ, of_opening
from portal.openings.enums import BandVisibility
from portal.openings.models import CompensationBand
from portal.reading.entity import Attribute, Computed, Entity, Group, Many, One, columns
from portal.reading.rows import Predicate, Row, Viewer, both, constant, either


def _band_may(viewer: Viewer, permission: Permission, band: Row) -> Predicate:
    """A public band is as visible as its opening; an internal one takes its own permission (R26)."""
    of_band = of_opening(CompensationBand.opening_id)
    if permission is not READ:
        return of_band(viewer, permission, band)
    public = band[CompensationBand.visibility] == constant(BandVisibility.PUBLIC)
    return either(both(public, of_band(viewer, READ, band)), of_band(viewer, Permission.COMPENSATION_READ, band))


def _money(amount: Attribute) -> Group:
    return Group(
        "MoneyValue",
        {"amount_minor": Computed(lambda _viewer, band: band[amount]), **columns(CompensationBand.currency)},
        present=lambda _viewer, band: band[amount].is_not(None),
    )


COMPENSATION_BAND: Entity[CompensationBand] = Entity(
    "CompensationBand",
    CompensationBand,
    "band",
    READ,
    _band_may,
    {
        **columns(
            CompensationBand.region,
            CompensationBand.component,
            CompensationBand.minimum_basis_points,
            CompensationBand.maximum_basis_points,
            CompensationBand.pay_interval,
            CompensationBand.visibility,
            CompensationBand.created_at,
            CompensationBand.updated_at,
            CompensationBand.version,
        ),
        **columns(CompensationBand.note, permission=Permission.COMPENSATION_READ),
        "minimum": _money(CompensationBand.minimum_minor),
        "maximum": _money(CompensationBand.maximum_minor),
        "opening": One(lambda: OPENING, CompensationBand.opening_id),
    },
)

OPENING.extend(
    {
        "compensation_bands": Many(
            lambda: COMPENSATION_BAND, CompensationBand.opening_id, order=(CompensationBand.created_at,), usual=3
        )
    }
)
