"""What actions on applications look at before they decide, and how the rules see it.

Rows that an action reaches through an application it may act on (its opening, its stages) are loaded without a further
question of rights: those were answered by the application.

Lock order: openings, their seats and postings, stages, candidates, applications; rows in id order.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.work import Work
from portal.applications.enums import ApplicationStatus
from portal.applications.models import Application, RejectionReason
from portal.applications.rules.outcomes import ReasonState
from portal.applications.rules.states import ApplicationState
from portal.applications.rules.submission import EarlierApplication
from portal.candidates.models import Candidate
from portal.database.base import ModelT
from portal.openings.loading import stage_state
from portal.openings.models import Opening, Stage
from portal.openings.rules.stages import StageState
from portal.reading.rows import constant

_TENANT = bindparam("organization_id", type_=Uuid())


def _one_of(column: InstrumentedAttribute[UUID], name: str) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(Uuid())))


def _locked_by_id(model: type[ModelT]) -> Select[ModelT]:
    """Rows of a model with one of the bound `ids`, locked in id order."""
    columns = model.__table__.c
    wanted = columns.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
    return (
        select(model)
        .where(columns.organization_id == _TENANT, wanted)
        .order_by(columns.id)
        .with_for_update(key_share=True)
    )


_OPENINGS = _locked_by_id(Opening)
_CANDIDATES = _locked_by_id(Candidate)
_APPLICATIONS = _locked_by_id(Application)
_STAGES = (
    select(Stage)
    .where(Stage.organization_id == _TENANT, _one_of(Stage.opening_id, "opening_ids"))
    .order_by(Stage.position, Stage.id)
)
_ACTIVE_OF_OPENING = (
    select(Application)
    .where(
        Application.organization_id == _TENANT,
        Application.opening_id == bindparam("opening_id", type_=Uuid()),
        Application.status == constant(ApplicationStatus.ACTIVE),
    )
    .order_by(Application.id)
    .with_for_update(key_share=True)
)
_CANDIDATES_OF_OPENING = (
    select(Application.candidate_id)
    .distinct()
    .where(
        Application.organization_id == _TENANT,
        Application.opening_id == bindparam("opening_id", type_=Uuid()),
        Application.status == constant(ApplicationStatus.ACTIVE),
    )
)
_OF_CANDIDATES = select(
    Application.id,
    Application.candidate_id,
    Application.status,
    func.coalesce(Application.rejected_at, Application.withdrawn_at).label("ended_at"),
).where(
    Application.organization_id == _TENANT,
    _one_of(Application.candidate_id, "candidate_ids"),
    Application.opening_id == bindparam("opening_id", type_=Uuid()),
)


async def lock_opening(work: Work, opening_id: UUID) -> Opening:
    """An opening that the action reached through something it may act on, locked before all that belongs to it."""
    return (await lock_openings(work, [opening_id]))[opening_id]


async def lock_openings(work: Work, opening_ids: Iterable[UUID]) -> Mapping[UUID, Opening]:
    """Several openings by id, locked in id order."""
    rows = await work.lock_all(_OPENINGS, Opening, ids=list(set(opening_ids)))
    return {row.id: row for row in rows}


async def lock_candidates(work: Work, candidate_ids: Iterable[UUID]) -> Mapping[UUID, Candidate]:
    """Candidates by id, locked in id order, before their applications."""
    rows = await work.lock_all(_CANDIDATES, Candidate, ids=list(set(candidate_ids)))
    return {row.id: row for row in rows}


async def lock_candidates_of(work: Work, opening_id: UUID) -> None:
    """Lock all candidates with an active application for an opening that is locked, so that there are no more."""
    rows = await work.rows(_CANDIDATES_OF_OPENING, opening_id=opening_id)
    await lock_candidates(work, [row["candidate_id"] for row in rows])


async def lock_applications(work: Work, application_ids: Iterable[UUID]) -> list[Application]:
    """Applications by id, whoever may see them, locked in id order."""
    return await work.lock_all(_APPLICATIONS, Application, ids=list(application_ids))


async def lock_active(work: Work, opening_id: UUID) -> list[Application]:
    """All active applications for an opening, whoever may see them, locked in id order."""
    return await work.lock_all(_ACTIVE_OF_OPENING, Application, opening_id=opening_id)


async def stages_of(work: Work, *opening_ids: UUID) -> Mapping[UUID, StageState]:
    """All stages of openings by id, the archived ones included, in the pipeline's order."""
    rows = await work.all(_STAGES, Stage, opening_ids=list(opening_ids))
    return {row.id: stage_state(row) for row in rows}


async def earlier_applications(
    work: Work, candidate_ids: Iterable[UUID], opening_id: UUID
) -> Mapping[UUID, list[EarlierApplication]]:
    """What candidates have applied for at one opening before, by candidate."""
    wanted = list(set(candidate_ids))
    found: dict[UUID, list[EarlierApplication]] = {candidate_id: [] for candidate_id in wanted}
    for row in await work.rows(_OF_CANDIDATES, candidate_ids=wanted, opening_id=opening_id):
        found[row["candidate_id"]].append(
            EarlierApplication(row["id"], ApplicationStatus(row["status"]), row["ended_at"])
        )
    return found


def application_state(application: Application, stage_name: str) -> ApplicationState:
    """An application as the rules see it; `stage_name` is that of the stage it is in."""
    return ApplicationState(
        id=application.id,
        candidate_id=application.candidate_id,
        opening_id=application.opening_id,
        status=application.status,
        stage_id=application.stage_id,
        stage_name=stage_name,
        entered_stage_at=application.entered_stage_at,
        seat_id=application.seat_id,
    )


def reason_state(reason: RejectionReason) -> ReasonState:
    """A reason as the rules see it."""
    return ReasonState(name=reason.name, type=reason.type, archived_at=reason.archived_at)


def since(application: Application) -> datetime:
    """Since when the application has had its stage and status."""
    ended_at = application.rejected_at or application.withdrawn_at or application.hired_at
    return ended_at if application.status is not ApplicationStatus.ACTIVE and ended_at else application.entered_stage_at
