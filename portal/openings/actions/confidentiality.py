"""Making an opening confidential and public again (R20).

A confidential opening is reached only by a grant that says so. Whoever makes one confidential keeps it, by such a grant
on that very opening: it gives what they hold there already, and only adds that confidentiality does not take it away.
"""

from uuid import UUID

from portal.access.actions import action
from portal.access.enums import ActorKind, GrantRole, ScopeType
from portal.access.permissions import GRANT_ROLES, ORGANIZATION_ROLES, Permission, Way
from portal.access.work import Work
from portal.errors import Forbidden
from portal.openings.actions.checks import check_approval, lock_editable
from portal.openings.actions.results import OpeningResult
from portal.openings.events import OpeningUpdated
from portal.openings.lifecycle import take_down_postings
from portal.openings.loading import opening_state
from portal.openings.models import Opening
from portal.openings.reads import OPENING
from portal.openings.rules import states
from portal.people.models import Grant
from portal.records.recording import record

_RECRUITER = [permission for permission, way in GRANT_ROLES[GrantRole.RECRUITER] if way is Way.SCOPE]


@action(Permission.OPENING_EDIT)
async def make_opening_confidential(
    work: Work, *, opening_id: UUID, expected_version: int | None = None
) -> OpeningResult:
    """Hide an opening from everybody without an explicit grant on it; its postings come down.

    Raises AlreadyDone; Forbidden for whoever could not keep it.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    states.check_confidentiality_change(opening_state(opening), confidential=True, confirmed=True)
    await check_approval(work, opening, {"is_confidential"})
    await keep(work, opening)
    await take_down_postings(work, opening)
    changes = work.change(opening, is_confidential=True)
    record(work, OpeningUpdated(subject_id=opening.id, opening_id=opening.id, changes=changes))
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def make_opening_public(
    work: Work, *, opening_id: UUID, confirmed: bool, expected_version: int | None = None
) -> OpeningResult:
    """Show a confidential opening to everybody who sees openings, its applications included.

    Raises AlreadyDone; InvalidInput without an explicit confirmation; WrongState where it has to be approved again.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    states.check_confidentiality_change(opening_state(opening), confidential=False, confirmed=confirmed)
    await check_approval(work, opening, {"is_confidential"})
    changes = work.change(opening, is_confidential=False)
    record(work, OpeningUpdated(subject_id=opening.id, opening_id=opening.id, changes=changes))
    return OpeningResult(opening.id)


async def keep(work: Work, opening: Opening) -> None:
    """Give the actor a grant on an opening that is about to become confidential, unless they reach those anyway.

    Raises Forbidden for whoever holds less than a recruiter there: the grant would be more than they have (R35).
    """
    reach = work.actor.reach(Permission.OPENING_EDIT)
    if reach.confidential or opening.id in reach.confidential_openings:
        return
    by_member = work.actor.kind is ActorKind.USER
    if work.actor.id is None or not (by_member or work.actor.kind is ActorKind.SERVICE):
        raise Forbidden("Only a member or a service account can keep a confidential opening.")
    try:
        for permission in sorted({work.actor.representative[held] for held in _RECRUITER}):
            await work.require(OPENING, opening, permission)
    except Forbidden as refusal:
        raise Forbidden(
            "You could not see this opening yourself any more: that takes a recruiter's rights."
        ) from refusal
    work.add(
        Grant(
            membership_id=work.actor.id if by_member else None,
            service_account_id=None if by_member else work.actor.id,
            role=GrantRole.RECRUITER,
            scope_type=ScopeType.OPENING,
            scope_id=opening.id,
            include_confidential=True,
            expires_at=None if _is_for_good(work) else work.actor.valid_until,
            granted_by_id=work.actor.id if by_member else None,
        )
    )


def _is_for_good(work: Work) -> bool:
    """Whether the actor's rights come from their role in the organization, which has no end, and not from grants."""
    role = work.actor.role
    return role is not None and ORGANIZATION_ROLES[role] >= GRANT_ROLES[GrantRole.RECRUITER]
