"""Postgres for everyone above: base model, server, roles, connections, tenancy."""
