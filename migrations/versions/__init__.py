"""One file for each change of the database, named by when it was written."""
