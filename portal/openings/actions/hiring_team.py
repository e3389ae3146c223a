"""Who works on an opening, in which role. Descriptive: what they may do comes from grants."""

from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone
from portal.openings.actions.checks import lock_editable
from portal.openings.actions.results import HiringTeamResult, OpeningResult
from portal.openings.enums import HiringRole
from portal.openings.events import HiringTeamChanged
from portal.openings.loading import of_opening
from portal.openings.models import HiringTeamMember, Opening
from portal.openings.reads import HIRING_TEAM_MEMBER
from portal.openings.rules.hiring_team import HiringTeamPlace, check_joins
from portal.people.reads import MEMBERSHIP
from portal.records.recording import record

_TEAM = of_opening(HiringTeamMember).with_for_update(key_share=True)


@action(Permission.OPENING_EDIT)
async def add_hiring_team_member(
    work: Work, *, opening_id: UUID, membership_id: UUID, role: HiringRole, is_responsible: bool = False
) -> HiringTeamResult:
    """Give somebody a place in the hiring team.

    Raises AlreadyDone for a place that is taken, InvalidInput for a member who left or a second responsible one.
    """
    opening = await lock_editable(work, opening_id)
    team = await work.lock_all(_TEAM, HiringTeamMember, opening_id=opening.id)
    row = await _join(work, opening, team, HiringTeamPlace(membership_id, role, is_responsible))
    record(
        work,
        HiringTeamChanged(subject_id=opening.id, opening_id=opening.id, role=role, added_membership_id=membership_id),
    )
    return HiringTeamResult(row.id, opening.id)


@action(Permission.OPENING_EDIT)
async def replace_hiring_team_member(
    work: Work, *, hiring_team_member_id: UUID, membership_id: UUID
) -> HiringTeamResult:
    """Give a place in the hiring team to somebody else, with its role and responsibility. Raises as joining does."""
    opening, row = await _lock(work, hiring_team_member_id)
    if row.membership_id == membership_id:
        raise AlreadyDone("This member has that place already.")
    team = await work.lock_all(_TEAM, HiringTeamMember, opening_id=opening.id)
    others = [other for other in team if other.id != row.id]
    work.remove(row)
    new = await _join(work, opening, others, HiringTeamPlace(membership_id, row.role, row.is_responsible))
    record(
        work,
        HiringTeamChanged(
            subject_id=opening.id,
            opening_id=opening.id,
            role=row.role,
            added_membership_id=membership_id,
            removed_membership_id=row.membership_id,
        ),
    )
    return HiringTeamResult(new.id, opening.id)


@action(Permission.OPENING_EDIT)
async def remove_hiring_team_member(work: Work, *, hiring_team_member_id: UUID) -> OpeningResult:
    """Take somebody from their place in the hiring team; other places of theirs stay."""
    opening, row = await _lock(work, hiring_team_member_id)
    work.remove(row)
    record(
        work,
        HiringTeamChanged(
            subject_id=opening.id, opening_id=opening.id, role=row.role, removed_membership_id=row.membership_id
        ),
    )
    return OpeningResult(opening.id)


async def _lock(work: Work, hiring_team_member_id: UUID) -> tuple[Opening, HiringTeamMember]:
    """A place in a hiring team and its opening, the opening locked first as everywhere."""
    found = await work.find(HIRING_TEAM_MEMBER, hiring_team_member_id, permission=work.permission)
    opening = await lock_editable(work, found.opening_id)
    return opening, await work.lock(HIRING_TEAM_MEMBER, hiring_team_member_id)


async def _join(work: Work, opening: Opening, team: list[HiringTeamMember], place: HiringTeamPlace) -> HiringTeamMember:
    member = await work.find(MEMBERSHIP, place.membership_id)
    places = [HiringTeamPlace(row.membership_id, row.role, row.is_responsible) for row in team]
    check_joins(place, places, status=member.status)
    return work.add(
        HiringTeamMember(
            opening_id=opening.id,
            membership_id=place.membership_id,
            role=place.role,
            is_responsible=place.is_responsible,
        )
    )
