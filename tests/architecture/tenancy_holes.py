"""Ways to break the wall between organizations: what is done to a migrated database, and what is then found."""

_TENANT = "(organization_id = (SELECT nullif(current_setting('portal.organization_id', true), '')::uuid))"
_TENANT_UNSET = "current_setting('portal.organization_id', true) IS NULL"
_UNDO = "DROP POLICY tenant ON portal.candidate"
_PLAIN = "organization_id uuid NOT NULL, id uuid, PRIMARY KEY (organization_id, id)"
_REFERRING = f"{_PLAIN}, candidate_id uuid"


def table(columns: str = _PLAIN) -> str:
    """Statements that make a table `leak` of these columns as migrations do."""
    return (
        f"CREATE TABLE portal.leak ({columns}); ALTER TABLE portal.leak OWNER TO portal_owner;"
        "ALTER TABLE portal.leak ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY tenant ON portal.leak USING {_TENANT} WITH CHECK {_TENANT};"
    )


def view(kind: str, rights: str = "portal_app") -> str:
    """Statements that make a view `leak` of all candidates, which `rights` may read."""
    return (
        f"CREATE {kind} AS TABLE portal.candidate; ALTER TABLE portal.leak OWNER TO portal_owner;"
        f"GRANT SELECT ON portal.leak TO {rights};"
    )


def definer(settings: str = "SET search_path = pg_catalog, pg_temp", schema: str = "directory") -> str:
    """Statements that make a function `leak` which runs with its owner's rights."""
    return (
        f"CREATE FUNCTION {schema}.leak() RETURNS integer LANGUAGE sql SECURITY DEFINER {settings} AS 'VALUES (1)';"
        f"ALTER FUNCTION {schema}.leak() OWNER TO portal_owner; REVOKE ALL ON FUNCTION {schema}.leak() FROM PUBLIC;"
    )


WELL_MADE = {
    "a table": table(),
    "a unique code": table(f"{_PLAIN}, code text, UNIQUE (organization_id, code)"),
    "a view": view("VIEW portal.leak WITH (security_invoker = true)"),
    "a function": definer(),
}

_POLICY = "does not have the policy of the tenant for reading and for writing, and no other"
_LEVEL = "does not have row-level security enabled and forced"
_MORE = "lets somebody do more than read and write rows through the whole table"

# The check's words -> (what it names, what was done).
HOLES: dict[str, list[tuple[str, str]]] = {
    "has no organization_id uuid NOT NULL": [
        ("leak", "CREATE TABLE portal.leak (id uuid PRIMARY KEY)"),
        ("leak", table("organization_id uuid, id uuid UNIQUE")),
        ("leak", table(_PLAIN.replace("organization_id uuid", "organization_id text")).replace("::uuid", "")),
    ],
    "has no primary key (organization_id, …)": [
        ("leak", table("organization_id uuid NOT NULL, id uuid, PRIMARY KEY (id, organization_id)")),
        ("leak", table("organization_id uuid PRIMARY KEY")),
        ("leak", table("organization_id uuid NOT NULL, id uuid")),
    ],
    "is an index or unique constraint that does not begin with organization_id": [
        ("leak_email_key", table(f"{_PLAIN}, email text UNIQUE")),
        ("leak", "CREATE INDEX leak ON portal.candidate (name)"),
        ("leak", "CREATE INDEX leak ON portal.candidate (lower(name), organization_id)"),
    ],
    "has an exclusion constraint, which can tell of another organization's rows": [
        ("leak", table(f"{_REFERRING}, EXCLUDE USING hash (candidate_id WITH =)")),
    ],
    "is a foreign key that does not carry organization_id, or leads out of the schema": [
        (
            "leak.leak_fkey",
            table(
                f"{_REFERRING}, organization uuid, CONSTRAINT leak_fkey FOREIGN KEY (organization, candidate_id)"
                " REFERENCES portal.candidate"
            ),
        ),
        (
            "leak.leak_fkey",
            table(
                f"{_PLAIN}, CONSTRAINT leak_fkey FOREIGN KEY (organization_id)"
                " REFERENCES directory.organization_slug (organization_id)"
            ),
        ),
    ],
    "is a foreign key without an index that begins with its columns": [
        (
            "leak.leak_fkey",
            table(
                f"{_REFERRING}, CONSTRAINT leak_fkey FOREIGN KEY (organization_id, candidate_id)"
                " REFERENCES portal.candidate"
            ),
        ),
        ("application.fk_application_organization_id_opening_id_seat_id", "DROP INDEX portal.ix_application_seat"),
    ],
    _LEVEL: [
        ("candidate", "ALTER TABLE portal.candidate DISABLE ROW LEVEL SECURITY"),
        ("candidate", "ALTER TABLE portal.candidate NO FORCE ROW LEVEL SECURITY"),
    ],
    _POLICY: [
        ("candidate", _UNDO),
        ("candidate", "CREATE POLICY another ON portal.candidate USING (true)"),
        ("candidate", "ALTER POLICY tenant ON portal.candidate WITH CHECK (true)"),
        (
            "candidate",
            f"ALTER POLICY tenant ON portal.candidate USING ({_TENANT} OR {_TENANT_UNSET})",
        ),
        ("candidate", f"{_UNDO}; CREATE POLICY tenant ON portal.candidate FOR SELECT USING {_TENANT}"),
    ],
    "is not owned by portal_owner": [
        ("candidate", "ALTER TABLE portal.candidate OWNER TO CURRENT_USER"),
        ("enter(uuid,bigint)", "ALTER FUNCTION portal.enter(uuid, bigint) OWNER TO CURRENT_USER"),
    ],
    "is owned by portal_app": [
        ("candidate", "ALTER TABLE portal.candidate OWNER TO portal_app"),
        ("portal", "ALTER SCHEMA portal OWNER TO portal_app"),
    ],
    _MORE: [
        ("candidate (portal_app TRUNCATE)", "GRANT TRUNCATE ON portal.candidate TO portal_app"),
        ("candidate (- SELECT)", "GRANT SELECT ON portal.candidate TO PUBLIC"),
        ("candidate (portal_directory SELECT)", "GRANT SELECT ON portal.candidate TO portal_directory"),
        ("leak (portal_app SELECT)", view("MATERIALIZED VIEW portal.leak")),
        ("event_position (portal_app UPDATE)", "GRANT UPDATE ON SEQUENCE portal.event_position TO portal_app"),
    ],
    "lets portal_app read what spans organizations": [
        ("directory.organization_slug (SELECT)", "GRANT SELECT ON directory.organization_slug TO portal_app"),
        ("directory.organization_slug", "GRANT SELECT (slug) ON directory.organization_slug TO portal_app"),
    ],
    "is a column that somebody other than the relay may read past the policies": [
        ("candidate.name (portal_directory SELECT)", "GRANT SELECT (name) ON portal.candidate TO portal_directory"),
        ("domain_event.data (portal_directory SELECT)", "GRANT SELECT (data) ON domain_event TO portal_directory"),
    ],
    "is a schema in which portal_app may create things": [
        ("portal", "GRANT CREATE ON SCHEMA portal TO portal_app"),
        ("public", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    ],
    "is a right that portal_app must not have": [
        ("bypass row-level security", "ALTER ROLE portal_app BYPASSRLS"),
        ("membership of portal_owner", "GRANT portal_owner TO portal_app"),
    ],
    "is a view that reads with its owner's rights": [
        ("leak", view("VIEW portal.leak")),
        ("leak", view("VIEW portal.leak WITH (security_invoker = false)")),
    ],
    "is neither a plain table nor a view: row-level security does not reach it": [
        ("leak", view("MATERIALIZED VIEW portal.leak", "portal_owner")),
        ("leak", "CREATE SEQUENCE portal.leak"),
    ],
    "runs with its owner's rights without a fixed search_path": [
        ("directory.leak()", definer("")),
        ("directory.leak()", definer("SET search_path = portal, pg_temp")),
    ],
    "runs with its owner's rights outside the schema directory": [("leak()", definer(schema="portal"))],
    "may be called by everybody": [
        (
            "directory.claim_slug(text,uuid)",
            "GRANT EXECUTE ON FUNCTION directory.claim_slug(text, uuid) TO PUBLIC",
        ),
        ("leak()", "CREATE FUNCTION portal.leak() RETURNS integer LANGUAGE sql AS 'VALUES (1)'"),
    ],
    "can be changed although it is a record of what happened": [
        ("audit_event", "GRANT UPDATE ON portal.audit_event TO portal_app"),
        ("audit_event", "DROP TABLE portal.audit_event"),
        ("stage_transition", "ALTER TABLE portal.stage_transition DISABLE TRIGGER refuse_change"),
    ],
}

# The same for single partitions of a partitioned table.
HOLES_OF_PARTITIONS: dict[str, list[tuple[str, str]]] = {
    _MORE: [("candidate_p003 (portal_app SELECT)", "GRANT SELECT ON portal.candidate_p003 TO portal_app")],
    _LEVEL: [("candidate_p015", "ALTER TABLE portal.candidate_p015 NO FORCE ROW LEVEL SECURITY")],
    _POLICY: [("candidate_p000", "DROP POLICY tenant ON portal.candidate_p000")],
}
