"""Who has to do with an application: its interviewers, and the teams it is proposed to."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from uuid import UUID

from portal.applications.enums import TeamMatchStatus
from portal.applications.rules.states import ACTIVE, ApplicationState, check_active
from portal.errors import AlreadyDone, InvalidInput, WrongState
from portal.openings.rules.seats import check_team
from portal.people.enums import MembershipStatus

MATCH_TRANSITIONS: Mapping[TeamMatchStatus, AbstractSet[TeamMatchStatus]] = {
    TeamMatchStatus.PROPOSED: {TeamMatchStatus.MUTUAL, TeamMatchStatus.DECLINED},
    TeamMatchStatus.MUTUAL: {TeamMatchStatus.SELECTED, TeamMatchStatus.DECLINED},
    TeamMatchStatus.SELECTED: frozenset(),
    TeamMatchStatus.DECLINED: {TeamMatchStatus.PROPOSED},
}


def check_assign_interviewer(
    application: ApplicationState,
    *,
    membership_id: UUID,
    status: MembershipStatus,
    candidates_own_membership_id: UUID | None,
    is_assigned: bool,
) -> None:
    """Refuses an interviewer who left, who is assigned already, or who is the candidate (R22).

    An assignment lets its interviewer see the application, so only an active one gets any.
    """
    check_active(application, to=ACTIVE, deed="given interviewers")
    if status is not MembershipStatus.ACTIVE:
        raise InvalidInput(f"This member is {status.lower()} and can't interview.", path=("membershipId",))
    if membership_id == candidates_own_membership_id:
        raise InvalidInput("Nobody interviews themselves.", path=("membershipId",))
    if is_assigned:
        raise AlreadyDone("This member is already assigned.")


def check_propose(
    application: ApplicationState,
    *,
    team_id: UUID,
    opening_team_ids: Collection[UUID],
    match: TeamMatchStatus | None,
) -> None:
    """Refuses to propose an application to a team that the opening does not hire for (R19), or that has it already."""
    check_active(application, to=ACTIVE, deed="proposed to a team")
    check_team(team_id, opening_team_ids)
    if match is not None and TeamMatchStatus.PROPOSED not in MATCH_TRANSITIONS[match]:
        raise AlreadyDone("The application is already proposed to that team.")


def match_status(current: TeamMatchStatus, *, to: TeamMatchStatus) -> TeamMatchStatus:
    """The next status of a match; refuses a step that is none."""
    if current is to:
        raise AlreadyDone(f"This match is already {to.lower()}.")
    if to not in MATCH_TRANSITIONS[current]:
        raise WrongState(f"A match that is {current.lower()} can't become {to.lower()}.", state=current)
    return to
