"""Where rights on applications reach: through their opening, or through a relation to the application itself."""

from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, all_, any_, exists, not_, or_, true

from portal.access.permissions import Permission
from portal.applications.models import Application, InterviewerAssignment, TeamMatch
from portal.database.base import aliased
from portal.openings.reach import in_scope
from portal.openings.reads import OPENING
from portal.reading.entity import Through
from portal.reading.rows import Predicate, Row, Viewer, both, either, of_tenant_table

# A permission is held on an application where its opening lies in the scope of a grant that gives it.
through_opening = Through(lambda: OPENING, Application.opening_id, in_scope)


def shown_application(viewer: Viewer, application: Row) -> Predicate:
    """R22 and R23: not the viewer's own, and a private candidate's only with the permission to see private ones."""
    shown: list[Predicate] = []
    if viewer.actor.own_candidate_ids:
        own = viewer.fact("own_candidate_ids", ARRAY(Uuid()))
        shown.append(application[Application.candidate_id] != all_(own))
    if not viewer.reach(Permission.CANDIDATE_PRIVATE).organization:
        public = not_(application[Application.candidate_is_private])
        if viewer.actor.may(Permission.CANDIDATE_PRIVATE):
            shown.append(either(public, application.entity.may(viewer, Permission.CANDIDATE_PRIVATE, application)))
        else:
            shown.append(public)
    return both(*shown)


def assigned(viewer: Viewer, permission: Permission, application: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """The viewer is assigned to interview, and has not been unassigned."""
    assignment = aliased(InterviewerAssignment, application.names.next("assigned"))
    return (
        exists()
        .where(
            of_tenant_table(assignment),
            assignment.c.application_id == application[Application.id],
            assignment.c.membership_id == viewer.fact("id", Uuid()),
            assignment.c.ended_at.is_(None),
        )
        .correlate_except(assignment)
    )


def credited(viewer: Viewer, permission: Permission, application: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """The viewer sourced, referred or submitted the candidate."""
    return application[Application.credited_to_id] == viewer.fact("id", Uuid())


def proposed(viewer: Viewer, permission: Permission, application: Row) -> Predicate:
    """The application was proposed to a team that the viewer manages."""
    match = aliased(TeamMatch, application.names.next("proposed"))
    teams = viewer.ids(permission, "proposed_teams")
    return (
        exists()
        .where(
            of_tenant_table(match),
            match.c.application_id == application[Application.id],
            match.c.team_id == any_(teams),
        )
        .correlate_except(match)
    )


def not_about_own(viewer: Viewer, record: Row, subject_id: ColumnElement[UUID]) -> Predicate:
    """R22 for the audit log and the feed: nobody reads there how their own applications fare."""
    if not viewer.actor.own_candidate_ids:
        return true()
    application = aliased(Application, record.names.next("own"))
    match = aliased(TeamMatch, record.names.next("own"))
    own = application.c.candidate_id == any_(viewer.fact("own_candidate_ids", ARRAY(Uuid())))
    of_it = exists().where(of_tenant_table(application), application.c.id == subject_id, own)
    matched = application.join(match, match.c.application_id == application.c.id)
    of_its_match = (
        exists()
        .select_from(matched)
        .where(of_tenant_table(application), of_tenant_table(match), match.c.id == subject_id, own)
    )
    return not_(or_(of_it.correlate_except(application), of_its_match.correlate_except(application, match)))
