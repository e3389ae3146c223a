"""Tests of the bounds that every value from outside is held to."""
