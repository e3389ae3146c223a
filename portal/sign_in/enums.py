"""The closed sets of signing in. Pure; rules and the schema import them too."""

import enum


class MembershipPolicy(enum.StrEnum):
    """Whom a provider lets in for the first time. Whoever signed in with it before is known by their identity."""

    MEMBERS = "MEMBERS"
    INVITED = "INVITED"
    DOMAIN = "DOMAIN"


class LinkPurpose(enum.StrEnum):
    """What a link that is sent to somebody is for."""

    INVITATION = "INVITATION"
    RESET = "RESET"
