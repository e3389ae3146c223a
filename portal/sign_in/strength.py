"""What a password may be: long enough, and not what an attacker tries first (NIST SP 800-63B, 3.1.1.2).

There are no rules about kinds of characters. zxcvbn knows the 30,000 most common passwords, names and words, keyboard
walks, dates and repetitions, and finds them within longer ones: at 12 characters hardly any leaked password is left
that a list alone would find.
"""

import unicodedata
from collections.abc import Iterable

from zxcvbn_rs_py import zxcvbn

from portal.errors import InvalidInput

SHORTEST = 12  # characters
LONGEST = 200  # more than anybody types; hashing takes no longer for it
# 10 ** 9 guesses: at ten in a quarter of an hour never, and from a stolen hash at 20 a second and core 18 months.
FEWEST_GUESSES_LOG10 = 9.0
# Characters: what comes after makes no password worse. One that is made for it takes zxcvbn some 0.4 s at this length,
# and 3 s at 100.
_LONGEST_JUDGED = 40


def normalised(password: str) -> str:
    """A password as it is hashed: the same however a keyboard composes its characters."""
    # Cut first: the time to order combining characters grows with the square of their number, to minutes for what fits
    # into a request.
    return unicodedata.normalize("NFKC", password[:LONGEST])


def new_password(password: str, personal: Iterable[str], *, path: str) -> str:
    """A password that somebody chose, as it is hashed. Raises InvalidInput for one that is too easily guessed.

    It may take long to judge, so it is called in a thread (portal.sign_in.hashing).
    `personal` is what others know of them: their name, their address, where they work.
    """
    chosen = normalised(password)
    if len(chosen) < SHORTEST:
        raise InvalidInput(f"A password has at least {SHORTEST} characters. Try several words.", path=(path,))
    if max(len(password), len(chosen)) > LONGEST:
        raise InvalidInput(f"A password has at most {LONGEST} characters.", path=(path,))
    known = [word for text in personal for word in (text, *text.replace("@", " ").replace(".", " ").split())]
    if zxcvbn(chosen[:_LONGEST_JUDGED], known).guesses_log10 < FEWEST_GUESSES_LOG10:
        raise InvalidInput(
            "This password is too easily guessed: it is common, or made of names, dates or keys side by side. Try "
            "several words that have nothing to do with each other.",
            path=(path,),
        )
    return chosen
