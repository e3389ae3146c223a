"""Members as an identity provider has them: added, changed, deactivated and removed by it (SCIM).

Their roles and grants stay the organization's own decision, and whoever comes this way begins as a plain member.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, or_, select

from portal import addresses, bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.enums import OrganizationRole
from portal.access.permissions import Permission
from portal.access.work import Change, Work
from portal.errors import NotFound, NotUnique
from portal.people import rules
from portal.people.actions.ending import revoke_sessions_of, revoke_tokens_of
from portal.people.actions.members import administrators_of
from portal.people.actions.results import MembershipResult
from portal.people.enums import MembershipStatus
from portal.people.events import (
    MemberActivated,
    MemberDeactivated,
    MemberReactivated,
    MemberUpdated,
)
from portal.people.groups.grants import leave_groups
from portal.people.models import Membership
from portal.people.reads import MEMBERSHIP
from portal.records.recording import first_values, record

_TAKEN = "Somebody with this user name or e-mail address is a member already."
means("uq_membership_organization_id_user_name_normalised", lambda: NotUnique(_TAKEN, path=("userName",)))
means(
    "uq_membership_organization_id_directory_id",
    lambda: NotUnique("Somebody with this externalId is a member already.", path=("externalId",)),
)

# What follows from another status, and is told as such and not as a change of the person.
_OF_STATUS = frozenset({"status", "activated_at", "deactivated_at"})
_FACTS = ("name", "email", "user_name", "given_name", "family_name", "directory_id", "role", "status")

_ALIKE = (
    select(Membership)
    .where(
        Membership.organization_id == bindparam("organization_id", type_=Uuid()),
        or_(
            Membership.email_normalised == bindparam("email_normalised", type_=Text()),
            Membership.user_name_normalised == bindparam("user_name_normalised", type_=Text()),
            Membership.directory_id == bindparam("directory_id", type_=Text()),
        ),
    )
    .order_by(Membership.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, kw_only=True)
class DirectoryPerson:
    """A person as an identity provider has them. `name` is how they are shown, `directory_id` what it calls them."""

    user_name: str
    name: str
    email: str
    given_name: str | None = None
    family_name: str | None = None
    directory_id: str | None = None
    is_active: bool = True


@action(Permission.MEMBER_PROVISION)
async def add_from_directory(work: Work, *, person: DirectoryPerson) -> MembershipResult:
    """Add a member whom an identity provider vouches for; one whom it had deleted comes back as who they were.

    Raises NotUnique for a user name, address or id at the provider that another member has, InvalidInput.
    """
    values = _values(person)
    identifying = {name: values[name] for name in ("email_normalised", "user_name_normalised", "directory_id")}
    alike = await work.lock_all(_ALIKE, Membership, **identifying)
    if len(alike) == 1 and alike[0].left_directory_at is not None:
        await _change(work, alike[0], person)
        return MembershipResult(alike[0].id)
    if alike:
        raise NotUnique(_TAKEN, path=("userName",))
    status = MembershipStatus.ACTIVE if person.is_active else MembershipStatus.DEACTIVATED
    row = work.add(
        Membership(
            **values,
            status=status,
            role=OrganizationRole.MEMBER,
            activated_at=work.now if person.is_active else None,
            deactivated_at=None if person.is_active else work.now,
        )
    )
    record(work, MemberActivated(subject_id=row.id, changes=first_values(row, *_FACTS)))
    return MembershipResult(row.id)


@action(Permission.MEMBER_PROVISION, may_record_nothing=True)
async def update_from_directory(
    work: Work, *, membership_id: UUID, person: DirectoryPerson, expected_version: int | None = None
) -> MembershipResult:
    """Make a member what an identity provider says they are; nothing happens where they are so already.

    Whoever is deactivated loses access at once, and their tokens and sessions for good. Raises NotFound for one whom
    the provider has deleted, LastAdministrator (R35), NotUnique, StaleVersion, InvalidInput.
    """
    row = await _lock(work, membership_id, expected_version, is_ending=not person.is_active)
    await _change(work, row, person)
    return MembershipResult(row.id)


@action(Permission.MEMBER_PROVISION)
async def remove_from_directory(
    work: Work, *, membership_id: UUID, expected_version: int | None = None
) -> MembershipResult:
    """End the access of a member whom an identity provider deletes, and take them out of its groups. What they did and
    were granted stays on record.

    Raises NotFound for one whom it has deleted before, LastAdministrator (R35), StaleVersion.
    """
    # Groups first, as everybody locks them who changes who is in them.
    await leave_groups(work, membership_id)
    row = await _lock(work, membership_id, expected_version, is_ending=True)
    # Again, for one that they came into meanwhile: from now on nobody lets them into any.
    await leave_groups(work, membership_id)
    changes = work.change(row, left_directory_at=work.now, **await _ended(work, row))
    await _tell(work, row, changes)
    return MembershipResult(row.id)


async def _lock(work: Work, membership_id: UUID, expected_version: int | None, *, is_ending: bool) -> Membership:
    if is_ending:
        # Administrators first, as everybody locks them who ends a member's access: so no two wait for each other.
        await administrators_of(work)
    row = await work.lock(MEMBERSHIP, membership_id, expected_version=expected_version)
    if row.left_directory_at is not None:
        raise NotFound("membership")
    return row


async def _change(work: Work, row: Membership, person: DirectoryPerson) -> None:
    status: dict[str, object] = {}
    if person.is_active and row.status is not MembershipStatus.ACTIVE:
        activated_at = row.activated_at or work.now
        status = {"status": MembershipStatus.ACTIVE, "activated_at": activated_at, "deactivated_at": None}
    elif not person.is_active:
        status = await _ended(work, row)
    changes = work.change(row, **_values(person), left_directory_at=None, **status)
    await _tell(work, row, changes)


async def _ended(work: Work, row: Membership) -> dict[str, object]:
    """What becomes of a member whose access ends; nothing where it has ended."""
    if row.status is MembershipStatus.DEACTIVATED:
        return {}
    rules.check_administrator_remains(await administrators_of(work), without=row.id)
    return {"status": MembershipStatus.DEACTIVATED, "deactivated_at": work.now}


async def _tell(work: Work, row: Membership, changes: Sequence[Change]) -> None:
    """Record what is different, and end the tokens and sessions of whoever lost access."""
    of_status = [change for change in changes if change.field in _OF_STATUS]
    others = [change for change in changes if change.field not in _OF_STATUS]
    if others:
        record(work, MemberUpdated(subject_id=row.id, changes=others))
    became = {change.field: change for change in of_status}.get("status")
    if became is None:
        return
    if became.after is MembershipStatus.DEACTIVATED:
        record(work, MemberDeactivated(subject_id=row.id, changes=of_status))
        await revoke_tokens_of(work, membership_id=row.id)
        await revoke_sessions_of(work, row.id)
    elif became.before is MembershipStatus.INVITED:
        record(work, MemberActivated(subject_id=row.id, changes=of_status))
    else:
        record(work, MemberReactivated(subject_id=row.id, changes=of_status))


def _values(person: DirectoryPerson) -> dict[str, Any]:  # Any: some columns may be null, others not
    """The columns that a provider decides. Raises InvalidInput."""
    user_name = bounds.one_line(person.user_name, longest=bounds.EMAIL_LENGTH, path="userName")
    address = addresses.email_address(person.email, path="emails")
    return {
        "name": bounds.one_line(person.name, path="displayName"),
        "email": address.value,
        "email_normalised": address.normalised,
        "user_name": user_name,
        "user_name_normalised": user_name.lower(),
        "given_name": bounds.optional_line(person.given_name, path="name.givenName"),
        "family_name": bounds.optional_line(person.family_name, path="name.familyName"),
        "directory_id": bounds.optional_line(person.directory_id, longest=bounds.EMAIL_LENGTH, path="externalId"),
    }
