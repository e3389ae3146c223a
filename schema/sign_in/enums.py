"""The closed sets of signing in as GraphQL enums."""

from portal.sign_in.enums import MembershipPolicy
from schema.enums import described_enum

__all__ = ["MembershipPolicy"]

described_enum(
    MembershipPolicy,
    "Whom an identity provider lets in for the first time; whoever signed in with it before is known by that.",
    {
        MembershipPolicy.MEMBERS: "Active members, by an e-mail address that the provider has verified.",
        MembershipPolicy.INVITED: "Those who were invited too; they become active by signing in.",
        MembershipPolicy.DOMAIN: "Everybody with an address of its domains too; they become members by signing in.",
    },
)
