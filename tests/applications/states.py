"""Applications, openings and stages as the rules see them, for the tests of rules."""

from datetime import UTC, datetime
from uuid import UUID

from portal.applications.enums import ApplicationStatus, RejectionType
from portal.applications.rules.outcomes import ReasonState
from portal.applications.rules.states import ApplicationState
from portal.openings.enums import OpeningKind, OpeningStatus, SeatStatus, StageKind
from portal.openings.rules.seats import SeatState
from portal.openings.rules.stages import StageState
from portal.openings.rules.states import OpeningState

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
OPENING, OTHER_OPENING = UUID(int=1), UUID(int=2)
CANDIDATE = UUID(int=3)


def a_stage(position: int, kind: StageKind, name: str, *, is_archived: bool = False) -> StageState:
    return StageState(UUID(int=100 + position), OPENING, kind, name, position, is_archived)


APPLIED = a_stage(1, StageKind.APPLIED, "Applied")
SCREEN = a_stage(2, StageKind.SCREEN, "Screen")
OFFER = a_stage(3, StageKind.OFFER, "Offer")
HIRED_STAGE = a_stage(4, StageKind.HIRED, "Hired")
OLD = a_stage(5, StageKind.INTERVIEW, "Old interview", is_archived=True)
BOARD = (APPLIED, SCREEN, OFFER, HIRED_STAGE, OLD)

UNSUITABLE = ReasonState("Unsuitable", RejectionType.BY_ORGANIZATION)
OTHER_OFFER = ReasonState("Took another offer", RejectionType.BY_CANDIDATE)


def an_application(
    status: ApplicationStatus = ApplicationStatus.ACTIVE, stage: StageState = SCREEN
) -> ApplicationState:
    return ApplicationState(UUID(int=50), CANDIDATE, OPENING, status, stage.id, stage.name, NOON)


def an_opening(
    status: OpeningStatus = OpeningStatus.OPEN,
    kind: OpeningKind = OpeningKind.STANDARD,
    *,
    id: UUID = OPENING,
    closed_automatically: bool = False,
) -> OpeningState:
    return OpeningState(id, status, kind, closed_automatically=closed_automatically)


def a_seat(number: int = 1, status: SeatStatus = SeatStatus.OPEN, team_id: UUID | None = None) -> SeatState:
    return SeatState(UUID(int=200 + number), number, status, team_id)
