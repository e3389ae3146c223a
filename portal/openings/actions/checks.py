"""What several actions on openings check alike before they change anything."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar
from uuid import UUID

from portal.access.work import Work
from portal.archiving import check_choosable
from portal.bounds import Path, as_path
from portal.bounds import distinct as distinct_items
from portal.errors import InvalidInput, WrongState
from portal.openings.loading import opening_state, policies_of
from portal.openings.models import Opening
from portal.openings.reads import CLOSE_REASON, OPENING
from portal.openings.rules import states
from portal.organizations.reads import DEPARTMENT, LOCATION, TEAM

T = TypeVar("T")


def needed(value: T | None, path: Path) -> T:
    """The value of a field that an update may leave out but not empty."""
    if value is None:
        raise InvalidInput("This can't be empty.", path=as_path(path))
    return value


async def lock_editable(work: Work, opening_id: UUID, *, expected_version: int | None = None) -> Opening:
    """An opening that the actor may change and that is not archived, locked."""
    opening = await work.lock(OPENING, opening_id, expected_version=expected_version)
    states.check_editable(opening_state(opening))
    return opening


async def check_approval(work: Work, opening: Opening, fields: AbstractSet[str]) -> None:
    """Refuses to change what an opening was approved with, where the organization wants approvals (R15)."""
    if states.APPROVED_FIELDS.isdisjoint(fields):
        return
    required = (await policies_of(work)).opening_approval
    if states.needs_new_approval(opening.status, fields, approval_required=required):
        raise WrongState("Openings of this organization are approved again before this changes.", state=opening.status)


async def check_department(work: Work, department_id: UUID | None) -> None:
    """Refuses a department that is unknown or archived."""
    if department_id is not None:
        department = await work.find(DEPARTMENT, department_id)
        check_choosable("department", department.name, department.archived_at, path="departmentId")


async def check_teams(work: Work, team_ids: Iterable[UUID], kept: Iterable[UUID] = ()) -> Sequence[UUID]:
    """The teams in their order; refuses one that is unknown, listed twice, or archived and not among those `kept`."""
    wanted = distinct_items(team_ids, path="teams")
    known = set(kept)
    for position, team_id in enumerate(wanted):
        if team_id not in known:
            team = await work.find(TEAM, team_id)
            check_choosable("team", team.name, team.archived_at, path=("teams", str(position)))
    return wanted


async def check_locations(work: Work, location_ids: Iterable[UUID], kept: Iterable[UUID] = ()) -> Sequence[UUID]:
    """The same for locations."""
    wanted = distinct_items(location_ids, path="locationIds")
    known = set(kept)
    for position, location_id in enumerate(wanted):
        if location_id not in known:
            location = await work.find(LOCATION, location_id)
            check_choosable("location", location.name, location.archived_at, path=("locationIds", str(position)))
    return wanted


async def check_close_reason(work: Work, close_reason_id: UUID | None) -> None:
    """Refuses a close reason that is unknown or archived."""
    if close_reason_id is not None:
        reason = await work.find(CLOSE_REASON, close_reason_id)
        check_choosable("close reason", reason.name, reason.archived_at, path="closeReasonId")
