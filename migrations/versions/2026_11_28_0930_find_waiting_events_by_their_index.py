"""Let the relay's look for waiting events never read those that are published.

Revision ID: 202611280930
Revises: 202611271440
"""

from alembic import op

revision = "202611280930"
down_revision = "202611271440"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The planner goes by statistics, which may be of a moment when most events waited. Twenty looks a second would each
    # read the whole table then, until it is analysed again; the index of waiting events holds nothing else.
    op.execute("ALTER FUNCTION directory.unpublished_events(integer) SET enable_seqscan TO off")


def downgrade() -> None:
    op.execute("ALTER FUNCTION directory.unpublished_events(integer) RESET enable_seqscan")
