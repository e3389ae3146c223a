"""What can be read of openings and what belongs to them, and by whom."""

from sqlalchemy import and_, exists, or_

from portal.access.permissions import Permission, Way
from portal.openings.enums import BandVisibility, HiringRole, PostingStatus, SeatStatus
from portal.openings.models import (
    CloseReason,
    CompensationBand,
    HiringTeamMember,
    Opening,
    OpeningLocation,
    OpeningSkill,
    OpeningTeam,
    Posting,
    Seat,
    Skill,
    Stage,
    StageTemplate,
)
from portal.openings.reach import in_scope
from portal.organizations.reads import DEPARTMENT, LOCATION, TEAM
from portal.people.reads import MEMBERSHIP
from portal.reading import filters
from portal.reading.entity import (
    Attribute,
    Computed,
    Connection,
    Counts,
    Documents,
    Entity,
    Group,
    Many,
    MayRule,
    One,
    Order,
    RowRule,
    columns,
    everyone,
    organization_wide,
)
from portal.reading.roots import ById, Root
from portal.reading.rows import Predicate, Row, Viewer, constant, of_tenant_table
from portal.records.reads import AUDIT_EVENT, DOMAIN_EVENT

READ = Permission.OPENING_READ

# Postings that people inside the organization may see; an unlisted one is only known to those who have its address.
SHOWN = (PostingStatus.PUBLISHED, PostingStatus.INTERNAL)


def may(permission: Permission) -> Computed:
    """Whether the viewer holds a permission on this row: a field of `viewerCan`."""
    return Computed(lambda viewer, row: row.entity.holds(viewer, permission, row))


def of_opening(foreign_key: Attribute) -> MayRule:
    """For rows of an opening: a permission is held on them where it is held on the opening."""

    def rule(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        return row.through(OPENING, foreign_key, lambda opening: OPENING.may(viewer, permission, opening))

    return rule


def _posted(viewer: Viewer, permission: Permission, opening: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """Openings with a posting that people inside may see; never a confidential one."""
    posting = Posting.__table__.alias(opening.names.next("posted"))
    shown = or_(*(posting.c.status == constant(status) for status in SHOWN))
    found = exists().where(of_tenant_table(posting), posting.c.opening_id == opening[Opening.id], shown)
    return and_(opening[Opening.is_confidential].is_(False), found.correlate_except(posting))


def _seat_is(status: SeatStatus) -> RowRule:
    return lambda _viewer, seat: seat[Seat.status] == constant(status)


OPENING = Entity(
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
        "teams": Many(lambda: OPENING_TEAM, OpeningTeam.opening_id, order=(OpeningTeam.priority,)),
        "locations": Many(lambda: OPENING_LOCATION, OpeningLocation.opening_id),
        "seats": Many(lambda: SEAT, Seat.opening_id, order=(Seat.number,)),
        "seat_counts": Counts(
            "SeatCounts",
            lambda: SEAT,
            Seat.opening_id,
            {"total": None, **{status.value.lower(): _seat_is(status) for status in SeatStatus}},
            permission=READ,
        ),
        "hiring_team": Many(lambda: HIRING_TEAM_MEMBER, HiringTeamMember.opening_id, order=(HiringTeamMember.role,)),
        "hiring_managers": Many(
            lambda: HIRING_TEAM_MEMBER,
            HiringTeamMember.opening_id,
            where=lambda _viewer, member: member[HiringTeamMember.role] == constant(HiringRole.HIRING_MANAGER),
        ),
        "compensation_bands": Many(
            lambda: COMPENSATION_BAND, CompensationBand.opening_id, order=(CompensationBand.created_at,)
        ),
        "postings": Many(lambda: POSTING, Posting.opening_id, order=(Posting.created_at,)),
        "skills": Many(lambda: OPENING_SKILL, OpeningSkill.opening_id, order=(OpeningSkill.created_at,)),
        "stages": Many(
            lambda: STAGE,
            Stage.opening_id,
            order=(Stage.position,),
            where=lambda _viewer, stage: stage[Stage.archived_at].is_(None),
        ),
        "archived_stages": Many(
            lambda: STAGE,
            Stage.opening_id,
            order=(Stage.position,),
            where=lambda _viewer, stage: stage[Stage.archived_at].is_not(None),
        ),
        "viewer_can": Group(
            "OpeningViewerCan",
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

CLOSE_REASON = Entity(
    "CloseReason",
    CloseReason,
    "clr",
    None,
    everyone,
    columns(
        CloseReason.name, CloseReason.archived_at, CloseReason.created_at, CloseReason.updated_at, CloseReason.version
    ),
)

STAGE_TEMPLATE = Entity(
    "StageTemplate",
    StageTemplate,
    "stt",
    Permission.ORGANIZATION_READ,
    organization_wide,
    columns(
        StageTemplate.kind,
        StageTemplate.name,
        StageTemplate.position,
        StageTemplate.created_at,
        StageTemplate.updated_at,
        StageTemplate.version,
    ),
)

OPENING_TEAM = Entity(
    "OpeningTeam",
    OpeningTeam,
    "opt",
    READ,
    of_opening(OpeningTeam.opening_id),
    {
        **columns(
            OpeningTeam.seat_target,
            OpeningTeam.priority,
            OpeningTeam.created_at,
            OpeningTeam.updated_at,
            OpeningTeam.version,
        ),
        "opening": One(lambda: OPENING, OpeningTeam.opening_id),
        "team": One(lambda: TEAM, OpeningTeam.team_id),
    },
)

OPENING_LOCATION = Entity(
    "OpeningLocation",
    OpeningLocation,
    "opl",
    READ,
    of_opening(OpeningLocation.opening_id),
    {
        **columns(OpeningLocation.created_at, OpeningLocation.updated_at, OpeningLocation.version),
        "opening": One(lambda: OPENING, OpeningLocation.opening_id),
        "location": One(lambda: LOCATION, OpeningLocation.location_id),
    },
)

SEAT = Entity(
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

HIRING_TEAM_MEMBER = Entity(
    "HiringTeamMember",
    HiringTeamMember,
    "htm",
    READ,
    of_opening(HiringTeamMember.opening_id),
    {
        **columns(
            HiringTeamMember.role,
            HiringTeamMember.is_responsible,
            HiringTeamMember.created_at,
            HiringTeamMember.updated_at,
            HiringTeamMember.version,
        ),
        "opening": One(lambda: OPENING, HiringTeamMember.opening_id),
        "membership": One(lambda: MEMBERSHIP, HiringTeamMember.membership_id),
    },
)


def _band_may(viewer: Viewer, permission: Permission, band: Row) -> Predicate:
    """A public band is as visible as its opening; an internal one takes its own permission (R26)."""
    of_band = of_opening(CompensationBand.opening_id)
    if permission is not READ:
        return of_band(viewer, permission, band)
    public = band[CompensationBand.visibility] == constant(BandVisibility.PUBLIC)
    return or_(and_(public, of_band(viewer, READ, band)), of_band(viewer, Permission.COMPENSATION_READ, band))


def _money(amount: Attribute) -> Group:
    return Group(
        "Money",
        {"amount_minor": Computed(lambda _viewer, band: band[amount]), **columns(CompensationBand.currency)},
        present=lambda _viewer, band: band[amount].is_not(None),
    )


COMPENSATION_BAND = Entity(
    "CompensationBand",
    CompensationBand,
    "band",
    READ,
    _band_may,
    {
        **columns(
            CompensationBand.region,
            CompensationBand.component,
            CompensationBand.minimum_basis_points,
            CompensationBand.maximum_basis_points,
            CompensationBand.pay_interval,
            CompensationBand.visibility,
            CompensationBand.created_at,
            CompensationBand.updated_at,
            CompensationBand.version,
        ),
        **columns(CompensationBand.note, permission=Permission.COMPENSATION_READ),
        "minimum": _money(CompensationBand.minimum_minor),
        "maximum": _money(CompensationBand.maximum_minor),
        "opening": One(lambda: OPENING, CompensationBand.opening_id),
    },
)


def _posting_may(viewer: Viewer, permission: Permission, posting: Row) -> Predicate:
    """What is posted may be read by all who see its opening; a draft only by those who read the opening."""
    of_posting = of_opening(Posting.opening_id)
    if permission is not READ:
        return of_posting(viewer, permission, posting)
    posted = or_(*(posting[Posting.status] == constant(status) for status in SHOWN))
    return or_(of_posting(viewer, READ, posting), and_(posted, of_posting(viewer, Permission.OPENING_SEE, posting)))


POSTING = Entity(
    "Posting",
    Posting,
    "pst",
    READ,
    _posting_may,
    {
        **columns(
            Posting.title,
            Posting.language,
            Posting.status,
            Posting.location_name,
            Posting.body_html,
            Posting.body_text,
            Posting.eeo_statement,
            Posting.accommodation_contact,
            Posting.url,
            Posting.valid_through,
            Posting.first_published_at,
            Posting.published_at,
            Posting.unpublished_at,
            Posting.created_at,
            Posting.updated_at,
            Posting.version,
        ),
        "sections": Documents(
            "PostingSection", Posting.sections, {"heading": "heading", "html": "html", "text": "text"}
        ),
        "location": One(lambda: LOCATION, Posting.location_id),
        "opening": One(lambda: OPENING, Posting.opening_id),
    },
)

SKILL = Entity(
    "Skill",
    Skill,
    "skl",
    Permission.ORGANIZATION_READ,
    organization_wide,
    columns(
        Skill.name, Skill.slug, Skill.aliases, Skill.archived_at, Skill.created_at, Skill.updated_at, Skill.version
    ),
)

OPENING_SKILL = Entity(
    "OpeningSkill",
    OpeningSkill,
    "ops",
    READ,
    of_opening(OpeningSkill.opening_id),
    {
        **columns(OpeningSkill.level, OpeningSkill.created_at, OpeningSkill.updated_at, OpeningSkill.version),
        "opening": One(lambda: OPENING, OpeningSkill.opening_id),
        "skill": One(lambda: SKILL, OpeningSkill.skill_id),
    },
)

STAGE = Entity(
    "Stage",
    Stage,
    "stg",
    READ,
    of_opening(Stage.opening_id),
    {
        **columns(
            Stage.kind,
            Stage.name,
            Stage.position,
            Stage.archived_at,
            Stage.created_at,
            Stage.updated_at,
            Stage.version,
        ),
        "opening": One(lambda: OPENING, Stage.opening_id),
    },
)

ENTITIES = (
    OPENING,
    CLOSE_REASON,
    STAGE_TEMPLATE,
    OPENING_TEAM,
    OPENING_LOCATION,
    SEAT,
    HIRING_TEAM_MEMBER,
    COMPENSATION_BAND,
    POSTING,
    SKILL,
    OPENING_SKILL,
    STAGE,
)


ROOTS: dict[str, Root] = {
    "opening": ById(OPENING),
    "openings": Connection(
        lambda: OPENING,
        orders={
            "UPDATED_AT": Order(Opening.updated_at, descending=True),
            "CREATED_AT": Order(Opening.created_at, descending=True),
            "TITLE": Order(Opening.title),
        },
        default_order="UPDATED_AT",
        filters={
            "title": filters.text(Opening.title),
            "requisitionCode": filters.text(Opening.requisition_code),
            "status": filters.choice(Opening.status),
            "kind": filters.choice(Opening.kind),
            "employmentType": filters.choice(Opening.employment_type),
            "department": filters.id_of("dep", Opening.department_id),
            "isConfidential": filters.flag(Opening.is_confidential),
            "openedAt": filters.instant(Opening.opened_at),
            "createdAt": filters.instant(Opening.created_at),
            "updatedAt": filters.instant(Opening.updated_at),
        },
    ),
    "skills": Connection(
        lambda: SKILL,
        orders={"NAME": Order(Skill.name), "CREATED_AT": Order(Skill.created_at)},
        default_order="NAME",
        filters={"name": filters.text(Skill.name), "slug": filters.text(Skill.slug)},
    ),
    "stage_templates": Connection(
        lambda: STAGE_TEMPLATE,
        orders={"POSITION": Order(StageTemplate.position)},
        default_order="POSITION",
    ),
    "close_reasons": Connection(lambda: CLOSE_REASON, orders={"NAME": Order(CloseReason.name)}, default_order="NAME"),
}


def _on_opening(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
    """A record about an opening shows to whom the permission is held on that opening (R20: never a confidential one's)."""
    opening_id = row.entity.model.opening_id  # type: ignore[attr-defined] # both kinds of records have it
    return row.through(OPENING, opening_id, lambda opening: in_scope(viewer, permission, opening))


AUDIT_EVENT.extend(also=_on_opening)
DOMAIN_EVENT.extend(also=_on_opening)
