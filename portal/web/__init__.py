"""The HTTP edge: turns a request into a call of the executor, and its answer into a response."""
