"""The sign-in area in GraphQL: which identity providers an organization trusts."""
