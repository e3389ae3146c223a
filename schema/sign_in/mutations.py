"""Mutations of identity providers."""

import strawberry

from portal.sign_in.actions import identity_providers
from portal.sign_in.actions.identity_providers import IdentityProviderChanges, IdentityProviderTerms
from portal.sign_in.reads import IDENTITY_PROVIDER
from portal.unchanged import UNCHANGED
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation
from schema.people.enums import OrganizationRole
from schema.reading import described, the
from schema.sign_in.enums import MembershipPolicy
from schema.sign_in.types import IdentityProvider


@strawberry.input(description="An identity provider to be trusted.")
class CreateIdentityProviderInput:
    name: str = described("Its name in addresses: small letters, digits and single hyphens. It never changes.")
    label: str = described("What a button to sign in with it says, 1 to 200 characters.")
    issuer: str = described("Its issuer identifier, exactly as its metadata say it: https, without a query.")
    client_id: str = described("The id that the portal is registered under there, 1 to 400 characters.")
    email_domains: list[str] = described(
        "The domains whose addresses it may vouch for; none for any.", default_factory=list
    )
    policy: MembershipPolicy = described("Whom it lets in for the first time.", default=MembershipPolicy.MEMBERS)
    default_role: OrganizationRole = described(
        "The role of whoever becomes a member by signing in; never an administrator's.", default=OrganizationRole.MEMBER
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What trusting an identity provider answers.")
class CreateIdentityProviderPayload(Payload):
    identity_provider: IdentityProvider | None = described("The provider; null when nothing was changed.", default=None)


@strawberry.input(description="What is to be different of an identity provider; what is not given stays.")
class UpdateIdentityProviderInput:
    identity_provider_id: strawberry.ID = described("The provider's id.")
    label: str | None = described("What a button to sign in with it says.", default=None)
    client_id: str | None = described("The id that the portal is registered under there.", default=None)
    email_domains: list[str] | None = described("The domains whose addresses it may vouch for.", default=None)
    policy: MembershipPolicy | None = described("Whom it lets in for the first time.", default=None)
    default_role: OrganizationRole | None = described(
        "The role of whoever becomes a member by signing in.", default=None
    )
    is_enabled: bool | None = described("Whether people may sign in with it.", default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing an identity provider answers.")
class UpdateIdentityProviderPayload(Payload):
    identity_provider: IdentityProvider | None = described("The provider; null when nothing was changed.", default=None)


@strawberry.type
class SignInMutations:
    @mutation(
        "Trust an OpenID Connect provider to say who somebody is. The operator puts its client's secret in place. "
        "Takes `sign_in:manage`."
    )
    async def create_identity_provider(
        self, info: Info, input: CreateIdentityProviderInput
    ) -> CreateIdentityProviderPayload:
        done = await info.context.perform(
            input.idempotency_key,
            identity_providers.create_identity_provider,
            terms=IdentityProviderTerms(
                name=input.name,
                label=input.label,
                issuer=input.issuer,
                client_id=input.client_id,
                email_domains=tuple(input.email_domains),
                policy=input.policy,
                default_role=input.default_role,
            ),
        )
        return CreateIdentityProviderPayload(identity_provider=the(IDENTITY_PROVIDER, done.identity_provider_id))

    @mutation(
        "Change whom an identity provider lets in, what it is called, or whether it is used; sessions stay. "
        "Takes `sign_in:manage`."
    )
    async def update_identity_provider(
        self, info: Info, input: UpdateIdentityProviderInput
    ) -> UpdateIdentityProviderPayload:
        domains = input.email_domains
        done = await info.context.perform(
            input.idempotency_key,
            identity_providers.update_identity_provider,
            identity_provider_id=id_of(IDENTITY_PROVIDER, input.identity_provider_id),
            changes=IdentityProviderChanges(
                label=UNCHANGED if input.label is None else input.label,
                client_id=UNCHANGED if input.client_id is None else input.client_id,
                email_domains=UNCHANGED if domains is None else tuple(domains),
                policy=UNCHANGED if input.policy is None else input.policy,
                default_role=UNCHANGED if input.default_role is None else input.default_role,
                is_enabled=UNCHANGED if input.is_enabled is None else input.is_enabled,
            ),
            expected_version=input.expected_version,
        )
        return UpdateIdentityProviderPayload(identity_provider=the(IDENTITY_PROVIDER, done.identity_provider_id))
