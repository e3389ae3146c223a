"""The closed sets of organizations as GraphQL enums."""

from portal.access.enums import DocumentMode
from portal.organizations.enums import WorkplaceType
from portal.organizations.policies import TeamRequiredAt
from schema.enums import described_enum

__all__ = ["DocumentMode", "TeamRequiredAt", "WorkplaceType"]

described_enum(
    WorkplaceType,
    "Where work at a location is done.",
    {
        WorkplaceType.ONSITE: "At the location.",
        WorkplaceType.HYBRID: "Partly at the location, partly from elsewhere.",
        WorkplaceType.REMOTE: "From anywhere within the location's remote regions.",
    },
)

described_enum(
    TeamRequiredAt,
    "Before what an opening with several teams needs the hire's team to be chosen.",
    {
        TeamRequiredAt.OFFER: "Before an offer is made, and so before the hire.",
        TeamRequiredAt.HIRE: "Before the hire.",
        TeamRequiredAt.NEVER: "It may be left open.",
    },
)

described_enum(
    DocumentMode,
    "What a request may hold: a document, or the id of one that the organization has published (`documentId`).",
    {
        DocumentMode.OFF: "A document; ids are refused.",
        DocumentMode.ALLOW: "Either of them.",
        DocumentMode.ONLY: "The id of a published document; every other one is refused, introspection too.",
    },
)
