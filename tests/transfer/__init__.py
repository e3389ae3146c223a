"""Importers: what they make of files, real ones and generated ones."""
