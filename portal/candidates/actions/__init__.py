"""What can be done with candidates, a module per part of their record."""
