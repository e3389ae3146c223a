"""Trusted documents: publishing, retiring and running them."""
