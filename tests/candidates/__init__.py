"""Tests of portal.candidates."""
