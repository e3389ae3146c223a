"""Making an opening confidential and public again (R20).

A confidential opening is reached only by a grant that says so. Whoever makes one confidential keeps it, by such a grant
on that very opening: it gives what they hold there already, and only adds that confidentiality does not take it away.
"""

from uuid import UUID

from portal.access.actions import action
from portal.access.enums import ActorKind, GrantRole, ScopeType
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import Forbidden
from portal.openings.actions.checks import check_approval, lock_editable
from portal.openings.actions.results import OpeningResult
from portal.openings.actions.scope import scope_of
from portal.openings.events import OpeningUpdated
from portal.openings.lifecycle import take_down_postings
from portal.openings.loading import opening_state
from portal.openings.models import Opening
from portal.openings.rules import states
from portal.people.events import GrantCreated
from portal.people.granting import holdings_of, own_rights
from portal.people.models import Grant
from portal.records.recording import first_values, record


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
    if work.actor.on_behalf_of is not None:
        raise Forbidden("On behalf of a member, an opening that one of the two could not see then stays as it is.")
    if work.actor.id is None or not (by_member or work.actor.kind is ActorKind.SERVICE):
        raise Forbidden("Only a member or a service account can keep a confidential opening.")
    scope = await scope_of(work, opening)
    holdings = holdings_of(GrantRole.RECRUITER, ())
    own = own_rights(work.actor, holdings, scope.covers, scope.covers_confidential)
    if not own.permissions >= holdings.keys():
        raise Forbidden("You could not see this opening yourself any more: that takes a recruiter's rights.")
    row = work.add(
        Grant(
            membership_id=work.actor.id if by_member else None,
            service_account_id=None if by_member else work.actor.id,
            role=GrantRole.RECRUITER,
            scope_type=ScopeType.OPENING,
            scope_id=opening.id,
            include_confidential=True,
            expires_at=own.until,
            granted_by_id=work.actor.id if by_member else None,
        )
    )
    record(
        work,
        GrantCreated(
            subject_id=row.id,
            opening_id=opening.id,
            membership_id=row.membership_id,
            service_account_id=row.service_account_id,
            changes=first_values(row, "role", "scope_type", "scope_id", "include_confidential", "expires_at"),
        ),
    )
