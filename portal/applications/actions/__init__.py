"""What can be done with applications, a module per deed."""
