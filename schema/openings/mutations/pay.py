"""Mutations of what an opening pays."""

import strawberry

from portal.openings.actions import pay
from portal.openings.actions.pay import BandChanges
from portal.openings.reads import COMPENSATION_BAND, OPENING
from portal.openings.rules.pay import Band
from schema.mutating import Info, Payload, expected_version, given, id_of, idempotency_key, mutation
from schema.openings.enums import BandVisibility, PayComponent, PayInterval
from schema.openings.pay_types import CompensationBand
from schema.openings.types import Opening
from schema.reading import described, the
from schema.scalars import MinorUnits


@strawberry.input(description="A range of one part of the pay: either money, or for EQUITY_PERCENT basis points.")
class CreateCompensationBandInput:
    opening_id: strawberry.ID = described("The opening's id.")
    component: PayComponent = described("Which part of the pay it is about.")
    visibility: BandVisibility = described("Who may read it.", default=BandVisibility.INTERNAL)
    region: str | None = described("Where it applies, at most 200 characters; null for everywhere.", default=None)
    currency: str | None = described("ISO 4217 code; needed for money.", default=None)
    minimum_minor: MinorUnits | None = described("The lower end in minor units; null when open.", default=None)
    maximum_minor: MinorUnits | None = described("The upper end in minor units; null when open.", default=None)
    minimum_basis_points: int | None = described("The lower end of a share: 25 is 0.25 percent.", default=None)
    maximum_basis_points: int | None = described("The upper end of a share, at most 10,000.", default=None)
    pay_interval: PayInterval | None = described(
        "The time that the amounts are paid for; needed for money.", default=None
    )
    note: str | None = described("Where it comes from or what it leaves out; at most 10,000 characters.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a compensation band answers.")
class CreateCompensationBandPayload(Payload):
    compensation_band: CompensationBand | None = described("The band; null when nothing was changed.", default=None)
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a band. What is left out stays; null empties a field.")
class UpdateCompensationBandInput:
    compensation_band_id: strawberry.ID = described("The band's id.")
    component: PayComponent | None = described("Which part of the pay it is about; not null.", default=strawberry.UNSET)
    visibility: BandVisibility | None = described("Who may read it; not null.", default=strawberry.UNSET)
    region: str | None = described(
        "Where it applies, at most 200 characters; null for everywhere.", default=strawberry.UNSET
    )
    currency: str | None = described("ISO 4217 code; needed for money.", default=strawberry.UNSET)
    minimum_minor: MinorUnits | None = described(
        "The lower end in minor units; null when open.", default=strawberry.UNSET
    )
    maximum_minor: MinorUnits | None = described(
        "The upper end in minor units; null when open.", default=strawberry.UNSET
    )
    minimum_basis_points: int | None = described(
        "The lower end of a share: 25 is 0.25 percent.", default=strawberry.UNSET
    )
    maximum_basis_points: int | None = described("The upper end of a share, at most 10,000.", default=strawberry.UNSET)
    pay_interval: PayInterval | None = described(
        "The time that the amounts are paid for; needed for money.", default=strawberry.UNSET
    )
    note: str | None = described(
        "Where it comes from or what it leaves out; at most 10,000 characters.", default=strawberry.UNSET
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a compensation band answers.")
class UpdateCompensationBandPayload(Payload):
    compensation_band: CompensationBand | None = described("The band; null when nothing was changed.", default=None)
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="Which band to take away.")
class RemoveCompensationBandInput:
    compensation_band_id: strawberry.ID = described("The band's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking a compensation band away answers.")
class RemoveCompensationBandPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.type
class PayMutations:
    @mutation("Say what an opening pays for one component, in one region or everywhere. Takes `compensation:edit`.")
    async def create_compensation_band(
        self, info: Info, input: CreateCompensationBandInput
    ) -> CreateCompensationBandPayload:
        band = Band(
            component=input.component,
            visibility=input.visibility,
            region=input.region,
            currency=input.currency,
            minimum_minor=input.minimum_minor,
            maximum_minor=input.maximum_minor,
            minimum_basis_points=input.minimum_basis_points,
            maximum_basis_points=input.maximum_basis_points,
            pay_interval=input.pay_interval,
            note=input.note,
        )
        done = await info.context.perform(
            input.idempotency_key,
            pay.create_compensation_band,
            opening_id=id_of(OPENING, input.opening_id),
            given=band,
        )
        return CreateCompensationBandPayload(
            compensation_band=the(COMPENSATION_BAND, done.compensation_band_id), opening=the(OPENING, done.opening_id)
        )

    @mutation("Change a compensation band. Takes `compensation:edit`.")
    async def update_compensation_band(
        self, info: Info, input: UpdateCompensationBandInput
    ) -> UpdateCompensationBandPayload:
        changes = BandChanges(
            component=given(input.component),
            visibility=given(input.visibility),
            region=given(input.region),
            currency=given(input.currency),
            minimum_minor=given(input.minimum_minor),
            maximum_minor=given(input.maximum_minor),
            minimum_basis_points=given(input.minimum_basis_points),
            maximum_basis_points=given(input.maximum_basis_points),
            pay_interval=given(input.pay_interval),
            note=given(input.note),
        )
        done = await info.context.perform(
            input.idempotency_key,
            pay.update_compensation_band,
            compensation_band_id=id_of(COMPENSATION_BAND, input.compensation_band_id),
            changes=changes,
            expected_version=input.expected_version,
        )
        return UpdateCompensationBandPayload(
            compensation_band=the(COMPENSATION_BAND, done.compensation_band_id), opening=the(OPENING, done.opening_id)
        )

    @mutation("Take a compensation band from its opening. Takes `compensation:edit`.")
    async def remove_compensation_band(
        self, info: Info, input: RemoveCompensationBandInput
    ) -> RemoveCompensationBandPayload:
        done = await info.context.perform(
            input.idempotency_key,
            pay.remove_compensation_band,
            compensation_band_id=id_of(COMPENSATION_BAND, input.compensation_band_id),
            expected_version=input.expected_version,
        )
        return RemoveCompensationBandPayload(opening=the(OPENING, done.opening_id))
