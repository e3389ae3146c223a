"""What can be done with openings in GraphQL, a module per noun; `together` has them all."""
