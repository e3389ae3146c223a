"""What an opening pays, as GraphQL types."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.openings.enums import BandVisibility, PayComponent, PayInterval
from schema.reading import Node, described
from schema.scalars import MinorUnits

if TYPE_CHECKING:
    from schema.openings.types import Opening

_Opening = Annotated["Opening", strawberry.lazy("schema.openings.types")]


@strawberry.type(description="An amount of money.")
class MoneyValue:
    amount_minor: MinorUnits = described("The amount in the currency's smallest unit, such as cents.")
    currency: str = described("ISO 4217 code.")


@strawberry.type(
    description="A range of one part of the pay, for one region or for all. "
    "An internal one shows only to those with `compensation:read`."
)
class CompensationBand(Node):
    opening: _Opening | None = described("The opening that it is for.")
    component: PayComponent = described("Which part of the pay it is about.")
    region: str | None = described("Where it applies; null for everywhere.")
    minimum: MoneyValue | None = described(
        "The lower end; null when open, or when the band is a share in basis points."
    )
    maximum: MoneyValue | None = described(
        "The upper end; null when open, or when the band is a share in basis points."
    )
    pay_interval: PayInterval | None = described("The time that the amounts are paid for; null for a share.")
    minimum_basis_points: int | None = described("The lower end of a share: 25 is 0.25 percent. Null for money.")
    maximum_basis_points: int | None = described("The upper end of a share in basis points. Null for money.")
    visibility: BandVisibility = described("Who may read it.")
    note: str | None = described("Where it comes from or what it leaves out.")
    redacted_fields: list[str] = described("The fields that are null because the viewer may not read them.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
