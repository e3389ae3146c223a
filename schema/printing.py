"""The schema as text, as clients and reviewers read it; schema/schema.graphql holds the reviewed copy."""

from pathlib import Path

from graphql import print_schema

from schema.root import GRAPHQL_SCHEMA

SNAPSHOT = Path(__file__).parent / "schema.graphql"


def sdl() -> str:
    """The schema in GraphQL's schema definition language."""
    return print_schema(GRAPHQL_SCHEMA) + "\n"
