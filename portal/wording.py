"""Folding of words, so that what people type finds what others wrote: search terms and slugs."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from portal.bounds import CODE_LENGTH, Path, as_path
from portal.errors import InvalidInput

# Letters that Unicode does not take apart, as they are typed where keyboards lack them (U+0131 is the dotless i).
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ŋ": "n",
        "ŧ": "t",
    }
)
# Inside a word these are not spoken: O'Brien is found as obrien.
_SILENT = re.compile("['\u2018\u2019\u02bc\u00ad\u200b-\u200d\u2060\ufeff]")
# What tells C, C# and C++ apart.
_MARKS = {"+": "-plus", "#": "-sharp"}

# Combining classes that make another letter rather than an accent: none, nukta, kana voicing, virama.
_KEPT = frozenset({0, 7, 8, 9})

TERM_LENGTH = 64  # characters; a longer word is found by its beginning
MOST_TERMS = 100  # of one text; the rest of a very long one is not searchable


def folded(text: str) -> str:
    """The text in small letters without accents and silent marks: "Łukasz O'Brien" is "lukasz obrien"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in apart if unicodedata.combining(character) in _KEPT)
    return unicodedata.normalize("NFC", _SILENT.sub("", plain.casefold().translate(_PLAIN)))


def terms_of(text: str) -> tuple[str, ...]:
    """The words by which a text is found, folded, each once, in their order; a search is split the same way.

    A word is a run of letters and digits, with the + and # that follow it ("c++"). Words are compared by beginning.
    """
    found = dict.fromkeys(word[:TERM_LENGTH] for word in _words(folded(text)))
    return tuple(found)[:MOST_TERMS]


def slug_of(name: str, *, path: Path) -> str:
    """What two spellings of a skill or tag share: "Node.js" and "node JS" are node-js, "C++" is c-plus-plus."""
    spoken = re.sub(r"(?<![\w.])\.(?=\w)", "dot-", folded(name))
    spoken = "".join(_MARKS.get(character, character) for character in spoken)
    slug = "-".join(_words(spoken))
    if not slug:
        raise InvalidInput("A name needs at least one letter or digit.", path=as_path(path))
    return slug[:CODE_LENGTH].rstrip("-")


def all_terms(texts: Iterable[str | None]) -> frozenset[str]:
    """The terms of several texts together; missing ones are skipped."""
    return frozenset(term for text in texts if text for term in terms_of(text))


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        if character.isalnum() or (word and (character in _MARKS or unicodedata.category(character) in {"Mc", "Mn"})):
            word += character
        elif word:
            yield word
            word = ""
    if word:
        yield word
