"""The closed sets of organizations. Pure; rules and the schema import them too."""

import enum


class WorkplaceType(enum.StrEnum):
    """Where the work of a location is done."""

    ONSITE = "ONSITE"
    HYBRID = "HYBRID"
    REMOTE = "REMOTE"
