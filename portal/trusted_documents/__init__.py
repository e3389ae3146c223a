"""Trusted documents: the GraphQL documents that an organization's clients were released with, run by their ids."""
