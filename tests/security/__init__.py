"""Attacks: what every role, and every other tenant, must not read, change or learn. Walks the schema, so that what is
new is attacked as well, or fails for want of a plan.
"""
