"""What can be done with applications in GraphQL, a module per deed; `together` has them all."""
