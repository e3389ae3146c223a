"""Tests of signing in with identity providers."""
