"""Tests of portal.web.scim."""
