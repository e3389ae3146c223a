"""Tests of portal.openings."""
