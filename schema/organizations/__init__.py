"""The organizations area in GraphQL."""
