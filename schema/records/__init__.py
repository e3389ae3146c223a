"""The records area in GraphQL."""
