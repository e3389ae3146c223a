"""Groups as an identity provider has them (SCIM), and the grants that they give to whoever is in them."""
