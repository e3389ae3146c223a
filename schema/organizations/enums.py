"""The closed sets of organizations as GraphQL enums."""

from portal.organizations.enums import WorkplaceType
from schema.enums import described_enum

__all__ = ["WorkplaceType"]

described_enum(
    WorkplaceType,
    "Where work at a location is done.",
    {
        WorkplaceType.ONSITE: "At the location.",
        WorkplaceType.HYBRID: "Partly at the location, partly from elsewhere.",
        WorkplaceType.REMOTE: "From anywhere within the location's remote regions.",
    },
)
