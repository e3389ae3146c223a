"""The rows around an opening that actions decide on, locked, and each as the rules see it.

Lock order: the opening first, then its seats, then whatever else belongs to it, rows in id order.
"""

from uuid import UUID

from sqlalchemy import DateTime, Select, Text, Uuid, bindparam, exists, literal_column, select

from portal.access.work import Work
from portal.database.base import ModelT
from portal.openings.models import Opening, OpeningTeam, Posting, Seat, Stage
from portal.openings.rules.postings import LIVE, PostingState
from portal.openings.rules.seats import SeatState
from portal.openings.rules.stages import StageState
from portal.openings.rules.states import OpeningState
from portal.organizations import policies
from portal.organizations.models import Organization

_TENANT = bindparam("organization_id", type_=Uuid())
_OPENING = bindparam("opening_id", type_=Uuid())


def of_opening(model: type[ModelT]) -> Select[ModelT]:
    """A SELECT of the rows of one opening, bound as `opening_id`, in id order. Keep it in a module's constant."""
    columns = model.__table__.c
    return select(model).where(columns.organization_id == _TENANT, columns.opening_id == _OPENING).order_by(columns.id)


_TEAMS = of_opening(OpeningTeam)
_SEATS = of_opening(Seat).with_for_update(key_share=True)
_POSTINGS = of_opening(Posting).with_for_update(key_share=True)
# Those with a posting that is up though its last day is over; so many that one transaction stays short.
_POSTED_TOO_LONG = (
    select(Opening)
    .where(
        Opening.organization_id == _TENANT,
        exists().where(
            Posting.organization_id == _TENANT,
            Posting.opening_id == Opening.id,
            Posting.status.in_(literal_column(f"'{status.value}'", Text()) for status in sorted(LIVE)),
            Posting.valid_through <= bindparam("now", type_=DateTime(timezone=True)),
        ),
    )
    .order_by(Opening.id)
    .limit(100)
    .with_for_update(key_share=True)
)
_STAGES = of_opening(Stage)
_LOCKED_STAGES = _STAGES.with_for_update(key_share=True)
_POLICIES = select(Organization.policies).where(Organization.organization_id == _TENANT)


async def policies_of(work: Work) -> policies.Policies:
    """What the organization decided for itself."""
    return policies.from_json(await work.value(_POLICIES))


async def lock_posted_too_long(work: Work) -> list[Opening]:
    """Openings with postings that have expired by now; none when there are no more."""
    return await work.lock_all(_POSTED_TOO_LONG, Opening, now=work.now)


async def lock_seats(work: Work, opening: Opening) -> list[Seat]:
    """All seats of an opening that is locked."""
    return await work.lock_all(_SEATS, Seat, opening_id=opening.id)


async def lock_postings(work: Work, opening: Opening) -> list[Posting]:
    """All postings of an opening that is locked."""
    return await work.lock_all(_POSTINGS, Posting, opening_id=opening.id)


async def lock_stages(work: Work, opening: Opening) -> list[Stage]:
    """All stages of an opening that is locked, archived ones included."""
    return await work.lock_all(_LOCKED_STAGES, Stage, opening_id=opening.id)


async def stages_of(work: Work, opening: Opening) -> list[Stage]:
    """The same for an action that changes none of them."""
    return await work.all(_STAGES, Stage, opening_id=opening.id)


async def team_ids_of(work: Work, opening_id: UUID) -> list[UUID]:
    """The teams that an opening hires for."""
    return [row.team_id for row in await work.all(_TEAMS, OpeningTeam, opening_id=opening_id)]


def opening_state(row: Opening) -> OpeningState:
    return OpeningState(row.id, row.status, row.kind, row.is_confidential, row.closed_automatically, row.closed_at)


def seat_state(row: Seat) -> SeatState:
    return SeatState(row.id, row.number, row.status, row.team_id, row.closed_at)


def stage_state(row: Stage) -> StageState:
    return StageState(row.id, row.opening_id, row.kind, row.name, row.position, row.archived_at is not None)


def posting_state(row: Posting) -> PostingState:
    return PostingState(row.id, row.opening_id, row.status, row.body_text, row.valid_through)
