"""The write door: actors, actions, work."""
