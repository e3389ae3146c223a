"""Mutations of the organization and its structure, a module per noun."""
