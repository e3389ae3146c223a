"""Where reads of identity providers start."""

import strawberry

from schema.reading import Connection, pages, root
from schema.sign_in.types import IdentityProvider


@strawberry.type
class SignInQueries:
    identity_provider: IdentityProvider | None = root(
        "An identity provider by id; takes `sign_in:manage`.", "identity_provider", id="The provider's id."
    )
    identity_providers: Connection[IdentityProvider] = pages(
        "The organization's identity providers, by name. Empty without `sign_in:manage`.", root="identity_providers"
    )
