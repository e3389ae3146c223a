"""What can be read of openings, an entity per noun; portal.openings.reads gathers them.

Each module adds to the opening the fields that lead to its own entities.
"""
