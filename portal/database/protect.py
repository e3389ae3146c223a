"""How a migration makes a tenant's table: with its row-level security, its grants and, where asked for, its partitions.

The only part of the portal that migrations import, so it imports nothing of the portal itself and is kept stable: what
an applied migration did must not change afterwards. The short forms below repeat those of base.py for that reason.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

PARTITIONS = "partitions"
"""The attribute of alembic's configuration that says how many hash partitions an empty database gets; 0: none."""

_TENANT = "organization_id = (SELECT nullif(current_setting('portal.organization_id', true), '')::uuid)"


def tenant_table(name: str, *items: SchemaItem, append_only: bool = False) -> None:
    """Create a table whose rows belong to organizations, and let portal_app read and write those of its own.

    `items` are what the table has besides the columns of every row. `append_only`: rows are added, never changed.
    """
    count = _partitions()
    options: dict[str, Any] = {"postgresql_partition_by": "HASH (organization_id)"} if count else {}
    op.create_table(name, *_first_columns(), *items, *_last_columns(), **options)
    partitions = [f"{name}_p{number:03}" for number in range(count)]
    creations = [
        f"CREATE TABLE {partition} PARTITION OF {name} FOR VALUES WITH (MODULUS {count}, REMAINDER {number})"
        for number, partition in enumerate(partitions)
    ]
    _execute_all(*creations, *(step for table in (name, *partitions) for step in _wall(table)))
    op.execute(f"GRANT SELECT, INSERT{'' if append_only else ', UPDATE, DELETE'} ON {name} TO portal_app")
    if append_only:
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {name}"
            " FOR EACH ROW EXECUTE FUNCTION portal.refuse_change()"
        )
    if partitions:
        name_keys_of_partitions(name)


def name_keys_of_partitions(table: str) -> None:
    """Name the unique indexes of partitions after their table's, as uq_skill_slug_p003 after uq_skill_slug.

    Postgres makes up names for them, and an error tells the partition's: with this, what it means can still be found.
    To be called again when a unique index is added.
    """
    op.execute(
        "DO $do$ DECLARE key record; BEGIN FOR key IN"  # noqa: S608 - the table's name is in the revision's own text
        " SELECT part.indexrelid::regclass::text AS made_up, whole.relname || right(partition.relname, 5) AS name"
        " FROM pg_index AS own JOIN pg_class AS whole ON whole.oid = own.indexrelid"
        " JOIN pg_inherits ON inhparent = own.indexrelid JOIN pg_index AS part ON part.indexrelid = inhrelid"
        f" JOIN pg_class AS partition ON partition.oid = part.indrelid WHERE own.indrelid = '{table}'::regclass"
        " AND own.indisunique"
        # Not those that are named already.
        " AND part.indexrelid IS DISTINCT FROM to_regclass(quote_ident(whole.relname || right(partition.relname, 5)))"
        " LOOP EXECUTE 'ALTER INDEX ' || key.made_up || ' RENAME TO ' || quote_ident(key.name); END LOOP; END $do$"
    )


def drop_tenant_tables(*names: str) -> None:
    """Drop tables with their partitions, policies and triggers; those that refer to others first."""
    for name in names:
        op.drop_table(name)


def function(signature: str, attributes: str, body: str, *, execute: Iterable[str] = ()) -> None:
    """Create a function that nobody may call but the roles in `execute`; Postgres lets everybody unless told."""
    op.execute(f"CREATE FUNCTION {signature} {attributes} AS $body${body}$body$")
    called = _without_result(signature)
    op.execute(f"REVOKE ALL ON FUNCTION {called} FROM PUBLIC")
    for role in execute:
        op.execute(f"GRANT EXECUTE ON FUNCTION {called} TO {role}")


def rights_depend_on(table: str, *columns: str) -> None:
    """Raise the organization's access version with every row that comes or goes, and when one of `columns` changes."""
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    op.execute(
        f"CREATE TRIGGER access_row AFTER INSERT OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION portal.raise_access_version()"
    )
    op.execute(
        f"CREATE TRIGGER access_change AFTER UPDATE ON {table}"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION portal.raise_access_version()"
    )


def reference(table: str, column: str) -> sa.ForeignKeyConstraint:
    """A foreign key to another row of the same organization."""
    return sa.ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def unique(*columns: str, name: str | None = None) -> sa.UniqueConstraint:
    """Values that only one row of an organization may have."""
    return sa.UniqueConstraint("organization_id", *columns, name=name)


def indexed(*columns: str, name: str | None = None) -> sa.Index:
    """An index within one organization."""
    return sa.Index(name, "organization_id", *columns)


def indexed_where(condition: str, *columns: str, name: str, unique: bool = False) -> sa.Index:
    """An index within one organization of the rows that meet a condition."""
    return sa.Index(name, "organization_id", *columns, unique=unique, postgresql_where=sa.text(condition))


def closed_set(column: str, *values: str) -> sa.CheckConstraint:
    """A text column that holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def bounded(column: str, longest: int) -> sa.CheckConstraint:
    """A text column of at most `longest` characters."""
    return sa.CheckConstraint(f"char_length({column}) <= {longest}", name=f"{column}_length")


def bounded_list(column: str, most: int, longest: int) -> sa.CheckConstraint:
    """A list of at most `most` texts, none of them null, of at most `longest` characters together."""
    return sa.CheckConstraint(
        f"cardinality({column}) <= {most} AND array_position({column}, NULL) IS NULL"
        f" AND char_length(array_to_string({column}, '')) <= {longest}",
        name=f"{column}_length",
    )


def bounded_json(column: str, longest: int) -> sa.CheckConstraint:
    """A JSON document of at most `longest` bytes as text."""
    return sa.CheckConstraint(f"octet_length({column}::text) <= {longest}", name=f"{column}_length")


def _wall(table: str) -> tuple[str, ...]:
    # A statement may name a partition like any table; its parent's policies do not count then, so each has its own.
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({_TENANT}) WITH CHECK ({_TENANT})",
    )


def _execute_all(*statements: str) -> None:
    # As one statement: sixteen partitions of forty tables are two thousand round trips otherwise.
    op.execute("DO $do$ BEGIN " + "; ".join(statements) + "; END $do$")


def _first_columns() -> tuple[SchemaItem, ...]:
    return (
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )


def _last_columns() -> tuple[SchemaItem, ...]:
    return (
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def _partitions() -> int:
    """How many partitions this database's tables have: as many as its organizations, whatever the setting says now."""
    context = op.get_context()
    if not context.as_sql:
        existing = op.get_bind().scalar(
            sa.text(
                "SELECT count(inhrelid) FROM pg_class LEFT JOIN pg_inherits ON inhparent = pg_class.oid"
                " WHERE pg_class.oid = to_regclass('organization') GROUP BY pg_class.oid"
            )
        )
        if existing is not None:
            return int(existing)
    configuration = context.config
    return int(configuration.attributes.get(PARTITIONS, 0)) if configuration else 0


def _without_result(signature: str) -> str:
    return signature.partition(" RETURNS ")[0]
