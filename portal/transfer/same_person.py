"""Which résumés are of one person, and the ids by which that person is found again.

Two résumés are of one person when they share an e-mail address; or, where one of them has none, a personal profile
(LinkedIn, GitHub, Twitter); or, where one of them has neither, a phone number with its country. A résumé that has none
of these is the same person only as a résumé with the very same content.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.candidates.rules.contacts import Contact, DuplicateKey, KeyKind, Link, duplicate_keys

# From the surest identity to the weakest; each counts only for a résumé that has none of those before it.
_STRENGTH = (KeyKind.EMAIL, KeyKind.PROFILE, KeyKind.PHONE)


@dataclass(frozen=True)
class Identity:
    """The keys of one résumé, surest first; `content` is the fingerprint of what it says, for one without any key."""

    keys: tuple[DuplicateKey, ...]
    content: str

    def has_none_above(self, kind: KeyKind) -> bool:
        above = _STRENGTH[: _STRENGTH.index(kind)]
        return not any(key.kind in above for key in self.keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """External ids by the keys of the surest kind: SHA-256 of kind and value as 64 hex digits, at least one.

        Hashed, so that an id in a log or an export is nobody's address.
        """
        surest = [key for key in self.keys if key.kind is self.keys[0].kind]
        return tuple(_hashed(f"{key.kind}:{key.value}") for key in surest) or (_hashed(f"CONTENT:{self.content}"),)

    @property
    def weaker_ids(self) -> tuple[str, ...]:
        """External ids by the keys of the other kinds."""
        return tuple(_hashed(f"{key.kind}:{key.value}") for key in self.keys if key.kind is not self.keys[0].kind)


def identity_of(contacts: Iterable[Contact], links: Iterable[Link], content: str) -> Identity:
    """The identity of one résumé, or of all of one person's. Keys of one kind keep the order of contacts and links."""
    reached, found_at = tuple(contacts), tuple(links)
    personal = {key for key in duplicate_keys(reached, found_at) if _is_certain(key)}
    ordered = [contact.value_normalised for contact in reached] + [link.url_normalised for link in found_at]
    keys = sorted(personal, key=lambda key: (_STRENGTH.index(key.kind), ordered.index(key.value)))
    return Identity(tuple(keys), content)


def same_people(identities: Sequence[Identity]) -> tuple[tuple[int, ...], ...]:
    """Groups of positions that are one person each, positions and groups in order."""
    leaders = list(range(len(identities)))
    _join_equal(leaders, [None if identity.keys else identity.content for identity in identities])
    for kind in _STRENGTH:
        for positions in _by_key(identities, kind).values():
            _join_weak(leaders, positions, [identities[at].has_none_above(kind) for at in positions], kind)
    groups: dict[int, list[int]] = defaultdict(list)
    for at in range(len(identities)):
        groups[_leader(leaders, at)].append(at)
    return tuple(tuple(group) for group in groups.values())


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_certain(key: DuplicateKey) -> bool:
    """A phone number without its country belongs to one person in each country."""
    return key.kind is not KeyKind.PHONE or key.value.startswith("+")


def _by_key(identities: Sequence[Identity], kind: KeyKind) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, identity in enumerate(identities):
        for key in identity.keys:
            if key.kind is kind:
                found[key.value].append(at)
    return found


def _join_equal(leaders: list[int], contents: Sequence[str | None]) -> None:
    first: dict[str, int] = {}
    for at, content in enumerate(contents):
        if content is not None:
            _join(leaders, first.setdefault(content, at), at)


def _join_weak(leaders: list[int], positions: Sequence[int], are_weak: Sequence[bool], kind: KeyKind) -> None:
    """Joins those for whom this kind counts to the first for whom a surer one would: never two of the surer ones."""
    weak = [at for at, is_weak in zip(positions, are_weak, strict=True) if is_weak]
    surer = [at for at, is_weak in zip(positions, are_weak, strict=True) if not is_weak]
    anchor = surer[0] if surer and kind is not KeyKind.EMAIL else weak[0] if weak else None
    for at in weak:
        if anchor is not None:
            _join(leaders, anchor, at)


def _join(leaders: list[int], one: int, other: int) -> None:
    first, second = sorted((_leader(leaders, one), _leader(leaders, other)))
    leaders[second] = first


def _leader(leaders: list[int], at: int) -> int:
    while leaders[at] != at:
        leaders[at] = leaders[leaders[at]]
        at = leaders[at]
    return at
