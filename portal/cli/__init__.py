"""The `portal` command: what an operator does on the machine itself."""
