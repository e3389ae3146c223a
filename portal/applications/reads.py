"""What can be read of applications and their way through the pipeline, and by whom."""

from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, case, false, func, literal_column, not_, true

from portal.access.permissions import Permission, Way
from portal.applications import occupancy  # noqa: F401 - it answers the openings area as soon as this one is known
from portal.applications.enums import ApplicationStatus
from portal.applications.models import Application, InterviewerAssignment, RejectionReason, StageTransition, TeamMatch
from portal.applications.occupancy import count_active
from portal.applications.reach import assigned, credited, not_about_own, proposed, shown_application, through_opening
from portal.candidates.reads import CANDIDATE, SOURCE
from portal.openings.models import Opening, Stage
from portal.openings.occupancy import answered_by
from portal.openings.reach import in_scope
from portal.openings.reads import OPENING, POSTING, SEAT, STAGE, may
from portal.organizations.reads import TEAM
from portal.people.reads import MEMBERSHIP
from portal.reading import filters
from portal.reading.entity import (
    AnyEntity,
    Attribute,
    Computed,
    Connection,
    Count,
    Entity,
    Group,
    Many,
    One,
    Order,
    Own,
    RowRule,
    Through,
    columns,
    everyone,
)
from portal.reading.expressions import literal, public_id
from portal.reading.roots import ById, Root
from portal.reading.rows import Predicate, Row, Same, Viewer, both, constant, either
from portal.records.models import AuditEvent
from portal.records.reads import show_only

READ = Permission.APPLICATION_READ
BATCH_PREFIX = "bat"


def _active(viewer: Viewer, application: Row) -> Predicate:  # noqa: ARG001 - a RowRule
    return application[Application.status] == constant(ApplicationStatus.ACTIVE)


def _days_in_stage(viewer: Viewer, application: Row) -> ColumnElement[float]:  # noqa: ARG001 - an Expression
    """Fractional days from entering its stage to the start of the read, or to its end if it has ended."""
    ended_at = func.coalesce(
        *(application[column] for column in (Application.rejected_at, Application.withdrawn_at, Application.hired_at)),
        # A transferred one: nothing happens to it any more.
        application[Application.last_activity_at],
    )
    is_active = application[Application.status] == constant(ApplicationStatus.ACTIVE)
    until = case((is_active, func.now()), else_=ended_at)
    # Not EXTRACT, which counts in slower numerics.
    seconds = func.date_part(literal("epoch"), until - application[Application.entered_stage_at], type_=Float())
    return seconds / literal_column("86400")


def _bucket(viewer: Viewer, application: Row) -> ColumnElement[str]:  # noqa: ARG001 - an Expression
    """What a referrer or an agency may know: in process, closed or hired."""
    status = application[Application.status]
    return case(
        (status == constant(ApplicationStatus.ACTIVE), literal("IN_PROCESS")),
        (status == constant(ApplicationStatus.HIRED), literal("HIRED")),
        else_=literal("CLOSED"),
    )


def _public_batch_id(viewer: Viewer, transition: Row) -> ColumnElement[str]:  # noqa: ARG001 - an Expression
    """A batch has no row of its own; its id looks like the others, so that `undoBatch` takes it."""
    return public_id(BATCH_PREFIX, transition[StageTransition.batch_id])


def of_application(foreign_key: Attribute) -> Through:
    """For rows of an application: a permission is held on them where it is held on the application."""
    return Through(lambda: APPLICATION, foreign_key)


def _shown(foreign_key: Attribute) -> RowRule:
    """For rows of an application: they are hidden where the application is."""

    def rule(viewer: Viewer, row: Row) -> Predicate:
        return row.through(APPLICATION, foreign_key, lambda application: shown_application(viewer, application))

    return rule


# An application is, and always was, in stages of its own opening (R2); its list in one is a part of the opening's.
_OPENING_OF_STAGE = ((Stage.opening_id, (Application.opening_id,)),)
_OPENING_OF_PASSED_STAGE = ((Stage.opening_id, (StageTransition.application_id, Application.opening_id)),)
_OPENING_OF_LIST = ((Application.opening_id, (Stage.opening_id,)),)

REJECTION_REASON: Entity[RejectionReason] = Entity(
    "RejectionReason",
    RejectionReason,
    "rej",
    None,
    everyone,
    columns(
        RejectionReason.name,
        RejectionReason.type,
        RejectionReason.system_code,
        RejectionReason.archived_at,
        RejectionReason.created_at,
        RejectionReason.updated_at,
        RejectionReason.version,
    ),
)

APPLICATION: Entity[Application] = Entity(
    "Application",
    Application,
    "app",
    Permission.APPLICATION_SEE,
    through_opening,
    {
        **columns(Application.applied_at, Application.created_at, Application.updated_at, Application.version),
        "progress": Computed(_bucket),
        **columns(
            Application.status,
            Application.entered_stage_at,
            Application.last_activity_at,
            Application.origin,
            Application.rejection_note,
            Application.rejected_at,
            Application.withdrawn_at,
            Application.hired_at,
            permission=READ,
        ),
        "days_in_stage": Computed(_days_in_stage, permission=READ),
        "candidate": One(lambda: CANDIDATE, Application.candidate_id),
        "opening": One(lambda: OPENING, Application.opening_id),
        "posting": One(lambda: POSTING, Application.posting_id, READ),
        "stage": One(lambda: STAGE, Application.stage_id, READ, same=_OPENING_OF_STAGE),
        "source": One(lambda: SOURCE, Application.source_id, READ),
        "credited_to": One(lambda: MEMBERSHIP, Application.credited_to_id, READ),
        "recruiter": One(lambda: MEMBERSHIP, Application.recruiter_id, READ),
        "coordinator": One(lambda: MEMBERSHIP, Application.coordinator_id, READ),
        "rejection_reason": One(lambda: REJECTION_REASON, Application.rejection_reason_id, READ),
        "seat": One(lambda: SEAT, Application.seat_id, READ),
        "transferred_from": One(lambda: APPLICATION, Application.transferred_from_id, READ),
        "transitions": Many(
            lambda: STAGE_TRANSITION, StageTransition.application_id, order=(StageTransition.occurred_at,)
        ),
        "interviewers": Many(
            lambda: INTERVIEWER_ASSIGNMENT,
            InterviewerAssignment.application_id,
            order=(InterviewerAssignment.created_at,),
            usual=3,
        ),
        "team_matches": Many(lambda: TEAM_MATCH, TeamMatch.application_id, order=(TeamMatch.created_at,), usual=3),
        "viewer_can": Group(
            "ApplicationRightsSummary",
            {
                "read": may(READ),
                "move": may(Permission.APPLICATION_MOVE),
                "reject": may(Permission.APPLICATION_REJECT),
                "hire": may(Permission.APPLICATION_HIRE),
                "assign_interviewer": may(Permission.APPLICATION_ASSIGN),
                "propose_team_match": may(Permission.TEAM_MATCH_PROPOSE),
            },
        ),
    },
    unless=shown_application,
    relations={Way.ASSIGNED: assigned, Way.CREDITED: credited, Way.PROPOSED: proposed},
)

STAGE_TRANSITION: Entity[StageTransition] = Entity(
    "StageTransition",
    StageTransition,
    "trn",
    READ,
    of_application(StageTransition.application_id),
    {
        **columns(
            StageTransition.from_status,
            StageTransition.to_status,
            StageTransition.occurred_at,
            StageTransition.seconds_in_from_stage,
            StageTransition.actor_kind,
            StageTransition.cause,
            StageTransition.note,
            StageTransition.created_at,
            StageTransition.updated_at,
            StageTransition.version,
        ),
        "application": One(lambda: APPLICATION, StageTransition.application_id),
        "from_stage": One(lambda: STAGE, StageTransition.from_stage_id, same=_OPENING_OF_PASSED_STAGE),
        "to_stage": One(lambda: STAGE, StageTransition.to_stage_id, same=_OPENING_OF_PASSED_STAGE),
        "actor": One(lambda: MEMBERSHIP, StageTransition.actor_id),
        "batch_id": Computed(_public_batch_id, nullable=True),
    },
    unless=_shown(StageTransition.application_id),
)

INTERVIEWER_ASSIGNMENT: Entity[InterviewerAssignment] = Entity(
    "InterviewerAssignment",
    InterviewerAssignment,
    "iva",
    READ,
    of_application(InterviewerAssignment.application_id),
    {
        **columns(
            InterviewerAssignment.ended_at,
            InterviewerAssignment.created_at,
            InterviewerAssignment.updated_at,
            InterviewerAssignment.version,
        ),
        "application": One(lambda: APPLICATION, InterviewerAssignment.application_id),
        "membership": One(lambda: MEMBERSHIP, InterviewerAssignment.membership_id),
        "assigned_by": One(lambda: MEMBERSHIP, InterviewerAssignment.assigned_by_id),
    },
    unless=_shown(InterviewerAssignment.application_id),
)

TEAM_MATCH: Entity[TeamMatch] = Entity(
    "TeamMatch",
    TeamMatch,
    "tmt",
    READ,
    of_application(TeamMatch.application_id),
    {
        **columns(TeamMatch.status, TeamMatch.created_at, TeamMatch.updated_at, TeamMatch.version),
        "application": One(lambda: APPLICATION, TeamMatch.application_id),
        "team": One(lambda: TEAM, TeamMatch.team_id),
    },
    unless=_shown(TeamMatch.application_id),
)

ENTITIES = (REJECTION_REASON, APPLICATION, STAGE_TRANSITION, INTERVIEWER_ASSIGNMENT, TEAM_MATCH)

_ORDERS = {
    "LAST_ACTIVITY_AT": Order(Application.last_activity_at, descending=True, instead=Application.applied_at),
    "APPLIED_AT": Order(Application.applied_at, descending=True),
}
_FILTERS = {
    "status": filters.choice(Application.status),
    "origin": filters.choice(Application.origin),
    "stage": filters.id_of("stg", Application.stage_id),
    "source": filters.id_of("src", Application.source_id),
    "opening": filters.id_of("opn", Application.opening_id),
    "candidate": filters.id_of("cnd", Application.candidate_id),
    "recruiter": filters.id_of("mem", Application.recruiter_id),
    "appliedAt": filters.instant(Application.applied_at),
    "lastActivityAt": filters.instant(Application.last_activity_at),
}


def _list(foreign_key: Attribute | None, where: RowRule | None = None, same: Same = ()) -> Connection:
    return Connection(lambda: APPLICATION, _ORDERS, "LAST_ACTIVITY_AT", foreign_key, _FILTERS, where, same=same)


def _interviewing(viewer: Viewer, permission: Permission, opening: Row) -> Predicate:
    """The opening of an application assigned to the viewer. Of a confidential one only the title is for them (R20)."""
    if permission is not Permission.OPENING_SEE and viewer.reach(permission).organization:
        return false()  # on all that are not confidential it is held already
    found = opening.any(
        APPLICATION, Application.opening_id, lambda application: assigned(viewer, permission, application)
    )
    if permission is Permission.OPENING_SEE:
        return found
    return and_(not_(opening[Opening.is_confidential]), found)


def _more_than_the_title(viewer: Viewer, permission: Permission, opening: Row) -> Predicate:
    """On a visible opening: not where it is confidential and only an assignment lets the viewer see it (R20)."""
    if permission is Permission.OPENING_SEE or Way.ASSIGNED not in viewer.reach(permission).ways:
        return true()
    return either(not_(opening[Opening.is_confidential]), opening.satisfies(in_scope, viewer, permission))


OPENING.extend(
    {
        "applications": _list(Application.opening_id),
        "active_application_count": Count(
            lambda: APPLICATION, Application.opening_id, _active, counting=Permission.APPLICATION_COUNT
        ),
    },
    {Way.ASSIGNED: _interviewing},
    apart=_more_than_the_title,
)
STAGE.extend(
    {
        "applications": _list(Application.stage_id, _active, _OPENING_OF_LIST),
        "application_count": Count(
            lambda: APPLICATION,
            Application.stage_id,
            _active,
            counting=Permission.APPLICATION_COUNT,
            same=_OPENING_OF_LIST,
        ),
    }
)
SEAT.extend(
    {
        "application": Own(
            lambda: APPLICATION,
            Application.seat_id,
            lambda _viewer, application: application[Application.status] == constant(ApplicationStatus.HIRED),
        )
    }
)


def _through_application(viewer: Viewer, permission: Permission, candidate: Row) -> Predicate:
    """Held on a candidate is what is held on an application of theirs that the viewer may see (R21)."""

    def held(application: Row) -> Predicate:
        seen = APPLICATION.may(viewer, Permission.APPLICATION_SEE, application)
        if viewer.same_reach(permission, Permission.APPLICATION_SEE):
            return seen
        return both(APPLICATION.may(viewer, permission, application), seen)

    if not viewer.actor.may(permission):
        return false()
    return candidate.any(APPLICATION, Application.candidate_id, held)


CANDIDATE.extend({"applications": _list(Application.candidate_id)}, also=_through_application)

# What the openings area asks before it puts an opening away.
answered_by(count_active)
show_only(not_about_own)


def _about_shown_people(viewer: Viewer, record: Row, subject_id: ColumnElement[UUID]) -> Predicate:
    """R23 for the feed: what happens to private candidates is told to those who see them. Who reads the audit log sees
    what was done to whom, private or not.
    """
    if record.entity.model is AuditEvent or viewer.reach(Permission.CANDIDATE_PRIVATE).organization:
        return true()
    return and_(
        true(), *(_not_hidden(entity, viewer, record, subject_id) for entity in (CANDIDATE, APPLICATION, TEAM_MATCH))
    )


def _not_hidden(entity: AnyEntity, viewer: Viewer, record: Row, subject_id: ColumnElement[UUID]) -> Predicate:
    subject = entity.row(record.names)
    hidden = not_(entity.shown(viewer, subject))
    return not_(subject.select(subject.table.c.id == subject_id, hidden).exists())


show_only(_about_shown_people)

ROOTS: dict[str, Root] = {
    "application": ById(APPLICATION),
    "applications": _list(None),
    "rejection_reasons": Connection(
        lambda: REJECTION_REASON, orders={"NAME": Order(RejectionReason.name)}, default_order="NAME"
    ),
}
