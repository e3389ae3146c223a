"""The wall between organizations, as the database itself holds it: what must be true of every table, and what is not.

`portal doctor` asks it of the database in use, the tests of every database they make.
"""

from dataclasses import dataclass

import asyncpg


@dataclass(frozen=True)
class Check:
    """One thing that must hold. `sql` names each table, index or function that breaks it, one a row.

    It may use `tables` (tables and partitions of the schema) and `tenants` (their columns organization_id). `mend` says
    what to do about it: statements for the administrator, which end with a semicolon, or a sentence. {0} in it is the
    name, {1} and so on what the row says besides.
    """

    name: str
    sql: str
    mend: str


@dataclass(frozen=True, order=True)
class Hole:
    """What breaks the wall, in one sentence, and what mends it."""

    sentence: str
    mend: str


async def holes(connection: asyncpg.Connection, checks: tuple["Check", ...] | None = None) -> list[Hole]:
    """What is wrong with the wall; empty when it stands. Any role may ask."""
    found: list[Hole] = []
    for check in WALL if checks is None else checks:
        rows = await connection.fetch(_TABLES + check.sql)
        found += sorted({Hole(f"{row[0]}: {check.name}", check.mend.format(*row)) for row in rows})
    return found


_TABLES = """
    WITH tables AS (
        SELECT oid, oid::regclass::text AS name, relrowsecurity, relforcerowsecurity, relispartition
        FROM pg_class WHERE relnamespace = to_regnamespace('portal') AND relkind IN ('r', 'p')
    ), tenants AS (
        SELECT attrelid AS oid, attnum, attnotnull, atttypid FROM pg_attribute
        WHERE attname = 'organization_id' AND NOT attisdropped
    )
"""

_NOT_OURS = "No migration makes such a table: take what it holds elsewhere, then drop it."
_TENANT = "organization_id = (SELECT nullif(current_setting('portal.organization_id', true), '')::uuid)"

_KEYS = (
    Check(
        "has no organization_id uuid NOT NULL",
        """SELECT name FROM tables LEFT JOIN tenants USING (oid)
        WHERE attnum IS NULL OR NOT attnotnull OR atttypid <> 'uuid'::regtype""",
        _NOT_OURS,
    ),
    Check(
        "has no primary key (organization_id, …)",
        """SELECT name FROM tables LEFT JOIN tenants USING (oid)
        LEFT JOIN pg_constraint ON conrelid = tables.oid AND contype = 'p'
        WHERE conkey[1] IS DISTINCT FROM attnum OR cardinality(conkey) < 2""",
        _NOT_OURS,
    ),
    Check(
        "is an index or unique constraint that does not begin with organization_id",
        """SELECT indexrelid::regclass::text, CASE WHEN conname IS NULL
            THEN format('DROP INDEX %s', indexrelid::regclass)
            ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname) END
        FROM tables LEFT JOIN tenants USING (oid) JOIN pg_index ON indrelid = tables.oid
        LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid
        WHERE indkey[0] IS DISTINCT FROM attnum""",
        "{1};",
    ),
    Check(
        "has an exclusion constraint, which can tell of another organization's rows",
        "SELECT name, quote_ident(conname) FROM tables JOIN pg_constraint ON conrelid = tables.oid AND contype = 'x'",
        "ALTER TABLE {0} DROP CONSTRAINT {1};",
    ),
    Check(
        "is a foreign key that does not carry organization_id, or leads out of the schema",
        """SELECT concat(tables.name, '.', conname), tables.name, quote_ident(conname)
        FROM tables LEFT JOIN tenants USING (oid)
        JOIN pg_constraint ON conrelid = tables.oid AND contype = 'f'
        LEFT JOIN tenants AS there ON there.oid = confrelid
        JOIN pg_class AS target ON target.oid = confrelid
        WHERE conkey[1] IS DISTINCT FROM tenants.attnum OR confkey[1] IS DISTINCT FROM there.attnum
        OR target.relnamespace <> to_regnamespace('portal')""",
        "ALTER TABLE {1} DROP CONSTRAINT {2};",
    ),
    Check(
        "is a foreign key without an index that begins with its columns",
        """SELECT concat(tables.name, '.', conname), tables.name, (
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY place) FROM pg_attribute
            JOIN unnest(conkey) WITH ORDINALITY AS key (number, place) ON attnum = number WHERE attrelid = tables.oid
        ) FROM tables JOIN pg_constraint AS fk ON conrelid = tables.oid AND contype = 'f' AND conparentid = 0
        WHERE NOT EXISTS (
            SELECT FROM pg_index CROSS JOIN LATERAL (
                SELECT (indkey::smallint[])[0:cardinality(conkey) - 1] AS first
            ) AS keys
            WHERE indrelid = tables.oid AND conkey @> first AND conkey <@ first
            AND (indpred IS NULL OR pg_get_expr(indpred, indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
        )""",
        "CREATE INDEX ON {1} ({2});",
    ),
)

_POLICIES = (
    Check(
        "does not have row-level security enabled and forced",
        "SELECT name FROM tables WHERE NOT (relrowsecurity AND relforcerowsecurity)",
        "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
    ),
    Check(
        "does not have the policy of the tenant for reading and for writing, and no other",
        """SELECT name, coalesce(string_agg('DROP POLICY ' || quote_ident(polname) || ' ON ' || name || '; ', ''), '')
        FROM tables LEFT JOIN pg_policy ON polrelid = tables.oid GROUP BY tables.oid, name
        HAVING count(pg_policy.oid) <> 1 OR NOT bool_and(
            polpermissive AND polcmd = '*' AND polroles = '{0}' AND polqual IS NOT NULL AND polwithcheck IS NOT NULL
            AND pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid)
            AND pg_get_expr(polqual, polrelid) = concat('(organization_id = ( SELECT (NULLIF(current_setting(',
                '''portal.organization_id''::text, true), ''''::text))::uuid AS "nullif"))')
        )""",
        f"{{1}}CREATE POLICY tenant ON {{0}} USING ({_TENANT}) WITH CHECK ({_TENANT});",
    ),
)

_RIGHTS = (
    Check(
        "is not owned by portal_owner",
        """SELECT oid::regclass::text, 'TABLE' FROM pg_class WHERE relnamespace = to_regnamespace('portal')
        AND relowner <> to_regrole('portal_owner') AND relkind NOT IN ('i', 'I')
        UNION ALL SELECT oid::regprocedure::text, 'ROUTINE' FROM pg_proc
        WHERE pronamespace = to_regnamespace('portal') AND proowner <> to_regrole('portal_owner')""",
        "ALTER {1} {0} OWNER TO portal_owner;",
    ),
    Check(
        "is owned by portal_app",
        """SELECT oid::regclass::text FROM pg_class WHERE relowner = to_regrole('portal_app')
        UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE proowner = to_regrole('portal_app')
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = to_regrole('portal_app')""",
        "REASSIGN OWNED BY portal_app TO portal_owner;",
    ),
    Check(
        "lets somebody do more than read and write rows through the whole table",
        """SELECT concat(relation.oid::regclass, ' (', grantee::regrole, ' ', privilege_type, ')'),
            CASE WHEN is_grantable THEN 'GRANT OPTION FOR ' ELSE '' END, privilege_type,
            CASE WHEN relkind = 'S' THEN 'SEQUENCE ' ELSE '' END, relation.oid::regclass::text,
            coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC')
        FROM pg_class AS relation CROSS JOIN aclexplode(relacl)
        WHERE relnamespace = to_regnamespace('portal') AND grantee <> relowner
        AND NOT (relname = 'event_position' AND grantee = to_regrole('portal_app') AND privilege_type = 'USAGE') AND (
            grantee <> to_regrole('portal_app') OR relispartition OR is_grantable
            OR relkind NOT IN ('p', 'r', 'v') OR privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))""",
        "REVOKE {1}{2} ON {3}{4} FROM {5};",
    ),
    Check(
        "lets portal_app read what spans organizations",
        """SELECT concat(oid::regclass, ' (', privilege_type, ')'), oid::regclass::text,
            coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC')
        FROM pg_class CROSS JOIN aclexplode(relacl)
        WHERE relnamespace = to_regnamespace('directory') AND grantee <> relowner
        UNION ALL SELECT attrelid::regclass::text, attrelid::regclass::text,
            coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC')
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid CROSS JOIN aclexplode(attacl)
        WHERE relnamespace = to_regnamespace('directory')""",
        "REVOKE ALL ON {1} FROM {2};",
    ),
    Check(
        "is a column that somebody other than the relay may read past the policies",
        """SELECT concat(relation.oid::regclass, '.', attname, ' (', grantee::regrole, ' ', privilege_type, ')'),
            privilege_type, quote_ident(attname), relation.oid::regclass::text,
            coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC')
        FROM pg_attribute JOIN pg_class AS relation ON relation.oid = attrelid CROSS JOIN aclexplode(attacl)
        WHERE relnamespace = to_regnamespace('portal') AND NOT (
            grantee = to_regrole('portal_directory') AND privilege_type = 'SELECT' AND (
                relation.relname = 'domain_event'
                AND attname IN ('organization_id', 'id', 'position', 'published_at', 'sequence')
                OR relation.relname = 'organization_access' AND attname IN ('organization_id', 'access_version')))""",
        "REVOKE {1} ({2}) ON {3} FROM {4};",
    ),
    Check(
        "is a schema in which portal_app may create things",
        """SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND has_schema_privilege('portal_app', oid, 'CREATE')""",
        "REVOKE CREATE ON SCHEMA {0} FROM PUBLIC, portal_app;",
    ),
    Check(
        "is a right that portal_app must not have",
        """SELECT right_name FROM pg_roles CROSS JOIN LATERAL (VALUES ('superuser', rolsuper),
        ('bypass row-level security', rolbypassrls), ('create roles', rolcreaterole), ('create databases', rolcreatedb),
        ('replication', rolreplication)) AS rights (right_name, given) WHERE rolname = 'portal_app' AND given
        UNION ALL SELECT concat('membership of ', roleid::regrole) FROM pg_auth_members
        WHERE member = to_regrole('portal_app')""",
        "Run portal migrate: it sets the role right.",
    ),
)

# One thing counts for all organizations together: event_position, which orders the outbox and is shown to nobody.
_CODE = (
    Check(
        "is a view that reads with its owner's rights",
        """SELECT oid::regclass::text FROM pg_class WHERE relnamespace = to_regnamespace('portal') AND relkind = 'v'
        AND NOT coalesce(reloptions @> '{security_invoker=true}' OR reloptions @> '{security_invoker=on}', false)""",
        "ALTER VIEW {0} SET (security_invoker = true);",
    ),
    Check(
        "is neither a plain table nor a view: row-level security does not reach it",
        """SELECT oid::regclass::text, CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
            ELSE 'SEQUENCE' END
        FROM pg_class WHERE relnamespace = to_regnamespace('portal') AND relkind NOT IN ('r', 'p', 'v', 'i', 'I', 'c')
        AND NOT (relkind = 'S' AND relname = 'event_position')""",
        "DROP {1} {0};",
    ),
    Check(
        "runs with its owner's rights without a fixed search_path",
        """SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef
        AND pronamespace IN (to_regnamespace('portal'), to_regnamespace('directory'))
        AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)""",
        "ALTER ROUTINE {0} SET search_path = pg_catalog, pg_temp;",
    ),
    Check(
        "runs with its owner's rights outside the schema directory",
        """SELECT oid::regprocedure::text FROM pg_proc
        WHERE prosecdef AND pronamespace = to_regnamespace('portal')""",
        "ALTER ROUTINE {0} SECURITY INVOKER;",
    ),
    Check(
        "may be called by everybody",
        """SELECT DISTINCT pg_proc.oid::regprocedure::text FROM pg_proc
        CROSS JOIN aclexplode(coalesce(proacl, acldefault('f', proowner)))
        WHERE pronamespace IN (to_regnamespace('portal'), to_regnamespace('directory')) AND grantee = 0""",
        "REVOKE ALL ON ROUTINE {0} FROM PUBLIC;",
    ),
    Check(
        "can be changed although it is a record of what happened",
        """SELECT name, CASE WHEN pg_class.oid IS NULL THEN 'It is gone: restore a backup.'
            WHEN tgenabled = 'O' THEN format('REVOKE UPDATE, DELETE ON portal.%I FROM PUBLIC, portal_app;', name)
            WHEN tgenabled IS NOT NULL THEN format('ALTER TABLE portal.%I ENABLE TRIGGER refuse_change;', name)
            ELSE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON portal.%I'
                ' FOR EACH ROW EXECUTE FUNCTION portal.refuse_change();', name) END
        FROM unnest(ARRAY['audit_event', 'stage_transition']) AS name
        LEFT JOIN pg_class ON relname = name AND relnamespace = to_regnamespace('portal')
        LEFT JOIN pg_trigger ON tgrelid = pg_class.oid AND tgname = 'refuse_change'
        WHERE has_table_privilege('portal_app', pg_class.oid, 'UPDATE, DELETE') IS DISTINCT FROM false
        OR tgenabled IS DISTINCT FROM 'O'""",
        "{1}",
    ),
)

WALL = _KEYS + _POLICIES + _RIGHTS + _CODE
"""Everything that must hold of the wall between organizations, in the order in which it is asked."""
