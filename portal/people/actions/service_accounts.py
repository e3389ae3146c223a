"""Service accounts: integrations that sign in with tokens of their own and may exactly what they are granted."""

from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, NotUnique
from portal.people.actions.ending import revoke_tokens_of
from portal.people.actions.results import ServiceAccountResult
from portal.people.events import ServiceAccountCreated, ServiceAccountDeactivated
from portal.people.models import ServiceAccount
from portal.people.reads import SERVICE_ACCOUNT
from portal.records.recording import first_values, record

means(
    "uq_service_account_organization_id_name",
    lambda: NotUnique("A service account has this name already.", path=("name",)),
)


@action(Permission.TOKEN_MANAGE)
async def create_service_account(work: Work, *, name: str, description: str | None = None) -> ServiceAccountResult:
    """Add an integration; it may nothing until it is granted a role. Raises NotUnique for a name that is taken."""
    row = work.add(
        ServiceAccount(
            name=bounds.one_line(name, path="name"),
            description=bounds.optional_text(description, longest=bounds.NOTE_LENGTH, path="description"),
        )
    )
    record(work, ServiceAccountCreated(subject_id=row.id, changes=first_values(row, "name")))
    return ServiceAccountResult(row.id)


@action(Permission.TOKEN_MANAGE)
async def deactivate_service_account(work: Work, *, service_account_id: UUID) -> ServiceAccountResult:
    """End an integration's access at once, and its tokens for good. Raises AlreadyDone."""
    row = await work.lock(SERVICE_ACCOUNT, service_account_id)
    if row.deactivated_at is not None:
        raise AlreadyDone("This service account is already deactivated.")
    changes = work.change(row, deactivated_at=work.now)
    record(work, ServiceAccountDeactivated(subject_id=row.id, changes=changes))
    await revoke_tokens_of(work, service_account_id=row.id)
    return ServiceAccountResult(row.id)
