"""What can be done about identity providers, and the two steps of signing in with one, a module per noun."""
