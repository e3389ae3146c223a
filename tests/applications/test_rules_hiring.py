"""Hiring into a seat and taking a hire back; interviewers and team matches."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.applications.enums import ApplicationStatus, TeamMatchStatus
from portal.applications.rules import hiring, people
from portal.applications.rules.hiring import Hire, SeatChoice
from portal.errors import AlreadyDone, InvalidInput, NoOpenSeat, WrongState
from portal.openings.enums import OpeningStatus, SeatStatus
from portal.openings.rules.seats import SeatState
from portal.openings.rules.states import OpeningState
from portal.people.enums import MembershipStatus
from tests.applications.states import a_seat, an_application, an_opening
from tests.refusals import refused

CORE, ADS = UUID(int=101), UUID(int=102)
IRIS, CANDIDATES_OWN = UUID(int=30), UUID(int=31)
NO_SEAT = "This opening has no open seat left. Add a seat, or free one, then hire again."


def hire(
    *seats: SeatState,
    status: ApplicationStatus = ApplicationStatus.ACTIVE,
    opening: OpeningState | None = None,
    choice: SeatChoice | None = None,
    teams: tuple[UUID, ...] = (),
) -> Hire:
    return hiring.hired(
        an_application(status),
        opening or an_opening(),
        seats,
        choice=choice or SeatChoice(),
        opening_team_ids=teams,
        team_required=True,
    )


def test_r10_a_hire_fills_exactly_one_open_seat() -> None:
    assert hire(a_seat(1, SeatStatus.FILLED), a_seat(3), a_seat(2)) == Hire(a_seat(2), team_id=None)


def test_r10_without_an_open_seat_nobody_is_hired() -> None:
    with refused(NoOpenSeat, NO_SEAT):
        hire(a_seat(1, SeatStatus.FILLED))


def test_r10_whoever_loses_the_race_for_the_last_seat_hears_that_no_seat_is_left() -> None:
    with refused(NoOpenSeat, NO_SEAT):
        hire(a_seat(1, SeatStatus.FILLED), opening=an_opening(OpeningStatus.CLOSED, closed_automatically=True))


def test_nobody_is_hired_while_the_opening_is_on_hold() -> None:
    with refused(WrongState, "This opening is on hold. Open it, then hire."):
        hire(a_seat(1), opening=an_opening(OpeningStatus.ON_HOLD))


def test_r4_only_an_active_application_can_be_hired() -> None:
    with refused(WrongState, "Only an active application can be hired; this one is withdrawn."):
        hire(a_seat(1), status=ApplicationStatus.WITHDRAWN)
    with refused(AlreadyDone, "This application is already hired."):
        hire(a_seat(1), status=ApplicationStatus.HIRED)


def test_r19_the_filled_seat_gets_one_of_the_openings_teams() -> None:
    assert hire(a_seat(1), teams=(CORE, ADS), choice=SeatChoice(team_id=ADS)) == Hire(a_seat(1), ADS)
    assert hire(a_seat(1, team_id=CORE), teams=(CORE, ADS)) == Hire(a_seat(1, team_id=CORE), CORE)
    with refused(InvalidInput, "This opening hires for 2 teams. Choose the team, then hire.", path=("teamId",)):
        hire(a_seat(1), teams=(CORE, ADS))


def test_r10_the_chosen_or_reserved_seat_is_filled() -> None:
    chosen, reserved = a_seat(2), a_seat(3, SeatStatus.RESERVED)

    assert hire(a_seat(1), chosen, choice=SeatChoice(seat_id=chosen.id)).seat == chosen
    assert hire(a_seat(1), reserved, choice=SeatChoice(reserved_seat_id=reserved.id)).seat == reserved


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_r10_each_seat_is_filled_by_one_hire_and_the_next_is_refused(is_open: list[bool]) -> None:
    seats = [
        a_seat(number, SeatStatus.OPEN if one else SeatStatus.FILLED) for number, one in enumerate(is_open, start=1)
    ]

    filled = []
    for _ in range(sum(is_open)):
        hired = hire(*seats).seat
        filled.append(hired.number)
        seats = [a_seat(seat.number, SeatStatus.FILLED) if seat == hired else seat for seat in seats]

    assert filled == [number for number, one in enumerate(is_open, start=1) if one]
    with pytest.raises(NoOpenSeat):
        hire(*seats)


def test_r4_only_a_hired_application_can_be_unhired() -> None:
    hiring.check_unhire(an_application(ApplicationStatus.HIRED), an_opening(OpeningStatus.ON_HOLD))
    with refused(WrongState, "Only a hired application can be unhired; this one is active."):
        hiring.check_unhire(an_application(), an_opening())


def test_r18_unhiring_reopens_an_opening_that_closed_by_itself() -> None:
    by_itself = an_opening(OpeningStatus.CLOSED, closed_automatically=True)

    hiring.check_unhire(an_application(ApplicationStatus.HIRED), by_itself)
    assert hiring.reopens(by_itself)
    assert not hiring.reopens(an_opening(OpeningStatus.OPEN, closed_automatically=True))


def test_r18_an_opening_that_was_closed_on_purpose_stays_closed() -> None:
    on_purpose = an_opening(OpeningStatus.CLOSED)

    assert not hiring.reopens(on_purpose)
    with refused(WrongState, "This opening is closed. Reopen it, then take back the hire."):
        hiring.check_unhire(an_application(ApplicationStatus.HIRED), on_purpose)


def assign(
    status: MembershipStatus = MembershipStatus.ACTIVE, *, member: UUID = IRIS, is_assigned: bool = False
) -> None:
    people.check_assign_interviewer(
        an_application(),
        membership_id=member,
        status=status,
        candidates_own_membership_id=CANDIDATES_OWN,
        is_assigned=is_assigned,
    )


def test_an_interviewer_is_an_active_member_and_assigned_once() -> None:
    assign()
    with refused(InvalidInput, "This member is deactivated and can't interview.", path=("membershipId",)):
        assign(MembershipStatus.DEACTIVATED)
    with refused(AlreadyDone, "This member is already assigned."):
        assign(is_assigned=True)


def test_r22_nobody_interviews_themselves() -> None:
    with refused(InvalidInput, "Nobody interviews themselves.", path=("membershipId",)):
        assign(member=CANDIDATES_OWN)


def test_r19_an_application_is_proposed_to_the_openings_teams_only() -> None:
    people.check_propose(an_application(), team_id=CORE, opening_team_ids=[CORE], match=None)
    people.check_propose(an_application(), team_id=CORE, opening_team_ids=[CORE], match=TeamMatchStatus.DECLINED)
    with refused(InvalidInput, "This opening does not hire for that team.", path=("teamId",)):
        people.check_propose(an_application(), team_id=ADS, opening_team_ids=[CORE], match=None)
    with refused(AlreadyDone, "The application is already proposed to that team."):
        people.check_propose(an_application(), team_id=CORE, opening_team_ids=[CORE], match=TeamMatchStatus.MUTUAL)


@given(st.sampled_from(TeamMatchStatus), st.sampled_from(TeamMatchStatus))
def test_a_match_goes_where_the_table_allows(current: TeamMatchStatus, to: TeamMatchStatus) -> None:
    if to in people.MATCH_TRANSITIONS[current]:
        assert people.match_status(current, to=to) is to
    else:
        with pytest.raises(AlreadyDone if current is to else WrongState):
            people.match_status(current, to=to)
