"""The pipeline: where applications arrive, how stages are ordered, and when one may be archived."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import AlreadyDone, InvalidInput, NotFound, WrongState
from portal.openings.enums import StageKind
from portal.openings.rules import stages
from portal.openings.rules.stages import Direction, StageState
from tests.refusals import refused

OPENING = UUID(int=1)


def a_stage(position: int, kind: StageKind, *, is_archived: bool = False, opening_id: UUID = OPENING) -> StageState:
    return StageState(UUID(int=100 + position), opening_id, kind, kind.title(), position, is_archived)


LEAD = a_stage(1, StageKind.LEAD)
APPLIED = a_stage(2, StageKind.APPLIED)
SCREEN = a_stage(3, StageKind.SCREEN)
OFFER = a_stage(4, StageKind.OFFER)
HIRED = a_stage(5, StageKind.HIRED)
OLD = a_stage(6, StageKind.INTERVIEW, is_archived=True)
BOARD = [LEAD, APPLIED, SCREEN, OFFER, HIRED, OLD]


def test_the_default_pipeline_works() -> None:
    stages.check_pipeline([kind for kind, _ in stages.DEFAULT_PIPELINE])


def test_applications_arrive_in_applied_and_leads_in_lead() -> None:
    assert stages.arrival_stage(BOARD, is_lead=False) == APPLIED
    assert stages.arrival_stage(BOARD, is_lead=True) == LEAD
    assert stages.arrival_stage([SCREEN, HIRED], is_lead=True) == SCREEN
    with refused(InvalidInput, "This opening's pipeline has no stage in which an application could start."):
        stages.arrival_stage([HIRED, OLD], is_lead=False)


def test_r3_a_move_goes_forward_or_backward() -> None:
    assert stages.direction(APPLIED, OFFER) is Direction.FORWARD
    assert stages.direction(OFFER, APPLIED) is Direction.BACKWARD


def test_a_hired_application_stands_in_the_hired_stage() -> None:
    assert stages.stage_of_hired(BOARD, OFFER) == HIRED
    assert stages.stage_of_hired([APPLIED, OFFER], OFFER) == OFFER


def test_r18_an_unhired_application_goes_back_to_the_offer_stage() -> None:
    assert stages.stage_after_unhire(BOARD) == OFFER
    assert stages.stage_after_unhire([APPLIED, SCREEN, HIRED]) == SCREEN
    with refused(InvalidInput, "This opening's pipeline has no stage in which an application could be."):
        stages.stage_after_unhire([HIRED])


def test_an_application_returns_to_its_stage_or_the_nearest_earlier_one_in_use() -> None:
    archived = a_stage(3, StageKind.SCREEN, is_archived=True)

    assert stages.stage_to_return_to(SCREEN, BOARD) == SCREEN
    assert stages.stage_to_return_to(archived, [LEAD, APPLIED, archived, OFFER]) == APPLIED
    assert stages.stage_to_return_to(archived, [archived, OFFER, HIRED]) == OFFER
    with refused(InvalidInput, "This opening's pipeline has no stage in which an application could be."):
        stages.stage_to_return_to(archived, [archived, HIRED])


def test_r2_a_destination_belongs_to_the_opening_and_is_in_use() -> None:
    stages.check_destination(SCREEN, opening_id=OPENING, path="toStageId")
    with refused(NotFound, "No such stage.", path=("toStageId",)):
        stages.check_destination(SCREEN, opening_id=UUID(int=2), path="toStageId")
    with refused(InvalidInput, "The stage Interview is archived. Choose another one.", path=("toStageId",)):
        stages.check_destination(OLD, opening_id=OPENING, path="toStageId")
    with refused(InvalidInput, "To hire somebody is more than a move: it fills a seat.", path=("toStageId",)):
        stages.check_destination(HIRED, opening_id=OPENING, path="toStageId")


def test_a_pipeline_ends_with_hiring_and_starts_somewhere() -> None:
    with refused(InvalidInput, "A pipeline has at most one HIRED stage, and it is the last.", path=("stages",)):
        stages.check_pipeline([StageKind.APPLIED, StageKind.HIRED, StageKind.OFFER])
    for nowhere in ([], [StageKind.HIRED]):
        with refused(InvalidInput, "A pipeline needs a stage in which applications arrive.", path=("stages",)):
            stages.check_pipeline(nowhere)
    with refused(InvalidInput, "At most 30 are allowed here, not 31.", path=("stages",)):
        stages.check_pipeline([StageKind.SCREEN] * 31)


def test_a_new_stage_goes_before_hired() -> None:
    assert stages.position_of_new_stage(BOARD, StageKind.INTERVIEW) == 5
    assert stages.position_of_new_stage([APPLIED, OLD], StageKind.INTERVIEW) == 7
    assert stages.position_of_new_stage([], StageKind.APPLIED) == 1
    with refused(InvalidInput, "A pipeline has at most one HIRED stage.", path=("kind",)):
        stages.position_of_new_stage(BOARD, StageKind.HIRED)


def test_stages_are_reordered_as_listed_and_archived_ones_stay_behind() -> None:
    order = [APPLIED.id, LEAD.id, OFFER.id, SCREEN.id, HIRED.id]

    assert stages.reordered(BOARD, order) == {
        APPLIED.id: 1,
        LEAD.id: 2,
        OFFER.id: 3,
        SCREEN.id: 4,
        HIRED.id: 5,
        OLD.id: 6,
    }


@pytest.mark.parametrize(
    "order",
    [
        [],
        [LEAD.id, APPLIED.id, SCREEN.id, OFFER.id],
        [LEAD.id, APPLIED.id, SCREEN.id, OFFER.id, OFFER.id],
        [LEAD.id, APPLIED.id, SCREEN.id, OFFER.id, OLD.id],
        [LEAD.id, APPLIED.id, SCREEN.id, OFFER.id, HIRED.id, HIRED.id],
    ],
)
def test_an_order_that_is_not_of_all_stages_is_refused(order: list[UUID]) -> None:
    with refused(InvalidInput, "List every stage in use exactly once.", path=("stageIds",)):
        stages.reordered(BOARD, order)


def test_hired_stays_last() -> None:
    with refused(InvalidInput, "A pipeline has at most one HIRED stage, and it is the last.", path=("stages",)):
        stages.reordered(BOARD, [LEAD.id, APPLIED.id, HIRED.id, SCREEN.id, OFFER.id])


@given(st.permutations([LEAD, APPLIED, SCREEN, OFFER]))
def test_any_order_is_taken_as_it_is_listed(order: list[StageState]) -> None:
    listed = [stage.id for stage in order] + [HIRED.id]

    positions = stages.reordered(BOARD, listed)

    assert sorted(positions, key=lambda stage_id: positions[stage_id]) == [*listed, OLD.id]
    assert sorted(positions.values()) == [1, 2, 3, 4, 5, 6]


def test_a_stage_with_applications_is_archived_only_with_a_destination() -> None:
    with refused(
        InvalidInput,
        "2 applications are in Screen. Name the stage that they move to.",
        path=("destinationStageId",),
    ):
        stages.check_archive(SCREEN, BOARD, active_applications=2, destination=None)
    stages.check_archive(SCREEN, BOARD, active_applications=2, destination=OFFER)
    stages.check_archive(SCREEN, BOARD, active_applications=0, destination=None)


def test_a_destination_is_another_stage_in_use() -> None:
    with refused(InvalidInput, "Applications can't stay in the stage that is archived.", path=("destinationStageId",)):
        stages.check_archive(SCREEN, BOARD, active_applications=2, destination=SCREEN)
    with refused(NotFound, "No such stage.", path=("destinationStageId",)):
        elsewhere = a_stage(3, StageKind.SCREEN, opening_id=UUID(int=2))
        stages.check_archive(SCREEN, BOARD, active_applications=2, destination=elsewhere)


def test_stages_that_the_pipeline_needs_are_not_archived() -> None:
    with refused(WrongState, "The HIRED stage can't be archived: hired candidates stand in it."):
        stages.check_archive(HIRED, BOARD, active_applications=0, destination=None)
    with refused(WrongState, "The last APPLIED stage can't be archived: new applications arrive in it."):
        stages.check_archive(APPLIED, BOARD, active_applications=0, destination=None)
    with refused(WrongState, "The last stage can't be archived: applications have to be somewhere."):
        stages.check_archive(SCREEN, [SCREEN, HIRED], active_applications=0, destination=None)
    with refused(AlreadyDone, "The stage Interview is already archived."):
        stages.check_archive(OLD, BOARD, active_applications=0, destination=None)


def test_an_archived_stage_is_restored() -> None:
    stages.check_restore(OLD, BOARD)
    with refused(AlreadyDone, "The stage Screen is not archived."):
        stages.check_restore(SCREEN, BOARD)
    with refused(InvalidInput, "A pipeline has at most one HIRED stage.", path=("kind",)):
        stages.check_restore(a_stage(9, StageKind.HIRED, is_archived=True), BOARD)
