"""What can be read of openings and what belongs to them, and by whom: all entities together, and where reads start."""

from typing import Any

from sqlalchemy import not_

from portal.openings.entities.opening import CLOSE_REASON, OPENING, may, of_opening
from portal.openings.entities.pay import COMPENSATION_BAND
from portal.openings.entities.postings import POSTING
from portal.openings.entities.seats import SEAT
from portal.openings.entities.skills import OPENING_SKILL, SKILL
from portal.openings.entities.staffing import HIRING_TEAM_MEMBER, OPENING_LOCATION, OPENING_TEAM
from portal.openings.entities.stages import STAGE, STAGE_TEMPLATE
from portal.openings.models import (
    CloseReason,
    HiringTeamMember,
    Opening,
    OpeningLocation,
    OpeningTeam,
    Skill,
    StageTemplate,
)
from portal.openings.reach import in_scope
from portal.people.models import Grant
from portal.people.reads import GRANT
from portal.reading import filters
from portal.reading.arguments import as_leaf
from portal.reading.entity import AnyEntity, Attribute, Connection, One, Order, Through
from portal.reading.filters import Bind, Filter
from portal.reading.roots import ById, Root
from portal.reading.rows import Predicate, Row, Viewer, both
from portal.records.models import AuditEvent, DomainEvent
from portal.records.reads import AUDIT_EVENT, DOMAIN_EVENT

__all__ = [
    "CLOSE_REASON",
    "COMPENSATION_BAND",
    "ENTITIES",
    "HIRING_TEAM_MEMBER",
    "OPENING",
    "OPENING_LOCATION",
    "OPENING_SKILL",
    "OPENING_TEAM",
    "POSTING",
    "ROOTS",
    "SEAT",
    "SKILL",
    "STAGE",
    "STAGE_TEMPLATE",
    "may",
    "of_opening",
]

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


def _with(entity: AnyEntity, opening: Attribute, prefix: str, attribute: Attribute) -> Filter:
    """Openings with a team, location or member: some row of theirs, one that the viewer may see, names it."""
    named = filters.id_of(prefix, attribute)

    def compare(viewer: Viewer, row: Row, comparator: str, value: Any, bind: Bind) -> Predicate:  # Any: as in Filter
        link = entity.row(row.names)
        link.known[opening.key] = row
        inside = both(link[opening] == row.table.c.id, link.visible(viewer))
        if comparator == "isNull":
            found = link.select(inside).exists()
            return not_(found) if as_leaf(value).known() else found
        return link.select(inside, named.compare(viewer, link, comparator, value, bind)).exists()

    return Filter(compare, weight=5)


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
            "team": _with(OPENING_TEAM, OpeningTeam.opening_id, "team", OpeningTeam.team_id),
            "location": _with(OPENING_LOCATION, OpeningLocation.opening_id, "loc", OpeningLocation.location_id),
            "hiringTeamMember": _with(
                HIRING_TEAM_MEMBER, HiringTeamMember.opening_id, "mem", HiringTeamMember.membership_id
            ),
            "isConfidential": filters.flag(Opening.is_confidential),
            "openedAt": filters.instant(Opening.opened_at),
            "createdAt": filters.instant(Opening.created_at),
            "updatedAt": filters.instant(Opening.updated_at),
        },
    ),
    "skill": ById(SKILL),
    "skills": Connection(
        lambda: SKILL,
        orders={"NAME": Order(Skill.name), "CREATED_AT": Order(Skill.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(Skill.name),
            "slug": filters.text(Skill.slug),
            "archivedAt": filters.instant(Skill.archived_at),
        },
    ),
    "stage_templates": Connection(
        lambda: STAGE_TEMPLATE,
        orders={"POSITION": Order(StageTemplate.position)},
        default_order="POSITION",
    ),
    "close_reasons": Connection(
        lambda: CLOSE_REASON,
        orders={"NAME": Order(CloseReason.name)},
        default_order="NAME",
        filters={"archivedAt": filters.instant(CloseReason.archived_at)},
    ),
}


GRANT.extend({"opening": One(lambda: OPENING, Grant.scope_id)})
# A record about an opening shows to whom the permission is held on it (R20: never a confidential one's).
AUDIT_EVENT.extend(also=Through(lambda: OPENING, AuditEvent.opening_id, in_scope))
DOMAIN_EVENT.extend(also=Through(lambda: OPENING, DomainEvent.opening_id, in_scope))
