"""Bringing data in from other systems' files: understood and turned into frozen records, then written."""
