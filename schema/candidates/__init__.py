"""The candidates area in GraphQL."""
