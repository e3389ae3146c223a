"""The tables of candidates: who they are, how to reach them, what they did, and what they are found by."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.candidates.enums import ContactKind, DatePrecision, LinkKind, SourceType, TermKind
from portal.database.base import Enumerated, TenantRow, bounded, bounded_list, closed_set, indexed, reference, unique


def _with_precision(date: str) -> CheckConstraint:
    """A date without its precision, or a precision without its date, says nothing."""
    return CheckConstraint(f"({date}_on IS NULL) = ({date}_precision IS NULL)", name=date)


class Source(TenantRow, kw_only=True):
    """A channel through which candidates come, such as one job board or one agency."""

    __tablename__ = "source"
    __table_args__ = (bounded("name", 200), closed_set("type", SourceType), unique("name"))

    name: Mapped[str]
    type: Mapped[SourceType] = mapped_column(Enumerated(SourceType))
    archived_at: Mapped[datetime | None] = mapped_column(default=None)


class Candidate(TenantRow, kw_only=True):
    """A person who may be hired. `tags` repeats the names of its tags, sorted, so that a board reads one row.

    `linked_membership_id` is the same person as a member; that member never sees this row.
    """

    __tablename__ = "candidate"
    __table_args__ = (
        bounded("name", 200),
        bounded("first_name", 200),
        bounded("last_name", 200),
        bounded("preferred_name", 200),
        bounded("headline", 200),
        bounded("summary", 10_000),
        bounded("location", 200),
        bounded("timezone", 100),
        bounded_list("tags", 100, 20_000),
        reference("source", "source_id"),
        reference("membership", "linked_membership_id"),
        indexed("updated_at", "id"),
        indexed("created_at", "id"),
        indexed("name", "id"),
        indexed("source_id"),
        Index(
            "ix_candidate_linked_membership",
            "organization_id",
            "linked_membership_id",
            postgresql_where=text("linked_membership_id IS NOT NULL"),
        ),
    )

    name: Mapped[str]
    first_name: Mapped[str | None] = mapped_column(default=None)
    last_name: Mapped[str | None] = mapped_column(default=None)
    preferred_name: Mapped[str | None] = mapped_column(default=None)
    headline: Mapped[str | None] = mapped_column(default=None)
    summary: Mapped[str | None] = mapped_column(default=None)
    location: Mapped[str | None] = mapped_column(default=None)
    timezone: Mapped[str | None] = mapped_column(default=None)
    is_private: Mapped[bool]
    is_internal: Mapped[bool]
    can_email: Mapped[bool]
    source_id: Mapped[UUID | None] = mapped_column(default=None)
    linked_membership_id: Mapped[UUID | None] = mapped_column(default=None)
    tags: Mapped[list[str]] = mapped_column(default_factory=list)


class ContactPoint(TenantRow, kw_only=True):
    """An e-mail address or phone number, as given and normalised; duplicates are found by the normalised one."""

    __tablename__ = "contact_point"
    __table_args__ = (
        closed_set("kind", ContactKind),
        bounded("value", 320),
        bounded("value_normalised", 320),
        bounded("label", 100),
        reference("candidate", "candidate_id"),
        unique("candidate_id", "kind", "value_normalised", name="uq_contact_point_value"),
        indexed("kind", "value_normalised"),
    )

    candidate_id: Mapped[UUID]
    kind: Mapped[ContactKind] = mapped_column(Enumerated(ContactKind))
    value: Mapped[str]
    value_normalised: Mapped[str]
    label: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool]


class CandidateLink(TenantRow, kw_only=True):
    """A page of the candidate's; the normalised address finds the same profile in another candidate."""

    __tablename__ = "candidate_link"
    __table_args__ = (
        closed_set("kind", LinkKind),
        bounded("url", 2_000),
        bounded("url_normalised", 2_000),
        reference("candidate", "candidate_id"),
        unique("candidate_id", "url_normalised", name="uq_candidate_link_url"),
        indexed("url_normalised"),
    )

    candidate_id: Mapped[UUID]
    kind: Mapped[LinkKind] = mapped_column(Enumerated(LinkKind))
    url: Mapped[str]
    url_normalised: Mapped[str]


class Employment(TenantRow, kw_only=True):
    """A job that the candidate has or had, in `position` order as the candidate gave it."""

    __tablename__ = "employment"
    __table_args__ = (
        bounded("company", 200),
        bounded("title", 200),
        bounded("location", 200),
        bounded("url", 2_000),
        closed_set("started_precision", DatePrecision),
        closed_set("ended_precision", DatePrecision),
        _with_precision("started"),
        _with_precision("ended"),
        bounded("summary", 10_000),
        bounded_list("highlights", 100, 50_000),
        reference("candidate", "candidate_id"),
        indexed("candidate_id", "position"),
    )

    candidate_id: Mapped[UUID]
    company: Mapped[str]
    title: Mapped[str | None] = mapped_column(default=None)
    location: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    started_on: Mapped[date | None] = mapped_column(default=None)
    started_precision: Mapped[DatePrecision | None] = mapped_column(Enumerated(DatePrecision), default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    ended_precision: Mapped[DatePrecision | None] = mapped_column(Enumerated(DatePrecision), default=None)
    is_current: Mapped[bool]
    summary: Mapped[str | None] = mapped_column(default=None)
    highlights: Mapped[list[str]] = mapped_column(default_factory=list)
    position: Mapped[int]


class Education(TenantRow, kw_only=True):
    """A place where the candidate learned, in `position` order as the candidate gave it."""

    __tablename__ = "education"
    __table_args__ = (
        bounded("institution", 200),
        bounded("area", 200),
        bounded("degree", 200),
        bounded("url", 2_000),
        closed_set("started_precision", DatePrecision),
        closed_set("ended_precision", DatePrecision),
        _with_precision("started"),
        _with_precision("ended"),
        bounded("score", 100),
        bounded_list("courses", 100, 20_000),
        reference("candidate", "candidate_id"),
        indexed("candidate_id", "position"),
    )

    candidate_id: Mapped[UUID]
    institution: Mapped[str]
    area: Mapped[str | None] = mapped_column(default=None)
    degree: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    started_on: Mapped[date | None] = mapped_column(default=None)
    started_precision: Mapped[DatePrecision | None] = mapped_column(Enumerated(DatePrecision), default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    ended_precision: Mapped[DatePrecision | None] = mapped_column(Enumerated(DatePrecision), default=None)
    score: Mapped[str | None] = mapped_column(default=None)
    courses: Mapped[list[str]] = mapped_column(default_factory=list)
    position: Mapped[int]


class CandidateSkill(TenantRow, kw_only=True):
    """A skill that the candidate has, at the level and with the keywords that the candidate names."""

    __tablename__ = "candidate_skill"
    __table_args__ = (
        bounded("level", 100),
        bounded_list("keywords", 100, 10_000),
        reference("candidate", "candidate_id"),
        reference("skill", "skill_id"),
        unique("candidate_id", "skill_id"),
        indexed("skill_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    skill_id: Mapped[UUID]
    level: Mapped[str | None] = mapped_column(default=None)
    keywords: Mapped[list[str]] = mapped_column(default_factory=list)


class Tag(TenantRow, kw_only=True):
    """A word that recruiters put on candidates."""

    __tablename__ = "tag"
    __table_args__ = (bounded("name", 200), bounded("slug", 100), unique("slug"))

    name: Mapped[str]
    slug: Mapped[str]


class CandidateTag(TenantRow, kw_only=True):
    """That a candidate has a tag."""

    __tablename__ = "candidate_tag"
    __table_args__ = (
        reference("candidate", "candidate_id"),
        reference("tag", "tag_id"),
        unique("candidate_id", "tag_id"),
        indexed("tag_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    tag_id: Mapped[UUID]


class CandidateTerm(TenantRow, kw_only=True):
    """A word that a candidate is found by: an inverted index for prefix search.

    Under row-level security only leakproof operators may use an index. Comparisons of text in the C collation are, and
    there a prefix is a range; LIKE and full-text operators are not.
    """

    __tablename__ = "candidate_term"
    __table_args__ = (
        closed_set("kind", TermKind),
        bounded("term", 320),
        reference("candidate", "candidate_id"),
        unique("candidate_id", "kind", "term"),
        indexed("term", "kind", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    kind: Mapped[TermKind] = mapped_column(Enumerated(TermKind))
    term: Mapped[str] = mapped_column(Text(collation="C"))
