"""Let tokens be used from some networks only, and keep which one takes whose place and when one was refused.

Revision ID: 202611271030
Revises: 202611232007
"""

from alembic import op

revision = "202611271030"
down_revision = "202611232007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An organization has some dozens of tokens: to look at each of them for the bounds takes no time.
    op.execute(
        "ALTER TABLE api_token ADD COLUMN last_refused_at timestamptz,"
        " ADD COLUMN allowed_networks text[] CONSTRAINT ck_api_token_allowed_networks_length"
        " CHECK (cardinality(allowed_networks) <= 50 AND array_position(allowed_networks, NULL) IS NULL"
        " AND char_length(array_to_string(allowed_networks, '')) <= 2500),"
        " ADD COLUMN replaces_key_id text CONSTRAINT ck_api_token_replaces_key_id_length"
        " CHECK (char_length(replaces_key_id) <= 100)"
    )
    # A process that knows the token learns of it with the next transaction, as of its scopes.
    op.execute(
        "CREATE TRIGGER access_networks AFTER UPDATE ON api_token FOR EACH ROW"
        " WHEN (OLD.allowed_networks IS DISTINCT FROM NEW.allowed_networks)"
        " EXECUTE FUNCTION portal.raise_access_version()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER access_networks ON api_token")
    op.execute(
        "ALTER TABLE api_token DROP COLUMN allowed_networks, DROP COLUMN replaces_key_id, DROP COLUMN last_refused_at"
    )
