"""What must hold of the whole code and the whole database, whoever changes it."""
