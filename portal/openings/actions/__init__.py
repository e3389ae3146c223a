"""What can be done with openings and what belongs to them, a module per noun."""
