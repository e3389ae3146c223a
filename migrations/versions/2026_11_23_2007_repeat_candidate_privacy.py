"""Keep what applications repeat of their candidate: whether the candidate is private.

Revision ID: 202611232007
Revises: 202611232006
"""

from alembic import op

from portal.database.protect import function

revision = "202611232007"
down_revision = "202611232006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever changes the flag need not know of applications; and no application can be forgotten.
    function(
        "portal.repeat_candidate_privacy() RETURNS trigger",
        "LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp",
        """
            BEGIN
                UPDATE portal.application SET candidate_is_private = NEW.is_private
                WHERE organization_id = NEW.organization_id AND candidate_id = NEW.id
                    AND candidate_is_private IS DISTINCT FROM NEW.is_private;
                RETURN NULL;
            END
        """,
    )
    op.execute(
        "CREATE TRIGGER repeat_privacy AFTER UPDATE ON candidate FOR EACH ROW"
        " WHEN (OLD.is_private IS DISTINCT FROM NEW.is_private) EXECUTE FUNCTION portal.repeat_candidate_privacy()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER repeat_privacy ON candidate")
    op.execute("DROP FUNCTION portal.repeat_candidate_privacy()")
