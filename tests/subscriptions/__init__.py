"""Subscriptions on real tables: who is told what, in which order, and when it ends."""
