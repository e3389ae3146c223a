"""How a candidate is reached and found elsewhere, and what of it says that two candidates may be one person."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from portal import addresses, bounds
from portal.candidates.enums import ContactKind, LinkKind
from portal.errors import InvalidInput

MOST_CONTACT_POINTS = 20
MOST_LINKS = 30
_LABEL_LENGTH = 100

# Hosts on which a page is about one person; the path is the person, and capitals don't matter in it.
_PROFILE_HOSTS = {
    "linkedin.com": LinkKind.LINKEDIN,
    "github.com": LinkKind.GITHUB,
    "twitter.com": LinkKind.TWITTER,
    "x.com": LinkKind.TWITTER,
}
_CANONICAL_HOST = {
    LinkKind.LINKEDIN: "linkedin.com",
    LinkKind.GITHUB: "github.com",
    LinkKind.TWITTER: "twitter.com",
}
PROFILE_PAGES = tuple(f"{host}/" for host in _CANONICAL_HOST.values())
"""How the normalised address of a personal profile begins."""


@dataclass(frozen=True, slots=True)
class GivenContact:
    """An e-mail address or phone number as somebody entered it."""

    kind: ContactKind
    value: str
    label: str | None = None
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point as it is stored; of each kind exactly one is primary."""

    kind: ContactKind
    value: str
    value_normalised: str
    label: str | None
    is_primary: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is stored; `url_normalised` is equal for two spellings of the same page."""

    kind: LinkKind
    url: str
    url_normalised: str


class KeyKind(enum.StrEnum):
    """What two candidates share when they may be one person."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    PROFILE = "PROFILE"


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A value that belongs to one person; two candidates who share one are possible duplicates."""

    kind: KeyKind
    value: str


def contact_points(
    given: Sequence[GivenContact], *, country: str | None = None, path: str = "contactPoints"
) -> tuple[Contact, ...]:
    """The contact points as they are stored, in their order; `country` is where phone numbers without a + are from.

    Of each kind the first is primary unless another one is marked. Refuses the same address twice.
    """
    kept = bounds.items(given, most=MOST_CONTACT_POINTS, path=path)
    made = [_contact(contact, country, (path, str(at))) for at, contact in enumerate(kept)]
    bounds.distinct(((contact.kind, contact.value_normalised) for contact in made), path=path)
    return _with_primaries(made, path)


def link(url: str, kind: LinkKind | None = None, *, path: bounds.Path = "url") -> Link:
    """The link as it is stored. Known profile hosts say themselves what it leads to; else it is `kind` or OTHER."""
    address = addresses.web_address(url, path=path)
    known = _profile_kind(address.normalised)
    return Link(known or kind or LinkKind.OTHER, address.value, _normalised(address.normalised, known))


def links(given: Sequence[tuple[str, LinkKind | None]], *, path: str = "links") -> tuple[Link, ...]:
    """The links as they are stored, in their order; a page that is given twice is kept once."""
    kept = bounds.items(given, most=MOST_LINKS, path=path)
    pages: dict[str, Link] = {}
    for at, (url, kind) in enumerate(kept):
        page = link(url, kind, path=(path, str(at), "url"))
        pages.setdefault(page.url_normalised, page)
    return tuple(pages.values())


def duplicate_keys(contacts: Iterable[Contact], found_at: Iterable[Link]) -> frozenset[DuplicateKey]:
    """By what this candidate could be another one: e-mail addresses, phone numbers and personal profiles.

    Other pages don't count: many people link to the same employer.
    """
    kinds = {ContactKind.EMAIL: KeyKind.EMAIL, ContactKind.PHONE: KeyKind.PHONE}
    reached = {DuplicateKey(kinds[contact.kind], contact.value_normalised) for contact in contacts}
    profiles = {
        DuplicateKey(KeyKind.PROFILE, link.url_normalised)
        for link in found_at
        if link.kind in _CANONICAL_HOST and _profile_kind(link.url_normalised) and "/" in link.url_normalised
    }
    return frozenset(reached | profiles)


def _contact(given: GivenContact, country: str | None, path: tuple[str, ...]) -> Contact:
    label = bounds.optional_line(given.label, longest=_LABEL_LENGTH, path=(*path, "label"))
    if given.kind is ContactKind.EMAIL:
        address = addresses.email_address(given.value, path=(*path, "value"))
    else:
        address = addresses.phone_number(given.value, country=country, path=(*path, "value"))
    return Contact(given.kind, address.value, address.normalised, label, given.is_primary)


def _with_primaries(contacts: Sequence[Contact], path: str) -> tuple[Contact, ...]:
    primary: dict[ContactKind, Contact] = {}
    for contact in contacts:
        current = primary.setdefault(contact.kind, contact)
        if contact.is_primary and current.is_primary and contact is not current:
            raise InvalidInput(f"Only one {contact.kind.lower()} can be the primary one.", path=(path,))
        if contact.is_primary:
            primary[contact.kind] = contact
    return tuple(replace(contact, is_primary=contact is primary[contact.kind]) for contact in contacts)


def _profile_kind(normalised: str) -> LinkKind | None:
    """Which profile host the address is on; country and mobile hosts such as uk.linkedin.com are the same one."""
    host = normalised.partition("/")[0].partition("?")[0]
    for known, kind in _PROFILE_HOSTS.items():
        if host == known or host.endswith(f".{known}"):
            return kind
    return None


def _normalised(address: str, profile: LinkKind | None) -> str:
    """Profiles lose what a browser or a mail adds: the query, the country's host, capitals."""
    if profile is None:
        return address
    path = address.partition("?")[0].partition("/")[2].rstrip("/")
    return f"{_CANONICAL_HOST[profile]}/{path}".lower() if path else _CANONICAL_HOST[profile]
