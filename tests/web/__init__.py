"""The HTTP edge, in front of a small schema of its own."""
