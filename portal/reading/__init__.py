"""The read door: each GraphQL selection is compiled to one SQL statement that returns the answer's JSON."""
