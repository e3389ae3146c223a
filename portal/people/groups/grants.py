"""The grants that groups give: each member of a group holds one for each of its roles, of the role's terms.

They are rows like all grants, so that rights, their end within a second, reads and audit are what they are for any.
Whoever calls this has locked the group, so that of two changes of one group one comes second.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from portal.access.work import Change, Work
from portal.people.events import DirectoryGroupMembersChanged
from portal.people.granting import add_grant, revoke
from portal.people.groups.models import DirectoryGroup, DirectoryGroupMember, DirectoryGroupRole
from portal.people.models import Grant
from portal.records.recording import record

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_GROUP_ID = bindparam("directory_group_id", type_=Uuid())
_MEMBERSHIP_IDS = bindparam("membership_ids", type_=ARRAY(Uuid()))

_ROLES = (
    select(DirectoryGroupRole)
    .where(
        DirectoryGroupRole.organization_id == _ORGANIZATION_ID,
        DirectoryGroupRole.directory_group_id == _GROUP_ID,
    )
    .order_by(DirectoryGroupRole.id)
    .with_for_update(key_share=True)
)
_MEMBERS = (
    select(DirectoryGroupMember)
    .where(
        DirectoryGroupMember.organization_id == _ORGANIZATION_ID,
        DirectoryGroupMember.directory_group_id == _GROUP_ID,
    )
    .order_by(DirectoryGroupMember.id)
    .with_for_update(key_share=True)
)
_GROUPS_OF_MEMBER = (
    select(DirectoryGroup)
    .join(
        DirectoryGroupMember,
        (DirectoryGroupMember.organization_id == DirectoryGroup.organization_id)
        & (DirectoryGroupMember.directory_group_id == DirectoryGroup.id),
    )
    .where(
        DirectoryGroup.organization_id == _ORGANIZATION_ID,
        DirectoryGroupMember.membership_id == bindparam("membership_id", type_=Uuid()),
    )
    .order_by(DirectoryGroup.id)
    .with_for_update(key_share=True, of=DirectoryGroup)
)
_IN_FORCE = select(Grant).where(
    Grant.organization_id == _ORGANIZATION_ID, Grant.directory_group_id == _GROUP_ID, Grant.revoked_at.is_(None)
)
_GRANTS_OF_MEMBERS = (
    _IN_FORCE.where(Grant.membership_id == any_(_MEMBERSHIP_IDS)).order_by(Grant.id).with_for_update(key_share=True)
)
_GRANTS_OF_ROLE = (
    _IN_FORCE.where(
        Grant.role == bindparam("role", type_=Text()),
        Grant.scope_type == bindparam("scope_type", type_=Text()),
        Grant.scope_id.is_not_distinct_from(bindparam("scope_id", type_=Uuid())),
        Grant.include_confidential == bindparam("include_confidential"),
        Grant.privileges == bindparam("privileges", type_=ARRAY(Text())),
    )
    .order_by(Grant.id)
    .with_for_update(key_share=True)
)


async def roles_of(work: Work, group: DirectoryGroup) -> list[DirectoryGroupRole]:
    """What a group gives, locked."""
    return await work.lock_all(_ROLES, DirectoryGroupRole, directory_group_id=group.id)


async def members_of(work: Work, group: DirectoryGroup) -> list[DirectoryGroupMember]:
    """Who is in a group, locked."""
    return await work.lock_all(_MEMBERS, DirectoryGroupMember, directory_group_id=group.id)


async def change_members(
    work: Work, group: DirectoryGroup, *, added: Iterable[UUID], gone: Sequence[DirectoryGroupMember]
) -> None:
    """Let members into a group and take others out of it, with all that it gives, and record it."""
    coming = sorted(added)
    await _take(work, group, gone)
    for role in await roles_of(work, group) if coming else ():
        give(work, role, coming)
    for membership_id in coming:
        work.add(DirectoryGroupMember(directory_group_id=group.id, membership_id=membership_id))
    changes = (
        Change("removed_member_ids", [row.membership_id for row in gone] or None, None),
        Change("added_member_ids", None, coming or None),
    )
    record(
        work,
        DirectoryGroupMembersChanged(
            subject_id=group.id, changes=[each for each in changes if each.before or each.after]
        ),
    )


async def leave_groups(work: Work, membership_id: UUID) -> None:
    """Take a member out of every group that they are in."""
    for group in await work.lock_all(_GROUPS_OF_MEMBER, DirectoryGroup, membership_id=membership_id):
        gone = [row for row in await members_of(work, group) if row.membership_id == membership_id]
        await change_members(work, group, added=(), gone=gone)
        work.touch(group)


def give(work: Work, role: DirectoryGroupRole, membership_ids: Iterable[UUID]) -> None:
    """Give a role of a group to members of it."""
    for membership_id in membership_ids:
        add_grant(
            work,
            Grant(
                membership_id=membership_id,
                role=role.role,
                scope_type=role.scope_type,
                scope_id=role.scope_id,
                include_confidential=role.include_confidential,
                privileges=role.privileges,
                granted_by_id=role.created_by_id,
                directory_group_id=role.directory_group_id,
            ),
        )


async def take_role(work: Work, role: DirectoryGroupRole) -> None:
    """End a role of a group, for all of its members."""
    grants = await work.lock_all(
        _GRANTS_OF_ROLE,
        Grant,
        directory_group_id=role.directory_group_id,
        role=role.role,
        scope_type=role.scope_type,
        scope_id=role.scope_id,
        include_confidential=role.include_confidential,
        privileges=role.privileges,
    )
    for grant in grants:
        revoke(work, grant)
    work.remove(role)


async def _take(work: Work, group: DirectoryGroup, gone: Sequence[DirectoryGroupMember]) -> None:
    if not gone:
        return
    ids = [row.membership_id for row in gone]
    for grant in await work.lock_all(_GRANTS_OF_MEMBERS, Grant, directory_group_id=group.id, membership_ids=ids):
        revoke(work, grant)
    for row in gone:
        work.remove(row)
