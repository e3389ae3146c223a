"""OpenID Connect as a relying party speaks it. Nothing here knows organizations, members or the database."""
