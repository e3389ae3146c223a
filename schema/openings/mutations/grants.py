"""Mutations of rights on one opening."""

from datetime import datetime

import strawberry

from portal.access.enums import ScopeType
from portal.openings.actions import grants
from portal.openings.reads import OPENING
from portal.people.reads import GRANT, MEMBERSHIP, SERVICE_ACCOUNT
from portal.people.rules import GrantTerms
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation, optional_id
from schema.people.enums import GrantRole, Privilege
from schema.people.types import Grant
from schema.reading import described, the


@strawberry.input(description="Who may do what on an opening. Give exactly one of member and service account.")
class GrantOpeningRoleInput:
    opening_id: strawberry.ID = described("The opening's id.")
    membership_id: strawberry.ID | None = described("The member who gets the role.", default=None)
    service_account_id: strawberry.ID | None = described("The service account that gets the role.", default=None)
    role: GrantRole = described("What they may do.")
    include_confidential: bool = described(
        "Whether also while the opening is confidential; without it the grant rests meanwhile.", default=False
    )
    privileges: list[Privilege] = described("Extra rights beyond the role.", default_factory=list)
    expires_at: datetime | None = described("When it ends; never if not given.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What giving a role on an opening answers.")
class GrantOpeningRolePayload(Payload):
    grant: Grant | None = described("The grant; null when none was given.", default=None)


@strawberry.type
class OpeningGrantMutations:
    @mutation(
        "Let somebody do what a role does on one opening. Nobody gives more than they have there. Takes `grant:manage`."
    )
    async def grant_opening_role(self, info: Info, input: GrantOpeningRoleInput) -> GrantOpeningRolePayload:
        terms = GrantTerms(
            role=input.role,
            scope_type=ScopeType.OPENING,
            scope_id=id_of(OPENING, input.opening_id),
            membership_id=optional_id(MEMBERSHIP, input.membership_id),
            service_account_id=optional_id(SERVICE_ACCOUNT, input.service_account_id),
            include_confidential=input.include_confidential,
            privileges=frozenset(input.privileges),
            expires_at=input.expires_at,
        )
        done = await info.context.perform(input.idempotency_key, grants.grant_opening_role, terms=terms)
        return GrantOpeningRolePayload(grant=the(GRANT, done.grant_id))
