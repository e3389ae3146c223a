"""Server, roles, revisions and tables, on real Postgres."""
