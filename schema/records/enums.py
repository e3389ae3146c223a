"""The closed sets of records as GraphQL enums."""

from portal.access.enums import ActorKind
from portal.records.enums import Origin
from schema.enums import described_enum

__all__ = ["ActorKind", "Origin"]

described_enum(
    ActorKind,
    "What kind of actor did something.",
    {
        ActorKind.USER: "A member of the organization.",
        ActorKind.SERVICE: "An integration, through its service account.",
        ActorKind.SYSTEM: "The operator of the installation.",
        ActorKind.AUTOMATION: "The portal itself, by a rule of the organization.",
        ActorKind.CANDIDATE: "The candidate.",
    },
)

described_enum(
    Origin,
    "Through what a change came about.",
    {
        Origin.UI: "A person, in the portal.",
        Origin.API: "A call of this API.",
        Origin.IMPORT: "An import; candidates are never notified of it.",
        Origin.AUTOMATION: "A rule of the organization.",
        Origin.UNDO: "Taking back an earlier change.",
    },
)
