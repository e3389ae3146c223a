"""The applications area in GraphQL."""
