"""What a client did wrong in a query's arguments."""


class BadInput(Exception):
    """An argument that can't be used, with a sentence that says what to do; reported as BAD_USER_INPUT at the field."""
