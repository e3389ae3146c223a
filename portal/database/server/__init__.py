"""Finds or starts Postgres: the URL's server, this machine's binaries, or the embedded wheel's, in that order."""
