"""By which words a candidate is found: name, e-mail address, skills and tags, and how a search is read."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal import bounds
from portal.candidates.enums import TermKind
from portal.errors import InvalidInput
from portal.wording import all_terms, folded, slug_of, terms_of

# Each word of a search is one more intersection; nobody types more to find a person.
MOST_SEARCH_WORDS = 8
MOST_QUERY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Term:
    """A word under which a candidate is found, and what it was taken from."""

    kind: TermKind
    term: str


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word that some term has to begin with; `kind` narrows it to terms of that kind, None means any."""

    beginning: str
    kind: TermKind | None = None


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag as it is shown, and its slug (unique in the organization)."""

    name: str
    slug: str


def terms(
    *, names: Iterable[str | None], emails: Iterable[str], skills: Iterable[str], tags: Iterable[str]
) -> frozenset[Term]:
    """Every term of a candidate. `emails` are normalised; an address is found as a whole and by its parts."""
    addresses = list(emails)
    found = {
        TermKind.NAME: all_terms(names),
        TermKind.EMAIL: all_terms(addresses) | frozenset(addresses),
        TermKind.SKILL: all_terms(skills),
        TermKind.TAG: all_terms(tags),
    }
    return frozenset(Term(kind, term) for kind, words in found.items() for term in words)


def search_words(query: str, *, path: bounds.Path = "search") -> tuple[SearchWord, ...]:
    """The words of a search, each of which has to be found; what contains an @ is read as an e-mail address.

    Refuses a search without any letter or digit, which would find everybody.
    """
    typed = bounds.text(query, longest=MOST_QUERY_LENGTH, path=path)
    found: dict[SearchWord, None] = {}
    for part in typed.split():
        if "@" in part.strip("@"):
            found[SearchWord(part.lower(), TermKind.EMAIL)] = None
        else:
            found.update(dict.fromkeys(SearchWord(term) for term in terms_of(part)))
    if not found:
        raise InvalidInput("Search for at least one letter or digit.", path=bounds.as_path(path))
    return bounds.items(found, most=MOST_SEARCH_WORDS, path=path)


def tag(name: str, *, path: bounds.Path = "name") -> TagName:
    """A tag as it is stored."""
    shown = bounds.one_line(name, longest=bounds.CODE_LENGTH, path=path)
    return TagName(shown, slug_of(shown, path=path))


def tags_shown(names: Iterable[str]) -> list[str]:
    """The tags in the order in which a candidate's row repeats them: alphabetical, whatever the capitals."""
    return sorted(set(names), key=lambda name: (folded(name), name))
