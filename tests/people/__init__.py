"""Tests of portal.people."""
