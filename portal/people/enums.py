"""The closed sets of people; roles and scopes are in portal.access.enums. Pure; rules and the schema import them."""

import enum


class MembershipStatus(enum.StrEnum):
    """Whether a person may sign in to the organization."""

    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    DEACTIVATED = "DEACTIVATED"
