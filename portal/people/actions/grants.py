"""Grants on the organization, departments, locations and teams; openings give their own, in the area above."""

from uuid import UUID

from portal.access.actions import action
from portal.access.actor import Reach
from portal.access.enums import ScopeType
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_choosable
from portal.errors import InvalidInput
from portal.organizations.models import Department, Location, Team
from portal.organizations.reads import DEPARTMENT, LOCATION, TEAM
from portal.people import rules
from portal.people.actions.results import GrantResult
from portal.people.granting import check_not_oneself, give, revoke
from portal.people.reads import GRANT
from portal.people.rules import GrantTerms, RoleTerms


@action(Permission.GRANT_MANAGE)
async def grant_role(work: Work, *, terms: GrantTerms) -> GrantResult:
    """Let a member or service account do what a role does, in the organization or a part of it, for good or for a time.

    Raises OwnGrant for oneself, BeyondOwnRights for more than the giver has there (R35), InvalidInput for an opening
    (see `grant_opening_role`) or an archived part, AlreadyDone when the same grant is in force.
    """
    rules.check_grant(terms, at=work.now)
    await check_scope(work, terms)
    row = await give(
        work,
        terms,
        covers=lambda reach: includes(reach, terms),
        # Only the whole organization comes with its confidential openings; `check_grant` has refused the others.
        covers_confidential=lambda reach: reach.confidential,
    )
    return GrantResult(row.id)


@action(Permission.GRANT_MANAGE)
async def revoke_grant(work: Work, *, grant_id: UUID) -> GrantResult:
    """End a grant, of whatever scope, from the next request of its holder on.

    Raises OwnGrant for one's own, AlreadyDone when it is revoked, WrongState for one that a directory group gives.
    """
    row = await work.lock(GRANT, grant_id)
    check_not_oneself(work.actor, row)
    rules.check_given_by_hand(row.directory_group_id)
    rules.check_revoke(row.revoked_at)
    revoke(work, row)
    return GrantResult(row.id)


async def check_scope(work: Work, terms: RoleTerms) -> None:
    """Refuse a scope that there is not, or that is archived. Raises NotFound, InvalidInput."""
    row: Department | Location | Team
    match terms.scope_type:
        case ScopeType.ORG:
            return
        case ScopeType.DEPARTMENT:
            row = await work.find(DEPARTMENT, terms.scope_id)
        case ScopeType.OFFICE:
            row = await work.find(LOCATION, terms.scope_id)
        case ScopeType.TEAM:
            row = await work.find(TEAM, terms.scope_id)
        case ScopeType.OPENING:
            raise InvalidInput("Grants on an opening are given with grantOpeningRole.", path=("scopeType",))
    check_choosable(terms.scope_type.lower(), row.name, row.archived_at, path="scopeId")


def includes(reach: Reach, terms: RoleTerms) -> bool:
    """Whether a reach includes a scope with all that is below it."""
    parts = {
        ScopeType.DEPARTMENT: reach.departments,
        ScopeType.OFFICE: reach.locations,
        ScopeType.TEAM: reach.teams,
    }
    return reach.organization or terms.scope_id in parts.get(terms.scope_type, frozenset())
