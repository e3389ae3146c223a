"""What operations cost, and from whose budget it is taken."""
