"""The organization's list of reasons for rejections and withdrawals."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from portal import archiving, bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions.results import ReasonResult, ReasonsResult
from portal.applications.enums import RejectionType, SystemReason
from portal.applications.events import RejectionReasonChanged
from portal.applications.models import RejectionReason
from portal.applications.reads import REJECTION_REASON
from portal.errors import AlreadyDone, NotUnique, WrongState
from portal.records.recording import first_values, record

means(
    "uq_rejection_reason_organization_id_name",
    lambda: NotUnique("There is a reason of that name already.", path=("name",)),
)

_COUNT = select(func.count()).where(RejectionReason.organization_id == bindparam("organization_id", type_=Uuid()))

# What applicant tracking systems start with; the first four are what the portal itself gives.
DEFAULT_REASONS: tuple[tuple[str, RejectionType, SystemReason | None], ...] = (
    ("Position closed", RejectionType.BY_ORGANIZATION, SystemReason.POSITION_CLOSED),
    ("Position filled", RejectionType.BY_ORGANIZATION, SystemReason.POSITION_FILLED),
    ("Duplicate", RejectionType.OTHER, SystemReason.DUPLICATE),
    ("Moved to another opening", RejectionType.OTHER, SystemReason.MOVED_TO_OTHER_OPENING),
    ("Does not meet the requirements", RejectionType.BY_ORGANIZATION, None),
    ("Experience does not fit", RejectionType.BY_ORGANIZATION, None),
    ("Interview feedback", RejectionType.BY_ORGANIZATION, None),
    ("Other candidate chosen", RejectionType.BY_ORGANIZATION, None),
    ("Not responding", RejectionType.OTHER, None),
    ("Accepted another offer", RejectionType.BY_CANDIDATE, None),
    ("Pay", RejectionType.BY_CANDIDATE, None),
    ("Location", RejectionType.BY_CANDIDATE, None),
    ("Lost interest", RejectionType.BY_CANDIDATE, None),
)


@action(Permission.ORGANIZATION_MANAGE)
async def add_rejection_reason(work: Work, *, name: str, type: RejectionType) -> ReasonResult:
    """Add a reason for ending applications. Raises NotUnique for a name that is taken, InvalidInput for none."""
    name = bounds.one_line(name, path="name")
    return ReasonResult(_add(work, RejectionReason(name=name, type=type)))


@action(Permission.ORGANIZATION_MANAGE)
async def rename_rejection_reason(
    work: Work, *, rejection_reason_id: UUID, name: str, expected_version: int | None = None
) -> ReasonResult:
    """Call a reason by another name, in history too. Raises NotUnique for a name that is taken, AlreadyDone."""
    reason = await work.lock(REJECTION_REASON, rejection_reason_id, expected_version=expected_version)
    changes = work.change(reason, name=bounds.one_line(name, path="name"))
    if not changes:
        raise AlreadyDone("The reason already has that name.")
    record(work, RejectionReasonChanged(subject_id=reason.id, changes=changes))
    return ReasonResult(reason.id)


@action(Permission.ORGANIZATION_MANAGE)
async def archive_rejection_reason(
    work: Work, *, rejection_reason_id: UUID, expected_version: int | None = None
) -> ReasonResult:
    """Take a reason out of the list to choose from; applications that have it keep it (R33).

    Raises AlreadyDone, and WrongState for a reason that the portal itself gives.
    """
    reason = await work.lock(REJECTION_REASON, rejection_reason_id, expected_version=expected_version)
    archiving.check_archive("reason", reason.archived_at)
    if reason.system_code is not None:
        raise WrongState("The portal itself gives this reason. Rename it if you like.", state=reason.system_code)
    record(work, RejectionReasonChanged(subject_id=reason.id, changes=work.change(reason, archived_at=work.now)))
    return ReasonResult(reason.id)


@action(Permission.ORGANIZATION_MANAGE)
async def unarchive_rejection_reason(
    work: Work, *, rejection_reason_id: UUID, expected_version: int | None = None
) -> ReasonResult:
    """Put a reason back into the list to choose from. Raises AlreadyDone when it is there."""
    reason = await work.lock(REJECTION_REASON, rejection_reason_id, expected_version=expected_version)
    archiving.check_restore("reason", reason.archived_at)
    record(work, RejectionReasonChanged(subject_id=reason.id, changes=work.change(reason, archived_at=None)))
    return ReasonResult(reason.id)


@action(Permission.ORGANIZATION_MANAGE)
async def add_default_rejection_reasons(work: Work) -> ReasonsResult:
    """Give a new organization reasons to begin with. Raises AlreadyDone when it has any."""
    if await work.value(_COUNT):
        raise AlreadyDone("This organization has reasons already.")
    for name, type_, system_code in DEFAULT_REASONS:
        _add(work, RejectionReason(name=name, type=type_, system_code=system_code))
    return ReasonsResult(len(DEFAULT_REASONS))


def _add(work: Work, reason: RejectionReason) -> UUID:
    work.add(reason)
    changes = first_values(reason, "name", "type", "system_code")
    record(work, RejectionReasonChanged(subject_id=reason.id, changes=changes))
    return reason.id
