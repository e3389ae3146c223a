"""How many applications of an opening are active, for the openings area, which can't look up here itself."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from portal.access.work import Work
from portal.applications.enums import ApplicationStatus
from portal.applications.models import Application
from portal.reading.rows import constant

_COUNT = select(func.count()).where(
    Application.organization_id == bindparam("organization_id", type_=Uuid()),
    Application.opening_id == bindparam("opening_id", type_=Uuid()),
    Application.status == constant(ApplicationStatus.ACTIVE),
)


async def count_active(work: Work, opening_id: UUID) -> int:
    """How many applications of an opening are active, whoever may see them."""
    counted: int = await work.value(_COUNT, opening_id=opening_id)
    return counted
