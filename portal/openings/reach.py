"""Where rights on openings reach: the one predicate that decides who may do what on an opening.

A confidential opening is reached only by a grant on that very opening, or on the whole organization, that says so
(`include_confidential`); department, location and team grants never reach it.
"""

from sqlalchemy import any_, exists, false, not_, true

from portal.access.permissions import Permission
from portal.database.base import aliased
from portal.openings.models import Opening, OpeningLocation, OpeningTeam
from portal.reading.rows import Predicate, Row, Viewer, both, by_scope, either, of_tenant_table


@by_scope
def in_scope(viewer: Viewer, permission: Permission, opening: Row) -> Predicate:
    """Whether an opening lies in the scope of a grant that gives the permission."""
    reach = viewer.reach(permission)
    if reach.confidential:
        return true()
    open_to_all = not_(opening[Opening.is_confidential])
    explicit = _one_of(viewer, permission, "confidential_openings", opening) if reach.confidential_openings else false()
    if reach.organization:
        return either(open_to_all, explicit)
    scopes: list[Predicate] = []
    if reach.departments:
        scopes.append(opening[Opening.department_id] == any_(viewer.ids(permission, "departments")))
    if reach.locations:
        scopes.append(_linked(viewer, permission, "locations", opening))
    if reach.teams:
        scopes.append(_linked(viewer, permission, "teams", opening))
    if reach.openings:
        scopes.append(_one_of(viewer, permission, "openings", opening))
    return either(both(open_to_all, either(*scopes)), explicit)


def _one_of(viewer: Viewer, permission: Permission, kind: str, opening: Row) -> Predicate:
    return opening[Opening.id] == any_(viewer.ids(permission, kind))


def _linked(viewer: Viewer, permission: Permission, kind: str, opening: Row) -> Predicate:
    """Whether one of the opening's locations or teams is within the reach."""
    model = OpeningLocation if kind == "locations" else OpeningTeam
    link = aliased(model, opening.names.next(kind))
    scope = link.c.location_id if kind == "locations" else link.c.team_id
    return (
        exists()
        .where(
            of_tenant_table(link), link.c.opening_id == opening[Opening.id], scope == any_(viewer.ids(permission, kind))
        )
        .correlate_except(link)
    )
