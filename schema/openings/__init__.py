"""The openings area in GraphQL."""
