"""Who may do what, and the write door: actors, permissions, roles, actions and their one transaction."""
