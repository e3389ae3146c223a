"""The closed sets of candidates as GraphQL enums."""

from portal.candidates.enums import ContactKind, DatePrecision, LinkKind, SourceType
from schema.enums import described_enum

__all__ = ["ContactKind", "DatePrecision", "LinkKind", "SourceType"]

described_enum(
    SourceType,
    "Through what kind of channel a candidate was found.",
    {
        SourceType.REFERRALS: "Somebody who works here named them.",
        SourceType.AGENCIES: "A recruiting agency submitted them.",
        SourceType.THIRD_PARTY_BOARDS: "A job board of others.",
        SourceType.CANDIDATE_SEARCH: "A search of a résumé database.",
        SourceType.PROSPECTING: "Recruiters who looked for them.",
        SourceType.SOCIAL_MEDIA: "A social network.",
        SourceType.COMPANY_MARKETING: "The organization's own pages and advertising.",
        SourceType.ATTEND_EVENTS: "An event, such as a fair or a meetup.",
        SourceType.OTHER: "None of the others.",
        SourceType.INTERNAL: "They work here already.",
        SourceType.INVITED: "They were invited on the ground of their profile.",
    },
)

described_enum(
    ContactKind,
    "How a contact point reaches the candidate.",
    {ContactKind.EMAIL: "By e-mail.", ContactKind.PHONE: "By telephone."},
)

described_enum(
    LinkKind,
    "What a candidate's link leads to.",
    {
        LinkKind.WEBSITE: "A site of their own.",
        LinkKind.LINKEDIN: "Their profile on LinkedIn.",
        LinkKind.GITHUB: "Their profile on GitHub.",
        LinkKind.TWITTER: "Their profile on X, once Twitter.",
        LinkKind.PORTFOLIO: "Works that they show.",
        LinkKind.OTHER: "Any other page.",
    },
)

described_enum(
    DatePrecision,
    "How much of a date is known.",
    {
        DatePrecision.DAY: "The day itself.",
        DatePrecision.MONTH: "The month; the date is its first day.",
        DatePrecision.YEAR: "The year; the date is its first of January.",
    },
)
