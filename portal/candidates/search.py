"""Finding candidates: by the words of a search, by address, skill and tag, and by what two of them share.

A search reads `candidate_term`, where each word that somebody is found by is a row of its own. Under row-level security
only leakproof operators may use an index; comparing text in the C collation is one, so a prefix is read as a range.

Nothing here tells what a field hides: words of skills and tags count only on candidates whose profile the viewer may
read, e-mail addresses only where the viewer may read contact details.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Exists,
    False_,
    Select,
    Text,
    True_,
    Uuid,
    and_,
    any_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union,
)

from portal import addresses
from portal.candidates.entities.candidate import CANDIDATE, CONTACT, READ
from portal.candidates.entities.lists import TAG
from portal.candidates.enums import ContactKind, TermKind
from portal.candidates.models import Candidate, CandidateLink, CandidateSkill, CandidateTag, CandidateTerm, ContactPoint
from portal.candidates.rules.contacts import PROFILE_PAGES
from portal.candidates.rules.search import SearchWord, search_words
from portal.database.base import aliased
from portal.database.ids import parse_public_id
from portal.errors import InvalidInput
from portal.openings.reads import SKILL
from portal.reading.arguments import Leaf, Tree, as_leaf
from portal.reading.entity import Attribute, Matches
from portal.reading.filters import Bind, Filter, custom, few_enough
from portal.reading.problems import BadInput
from portal.reading.rows import Predicate, Row, Viewer, constant, of_tenant_table

MOST_DUPLICATES = 20  # of one candidate; more are no duplicates but a shared mailbox

_WITHOUT_EMAIL = (TermKind.NAME, TermKind.SKILL, TermKind.TAG)
_WITHOUT_PROFILE = (TermKind.NAME, TermKind.EMAIL)

# Above all text and no character of its own: the scalar values end here.
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


# Where terms that a word begins start and end, and of which kind they have to be (null: any), each as a list.
Words: TypeAlias = tuple[ColumnElement[Any], ...]


def after_prefix(prefix: str) -> str | None:
    """The first text, by code points, after all those that begin with a prefix; None when there is none.

    By code points is by bytes of UTF-8, which is how the C collation compares.
    """
    for length in range(len(prefix), 0, -1):
        following = ord(prefix[length - 1]) + 1
        if following in _SURROGATES:
            following = _SURROGATES.stop
        if following <= _LAST_CHARACTER:
            return prefix[: length - 1] + chr(following)
    return None


def _words(value: str) -> tuple[SearchWord, ...]:
    try:
        return search_words(value)
    except InvalidInput as problem:
        raise BadInput(f"search: {problem.message}") from problem


def _by_search(viewer: Viewer, candidate: Row, value: Leaf, bind: Bind) -> Predicate:
    """Each word of the search begins a term of the candidate, of a kind that the viewer may know of.

    Whoever may read everything of everybody needs one look into the terms. For others the same look comes first, and
    what they may know of each candidate decides among those that it found. It comes as an array, so that they are
    looked up by id: how many begin with a word can't be estimated, and a plan for too many scans all candidates.
    """
    texts = ARRAY(Text())
    words = (
        bind(value, texts, lambda typed: [word.beginning for word in _words(typed)]),
        bind(value, texts, lambda typed: [after_prefix(word.beginning) for word in _words(typed)]),
        bind(value, texts, lambda typed: [word.kind and word.kind.value for word in _words(typed)]),
    )
    read = CANDIDATE.holds(viewer, READ, candidate)
    contact = CANDIDATE.holds(viewer, CONTACT, candidate)
    found = candidate[Candidate.id] == any_(func.array(_found(candidate, words).scalar_subquery(), type_=ARRAY(Uuid())))
    if isinstance(read, True_) and isinstance(contact, True_):
        return found
    ways = [
        and_(*needed, _each_begins(candidate, words, kinds))
        for needed, kinds in (
            ((read, contact), tuple(TermKind)),
            ((read,), _WITHOUT_EMAIL),
            ((contact,), _WITHOUT_PROFILE),
            ((true(),), (TermKind.NAME,)),
        )
        if not any(isinstance(right, False_) for right in needed)
    ]
    return and_(found, or_(false(), *ways))


def _word(candidate: Row, words: Words) -> Any:  # Any: a table-valued function, which SQLAlchemy does not type
    """A row for each word of the search: where its terms begin and end, and of which kind they have to be."""
    listed = func.unnest(*words).table_valued(
        "first", "after", "kind", with_ordinality="position", name=candidate.names.next("word")
    )
    return listed.render_derived()


def _begins(term: Any, word: Any) -> Predicate:
    """Whether a word begins a term."""
    return and_(
        of_tenant_table(term),
        term.c.term >= word.c.first,
        term.c.term < word.c.after,
        or_(word.c.kind.is_(None), term.c.kind == word.c.kind),
    )


def _found(candidate: Row, words: Words) -> "Select[tuple[Any]]":
    """The ids of candidates of whom every word begins a term of any kind: one range of the index for each word."""
    word = _word(candidate, words)
    term = aliased(CandidateTerm, candidate.names.next("term"))
    return (
        select(term.c.candidate_id)
        .select_from(word.join(term, true()))
        .where(_begins(term, word))
        .group_by(term.c.candidate_id)
        .having(func.count(word.c.position.distinct()) == func.cardinality(words[0]))
        .correlate_except(word, term)
    )


def _each_begins(candidate: Row, words: Words, kinds: Iterable[TermKind]) -> Predicate:
    """Whether every word begins a term of this candidate that is of one of these kinds: a look-up for each word."""
    word = _word(candidate, words)
    term = aliased(CandidateTerm, candidate.names.next("term"))
    counted = or_(*(term.c.kind == constant(kind) for kind in kinds))
    own = exists().where(_begins(term, word), term.c.candidate_id == candidate[Candidate.id], counted)
    unmatched = exists().select_from(word).where(~own.correlate_except(term))
    return ~unmatched.correlate_except(word)


def _by_email(viewer: Viewer, candidate: Row, value: Leaf, bind: Bind) -> Predicate:
    """The candidate has this address; what is no address matches nobody."""
    contact = aliased(ContactPoint, candidate.names.next("email"))
    found = select(contact.c.candidate_id).where(
        of_tenant_table(contact),
        contact.c.kind == constant(ContactKind.EMAIL),
        contact.c.value_normalised == bind(value, Text(), _normalised),
    )
    return and_(
        CANDIDATE.holds(viewer, CONTACT, candidate), candidate[Candidate.id].in_(found.correlate_except(contact))
    )


def _normalised(value: str) -> str | None:
    try:
        return addresses.email_address(value, path="email").normalised
    except InvalidInput:
        return None


def _linked(prefix: str, foreign_key: Attribute) -> Filter:
    """Whether a row of a link table joins the candidate to one of some ids: eq, in, isNull (none at all)."""

    def one(value: str) -> object:
        return parse_public_id(prefix, value)

    def several(values: list[str]) -> object:
        return [parse_public_id(prefix, value) for value in few_enough(values)]

    def compare(viewer: Viewer, candidate: Row, comparator: str, value: Tree, bind: Bind) -> Predicate:
        link = aliased(foreign_key.parent.class_, candidate.names.next("linked"))
        linked_to = link.c[foreign_key.key]
        read = CANDIDATE.holds(viewer, READ, candidate)
        if comparator == "isNull":
            any_at_all = _exists(candidate, link, true())
            return and_(read, ~any_at_all if as_leaf(value).known() else any_at_all)
        chosen = linked_to == bind(value, Uuid(), one)
        if comparator == "in":
            chosen = linked_to == any_(bind(value, ARRAY(Uuid()), several))
        return and_(read, _exists(candidate, link, chosen))

    return Filter(compare, weight=10)


def _exists(candidate: Row, link: Any, condition: Predicate) -> Exists:  # Any: an alias of one of two tables
    found = exists().where(of_tenant_table(link), link.c.candidate_id == candidate[Candidate.id], condition)
    return found.correlate_except(link)


BY_SEARCH = custom(_by_search, weight=24)  # two in one filter
BY_EMAIL = custom(_by_email)
BY_SKILL = _linked(SKILL.prefix, CandidateSkill.skill_id)
BY_TAG = _linked(TAG.prefix, CandidateTag.tag_id)


def _shares(viewer: Viewer, candidate: Row, other: Row) -> Predicate:
    """Another candidate who shares an address, a number or a profile page; contact details of both must be readable."""
    shared = union(
        _sharing(candidate, ContactPoint.value_normalised, lambda own, their: own.c.kind == their.c.kind),
        _sharing(candidate, CandidateLink.url_normalised, lambda own, _their: _is_profile(own.c.url_normalised)),
    )
    return and_(
        other[Candidate.id] != candidate[Candidate.id],
        other[Candidate.id].in_(shared),
        CANDIDATE.holds(viewer, CONTACT, other),
    )


def _sharing(
    candidate: Row, value: Attribute, further: Callable[[Any, Any], Predicate]
) -> "Select[tuple[Any]]":  # Any: aliases of one of two tables
    """The ids of candidates with a row of the same value as one of this candidate's."""
    own = aliased(value.parent.class_, candidate.names.next("own"))
    their = aliased(value.parent.class_, candidate.names.next("their"))
    return (
        select(their.c.candidate_id)
        .select_from(own.join(their, own.c[value.key] == their.c[value.key]))
        .where(
            of_tenant_table(own),
            of_tenant_table(their),
            own.c.candidate_id == candidate[Candidate.id],
            further(own, their),
        )
        .correlate_except(own, their)
    )


def _is_profile(url: ColumnElement[str]) -> Predicate:
    """A page about one person; many people link to the same employer."""
    return or_(*(url.startswith(page, autoescape=True) for page in PROFILE_PAGES))


POSSIBLE_DUPLICATES = Matches(lambda: CANDIDATE, _shares, MOST_DUPLICATES, permission=CONTACT)
