"""The closed sets of applications as GraphQL enums."""

from portal.applications.enums import (
    ApplicationOrigin,
    ApplicationStatus,
    RejectionType,
    SystemReason,
    TeamMatchStatus,
    TransitionCause,
)
from portal.applications.rules.closing import Disposition
from portal.applications.rules.states import StatusBucket
from schema.enums import described_enum

__all__ = [
    "ApplicationOrigin",
    "ApplicationStatus",
    "Disposition",
    "RejectionType",
    "StatusBucket",
    "SystemReason",
    "TeamMatchStatus",
    "TransitionCause",
]

described_enum(
    ApplicationStatus,
    "Whether an application is in process or how it ended; its stage is apart from that.",
    {
        ApplicationStatus.ACTIVE: "In process.",
        ApplicationStatus.REJECTED: "The organization turned the candidate down.",
        ApplicationStatus.WITHDRAWN: "The candidate withdrew; counts as no rejection.",
        ApplicationStatus.HIRED: "The candidate was hired into a seat.",
        ApplicationStatus.TRANSFERRED: "Continued as another application, for another opening. Final.",
    },
)

described_enum(
    StatusBucket,
    "As much of an application's status as an agency or a referrer is told.",
    {
        StatusBucket.IN_PROCESS: "Not decided yet.",
        StatusBucket.CLOSED: "Ended without a hire.",
        StatusBucket.HIRED: "Ended with a hire.",
    },
)

described_enum(
    ApplicationOrigin,
    "How an application came to be.",
    {
        ApplicationOrigin.APPLIED: "The candidate applied.",
        ApplicationOrigin.SOURCED: "A recruiter or sourcer found the candidate.",
        ApplicationOrigin.REFERRED: "An employee referred the candidate.",
        ApplicationOrigin.AGENCY: "An agency submitted the candidate.",
        ApplicationOrigin.INTERNAL: "The candidate works here already.",
        ApplicationOrigin.INVITED: "The organization invited the candidate to apply.",
        ApplicationOrigin.IMPORTED: "It was imported from another system.",
    },
)

described_enum(
    RejectionType,
    "Who ended the application.",
    {
        RejectionType.BY_ORGANIZATION: "The organization: for rejections.",
        RejectionType.BY_CANDIDATE: "The candidate: for withdrawals.",
        RejectionType.OTHER: "Neither, such as a duplicate: for rejections.",
    },
)

described_enum(
    SystemReason,
    "A reason that the portal itself gives.",
    {
        SystemReason.POSITION_CLOSED: "The opening was closed.",
        SystemReason.POSITION_FILLED: "Somebody else was hired.",
        SystemReason.DUPLICATE: "The same application exists already.",
        SystemReason.MOVED_TO_OTHER_OPENING: "The candidate is considered for another opening.",
    },
)

described_enum(
    TransitionCause,
    "What made an application change its stage or status.",
    {
        TransitionCause.MANUAL: "One person or integration, for this application alone.",
        TransitionCause.BULK: "A batch of many applications.",
        TransitionCause.AUTOMATION: "A rule of the organization.",
        TransitionCause.IMPORT: "An import.",
        TransitionCause.UNDO: "Taking back a batch.",
        TransitionCause.CORRECTION: "A correction of the history, which leaves the original.",
    },
)

described_enum(
    TeamMatchStatus,
    "Where the match between an application and a team stands.",
    {
        TeamMatchStatus.PROPOSED: "The team is asked.",
        TeamMatchStatus.MUTUAL: "Team and candidate are both interested.",
        TeamMatchStatus.SELECTED: "The candidate will join the team.",
        TeamMatchStatus.DECLINED: "It did not come about.",
    },
)

described_enum(
    Disposition,
    "What becomes of the applications that are still active when their opening closes.",
    {
        Disposition.REJECT: "They are rejected, with one reason for all.",
        Disposition.TRANSFER: "They are transferred to another opening.",
        Disposition.KEEP: "They stay as they are.",
    },
)
