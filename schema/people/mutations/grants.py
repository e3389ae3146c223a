"""Mutations of grants."""

from datetime import datetime

import strawberry

from portal.openings.reads import OPENING
from portal.organizations.reads import DEPARTMENT, LOCATION, TEAM
from portal.people.actions import grants
from portal.people.reads import GRANT, MEMBERSHIP, SERVICE_ACCOUNT
from portal.people.rules import GrantTerms
from portal.reading.entity import AnyEntity
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation, optional_id
from schema.people.enums import GrantRole, Privilege, ScopeType
from schema.people.types import Grant
from schema.reading import described, the

SCOPES: dict[ScopeType, AnyEntity] = {
    ScopeType.DEPARTMENT: DEPARTMENT,
    ScopeType.OFFICE: LOCATION,
    ScopeType.TEAM: TEAM,
}


@strawberry.input(description="A role to be granted.")
class GrantRoleInput:
    membership_id: strawberry.ID | None = described("The member who shall hold it.", default=None)
    service_account_id: strawberry.ID | None = described(
        "The service account that shall hold it. Give either this or a member.", default=None
    )
    role: GrantRole = described("What it lets its holder do.")
    scope_type: ScopeType = described("Where it counts. On an opening, roles are granted with `grantOpeningRole`.")
    scope_id: strawberry.ID | None = described(
        "The department, location or team where it counts; none for the whole organization.", default=None
    )
    include_confidential: bool = described(
        "Whether it counts in confidential openings too; only for the whole organization.", default=False
    )
    privileges: list[Privilege] = described("What it adds to the role.", default_factory=list)
    expires_at: datetime | None = described("When it ends by itself; never if not given.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What granting a role answers.")
class GrantRolePayload(Payload):
    grant: Grant | None = described("The grant; null when nothing was changed.", default=None)


@strawberry.input(description="Which grant to revoke.")
class RevokeGrantInput:
    grant_id: strawberry.ID = described("The grant's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What revoking a grant answers.")
class RevokeGrantPayload(Payload):
    grant: Grant | None = described("The grant; null when nothing was changed.", default=None)


@strawberry.type
class GrantMutations:
    @mutation(
        "Let a member or service account do what a role does, in the organization or a part of it. Nobody grants to "
        "themselves, or more than they may there. Takes `grant:manage`."
    )
    async def grant_role(self, info: Info, input: GrantRoleInput) -> GrantRolePayload:
        done = await info.context.perform(
            input.idempotency_key,
            grants.grant_role,
            terms=_terms(input),
        )
        return GrantRolePayload(grant=the(GRANT, done.grant_id))

    @mutation(
        "End a grant, of whatever scope, from the next request of its holder on. Nobody revokes their own; one that a "
        "directory group gives ends with `removeDirectoryGroupRole`. Takes `grant:manage`."
    )
    async def revoke_grant(self, info: Info, input: RevokeGrantInput) -> RevokeGrantPayload:
        done = await info.context.perform(
            input.idempotency_key,
            grants.revoke_grant,
            grant_id=id_of(GRANT, input.grant_id),
        )
        return RevokeGrantPayload(grant=the(GRANT, done.grant_id))


def _terms(input: GrantRoleInput) -> GrantTerms:
    scope = SCOPES.get(input.scope_type, OPENING)
    return GrantTerms(
        role=input.role,
        scope_type=input.scope_type,
        scope_id=optional_id(scope, input.scope_id),
        membership_id=optional_id(MEMBERSHIP, input.membership_id),
        service_account_id=optional_id(SERVICE_ACCOUNT, input.service_account_id),
        include_confidential=input.include_confidential,
        privileges=frozenset(input.privileges),
        expires_at=input.expires_at,
    )
