"""Tests of the commands, most of them as real processes."""
