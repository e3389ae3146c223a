"""The seats of an opening: its headcount, one row per head."""

from portal.openings.entities.opening import CLOSE_REASON, OPENING, READ, of_opening
from portal.openings.enums import SeatStatus
from portal.openings.models import Seat
from portal.organizations.reads import TEAM
from portal.reading.entity import Counts, Entity, Many, One, RowRule, columns
from portal.reading.rows import constant


def _seat_is(status: SeatStatus) -> RowRule:
    return lambda _viewer, seat: seat[Seat.status] == constant(status)


SEAT: Entity[Seat] = Entity(
    "Seat",
    Seat,
    "seat",
    READ,
    of_opening(Seat.opening_id),
    {
        **columns(
            Seat.number,
            Seat.status,
            Seat.reason,
            Seat.backfill_for,
            Seat.target_start_on,
            Seat.opened_at,
            Seat.filled_at,
            Seat.closed_at,
            Seat.created_at,
            Seat.updated_at,
            Seat.version,
        ),
        "opening": One(lambda: OPENING, Seat.opening_id),
        "team": One(lambda: TEAM, Seat.team_id),
        "close_reason": One(lambda: CLOSE_REASON, Seat.close_reason_id),
    },
)

OPENING.extend(
    {
        "seats": Many(lambda: SEAT, Seat.opening_id, order=(Seat.number,)),
        "seat_counts": Counts(
            "SeatStats",
            lambda: SEAT,
            Seat.opening_id,
            {"total": None, **{status.value.lower(): _seat_is(status) for status in SeatStatus}},
            permission=READ,
        ),
    }
)
