"""What can be read of candidates and their profiles, and by whom.

A candidate is reached through the whole database (with the permission to search it) or through an application that the
viewer may see; the applications area adds that second way. Nobody ever sees the record of themselves (R22).
"""

from sqlalchemy import ARRAY, Uuid, all_, and_, false, not_, or_, true

from portal.access.permissions import Permission
from portal.candidates.models import (
    Candidate,
    CandidateLink,
    CandidateSkill,
    ContactPoint,
    Education,
    Employment,
    Source,
    Tag,
)
from portal.openings.reads import SKILL, may
from portal.people.reads import MEMBERSHIP
from portal.reading import filters
from portal.reading.entity import (
    Attribute,
    Connection,
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
from portal.reading.rows import Predicate, Row, Viewer

READ = Permission.CANDIDATE_READ

# What holding the whole database's search gives on a candidate whom no visible application leads to.
_WITH_SEARCH = frozenset({Permission.CANDIDATE_SEE, Permission.CANDIDATE_READ, Permission.CANDIDATE_SEARCH})


def _through_search(viewer: Viewer, permission: Permission, candidate: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """With the permission to search the whole database, a permission held for the organization counts on everybody."""
    reach = viewer.reach(permission)
    searched = viewer.reach(Permission.CANDIDATE_SEARCH).organization
    return true() if searched and (reach.organization or permission in _WITH_SEARCH) else false()


def _hidden(viewer: Viewer, candidate: Row) -> Predicate:
    """R22 and R23: not the viewer's own record, and private ones only with the permission to see them."""
    shown: list[Predicate] = []
    if viewer.actor.own_candidate_ids:
        shown.append(candidate[Candidate.id] != all_(viewer.fact("own_candidate_ids", ARRAY(Uuid()))))
    if not viewer.reach(Permission.CANDIDATE_PRIVATE).organization:
        permitted = CANDIDATE.may(viewer, Permission.CANDIDATE_PRIVATE, candidate)
        shown.append(or_(not_(candidate[Candidate.is_private]), permitted))
    return and_(true(), *shown)


def of_candidate(foreign_key: Attribute) -> MayRule:
    """For rows of a candidate: a permission is held on them where it is held on the candidate."""

    def rule(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        return row.through(CANDIDATE, foreign_key, lambda candidate: CANDIDATE.may(viewer, permission, candidate))

    return rule


def shown_candidate(foreign_key: Attribute) -> RowRule:
    """For rows of a candidate: they are hidden where the candidate is."""

    def rule(viewer: Viewer, row: Row) -> Predicate:
        return row.through(CANDIDATE, foreign_key, lambda candidate: CANDIDATE.shown(viewer, candidate))

    return rule


SOURCE = Entity(
    "Source",
    Source,
    "src",
    None,
    everyone,
    columns(Source.name, Source.type, Source.archived_at, Source.created_at, Source.updated_at, Source.version),
)

TAG = Entity(
    "Tag",
    Tag,
    "tag",
    Permission.ORGANIZATION_READ,
    organization_wide,
    columns(Tag.name, Tag.slug, Tag.created_at, Tag.updated_at, Tag.version),
)

CANDIDATE = Entity(
    "Candidate",
    Candidate,
    "cnd",
    Permission.CANDIDATE_SEE,
    _through_search,
    {
        **columns(
            Candidate.name, Candidate.headline, Candidate.created_at, Candidate.updated_at, Candidate.version
        ),
        **columns(
            Candidate.first_name,
            Candidate.last_name,
            Candidate.preferred_name,
            Candidate.summary,
            Candidate.location,
            Candidate.timezone,
            Candidate.is_private,
            Candidate.is_internal,
            Candidate.can_email,
            Candidate.tags,
            permission=READ,
        ),
        "source": One(lambda: SOURCE, Candidate.source_id, READ),
        "linked_membership": One(lambda: MEMBERSHIP, Candidate.linked_membership_id, READ),
        "contact_points": Many(
            lambda: CONTACT_POINT, ContactPoint.candidate_id, order=(ContactPoint.kind, ContactPoint.created_at)
        ),
        "links": Many(lambda: CANDIDATE_LINK, CandidateLink.candidate_id, order=(CandidateLink.created_at,)),
        "employments": Many(lambda: EMPLOYMENT, Employment.candidate_id, order=(Employment.position,)),
        "educations": Many(lambda: EDUCATION, Education.candidate_id, order=(Education.position,)),
        "skills": Many(lambda: CANDIDATE_SKILL, CandidateSkill.candidate_id, order=(CandidateSkill.created_at,)),
        "viewer_can": Group(
            "CandidateViewerCan",
            {
                "read": may(READ),
                "see_contact": may(Permission.CANDIDATE_CONTACT),
                "edit": may(Permission.CANDIDATE_EDIT),
            },
        ),
    },
    unless=_hidden,
)

CONTACT_POINT = Entity(
    "ContactPoint",
    ContactPoint,
    "cpt",
    Permission.CANDIDATE_CONTACT,
    of_candidate(ContactPoint.candidate_id),
    {
        **columns(
            ContactPoint.kind,
            ContactPoint.value,
            ContactPoint.label,
            ContactPoint.is_primary,
            ContactPoint.created_at,
            ContactPoint.updated_at,
            ContactPoint.version,
        ),
    },
    unless=shown_candidate(ContactPoint.candidate_id),
)

CANDIDATE_LINK = Entity(
    "CandidateLink",
    CandidateLink,
    "cln",
    Permission.CANDIDATE_CONTACT,
    of_candidate(CandidateLink.candidate_id),
    columns(
        CandidateLink.kind, CandidateLink.url, CandidateLink.created_at, CandidateLink.updated_at, CandidateLink.version
    ),
    unless=shown_candidate(CandidateLink.candidate_id),
)

EMPLOYMENT = Entity(
    "Employment",
    Employment,
    "emp",
    READ,
    of_candidate(Employment.candidate_id),
    columns(
        Employment.company,
        Employment.title,
        Employment.location,
        Employment.url,
        Employment.started_on,
        Employment.started_precision,
        Employment.ended_on,
        Employment.ended_precision,
        Employment.is_current,
        Employment.summary,
        Employment.highlights,
        Employment.created_at,
        Employment.updated_at,
        Employment.version,
    ),
    unless=shown_candidate(Employment.candidate_id),
)

EDUCATION = Entity(
    "Education",
    Education,
    "edu",
    READ,
    of_candidate(Education.candidate_id),
    columns(
        Education.institution,
        Education.area,
        Education.degree,
        Education.url,
        Education.started_on,
        Education.started_precision,
        Education.ended_on,
        Education.ended_precision,
        Education.score,
        Education.courses,
        Education.created_at,
        Education.updated_at,
        Education.version,
    ),
    unless=shown_candidate(Education.candidate_id),
)

CANDIDATE_SKILL = Entity(
    "CandidateSkill",
    CandidateSkill,
    "csk",
    READ,
    of_candidate(CandidateSkill.candidate_id),
    {
        **columns(
            CandidateSkill.level,
            CandidateSkill.keywords,
            CandidateSkill.created_at,
            CandidateSkill.updated_at,
            CandidateSkill.version,
        ),
        "skill": One(lambda: SKILL, CandidateSkill.skill_id),
    },
    unless=shown_candidate(CandidateSkill.candidate_id),
)

ENTITIES = (SOURCE, TAG, CANDIDATE, CONTACT_POINT, CANDIDATE_LINK, EMPLOYMENT, EDUCATION, CANDIDATE_SKILL)


ROOTS: dict[str, Root] = {
    "candidate": ById(CANDIDATE),
    "candidates": Connection(
        lambda: CANDIDATE,
        orders={
            "UPDATED_AT": Order(Candidate.updated_at, descending=True),
            "CREATED_AT": Order(Candidate.created_at, descending=True),
            "NAME": Order(Candidate.name),
        },
        default_order="UPDATED_AT",
        filters={
            "name": filters.text(Candidate.name),
            "isInternal": filters.flag(Candidate.is_internal),
            "isPrivate": filters.flag(Candidate.is_private),
            "source": filters.id_of("src", Candidate.source_id),
            "createdAt": filters.instant(Candidate.created_at),
            "updatedAt": filters.instant(Candidate.updated_at),
        },
    ),
    "sources": Connection(lambda: SOURCE, orders={"NAME": Order(Source.name)}, default_order="NAME"),
    "tags": Connection(lambda: TAG, orders={"NAME": Order(Tag.name)}, default_order="NAME"),
}
