"""The candidate itself, and by whom it is seen.

A candidate is reached through the whole database (with the permission to search it) or through an application that the
viewer may see; the applications area adds that second way. Nobody ever sees the record of themselves (R22).
"""

from sqlalchemy import ARRAY, Uuid, all_, false, not_, true

from portal.access.permissions import Permission
from portal.candidates.entities.lists import SOURCE
from portal.candidates.models import Candidate
from portal.openings.reads import may
from portal.people.reads import MEMBERSHIP
from portal.reading.entity import Attribute, Entity, Group, One, RowRule, Through, columns
from portal.reading.rows import Predicate, Row, Viewer, both, either

READ = Permission.CANDIDATE_READ
CONTACT = Permission.CANDIDATE_CONTACT

# What holding the whole database's search gives on a candidate whom no visible application leads to.
_WITH_SEARCH = frozenset({Permission.CANDIDATE_SEE, Permission.CANDIDATE_READ, Permission.CANDIDATE_SEARCH})


def _through_search(viewer: Viewer, permission: Permission, candidate: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """With the permission to search the whole database, a permission held for the organization counts on everybody."""
    reach = viewer.reach(permission)
    searched = viewer.reach(Permission.CANDIDATE_SEARCH).organization
    return true() if searched and (reach.organization or permission in _WITH_SEARCH) else false()


def _beyond_search(viewer: Viewer, permission: Permission, candidate: Row) -> Predicate:
    """On a visible candidate: searching shows everybody, but gives no rights on them beyond those in _WITH_SEARCH."""
    searched = viewer.reach(Permission.CANDIDATE_SEARCH).organization
    if permission in _WITH_SEARCH or viewer.reach(permission).organization or not searched:
        return true()
    return CANDIDATE.may(viewer, permission, candidate)


def _hidden(viewer: Viewer, candidate: Row) -> Predicate:
    """R22 and R23: not the viewer's own record, and private ones only with the permission to see them."""
    shown: list[Predicate] = []
    if viewer.actor.own_candidate_ids:
        shown.append(candidate[Candidate.id] != all_(viewer.fact("own_candidate_ids", ARRAY(Uuid()))))
    if not viewer.reach(Permission.CANDIDATE_PRIVATE).organization:
        permitted = CANDIDATE.may(viewer, Permission.CANDIDATE_PRIVATE, candidate)
        shown.append(either(not_(candidate[Candidate.is_private]), permitted))
    return both(*shown)


def of_candidate(foreign_key: Attribute) -> Through:
    """For rows of a candidate: a permission is held on them where it is held on the candidate."""
    return Through(lambda: CANDIDATE, foreign_key)


def shown_candidate(foreign_key: Attribute) -> RowRule:
    """For rows of a candidate: they are hidden where the candidate is."""

    def rule(viewer: Viewer, row: Row) -> Predicate:
        return row.through(CANDIDATE, foreign_key, lambda candidate: CANDIDATE.shown(viewer, candidate))

    return rule


CANDIDATE: Entity[Candidate] = Entity(
    "Candidate",
    Candidate,
    "cnd",
    Permission.CANDIDATE_SEE,
    _through_search,
    {
        **columns(Candidate.name, Candidate.headline, Candidate.created_at, Candidate.updated_at, Candidate.version),
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
        "viewer_can": Group(
            "CandidateRightsSummary",
            {
                "read": may(READ),
                "see_contact": may(CONTACT),
                "edit": may(Permission.CANDIDATE_EDIT),
            },
        ),
    },
    unless=_hidden,
    apart=_beyond_search,
)
