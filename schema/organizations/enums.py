"""The closed sets of organizations as GraphQL enums."""

from portal.organizations.enums import WorkplaceType
from portal.organizations.policies import TeamRequiredAt
from schema.enums import described_enum

__all__ = ["TeamRequiredAt", "WorkplaceType"]

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
