"""Mutations of people, their rights and their tokens, a module per noun."""
