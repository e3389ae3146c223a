"""Groups as an identity provider has them: it says which there are and who is in them, never what they give (SCIM).

What a group gives, an administrator decides (group_roles.py); its members have that while they are in it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Change, Work
from portal.errors import InvalidInput, NotFound, NotUnique
from portal.people.actions.group_roles import remove_roles
from portal.people.actions.results import DirectoryGroupResult
from portal.people.events import DirectoryGroupCreated, DirectoryGroupRemoved, DirectoryGroupUpdated
from portal.people.groups import rules
from portal.people.groups.grants import change_members, members_of, roles_of
from portal.people.groups.models import DirectoryGroup, DirectoryGroupMember
from portal.people.groups.reads import DIRECTORY_GROUP
from portal.people.groups.rules import MemberChanges
from portal.people.models import Membership
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

means(
    "uq_directory_group_name_normalised",
    lambda: NotUnique("There is a group with this displayName already.", path=("displayName",)),
)
means(
    "uq_directory_group_directory_id",
    lambda: NotUnique("There is a group with this externalId already.", path=("externalId",)),
)

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_GROUP_ID = bindparam("directory_group_id", type_=Uuid())
_IDS = bindparam("membership_ids", type_=ARRAY(Uuid()))

# Locked, so that nobody comes into a group while the provider deletes them.
_KNOWN = (
    select(Membership)
    .where(
        Membership.organization_id == _ORGANIZATION_ID,
        Membership.id == any_(_IDS),
        Membership.left_directory_at.is_(None),
    )
    .order_by(Membership.id)
    .with_for_update(key_share=True)
)
_MEMBERS_AMONG = (
    select(DirectoryGroupMember)
    .where(
        DirectoryGroupMember.organization_id == _ORGANIZATION_ID,
        DirectoryGroupMember.directory_group_id == _GROUP_ID,
        DirectoryGroupMember.membership_id == any_(_IDS),
    )
    .order_by(DirectoryGroupMember.id)
    .with_for_update(key_share=True)
)
_SIZE = select(func.count()).where(
    DirectoryGroupMember.organization_id == _ORGANIZATION_ID, DirectoryGroupMember.directory_group_id == _GROUP_ID
)


@action(Permission.MEMBER_PROVISION)
async def add_group_from_directory(
    work: Work, *, name: str, directory_id: str | None = None, member_ids: frozenset[UUID] = frozenset()
) -> DirectoryGroupResult:
    """Add a group that an identity provider has; it gives nothing until an administrator lets it.

    Raises NotUnique for a name (in any case) or id at the provider that another group has, TooManyMembers, OwnGrant,
    InvalidInput for somebody who is not a member.
    """
    shown = _name(name)
    group = work.add(
        DirectoryGroup(name=shown, name_normalised=shown.lower(), directory_id=_directory_id(directory_id))
    )
    await work.require(DIRECTORY_GROUP, group)
    record(work, DirectoryGroupCreated(subject_id=group.id, changes=first_values(group, "name", "directory_id")))
    await _change(work, group, MemberChanges(add=member_ids))
    return DirectoryGroupResult(group.id)


@action(Permission.MEMBER_PROVISION, may_record_nothing=True)
async def update_group_from_directory(
    work: Work,
    *,
    directory_group_id: UUID,
    name: str | Unchanged = UNCHANGED,
    directory_id: str | Unchanged | None = UNCHANGED,
    members: MemberChanges,
    expected_version: int | None = None,
) -> DirectoryGroupResult:
    """Make a group what an identity provider says it is; nothing happens where it is so already.

    Whoever comes in is given what the group gives, whoever goes loses it, from their next request on. Raises NotFound
    for a group that the provider has deleted, and what `add_group_from_directory` does; StaleVersion.
    """
    group = await _lock(work, directory_group_id, expected_version)
    new: dict[str, str | None] = {}
    if name is not UNCHANGED:
        shown = _name(name)
        new = {"name": shown, "name_normalised": shown.lower()}
    if directory_id is not UNCHANGED:
        new["directory_id"] = _directory_id(directory_id)
    changes = _told(work.change(group, **new))
    if changes:
        record(work, DirectoryGroupUpdated(subject_id=group.id, changes=changes))
    if await _change(work, group, members) and not changes:
        work.touch(group)
    return DirectoryGroupResult(group.id)


@action(Permission.MEMBER_PROVISION)
async def remove_group_from_directory(
    work: Work, *, directory_group_id: UUID, expected_version: int | None = None
) -> DirectoryGroupResult:
    """Take everybody out of a group that an identity provider deletes, and end what it gave; its name is free again.

    Raises NotFound for one that it has deleted before, OwnGrant, StaleVersion.
    """
    group = await _lock(work, directory_group_id, expected_version)
    gone = await members_of(work, group)
    rules.check_not_among({row.membership_id for row in gone}, work.actor.member_id)
    await remove_roles(work, group)
    if gone:
        await change_members(work, group, added=(), gone=gone)
    changes = work.change(group, left_directory_at=work.now)
    record(work, DirectoryGroupRemoved(subject_id=group.id, changes=changes))
    return DirectoryGroupResult(group.id)


async def _lock(work: Work, directory_group_id: UUID, expected_version: int | None) -> DirectoryGroup:
    group = await work.lock(DIRECTORY_GROUP, directory_group_id, expected_version=expected_version)
    if group.left_directory_at is not None:
        raise NotFound("directory group")
    return group


async def _change(work: Work, group: DirectoryGroup, asked: MemberChanges) -> bool:
    """Change who is in a group; whether anybody came or went."""
    if asked.only is None:
        named = sorted(asked.add | asked.remove)
        rows = await work.lock_all(
            _MEMBERS_AMONG, DirectoryGroupMember, directory_group_id=group.id, membership_ids=named
        )
    else:
        rows = await members_of(work, group)
    present = {row.membership_id: row for row in rows}
    added, removed = rules.changed_members(present.keys(), asked)
    if not (added or removed):
        return False
    rules.check_not_among(added | removed, work.actor.member_id)
    if added:
        await _check_coming(work, group, added, len(removed))
    await change_members(work, group, added=added, gone=[present[each] for each in sorted(removed)])
    return True


async def _check_coming(work: Work, group: DirectoryGroup, added: frozenset[UUID], leaving: int) -> None:
    size = await work.value(_SIZE, directory_group_id=group.id)
    roles = len(await roles_of(work, group))
    rules.check_size(size + len(added) - leaving, roles=roles)
    known = {row.id for row in await work.lock_all(_KNOWN, Membership, membership_ids=sorted(added))}
    if added - known:
        raise InvalidInput("There is no user with one of these ids.", path=("members",))


def _name(name: str) -> str:
    return bounds.one_line(name, path="displayName")


def _directory_id(directory_id: str | None) -> str | None:
    return bounds.optional_line(directory_id, longest=bounds.EMAIL_LENGTH, path="externalId")


def _told(changes: Sequence[Change]) -> list[Change]:
    """Changes without the name in small letters, which says nothing that the name does not."""
    return [change for change in changes if change.field != "name_normalised"]
