"""Compensation bands: what a band has to say about its part of the pay, and which of them candidates see."""

from dataclasses import dataclass, replace

from portal import bounds
from portal.errors import InvalidInput
from portal.openings.enums import BandVisibility, PayComponent, PayInterval
from portal.openings.money import Money, PayRange

# Per opening: some regions times some components; the boards we have seen stay below ten.
MOST_BANDS = 100
WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A band's values under the names of its columns. EQUITY_PERCENT is in basis points, everything else is money."""

    component: PayComponent
    visibility: BandVisibility
    region: str | None = None
    currency: str | None = None
    minimum_minor: int | None = None
    maximum_minor: int | None = None
    minimum_basis_points: int | None = None
    maximum_basis_points: int | None = None
    pay_interval: PayInterval | None = None
    note: str | None = None


def band(given: Band) -> Band:
    """The band as it is stored; refuses one without amount, currency or interval, or with swapped ends (R39)."""
    tidy = replace(
        given,
        region=bounds.optional_line(given.region, path="region"),
        note=bounds.optional_text(given.note, longest=bounds.NOTE_LENGTH, path="note"),
    )
    return _share(tidy) if given.component is PayComponent.EQUITY_PERCENT else _money(tidy)


def _money(given: Band) -> Band:
    if (given.minimum_basis_points, given.maximum_basis_points) != (None, None):
        raise InvalidInput("Basis points are for EQUITY_PERCENT only.", path=("minimumBasisPoints",))
    if given.currency is None:
        raise InvalidInput("An amount of money needs its currency.", path=("currency",))
    if given.pay_interval is None:
        raise InvalidInput("Say for which time the amount is paid.", path=("payInterval",))
    code = bounds.currency(given.currency, path="currency")
    minimum = None if given.minimum_minor is None else Money(given.minimum_minor, code)
    maximum = None if given.maximum_minor is None else Money(given.maximum_minor, code)
    PayRange(minimum, maximum, given.pay_interval)
    return replace(given, currency=code)


def _share(given: Band) -> Band:
    if (given.currency, given.minimum_minor, given.maximum_minor, given.pay_interval) != (None, None, None, None):
        raise InvalidInput("EQUITY_PERCENT is a share in basis points, not money.", path=("component",))
    named = {"minimumBasisPoints": given.minimum_basis_points, "maximumBasisPoints": given.maximum_basis_points}
    ends = [bounds.whole_number(end, least=0, most=WHOLE, path=path) for path, end in named.items() if end is not None]
    if not any(ends):
        raise InvalidInput("A share needs basis points above zero.", path=("minimumBasisPoints",))
    if len(ends) == 2 and ends[0] > ends[1]:
        raise InvalidInput("The maximum must not be below the minimum.", path=("maximumBasisPoints",))
    return given
