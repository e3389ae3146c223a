"""Departments: adding, renaming, moving and archiving them. None is ever deleted, so that history stays readable."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.archiving import check_archive, check_restore
from portal.errors import AlreadyDone
from portal.organizations.actions.results import DepartmentResult
from portal.organizations.actions.trees import DEPARTMENTS
from portal.organizations.events import (
    DepartmentArchived,
    DepartmentCreated,
    DepartmentUnarchived,
    DepartmentUpdated,
)
from portal.organizations.models import Department, Team
from portal.organizations.reads import DEPARTMENT
from portal.organizations.rules import check_no_children
from portal.records.recording import first_values, record

_TEAMS = (
    select(Team)
    .where(
        Team.organization_id == bindparam("organization_id", type_=Uuid()),
        Team.department_id == bindparam("department_id", type_=Uuid()),
        Team.archived_at.is_(None),
    )
    .order_by(Team.id)
)


@action(Permission.ORGANIZATION_MANAGE)
async def create_department(work: Work, *, name: str, parent_id: UUID | None = None) -> DepartmentResult:
    """Add a department, below another one or at the top. Raises InvalidInput below an archived one or too deep."""
    row = Department(name=bounds.one_line(name, path="name"), parent_id=parent_id)
    await DEPARTMENTS.check_new(work, row.id, parent_id)
    work.add(row)
    record(work, DepartmentCreated(subject_id=row.id, changes=first_values(row, "name", "parent_id")))
    return DepartmentResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def update_department(
    work: Work, *, department_id: UUID, name: str, expected_version: int | None = None
) -> DepartmentResult:
    """Call a department something else. Raises AlreadyDone."""
    row = await work.lock(DEPARTMENT, department_id, expected_version=expected_version)
    changes = work.change(row, name=bounds.one_line(name, path="name"))
    if not changes:
        raise AlreadyDone("The department has that name already.")
    record(work, DepartmentUpdated(subject_id=row.id, changes=changes))
    return DepartmentResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def move_department(
    work: Work, *, department_id: UUID, parent_id: UUID | None, expected_version: int | None = None
) -> DepartmentResult:
    """Place a department with all below it under another one, or at the top; grants reach what is below from then on.

    Raises CycleRefused below itself, InvalidInput below an archived one or too deep, AlreadyDone.
    """
    row = await DEPARTMENTS.lock_to_move(work, department_id, parent_id, expected_version)
    changes = work.change(row, parent_id=parent_id)
    if not changes:
        raise AlreadyDone("The department is there already.")
    record(work, DepartmentUpdated(subject_id=row.id, changes=changes))
    return DepartmentResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_department(work: Work, *, department_id: UUID) -> DepartmentResult:
    """Take a department out of use; openings that name it keep it (R33).

    Raises InvalidInput while departments or teams in use are below it, AlreadyDone.
    """
    row = await work.lock(DEPARTMENT, department_id)
    check_archive("department", row.archived_at)
    teams = await work.all(_TEAMS, Team, department_id=row.id)
    check_no_children("department", [*await DEPARTMENTS.names_below(work, row), *(team.name for team in teams)])
    changes = work.change(row, archived_at=work.now)
    record(work, DepartmentArchived(subject_id=row.id, changes=changes))
    return DepartmentResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_department(work: Work, *, department_id: UUID) -> DepartmentResult:
    """Take an archived department up again. Raises InvalidInput while the one above is archived, AlreadyDone."""
    row = await work.lock(DEPARTMENT, department_id)
    check_restore("department", row.archived_at)
    await DEPARTMENTS.check_above(work, row)
    changes = work.change(row, archived_at=None)
    record(work, DepartmentUnarchived(subject_id=row.id, changes=changes))
    return DepartmentResult(row.id)
