"""The read door: the compiler held against a slow, obvious executor."""
