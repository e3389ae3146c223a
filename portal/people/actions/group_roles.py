"""What groups of an identity provider give to their members: an administrator's decision, as grants are."""

from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Change, Work
from portal.errors import NotFound
from portal.people import rules
from portal.people.actions.grants import check_scope, includes
from portal.people.actions.results import DirectoryGroupResult, DirectoryGroupRoleResult
from portal.people.events import DirectoryGroupRoleAdded, DirectoryGroupRoleRemoved
from portal.people.granting import check_may_give
from portal.people.groups import rules as group_rules
from portal.people.groups.grants import give, members_of, roles_of, take_role
from portal.people.groups.models import DirectoryGroup, DirectoryGroupRole
from portal.people.groups.reads import DIRECTORY_GROUP, DIRECTORY_GROUP_ROLE
from portal.people.rules import RoleTerms
from portal.records.recording import first_values, record

_FACTS = ("role", "scope_type", "scope_id", "include_confidential", "privileges")


@action(Permission.GRANT_MANAGE)
async def add_directory_group_role(
    work: Work, *, directory_group_id: UUID, terms: RoleTerms
) -> DirectoryGroupRoleResult:
    """Let a group give a role to whoever is in it, now and later, in the organization or a part of it.

    Raises OwnGrant for a group that one is in, BeyondOwnRights for more than the giver has there (R35), InvalidInput
    for an opening or an archived part, WrongState for a group that gives too much already, AlreadyDone.
    """
    rules.check_role(terms)
    await check_scope(work, terms)
    check_may_give(
        work.actor,
        terms,
        None,
        covers=lambda reach: includes(reach, terms),
        covers_confidential=lambda reach: reach.confidential,
    )
    group = await work.lock(DIRECTORY_GROUP, directory_group_id)
    if group.left_directory_at is not None:
        raise NotFound("directory group")
    members = sorted(row.membership_id for row in await members_of(work, group))
    group_rules.check_not_among(set(members), work.actor.member_id)
    given = await roles_of(work, group)
    row = _row(work, group, terms)
    group_rules.check_new_role(any(_terms(row) == _terms(other) for other in given))
    group_rules.check_another_role(len(given), members=len(members))
    work.add(row)
    record(work, DirectoryGroupRoleAdded(subject_id=group.id, changes=first_values(row, *_FACTS)))
    give(work, row, members)
    work.touch(group)
    return DirectoryGroupRoleResult(row.id)


@action(Permission.GRANT_MANAGE)
async def remove_directory_group_role(work: Work, *, directory_group_role_id: UUID) -> DirectoryGroupResult:
    """End a role that a group gives, for all who are in it, from their next request on.

    Raises OwnGrant for a group that one is in.
    """
    found = await work.find(DIRECTORY_GROUP_ROLE, directory_group_role_id)
    # The group first, as everybody locks it who changes what it gives.
    group = await work.lock(DIRECTORY_GROUP, found.directory_group_id)
    row = await work.lock(DIRECTORY_GROUP_ROLE, directory_group_role_id)
    members = {row.membership_id for row in await members_of(work, group)}
    group_rules.check_not_among(members, work.actor.member_id)
    await _end(work, group, row)
    work.touch(group)
    return DirectoryGroupResult(group.id)


async def remove_roles(work: Work, group: DirectoryGroup) -> None:
    """End all that a group gives."""
    for row in await roles_of(work, group):
        await _end(work, group, row)


async def _end(work: Work, group: DirectoryGroup, row: DirectoryGroupRole) -> None:
    changes = tuple(Change(each.field, each.after, None) for each in first_values(row, *_FACTS))
    record(work, DirectoryGroupRoleRemoved(subject_id=group.id, changes=changes))
    await take_role(work, row)


def _row(work: Work, group: DirectoryGroup, terms: RoleTerms) -> DirectoryGroupRole:
    return DirectoryGroupRole(
        directory_group_id=group.id,
        role=terms.role,
        scope_type=terms.scope_type,
        scope_id=terms.scope_id,
        include_confidential=terms.include_confidential,
        privileges=sorted(privilege.value for privilege in terms.privileges),
        created_by_id=work.actor.member_id,
    )


def _terms(row: DirectoryGroupRole) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _FACTS)
