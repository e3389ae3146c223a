"""What can be read of identity providers, and by whom. Identities and attempts are read by nobody."""

from portal.access.permissions import Permission
from portal.reading.entity import Connection, Entity, Order, columns, organization_wide
from portal.reading.roots import ById, Root
from portal.sign_in.models import IdentityProvider

IDENTITY_PROVIDER: Entity[IdentityProvider] = Entity(
    "IdentityProvider",
    IdentityProvider,
    "idp",
    Permission.SIGN_IN_MANAGE,
    organization_wide,
    columns(
        IdentityProvider.name,
        IdentityProvider.label,
        IdentityProvider.issuer,
        IdentityProvider.client_id,
        IdentityProvider.email_domains,
        IdentityProvider.policy,
        IdentityProvider.default_role,
        IdentityProvider.disabled_at,
        IdentityProvider.created_at,
        IdentityProvider.updated_at,
        IdentityProvider.version,
    ),
)

ENTITIES = (IDENTITY_PROVIDER,)

ROOTS: dict[str, Root] = {
    "identity_provider": ById(IDENTITY_PROVIDER),
    "identity_providers": Connection(
        lambda: IDENTITY_PROVIDER, orders={"NAME": Order(IdentityProvider.name)}, default_order="NAME"
    ),
}
