"""Members: how they come, change and go. What they are granted is in grants.py."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import addresses, bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.enums import OrganizationRole
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, NotUnique
from portal.people import rules
from portal.people.actions.ending import revoke_sessions_of, revoke_tokens_of
from portal.people.actions.results import MembershipResult
from portal.people.enums import MembershipStatus
from portal.people.events import (
    MemberActivated,
    MemberDeactivated,
    MemberInvited,
    MemberReactivated,
    MemberRoleChanged,
    MemberUpdated,
)
from portal.people.models import Membership
from portal.people.reads import MEMBERSHIP
from portal.people.rules import MemberState
from portal.reading.rows import constant
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

means(
    "uq_membership_organization_id_email_normalised",
    lambda: NotUnique("Somebody with this e-mail address is a member already.", path=("email",)),
)

# Locked together and in id order, so that of two who take each other's role away one comes second, and sees it.
_ADMINISTRATORS = (
    select(Membership)
    .where(
        Membership.organization_id == bindparam("organization_id", type_=Uuid()),
        Membership.role == constant(OrganizationRole.ORG_ADMIN),
    )
    .order_by(Membership.id)
    .with_for_update(key_share=True)
)


@action(Permission.MEMBER_MANAGE)
async def invite_member(
    work: Work,
    *,
    name: str,
    email: str,
    role: OrganizationRole = OrganizationRole.MEMBER,
    timezone: str | None = None,
) -> MembershipResult:
    """Ask somebody to join the organization; they may sign in once they are activated. No mail is sent from here.

    Raises NotUnique when somebody with this e-mail address was asked before, whatever became of it.
    """
    address = addresses.email_address(email, path="email")
    row = work.add(
        Membership(
            name=bounds.one_line(name, path="name"),
            email=address.value,
            email_normalised=address.normalised,
            timezone=None if timezone is None else bounds.timezone(timezone, path="timezone"),
            status=MembershipStatus.INVITED,
            role=role,
            invited_at=work.now,
        )
    )
    record(work, MemberInvited(subject_id=row.id, changes=first_values(row, "name", "email", "role")))
    return MembershipResult(row.id)


@action(Permission.MEMBER_MANAGE)
async def activate_member(work: Work, *, membership_id: UUID) -> MembershipResult:
    """Let somebody who was invited sign in. Raises AlreadyDone, WrongState for a deactivated member."""
    row = await work.lock(MEMBERSHIP, membership_id)
    rules.check_awaited(_state(row))
    status = rules.member_status(_state(row), to=MembershipStatus.ACTIVE)
    changes = work.change(row, status=status, activated_at=work.now)
    record(work, MemberActivated(subject_id=row.id, changes=changes))
    return MembershipResult(row.id)


@action(Permission.MEMBER_MANAGE)
async def update_member(
    work: Work,
    *,
    membership_id: UUID,
    name: str | Unchanged | None = UNCHANGED,
    timezone: str | Unchanged | None = UNCHANGED,
    expected_version: int | None = None,
) -> MembershipResult:
    """Change a member's name or time zone. Raises AlreadyDone when nothing is different."""
    row = await work.lock(MEMBERSHIP, membership_id, expected_version=expected_version)
    new: dict[str, str | None] = {}
    if name is not UNCHANGED:
        new["name"] = bounds.one_line(bounds.needed(name, path="name"), path="name")
    if timezone is not UNCHANGED:
        new["timezone"] = None if timezone is None else bounds.timezone(timezone, path="timezone")
    changes = work.change(row, **new)
    if not changes:
        raise AlreadyDone("The member is like that already.")
    record(work, MemberUpdated(subject_id=row.id, changes=changes))
    return MembershipResult(row.id)


@action(Permission.MEMBER_MANAGE)
async def change_member_role(
    work: Work, *, membership_id: UUID, role: OrganizationRole, expected_version: int | None = None
) -> MembershipResult:
    """Give a member another role in the organization; their grants stay.

    Raises OwnGrant for oneself, LastAdministrator where nobody else would administer (R35), AlreadyDone.
    """
    administrators = await administrators_of(work)
    row = await work.lock(MEMBERSHIP, membership_id, expected_version=expected_version)
    rules.check_role_change(
        _state(row),
        to=role,
        actor_membership_id=work.actor.member_id,
        administrators=administrators,
    )
    changes = work.change(row, role=role)
    record(work, MemberRoleChanged(subject_id=row.id, changes=changes))
    return MembershipResult(row.id)


@action(Permission.MEMBER_MANAGE)
async def deactivate_member(work: Work, *, membership_id: UUID) -> MembershipResult:
    """End a member's access at once, their tokens and sessions for good. What they did and were granted stays.

    Raises LastAdministrator where nobody else would administer (R35), AlreadyDone.
    """
    administrators = await administrators_of(work)
    row = await work.lock(MEMBERSHIP, membership_id)
    status = rules.member_status(_state(row), to=MembershipStatus.DEACTIVATED)
    rules.check_administrator_remains(administrators, without=row.id)
    changes = work.change(row, status=status, deactivated_at=work.now)
    record(work, MemberDeactivated(subject_id=row.id, changes=changes))
    await revoke_tokens_of(work, membership_id=row.id)
    await revoke_sessions_of(work, row.id)
    return MembershipResult(row.id)


@action(Permission.MEMBER_MANAGE)
async def reactivate_member(work: Work, *, membership_id: UUID) -> MembershipResult:
    """Let a deactivated member sign in again, with the grants that are still in force; tokens are made anew.

    Raises AlreadyDone, WrongState for somebody who is only invited.
    """
    row = await work.lock(MEMBERSHIP, membership_id)
    rules.check_was_deactivated(_state(row))
    status = rules.member_status(_state(row), to=MembershipStatus.ACTIVE)
    changes = work.change(row, status=status, deactivated_at=None, activated_at=row.activated_at or work.now)
    record(work, MemberReactivated(subject_id=row.id, changes=changes))
    return MembershipResult(row.id)


async def administrators_of(work: Work) -> list[MemberState]:
    """The organization's administrators, active or not, locked until the commit."""
    return [_state(row) for row in await work.lock_all(_ADMINISTRATORS, Membership)]


def _state(row: Membership) -> MemberState:
    return MemberState(id=row.id, status=row.status, role=row.role)
