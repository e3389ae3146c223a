"""Giving rights on one opening. A place in the hiring team gives none; this does."""

from portal.access.actions import action
from portal.access.enums import ScopeType
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import Forbidden, InvalidInput
from portal.openings.actions.scope import scope_of
from portal.openings.loading import opening_state
from portal.openings.reads import OPENING
from portal.openings.rules.states import check_editable
from portal.people.actions.results import GrantResult
from portal.people.granting import give
from portal.people.rules import GrantTerms


@action(Permission.GRANT_MANAGE)
async def grant_opening_role(work: Work, *, terms: GrantTerms) -> GrantResult:
    """Let a member or service account do what a role does on one opening, for good or for a time.

    A confidential opening is reached only with `include_confidential`. Raises NotFound for an opening that the giver
    does not see, Forbidden where they don't manage grants, OwnGrant for oneself, BeyondOwnRights for more than the
    giver has there (R35), AlreadyDone when the same grant is in force.
    """
    if terms.scope_type is not ScopeType.OPENING:
        raise InvalidInput("This gives rights on an opening; see grantRole for the others.", path=("scopeType",))
    # An administrator manages grants on every opening that they may read. Asking for the permission on the row itself
    # would leave confidential ones to nobody: it comes with no role that a grant gives.
    opening = await work.lock(OPENING, terms.scope_id, permission=Permission.OPENING_READ)
    check_editable(opening_state(opening))
    scope = await scope_of(work, opening)
    managing = work.actor.reach(Permission.GRANT_MANAGE)
    if not (managing.organization or scope.covers(managing)):
        raise Forbidden("You may see this opening, but not do this to it.")
    row = await give(work, terms, covers=scope.covers, covers_confidential=scope.covers_confidential)
    return GrantResult(row.id)
