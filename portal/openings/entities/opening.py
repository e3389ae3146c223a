"""The opening itself and what is read of it in one row, and by whom."""

from sqlalchemy import and_, exists, false, func, or_

from portal.access.permissions import Permission, Way
from portal.database.base import aliased
from portal.openings.enums import PostingStatus
from portal.openings.models import CloseReason, Opening, Posting
from portal.openings.reach import in_scope
from portal.organizations.reads import DEPARTMENT
from portal.reading.entity import Attribute, Computed, Entity, Group, One, Through, columns, everyone
from portal.reading.rows import Predicate, Row, Viewer, constant, of_tenant_table

READ = Permission.OPENING_READ

# Postings that people inside the organization may see; an unlisted one is only known to those who have its address.
SHOWN = (PostingStatus.PUBLISHED, PostingStatus.INTERNAL)


def may(permission: Permission) -> Computed:
    """Whether the viewer holds a permission on this row: a field of `viewerCan`."""
    # A scope that a row lies in none of (an opening without a department) compares as null, and means no.
    return Computed(lambda viewer, row: func.coalesce(row.entity.holds(viewer, permission, row), false()))


def of_opening(foreign_key: Attribute) -> Through:
    """For rows of an opening: a permission is held on them where it is held on the opening."""
    return Through(lambda: OPENING, foreign_key)


def _posted(viewer: Viewer, permission: Permission, opening: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """Openings with a posting that people inside may see; never a confidential one."""
    posting = aliased(Posting, opening.names.next("posted"))
    shown = or_(*(posting.c.status == constant(status) for status in SHOWN))
    found = exists().where(of_tenant_table(posting), posting.c.opening_id == opening[Opening.id], shown)
    return and_(opening[Opening.is_confidential].is_(False), found.correlate_except(posting))


OPENING: Entity[Opening] = Entity(
    "Opening",
    Opening,
    "opn",
    Permission.OPENING_SEE,
    in_scope,
    {
        **columns(
            Opening.title,
            Opening.status,
            Opening.kind,
            Opening.is_confidential,
            Opening.created_at,
            Opening.updated_at,
            Opening.version,
        ),
        **columns(
            Opening.requisition_code,
            Opening.employment_type,
            Opening.seniority,
            Opening.relocation_offered,
            Opening.description,
            Opening.opened_at,
            Opening.held_at,
            Opening.closed_at,
            Opening.archived_at,
            Opening.closed_automatically,
            permission=READ,
        ),
        "department": One(lambda: DEPARTMENT, Opening.department_id, READ),
        "close_reason": One(lambda: CLOSE_REASON, Opening.close_reason_id, READ),
        "copied_from": One(lambda: OPENING, Opening.copied_from_id, READ),
        "viewer_can": Group(
            "OpeningRightsSummary",
            {
                "edit": may(Permission.OPENING_EDIT),
                "manage_seats": may(Permission.SEAT_MANAGE),
                "manage_pipeline": may(Permission.PIPELINE_MANAGE),
                "publish": may(Permission.POSTING_PUBLISH),
                "see_pay": may(Permission.COMPENSATION_READ),
                "edit_pay": may(Permission.COMPENSATION_EDIT),
                "submit_application": may(Permission.APPLICATION_CREATE),
                "read_applications": may(Permission.APPLICATION_READ),
            },
        ),
    },
    relations={Way.POSTED: _posted},
)

CLOSE_REASON: Entity[CloseReason] = Entity(
    "CloseReason",
    CloseReason,
    "clr",
    None,
    everyone,
    columns(
        CloseReason.name, CloseReason.archived_at, CloseReason.created_at, CloseReason.updated_at, CloseReason.version
    ),
)
