"""What is told of applications as it happens, and to whom: by opening, by application, and to members personally."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, case, select, type_coerce

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.applications import events
from portal.applications.models import Application
from portal.applications.reach import shown_application
from portal.applications.reads import APPLICATION, REJECTION_REASON, of_application
from portal.openings.events import HiringTeamChanged
from portal.openings.reads import OPENING, SEAT, STAGE
from portal.organizations.reads import TEAM
from portal.people.events import GrantCreated, GrantRevoked
from portal.people.reads import GRANT
from portal.reading.entity import Computed, Entity, Field, Named, One, columns, everyone
from portal.reading.expressions import literal
from portal.reading.rows import Predicate, Row, Viewer, both, either
from portal.records.models import DomainEvent
from portal.records.streams import Stream, cursor_of, fact, fact_of, is_one_of, keys, only

READ = Permission.APPLICATION_READ
PIPELINE, APPLICATIONS, NOTIFICATIONS = "pipeline_changed", "application_changed", "notifications"

_of_application = of_application(DomainEvent.subject_id)


def _shown(viewer: Viewer, event: Row) -> Predicate:
    """Hidden where the application is."""
    return event.through(APPLICATION, DomainEvent.subject_id, lambda row: shown_application(viewer, row))


def _opening_id(_viewer: Viewer, event: Row) -> ColumnElement[object]:
    return event[DomainEvent.opening_id]


def _subject_id(_viewer: Viewer, event: Row) -> ColumnElement[object]:
    return event[DomainEvent.subject_id]


def _change(name: str, **more: Field) -> Entity[DomainEvent]:
    """One kind of change of an opening's pipeline: for whoever may read the application."""
    fields: dict[str, Field] = {
        "cursor": cursor_of(PIPELINE, _opening_id),
        **columns(DomainEvent.type, DomainEvent.origin, DomainEvent.occurred_at),
        "application": One(lambda: APPLICATION, DomainEvent.subject_id),
    }
    return Entity(name, DomainEvent, "", READ, _of_application, fields | more, unless=_shown)


def _stage(fact_name: str) -> Named:
    return Named(lambda: STAGE, fact_of(fact_name))


_REASON = Named(lambda: REJECTION_REASON, fact_of("reason_id"))
_SEAT = Named(lambda: SEAT, fact_of("seat_id"))

PIPELINE_CHANGES: Mapping[str, Entity[DomainEvent]] = {
    events.ApplicationCreated.type: _change("ApplicationCreated", to_stage=_stage("stage_id")),
    events.StageChange.type: _change(
        "ApplicationMoved", from_stage=_stage("from_stage_id"), to_stage=_stage("to_stage_id")
    ),
    events.ApplicationRejected.type: _change("ApplicationRejected", stage=_stage("stage_id"), reason=_REASON),
    events.ApplicationWithdrawn.type: _change("ApplicationWithdrawn", stage=_stage("stage_id"), reason=_REASON),
    events.ApplicationUnrejected.type: _change("ApplicationUnrejected", stage=_stage("stage_id")),
    events.ApplicationTransferred.type: _change("ApplicationTransferred"),
    events.ApplicationHired.type: _change("ApplicationHired", stage=_stage("stage_id"), seat=_SEAT),
    events.ApplicationUnhired.type: _change("ApplicationUnhired", stage=_stage("stage_id"), seat=_SEAT),
}

# What everybody who sees an application may know of: that it ended, went on or was hired.
_OF_PROGRESS = tuple(kind for kind in PIPELINE_CHANGES if kind != events.StageChange.type)
_OF_APPLICATION = (*PIPELINE_CHANGES, events.InterviewerAssigned.type, events.InterviewerUnassigned.type)


def _progress_or_read(viewer: Viewer, event: Row) -> Predicate:
    """Each step to those who read the application; to those who only see it, what changes its progress."""
    return both(
        _shown(viewer, event),
        either(is_one_of(*_OF_PROGRESS)(viewer, event), _of_application(viewer, READ, event)),
    )


APPLICATION_CHANGE: Entity[DomainEvent] = Entity(
    "ApplicationChange",
    DomainEvent,
    "",
    Permission.APPLICATION_SEE,
    _of_application,
    {
        "cursor": cursor_of(APPLICATIONS, _subject_id),
        **columns(DomainEvent.type, DomainEvent.origin, permission=READ),
        **columns(DomainEvent.occurred_at),
        "application": One(lambda: APPLICATION, DomainEvent.subject_id),
    },
    unless=_progress_or_read,
)

_INTERVIEWERS = (events.InterviewerAssigned.type, events.InterviewerUnassigned.type)
_GRANTS = (GrantCreated.type, GrantRevoked.type)
# Of whom one has referred or sourced: which of rejected and withdrawn is not told, as `progress` does not.
_OUTCOMES: Mapping[str, str] = {
    events.ApplicationHired.type: "REFERRAL_HIRED",
    events.ApplicationUnhired.type: "REFERRAL_REOPENED",
    events.ApplicationRejected.type: "REFERRAL_CLOSED",
    events.ApplicationWithdrawn.type: "REFERRAL_CLOSED",
    events.ApplicationUnrejected.type: "REFERRAL_REOPENED",
}
_KINDS: Mapping[str, str] = {
    events.InterviewerAssigned.type: "INTERVIEW_ASSIGNED",
    events.InterviewerUnassigned.type: "INTERVIEW_UNASSIGNED",
    HiringTeamChanged.type: "HIRING_TEAM_CHANGED",
    events.TeamMatchProposed.type: "TEAM_MATCH_PROPOSED",
    GrantCreated.type: "GRANT_CREATED",
    GrantRevoked.type: "GRANT_REVOKED",
    **_OUTCOMES,
}


def _kind(_viewer: Viewer, event: Row) -> ColumnElement[str]:
    return case(*((event[DomainEvent.type] == literal(type_), literal(kind)) for type_, kind in _KINDS.items()))


def _concerned(viewer: Viewer, event: Row) -> Predicate:
    """R22 holds as well: what happens to one's own application is not told."""
    me = viewer.fact("id", Uuid())
    named = [
        fact_of(name)(viewer, event) == me for name in ("membership_id", "added_membership_id", "removed_membership_id")
    ]
    application = APPLICATION.row(event.names)
    visible = application.visible(viewer)
    credited = application.select(
        application.table.c.id == event[DomainEvent.subject_id], application[Application.credited_to_id] == me, visible
    ).exists()
    teams = viewer.ids(READ, "proposed_teams")
    return either(
        both(is_one_of(*_INTERVIEWERS, *_GRANTS)(viewer, event), named[0]),
        both(is_one_of(HiringTeamChanged.type)(viewer, event), either(*named[1:])),
        both(is_one_of(events.TeamMatchProposed.type)(viewer, event), fact_of("team_id")(viewer, event) == any_(teams)),
        both(is_one_of(*_OUTCOMES)(viewer, event), credited),
    )


def _application_id(_viewer: Viewer, event: Row) -> ColumnElement[UUID]:
    """The application that an event is about, if it is about one: its subject, or among its facts."""
    of_match = fact_of("application_id")(_viewer, event)
    return case(
        (event[DomainEvent.subject_type] == literal("Application"), event[DomainEvent.subject_id]), else_=of_match
    )


def _grant_id(_viewer: Viewer, event: Row) -> ColumnElement[UUID]:
    return case((event[DomainEvent.subject_type] == literal("Grant"), event[DomainEvent.subject_id]))


NOTIFICATION: Entity[DomainEvent] = Entity(
    "Notification",
    DomainEvent,
    "",
    None,
    everyone,
    {
        "cursor": cursor_of(NOTIFICATIONS, lambda viewer, _event: type_coerce(viewer.fact("id", Uuid()), Uuid())),
        "kind": Computed(_kind),
        **columns(DomainEvent.occurred_at),
        "opening": One(lambda: OPENING, DomainEvent.opening_id),
        "application": Named(lambda: APPLICATION, _application_id),
        "team": Named(lambda: TEAM, fact_of("team_id")),
        "grant": Named(lambda: GRANT, _grant_id),
    },
    unless=_concerned,
)


def _of_member(actor: Actor) -> frozenset[UUID]:
    """Whatever names the member, or a team whose proposals they are shown."""
    own = frozenset() if actor.id is None else frozenset({actor.id})
    return own | actor.reach(READ).proposed_teams


_CREDITED = (
    select(Application.credited_to_id)
    .where(and_(Application.organization_id == DomainEvent.organization_id, Application.id == DomainEvent.subject_id))
    .correlate(DomainEvent)
    .scalar_subquery()
)

STREAMS = (
    Stream(
        PIPELINE,
        OPENING,
        "openingId",
        keys((only(*PIPELINE_CHANGES), DomainEvent.opening_id)),
        PIPELINE_CHANGES,
    ),
    Stream(
        APPLICATIONS,
        APPLICATION,
        "id",
        keys((only(*_OF_APPLICATION), DomainEvent.subject_id)),
        dict.fromkeys(_OF_APPLICATION, APPLICATION_CHANGE),
    ),
    Stream(
        NOTIFICATIONS,
        None,
        None,
        keys(
            (only(*_INTERVIEWERS, *_GRANTS), fact("membership_id")),
            (only(HiringTeamChanged.type), fact("added_membership_id")),
            (only(HiringTeamChanged.type), fact("removed_membership_id")),
            (only(events.TeamMatchProposed.type), fact("team_id")),
            (only(*_OUTCOMES), _CREDITED),
        ),
        dict.fromkeys(_KINDS, NOTIFICATION),
        _of_member,
    ),
)
