"""Identity providers as a GraphQL type. A client's secret is no part of it: the operator keeps it in a file."""

from datetime import datetime

import strawberry

from schema.people.enums import OrganizationRole
from schema.reading import Node, described
from schema.sign_in.enums import MembershipPolicy


@strawberry.type(description="An OpenID Connect provider by which the organization's people sign in.")
class IdentityProvider(Node):
    name: str = described("Its name in addresses: people sign in at /auth/ORGANIZATION/NAME. It never changes.")
    label: str = described("What a button to sign in with it says.")
    issuer: str = described("Its issuer identifier, exactly as its metadata say it. It never changes.")
    client_id: str = described("The id that the portal is registered under there.")
    email_domains: list[str] = described("The domains whose addresses it may vouch for; empty for any.")
    policy: MembershipPolicy = described("Whom it lets in for the first time.")
    default_role: OrganizationRole = described("The role of whoever becomes a member by signing in.")
    disabled_at: datetime | None = described("When it was disabled, in UTC; null while it is used.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
