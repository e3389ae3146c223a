"""What is told of openings as it happens, and to whom."""

from sqlalchemy import ColumnElement

from portal.access.permissions import Permission
from portal.openings import events
from portal.openings.reads import OPENING
from portal.reading.entity import Entity, One, Through, columns
from portal.reading.rows import Predicate, Row, Viewer, both, either
from portal.records.models import DomainEvent
from portal.records.streams import Stream, cursor_of, is_one_of, keys, only

NAME = "opening_changed"

# What everybody who sees the opening may know of: its status.
_OF_STATUS = tuple(
    event.type
    for event in (
        events.OpeningOpened,
        events.OpeningPutOnHold,
        events.OpeningResumed,
        events.OpeningClosed,
        events.OpeningReopened,
    )
)
_OF_OPENING = _OF_STATUS + tuple(
    event.type
    for event in (
        events.OpeningUpdated,
        events.OpeningArchived,
        events.OpeningUnarchived,
        events.HiringTeamChanged,
        events.PipelineReordered,
        events.SeatCreated,
        events.SeatUpdated,
        events.SeatOpened,
        events.SeatReserved,
        events.SeatFilled,
        events.SeatReopened,
        events.SeatClosed,
        events.PostingCreated,
        events.PostingUpdated,
        events.PostingPublished,
        events.PostingUnpublished,
        events.PostingExpired,
        events.StageCreated,
        events.StageUpdated,
        events.StageArchived,
        events.StageUnarchived,
    )
)
_OF_PAY = tuple(
    event.type
    for event in (
        events.CompensationBandCreated,
        events.CompensationBandUpdated,
        events.CompensationBandRemoved,
    )
)


_through_opening = Through(lambda: OPENING, DomainEvent.opening_id)


def _shown(viewer: Viewer, event: Row) -> Predicate:
    """Each event to those who may read what has changed."""
    may_read = _through_opening(viewer, Permission.OPENING_READ, event)
    sees_pay = _through_opening(viewer, Permission.COMPENSATION_READ, event)
    return either(
        is_one_of(*_OF_STATUS)(viewer, event),
        both(is_one_of(*_OF_OPENING)(viewer, event), may_read),
        both(is_one_of(*_OF_PAY)(viewer, event), sees_pay),
    )


def _opening_id(_viewer: Viewer, event: Row) -> ColumnElement[object]:
    return event[DomainEvent.opening_id]


OPENING_CHANGE: Entity[DomainEvent] = Entity(
    "OpeningChange",
    DomainEvent,
    "",
    Permission.OPENING_SEE,
    _through_opening,
    {
        "cursor": cursor_of(NAME, _opening_id),
        **columns(DomainEvent.type, DomainEvent.origin, DomainEvent.occurred_at),
        "opening": One(lambda: OPENING, DomainEvent.opening_id),
    },
    unless=_shown,
)

_TYPES = _OF_OPENING + _OF_PAY

STREAMS = (
    Stream(
        NAME,
        OPENING,
        "id",
        keys((only(*_TYPES), DomainEvent.opening_id)),
        dict.fromkeys(_TYPES, OPENING_CHANGE),
    ),
)
