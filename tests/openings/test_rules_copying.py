"""Copying an opening, naming skills, and filling the hiring team."""

from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput
from portal.openings.enums import HiringRole, OpeningKind, SeatReason, SeatStatus, StageKind
from portal.openings.models import Opening
from portal.openings.rules import copying, hiring_team, skills
from portal.openings.rules.copying import CopiedSeat, CopiedStage
from portal.openings.rules.hiring_team import HiringTeamPlace
from portal.openings.rules.seats import SeatState
from portal.openings.rules.skills import SkillNames
from portal.openings.rules.stages import StageState
from portal.people.enums import MembershipStatus
from tests.refusals import refused

ADA, HUGO = UUID(int=1), UUID(int=2)


def test_every_column_of_an_opening_is_copied_or_is_not() -> None:
    own = {column.name for column in Opening.__table__.columns}
    of_every_row = {"organization_id", "id", "created_at", "updated_at", "version"}

    assert own == copying.COPIED | copying.NOT_COPIED | of_every_row
    assert not copying.COPIED & copying.NOT_COPIED


def test_r20_a_copy_of_a_confidential_opening_is_confidential() -> None:
    assert "is_confidential" in copying.COPIED


def test_the_pipeline_is_copied_without_what_is_archived() -> None:
    opening = UUID(int=1)
    stages = [
        StageState(UUID(int=12), opening, StageKind.OFFER, "Offer", 7),
        StageState(UUID(int=11), opening, StageKind.APPLIED, "Applied", 2),
        StageState(UUID(int=10), opening, StageKind.SCREEN, "Old screen", 1, is_archived=True),
    ]

    assert copying.copied_stages(stages) == (
        CopiedStage(StageKind.APPLIED, "Applied", 1),
        CopiedStage(StageKind.OFFER, "Offer", 2),
    )


def test_the_headcount_is_copied_as_drafts() -> None:
    seats = [
        SeatState(UUID(int=number), number, status)
        for number, status in enumerate((SeatStatus.FILLED, SeatStatus.CLOSED, SeatStatus.OPEN), start=1)
    ]

    assert copying.copied_seats(seats) == (CopiedSeat(1), CopiedSeat(2))
    assert copying.copied_seats([]) == (CopiedSeat(1, SeatReason.NEW, SeatStatus.DRAFT),)


def test_a_copy_of_a_template_is_an_opening() -> None:
    assert copying.kind_of_copy(OpeningKind.TEMPLATE) is OpeningKind.STANDARD
    assert copying.kind_of_copy(OpeningKind.EVERGREEN) is OpeningKind.EVERGREEN
    assert copying.kind_of_copy(OpeningKind.STANDARD, as_template=True) is OpeningKind.TEMPLATE


def test_a_skill_has_one_name_and_several_it_is_found_by() -> None:
    assert skills.skill(" Node.js ", ["node", "Node JS", "NodeJS", ""]) == SkillNames(
        "Node.js", "node-js", ("node", "NodeJS")
    )


def test_one_word_names_one_skill() -> None:
    rest = skills.skill("REST", ["RESTful API"])

    skills.check_names_free(skills.skill("GraphQL"), [rest])
    with refused(InvalidInput, "The skill REST is already found under that name.", path=("name",)):
        skills.check_names_free(skills.skill("restful api"), [rest])


def test_a_member_joins_the_hiring_team_once_in_each_role() -> None:
    team = [HiringTeamPlace(ADA, HiringRole.RECRUITER, is_responsible=True)]

    hiring_team.check_joins(
        HiringTeamPlace(ADA, HiringRole.SOURCER, is_responsible=True), team, status=MembershipStatus.ACTIVE
    )
    with refused(AlreadyDone, "This member is already in the hiring team in that role."):
        hiring_team.check_joins(HiringTeamPlace(ADA, HiringRole.RECRUITER), team, status=MembershipStatus.ACTIVE)


def test_one_member_is_responsible_in_a_role() -> None:
    team = [HiringTeamPlace(ADA, HiringRole.RECRUITER, is_responsible=True)]

    hiring_team.check_joins(HiringTeamPlace(HUGO, HiringRole.RECRUITER), team, status=MembershipStatus.INVITED)
    with refused(InvalidInput, "Somebody else is responsible in that role already.", path=("isResponsible",)):
        hiring_team.check_joins(
            HiringTeamPlace(HUGO, HiringRole.RECRUITER, is_responsible=True), team, status=MembershipStatus.ACTIVE
        )


def test_the_hiring_team_is_of_active_members_and_bounded() -> None:
    place = HiringTeamPlace(HUGO, HiringRole.HIRING_MANAGER)
    crowd = [HiringTeamPlace(UUID(int=number), HiringRole.INTERVIEWER) for number in range(100, 200)]

    with refused(InvalidInput, "This member is deactivated.", path=("membershipId",)):
        hiring_team.check_joins(place, [], status=MembershipStatus.DEACTIVATED)
    with refused(InvalidInput, "A hiring team has at most 100 places."):
        hiring_team.check_joins(place, crowd, status=MembershipStatus.ACTIVE)
