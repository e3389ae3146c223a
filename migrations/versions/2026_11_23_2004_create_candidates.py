"""Create candidates and what they are found by.

Revision ID: 202611232004
Revises: 202611232003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.database.protect import (
    bounded,
    bounded_list,
    closed_set,
    drop_tenant_tables,
    indexed,
    indexed_where,
    reference,
    tenant_table,
    unique,
)

revision = "202611232004"
down_revision = "202611232003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _source()
    _candidate()
    _contact_point()
    _candidate_link()
    _employment()
    _education()
    _candidate_skill()
    _tag()
    _candidate_tag()
    _candidate_term()
    _own_record()


def _source() -> None:
    tenant_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True)),
        bounded("name", 200),
        closed_set(
            "type",
            "REFERRALS",
            "AGENCIES",
            "THIRD_PARTY_BOARDS",
            "CANDIDATE_SEARCH",
            "PROSPECTING",
            "SOCIAL_MEDIA",
            "COMPANY_MARKETING",
            "ATTEND_EVENTS",
            "OTHER",
            "INTERNAL",
            "INVITED",
        ),
        unique("name"),
    )


def _candidate() -> None:
    tenant_table(
        "candidate",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text()),
        sa.Column("last_name", sa.Text()),
        sa.Column("preferred_name", sa.Text()),
        sa.Column("headline", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("location", sa.Text()),
        sa.Column("timezone", sa.Text()),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("can_email", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.Uuid()),
        sa.Column("linked_membership_id", sa.Uuid()),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
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
        indexed_where(
            "linked_membership_id IS NOT NULL", "linked_membership_id", name="ix_candidate_linked_membership"
        ),
    )


def _contact_point() -> None:
    tenant_table(
        "contact_point",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_normalised", sa.Text(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        closed_set("kind", "EMAIL", "PHONE"),
        bounded("value", 320),
        bounded("value_normalised", 320),
        bounded("label", 100),
        reference("candidate", "candidate_id"),
        unique("candidate_id", "kind", "value_normalised", name="uq_contact_point_value"),
        indexed("kind", "value_normalised"),
    )


def _candidate_link() -> None:
    tenant_table(
        "candidate_link",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_normalised", sa.Text(), nullable=False),
        closed_set("kind", "WEBSITE", "LINKEDIN", "GITHUB", "TWITTER", "PORTFOLIO", "OTHER"),
        bounded("url", 2_000),
        bounded("url_normalised", 2_000),
        reference("candidate", "candidate_id"),
        unique("candidate_id", "url_normalised", name="uq_candidate_link_url"),
        indexed("url_normalised"),
    )


def _employment() -> None:
    tenant_table(
        "employment",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("location", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("started_on", sa.Date()),
        sa.Column("started_precision", sa.Text()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_precision", sa.Text()),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("highlights", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        bounded("company", 200),
        bounded("title", 200),
        bounded("location", 200),
        bounded("url", 2_000),
        closed_set("started_precision", "DAY", "MONTH", "YEAR"),
        closed_set("ended_precision", "DAY", "MONTH", "YEAR"),
        sa.CheckConstraint("(started_on IS NULL) = (started_precision IS NULL)", name="started"),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_precision IS NULL)", name="ended"),
        bounded("summary", 10_000),
        bounded_list("highlights", 100, 50_000),
        reference("candidate", "candidate_id"),
        indexed("candidate_id", "position"),
    )


def _education() -> None:
    tenant_table(
        "education",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("area", sa.Text()),
        sa.Column("degree", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("started_on", sa.Date()),
        sa.Column("started_precision", sa.Text()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_precision", sa.Text()),
        sa.Column("score", sa.Text()),
        sa.Column("courses", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        bounded("institution", 200),
        bounded("area", 200),
        bounded("degree", 200),
        bounded("url", 2_000),
        closed_set("started_precision", "DAY", "MONTH", "YEAR"),
        closed_set("ended_precision", "DAY", "MONTH", "YEAR"),
        sa.CheckConstraint("(started_on IS NULL) = (started_precision IS NULL)", name="started"),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_precision IS NULL)", name="ended"),
        bounded("score", 100),
        bounded_list("courses", 100, 20_000),
        reference("candidate", "candidate_id"),
        indexed("candidate_id", "position"),
    )


def _candidate_skill() -> None:
    tenant_table(
        "candidate_skill",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text()),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), nullable=False),
        bounded("level", 100),
        bounded_list("keywords", 100, 10_000),
        reference("candidate", "candidate_id"),
        reference("skill", "skill_id"),
        unique("candidate_id", "skill_id"),
        indexed("skill_id", "candidate_id"),
    )


def _tag() -> None:
    tenant_table(
        "tag",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        bounded("name", 200),
        bounded("slug", 100),
        unique("slug"),
    )


def _candidate_tag() -> None:
    tenant_table(
        "candidate_tag",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        reference("candidate", "candidate_id"),
        reference("tag", "tag_id"),
        unique("candidate_id", "tag_id"),
        indexed("tag_id", "candidate_id"),
    )


def _candidate_term() -> None:
    tenant_table(
        "candidate_term",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        closed_set("kind", "NAME", "EMAIL", "SKILL", "TAG"),
        bounded("term", 320),
        reference("candidate", "candidate_id"),
        unique("candidate_id", "kind", "term"),
        indexed("term", "kind", "candidate_id"),
    )


def _own_record() -> None:
    # Nobody sees the record of themselves, so which one that is belongs to what rights depend on.
    op.execute(
        "CREATE TRIGGER access_row AFTER INSERT ON candidate FOR EACH ROW"
        " WHEN (NEW.linked_membership_id IS NOT NULL) EXECUTE FUNCTION portal.raise_access_version()"
    )
    op.execute(
        "CREATE TRIGGER access_change AFTER UPDATE ON candidate FOR EACH ROW"
        " WHEN (OLD.linked_membership_id IS DISTINCT FROM NEW.linked_membership_id)"
        " EXECUTE FUNCTION portal.raise_access_version()"
    )


def downgrade() -> None:
    drop_tenant_tables(
        "candidate_term",
        "candidate_tag",
        "tag",
        "candidate_skill",
        "education",
        "employment",
        "candidate_link",
        "contact_point",
        "candidate",
        "source",
    )
