"""Mutations of service accounts."""

import strawberry

from portal.people.actions import service_accounts
from portal.people.reads import SERVICE_ACCOUNT
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation
from schema.people.types import ServiceAccount
from schema.reading import described, the


@strawberry.input(description="A new integration.")
class CreateServiceAccountInput:
    name: str = described("What it is called, 1 to 200 characters, unique in the organization.")
    description: str | None = described("What it is for, at most 10,000 characters.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a service account answers.")
class CreateServiceAccountPayload(Payload):
    service_account: ServiceAccount | None = described(
        "The service account; null when nothing was changed.", default=None
    )


@strawberry.input(description="Which integration to end.")
class DeactivateServiceAccountInput:
    service_account_id: strawberry.ID = described("The service account's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What deactivating a service account answers.")
class DeactivateServiceAccountPayload(Payload):
    service_account: ServiceAccount | None = described(
        "The service account; null when nothing was changed.", default=None
    )


@strawberry.type
class ServiceAccountMutations:
    @mutation("Add an integration. It may nothing until it is granted a role. Takes `token:manage`.")
    async def create_service_account(self, info: Info, input: CreateServiceAccountInput) -> CreateServiceAccountPayload:
        done = await info.context.perform(
            input.idempotency_key,
            service_accounts.create_service_account,
            name=input.name,
            description=input.description,
        )
        return CreateServiceAccountPayload(service_account=the(SERVICE_ACCOUNT, done.service_account_id))

    @mutation("End an integration's access at once, and revoke its tokens. Takes `token:manage`.")
    async def deactivate_service_account(
        self, info: Info, input: DeactivateServiceAccountInput
    ) -> DeactivateServiceAccountPayload:
        done = await info.context.perform(
            input.idempotency_key,
            service_accounts.deactivate_service_account,
            service_account_id=id_of(SERVICE_ACCOUNT, input.service_account_id),
        )
        return DeactivateServiceAccountPayload(service_account=the(SERVICE_ACCOUNT, done.service_account_id))
