"""Candidates: who they are, how to reach them, what they did, their tags and where they came from."""
