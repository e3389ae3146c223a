"""What can be done to an organization's own shape, a module per noun."""
