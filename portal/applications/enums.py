"""The closed sets of applications. Pure; rules and the schema import them too."""

import enum


class ApplicationStatus(enum.StrEnum):
    """Whether an application is in process or how it ended; the stage is kept apart from it."""

    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    HIRED = "HIRED"
    TRANSFERRED = "TRANSFERRED"


class ApplicationOrigin(enum.StrEnum):
    """How the application came to be."""

    APPLIED = "APPLIED"
    SOURCED = "SOURCED"
    REFERRED = "REFERRED"
    AGENCY = "AGENCY"
    INTERNAL = "INTERNAL"
    INVITED = "INVITED"
    IMPORTED = "IMPORTED"


class RejectionType(enum.StrEnum):
    """Who ended the application; a withdrawal is BY_CANDIDATE and counts as no rejection."""

    BY_ORGANIZATION = "BY_ORGANIZATION"
    BY_CANDIDATE = "BY_CANDIDATE"
    OTHER = "OTHER"


class SystemReason(enum.StrEnum):
    """The reasons that the portal itself gives; an organization may rename them, not remove them."""

    POSITION_CLOSED = "POSITION_CLOSED"
    POSITION_FILLED = "POSITION_FILLED"
    DUPLICATE = "DUPLICATE"
    MOVED_TO_OTHER_OPENING = "MOVED_TO_OTHER_OPENING"


class TransitionCause(enum.StrEnum):
    """What made an application change its stage or status."""

    MANUAL = "MANUAL"
    BULK = "BULK"
    AUTOMATION = "AUTOMATION"
    IMPORT = "IMPORT"
    UNDO = "UNDO"
    CORRECTION = "CORRECTION"


class TeamMatchStatus(enum.StrEnum):
    """Where the match between an application and a team stands."""

    PROPOSED = "PROPOSED"
    MUTUAL = "MUTUAL"
    SELECTED = "SELECTED"
    DECLINED = "DECLINED"
