"""Teams and the groups that they are listed under: adding, changing and archiving them."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_archive, check_choosable, check_restore
from portal.errors import AlreadyDone
from portal.organizations.actions.results import TeamGroupResult, TeamResult
from portal.organizations.events import (
    TeamArchived,
    TeamCreated,
    TeamGroupArchived,
    TeamGroupCreated,
    TeamGroupUnarchived,
    TeamGroupUpdated,
    TeamUnarchived,
    TeamUpdated,
)
from portal.organizations.models import Team, TeamGroup
from portal.organizations.reads import DEPARTMENT, TEAM, TEAM_GROUP
from portal.organizations.rules import check_no_children
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

# A heading for every team of a very large employer; positions are small whole numbers.
LAST_POSITION = 10_000

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_NEXT_POSITION = select(func.coalesce(func.max(TeamGroup.position) + 1, 0)).where(
    TeamGroup.organization_id == _ORGANIZATION_ID
)
_TEAMS = (
    select(Team)
    .where(
        Team.organization_id == _ORGANIZATION_ID,
        Team.group_id == bindparam("group_id", type_=Uuid()),
        Team.archived_at.is_(None),
    )
    .order_by(Team.id)
)


@action(Permission.ORGANIZATION_MANAGE)
async def create_team_group(work: Work, *, name: str, position: int | None = None) -> TeamGroupResult:
    """Add a heading for teams, at a place among the others or, without one, after them."""
    last = await work.value(_NEXT_POSITION) if position is None else position
    row = work.add(TeamGroup(name=bounds.one_line(name, path="name"), position=_position(last)))
    record(work, TeamGroupCreated(subject_id=row.id, changes=first_values(row, "name", "position")))
    return TeamGroupResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def update_team_group(
    work: Work,
    *,
    team_group_id: UUID,
    name: str | Unchanged | None = UNCHANGED,
    position: int | Unchanged | None = UNCHANGED,
    expected_version: int | None = None,
) -> TeamGroupResult:
    """Call a team group something else, or give it another place among the groups. Raises AlreadyDone."""
    row = await work.lock(TEAM_GROUP, team_group_id, expected_version=expected_version)
    new: dict[str, object] = {}
    if name is not UNCHANGED:
        new["name"] = bounds.one_line(bounds.needed(name, path="name"), path="name")
    if position is not UNCHANGED:
        new["position"] = _position(bounds.needed(position, path="position"))
    changes = work.change(row, **new)
    if not changes:
        raise AlreadyDone("The team group is like that already.")
    record(work, TeamGroupUpdated(subject_id=row.id, changes=changes))
    return TeamGroupResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_team_group(work: Work, *, team_group_id: UUID) -> TeamGroupResult:
    """Take a heading out of use. Raises InvalidInput while teams in use are under it, AlreadyDone."""
    row = await work.lock(TEAM_GROUP, team_group_id)
    check_archive("team group", row.archived_at)
    check_no_children("team group", [team.name for team in await work.all(_TEAMS, Team, group_id=row.id)])
    changes = work.change(row, archived_at=work.now)
    record(work, TeamGroupArchived(subject_id=row.id, changes=changes))
    return TeamGroupResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_team_group(work: Work, *, team_group_id: UUID) -> TeamGroupResult:
    """Take an archived heading up again. Raises AlreadyDone."""
    row = await work.lock(TEAM_GROUP, team_group_id)
    check_restore("team group", row.archived_at)
    changes = work.change(row, archived_at=None)
    record(work, TeamGroupUnarchived(subject_id=row.id, changes=changes))
    return TeamGroupResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def create_team(
    work: Work, *, name: str, group_id: UUID | None = None, department_id: UUID | None = None
) -> TeamResult:
    """Add a team, under a heading and in a department where they are given. Raises InvalidInput for archived ones."""
    await _check_choices(work, group_id, department_id)
    row = work.add(Team(name=bounds.one_line(name, path="name"), group_id=group_id, department_id=department_id))
    changes = first_values(row, "name", "group_id", "department_id")
    record(work, TeamCreated(subject_id=row.id, group_id=group_id, department_id=department_id, changes=changes))
    return TeamResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def update_team(
    work: Work,
    *,
    team_id: UUID,
    name: str | Unchanged | None = UNCHANGED,
    group_id: UUID | Unchanged | None = UNCHANGED,
    department_id: UUID | Unchanged | None = UNCHANGED,
    expected_version: int | None = None,
) -> TeamResult:
    """Call a team something else, or move it to another group or department.

    Raises InvalidInput for archived ones, AlreadyDone when nothing is different.
    """
    row = await work.lock(TEAM, team_id, expected_version=expected_version)
    new: dict[str, object] = {}
    if name is not UNCHANGED:
        new["name"] = bounds.one_line(bounds.needed(name, path="name"), path="name")
    if group_id is not UNCHANGED and group_id != row.group_id:
        new["group_id"] = group_id
        await _check_choices(work, group_id, None)
    if department_id is not UNCHANGED and department_id != row.department_id:
        new["department_id"] = department_id
        await _check_choices(work, None, department_id)
    changes = work.change(row, **new)
    if not changes:
        raise AlreadyDone("The team is like that already.")
    record(work, TeamUpdated(subject_id=row.id, changes=changes))
    return TeamResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_team(work: Work, *, team_id: UUID) -> TeamResult:
    """Take a team out of use; openings and seats that name it keep it (R33). Raises AlreadyDone."""
    row = await work.lock(TEAM, team_id)
    check_archive("team", row.archived_at)
    changes = work.change(row, archived_at=work.now)
    record(work, TeamArchived(subject_id=row.id, changes=changes))
    return TeamResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_team(work: Work, *, team_id: UUID) -> TeamResult:
    """Take an archived team up again. Raises InvalidInput while its group or department is archived, AlreadyDone."""
    row = await work.lock(TEAM, team_id)
    check_restore("team", row.archived_at)
    await _check_choices(work, row.group_id, row.department_id)
    changes = work.change(row, archived_at=None)
    record(work, TeamUnarchived(subject_id=row.id, changes=changes))
    return TeamResult(row.id)


async def _check_choices(work: Work, group_id: UUID | None, department_id: UUID | None) -> None:
    # Locked, so that neither is archived before the team is in it.
    if department_id is not None:
        department = await work.lock(DEPARTMENT, department_id)
        check_choosable("department", department.name, department.archived_at, path="departmentId")
    if group_id is not None:
        group = await work.lock(TEAM_GROUP, group_id)
        check_choosable("team group", group.name, group.archived_at, path="groupId")


def _position(value: int) -> int:
    return bounds.whole_number(value, least=0, most=LAST_POSITION, path="position")
