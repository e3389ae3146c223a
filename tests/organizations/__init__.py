"""Tests of portal.organizations."""
