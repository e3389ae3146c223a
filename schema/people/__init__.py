"""The people area in GraphQL."""
