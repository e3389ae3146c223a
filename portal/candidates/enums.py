"""The closed sets of candidates. Pure; rules and the schema import them too."""

import enum


class SourceType(enum.StrEnum):
    """Through what kind of channel a candidate was found."""

    REFERRALS = "REFERRALS"
    AGENCIES = "AGENCIES"
    THIRD_PARTY_BOARDS = "THIRD_PARTY_BOARDS"
    CANDIDATE_SEARCH = "CANDIDATE_SEARCH"
    PROSPECTING = "PROSPECTING"
    SOCIAL_MEDIA = "SOCIAL_MEDIA"
    COMPANY_MARKETING = "COMPANY_MARKETING"
    ATTEND_EVENTS = "ATTEND_EVENTS"
    OTHER = "OTHER"
    INTERNAL = "INTERNAL"
    INVITED = "INVITED"


class ContactKind(enum.StrEnum):
    """How a contact point reaches the candidate."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"


class LinkKind(enum.StrEnum):
    """What a candidate's link leads to."""

    WEBSITE = "WEBSITE"
    LINKEDIN = "LINKEDIN"
    GITHUB = "GITHUB"
    TWITTER = "TWITTER"
    PORTFOLIO = "PORTFOLIO"
    OTHER = "OTHER"


class DatePrecision(enum.StrEnum):
    """How much of a date is known: a MONTH is stored as its first day, a YEAR as its first of January."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"


class TermKind(enum.StrEnum):
    """Which of a candidate's data a search term was taken from."""

    NAME = "NAME"
    EMAIL = "EMAIL"
    SKILL = "SKILL"
    TAG = "TAG"
