"""Tests of portal.applications."""
