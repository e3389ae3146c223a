"""How often a code may be guessed at."""

from portal.errors import InvalidInput

# In a row; a right one begins anew. Somebody who knows the password and guesses has a chance of 1 in 17,000 until then.
MOST_WRONG_CODES = 20


def may_guess(failures: int) -> bool:
    """Whether codes of an authenticator still count after so many wrong ones in a row."""
    return failures < MOST_WRONG_CODES


def check_code(*, is_right: bool) -> None:
    """Refuses a wrong code, once what has to be kept of it is kept."""
    if not is_right:
        raise InvalidInput("This code is not right, or was used before. Wait for the next one.", path=("code",))
