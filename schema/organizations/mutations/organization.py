"""Mutations of the organization itself. It is created by the operator, with a command."""

import strawberry

from portal.organizations.actions import organization
from portal.organizations.actions.organization import PolicyChanges
from portal.organizations.reads import ORGANIZATION
from schema.mutating import Info, Payload, expected_version, given, idempotency_key, mutation
from schema.organizations.enums import DocumentMode, TeamRequiredAt
from schema.organizations.types import Organization
from schema.reading import described, the


@strawberry.input(description="What is different about the organization. What is left out stays; nothing can be null.")
class UpdateOrganizationInput:
    name: str | None = described("The employer's name, 1 to 200 characters.", default=strawberry.UNSET)
    default_currency: str | None = described("ISO 4217 code.", default=strawberry.UNSET)
    default_timezone: str | None = described("IANA time zone.", default=strawberry.UNSET)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing the organization answers.")
class UpdateOrganizationPayload(Payload):
    organization: Organization | None = described("The organization; null when nothing was changed.", default=None)


@strawberry.input(
    description="The policies that are different from now on. What is left out stays; nothing can be null."
)
class SetPoliciesInput:
    require_rejection_reason: bool | None = described(
        "Whether a rejection has a reason; only true is allowed.", default=strawberry.UNSET
    )
    require_source: bool | None = described(
        "Whether an application has to say through what channel it came.", default=strawberry.UNSET
    )
    hired_private_by_default: bool | None = described(
        "Whether candidates become private when they are hired.", default=strawberry.UNSET
    )
    internal_private_by_default: bool | None = described(
        "Whether candidates who work here already are private from the start.", default=strawberry.UNSET
    )
    opening_approval: bool | None = described(
        "Whether openings are approved before they open.", default=strawberry.UNSET
    )
    reapply_after_days: int | None = described(
        "How many days after a rejection or withdrawal a candidate can't apply again, 0 to 3,650.",
        default=strawberry.UNSET,
    )
    team_required_at: TeamRequiredAt | None = described(
        "Before what the team is chosen where an opening hires for several.", default=strawberry.UNSET
    )
    require_second_factor: bool | None = described(
        "Whether nobody signs in with a password alone.", default=strawberry.UNSET
    )
    browser_documents: DocumentMode | None = described(
        "What requests with a browser's session may hold; a token says it itself.", default=strawberry.UNSET
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What setting policies answers.")
class SetPoliciesPayload(Payload):
    organization: Organization | None = described("The organization; null when nothing was changed.", default=None)


@strawberry.type
class OrganizationItselfMutations:
    @mutation(
        "Change the organization's name, default currency or time zone. Amounts that are stored keep their currency. "
        "Takes `organization:manage`."
    )
    async def update_organization(self, info: Info, input: UpdateOrganizationInput) -> UpdateOrganizationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            organization.update_organization,
            name=given(input.name),
            default_currency=given(input.default_currency),
            default_timezone=given(input.default_timezone),
            expected_version=input.expected_version,
        )
        return UpdateOrganizationPayload(organization=the(ORGANIZATION, done.organization_id))

    @mutation(
        "Decide how the organization hires. Counts from then on, not for what was done before. Takes "
        "`organization:manage`."
    )
    async def set_policies(self, info: Info, input: SetPoliciesInput) -> SetPoliciesPayload:
        done = await info.context.perform(
            input.idempotency_key,
            organization.set_policies,
            changes=PolicyChanges(
                require_rejection_reason=given(input.require_rejection_reason),
                require_source=given(input.require_source),
                hired_private_by_default=given(input.hired_private_by_default),
                internal_private_by_default=given(input.internal_private_by_default),
                opening_approval=given(input.opening_approval),
                reapply_after_days=given(input.reapply_after_days),
                team_required_at=given(input.team_required_at),
                require_second_factor=given(input.require_second_factor),
                browser_documents=given(input.browser_documents),
            ),
            expected_version=input.expected_version,
        )
        return SetPoliciesPayload(organization=the(ORGANIZATION, done.organization_id))
