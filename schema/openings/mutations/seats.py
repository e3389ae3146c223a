"""Mutations of an opening's headcount."""

from datetime import date

import strawberry

from portal.openings.actions import seats
from portal.openings.actions.seats import SeatChanges
from portal.openings.lifecycle import SeatTerms
from portal.openings.reads import CLOSE_REASON, OPENING, SEAT
from portal.organizations.reads import TEAM
from schema.mutating import (
    Info,
    Payload,
    expected_version,
    given,
    given_id,
    id_of,
    idempotency_key,
    mutation,
    optional_id,
)
from schema.openings.enums import SeatReason
from schema.openings.types import Opening, Seat
from schema.reading import described, the


@strawberry.input(description="Seats to add, all for the same.")
class AddSeatsInput:
    opening_id: strawberry.ID = described("The opening's id.")
    count: int = described("How many, 1 to 1,000.", default=1)
    team_id: strawberry.ID | None = described("The team that they are for, one of the opening's.", default=None)
    reason: SeatReason = described("Why they exist.", default=SeatReason.NEW)
    backfill_for: str | None = described("Who left, for a backfill; at most 200 characters.", default=None)
    target_start_on: date | None = described("The day on which somebody should start.", default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What adding seats answers.")
class AddSeatsPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a seat. What is left out stays; null empties a field.")
class UpdateSeatInput:
    seat_id: strawberry.ID = described("The seat's id.")
    team_id: strawberry.ID | None = described(
        "The team that it is for, one of the opening's.", default=strawberry.UNSET
    )
    reason: SeatReason | None = described("Why it exists; not null.", default=strawberry.UNSET)
    backfill_for: str | None = described("Who left, at most 200 characters.", default=strawberry.UNSET)
    target_start_on: date | None = described("The day on which somebody should start.", default=strawberry.UNSET)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a seat answers.")
class UpdateSeatPayload(Payload):
    seat: Seat | None = described("The seat; null when nothing was changed.", default=None)


@strawberry.input(description="Which planned seat to open.")
class OpenSeatInput:
    seat_id: strawberry.ID = described("The seat's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What opening a seat answers.")
class OpenSeatPayload(Payload):
    seat: Seat | None = described("The seat; null when nothing was changed.", default=None)


@strawberry.input(description="Which seat to give up, and why.")
class CloseSeatInput:
    seat_id: strawberry.ID = described("The seat's id.")
    close_reason_id: strawberry.ID | None = described("Why; refused with REASON_REQUIRED without one.", default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What closing a seat answers.")
class CloseSeatPayload(Payload):
    seat: Seat | None = described("The seat; null when nothing was changed.", default=None)
    opening: Opening | None = described(
        "Its opening, which may have closed with it; null when nothing was changed.", default=None
    )


@strawberry.input(description="Which closed seat to take back.")
class ReopenSeatInput:
    seat_id: strawberry.ID = described("The seat's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What reopening a seat answers.")
class ReopenSeatPayload(Payload):
    seat: Seat | None = described("The seat; null when nothing was changed.", default=None)


@strawberry.input(description="For how many people an opening is.")
class ChangeHeadcountInput:
    opening_id: strawberry.ID = described("The opening's id.")
    headcount: int = described("How many seats are not closed afterwards, 0 to 1,000.")
    close_reason_id: strawberry.ID | None = described("Why seats are closed; needed where some are.", default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing the headcount answers.")
class ChangeHeadcountPayload(Payload):
    opening: Opening | None = described("The opening; null when nothing was changed.", default=None)


@strawberry.type
class SeatMutations:
    @mutation("Raise an opening's headcount. The seats are open at once where the opening is. Takes `seat:manage`.")
    async def add_seats(self, info: Info, input: AddSeatsInput) -> AddSeatsPayload:
        terms = SeatTerms(
            team_id=optional_id(TEAM, input.team_id),
            reason=input.reason,
            backfill_for=input.backfill_for,
            target_start_on=input.target_start_on,
        )
        done = await info.context.perform(
            input.idempotency_key,
            seats.add_seats,
            opening_id=id_of(OPENING, input.opening_id),
            count=input.count,
            terms=terms,
            expected_version=input.expected_version,
        )
        return AddSeatsPayload(opening=the(OPENING, done.opening_id))

    @mutation("Change whom a seat is for, why it exists or when somebody should start. Takes `seat:manage`.")
    async def update_seat(self, info: Info, input: UpdateSeatInput) -> UpdateSeatPayload:
        changes = SeatChanges(
            team_id=given_id(TEAM, input.team_id),
            reason=given(input.reason),
            backfill_for=given(input.backfill_for),
            target_start_on=given(input.target_start_on),
        )
        done = await info.context.perform(
            input.idempotency_key,
            seats.update_seat,
            seat_id=id_of(SEAT, input.seat_id),
            changes=changes,
            expected_version=input.expected_version,
        )
        return UpdateSeatPayload(seat=the(SEAT, done.seat_id))

    @mutation("Start to fill a planned seat of an opening that is open. Takes `seat:manage`.")
    async def open_seat(self, info: Info, input: OpenSeatInput) -> OpenSeatPayload:
        done = await info.context.perform(
            input.idempotency_key,
            seats.open_seat,
            seat_id=id_of(SEAT, input.seat_id),
            expected_version=input.expected_version,
        )
        return OpenSeatPayload(seat=the(SEAT, done.seat_id))

    @mutation("Give a seat up. A standard opening closes with its last one. Takes `seat:manage`.")
    async def close_seat(self, info: Info, input: CloseSeatInput) -> CloseSeatPayload:
        done = await info.context.perform(
            input.idempotency_key,
            seats.close_seat,
            seat_id=id_of(SEAT, input.seat_id),
            close_reason_id=optional_id(CLOSE_REASON, input.close_reason_id),
            expected_version=input.expected_version,
        )
        return CloseSeatPayload(seat=the(SEAT, done.seat_id), opening=the(OPENING, done.opening_id))

    @mutation("Take a closed seat of an open opening back into the headcount. Takes `seat:manage`.")
    async def reopen_seat(self, info: Info, input: ReopenSeatInput) -> ReopenSeatPayload:
        done = await info.context.perform(
            input.idempotency_key,
            seats.reopen_seat,
            seat_id=id_of(SEAT, input.seat_id),
            expected_version=input.expected_version,
        )
        return ReopenSeatPayload(seat=the(SEAT, done.seat_id))

    @mutation(
        "Add or close seats until the opening is for this many people, those filled or reserved included. "
        "Takes `seat:manage`."
    )
    async def change_headcount(self, info: Info, input: ChangeHeadcountInput) -> ChangeHeadcountPayload:
        done = await info.context.perform(
            input.idempotency_key,
            seats.change_headcount,
            opening_id=id_of(OPENING, input.opening_id),
            headcount=input.headcount,
            close_reason_id=optional_id(CLOSE_REASON, input.close_reason_id),
            expected_version=input.expected_version,
        )
        return ChangeHeadcountPayload(opening=the(OPENING, done.opening_id))
