"""The closed sets of people; roles and scopes are in portal.access.enums. Pure; rules and the schema import them."""

import enum


class MembershipStatus(enum.StrEnum):
    """Whether a person may sign in to the organization."""

    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    DEACTIVATED = "DEACTIVATED"


class TokenRefusal(enum.StrEnum):
    """Why a token is refused although its secret is right. Whoever sent it is not told."""

    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    HOLDER = "HOLDER"
    """The member or service account whose it is can't sign in."""
    NETWORK = "NETWORK"
    """It came from outside of the networks that it may be used from."""


class SignInMethod(enum.StrEnum):
    """How a member proved who they are when a session began."""

    IDENTITY_PROVIDER = "IDENTITY_PROVIDER"
    PASSWORD = "PASSWORD"  # noqa: S105 - the name of a method, not a secret
