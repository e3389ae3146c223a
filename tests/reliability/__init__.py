"""What survives: kill -9 of the server, of Postgres and of the worker, in the middle of their work."""
