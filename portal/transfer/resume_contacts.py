"""How a résumé says its person is reached: name, e-mail addresses, phone numbers and pages."""

import re
from collections.abc import Iterable
from dataclasses import replace

from portal import addresses
from portal.addresses import Address
from portal.bounds import CODE_LENGTH, NAME_LENGTH
from portal.candidates.enums import ContactKind, LinkKind
from portal.candidates.rules import contacts as rules
from portal.candidates.rules.contacts import MOST_CONTACT_POINTS, MOST_LINKS, Contact, Link
from portal.candidates.rules.profiles import Names
from portal.errors import InvalidInput
from portal.transfer.documents import Json
from portal.transfer.fields import BadRecord, Fields, one_line, spelt
from portal.transfer.outcomes import OutcomeCode, WarningCode

# Digits. Shorter ones are extensions; longer ones than E.164's 15 are no phone numbers, with some room for a prefix.
LEAST_PHONE_DIGITS, MOST_PHONE_DIGITS = 5, 20

_BETWEEN_ADDRESSES = re.compile(r"[,;|\s]+")
_BETWEEN_NUMBERS = re.compile(r"\s*(?:[,;|\n]|\s/\s|\sor\s)\s*")
_USERNAME = re.compile(r"@?([\w.-]{1,100})")

_HONORIFICS = frozenset(("dr", "prof", "professor", "mr", "mrs", "ms", "mx", "miss", "sir", "dame", "ing"))
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "pe", "esq", "cpa", "pmp"))
_PARTICLES = frozenset(
    (
        "van",
        "von",
        "de",
        "del",
        "della",
        "der",
        "den",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "ten",
        "ter",
        "bin",
        "ibn",
        "al",
    )
)

# Where a profile without an address of its own is found by its user name.
_PROFILES = {
    "github": "https://github.com/",
    "linkedin": "https://www.linkedin.com/in/",
    "twitter": "https://twitter.com/",
    "x": "https://twitter.com/",
    "gitlab": "https://gitlab.com/",
    "behance": "https://www.behance.net/",
    "dribbble": "https://dribbble.com/",
}
_PORTFOLIOS = ("behance.net", "dribbble.com", "artstation.com", "codepen.io", "deviantart.com", "kaggle.com")


def names_of(basics: Fields) -> Names:
    """The person's names. Raises BadRecord when there is none, or one that is too long to be a name."""
    first = basics.line("firstName", "givenName", "first_name")
    last = basics.line("lastName", "familyName", "last_name")
    stated = one_line(spelt(basics.peek("name")) or "")
    shown = stated or " ".join(part for part in (first, last) if part)
    if not shown:
        raise BadRecord(OutcomeCode.NO_NAME, "The résumé has no name.")
    if len(shown) > NAME_LENGTH:
        raise BadRecord(OutcomeCode.TOO_LONG, f"The name is longer than {NAME_LENGTH} characters.")
    basics.take("name")
    parts = name_parts(shown) if first is None and last is None else (first, last)
    return Names(name=shown, first_name=parts[0], last_name=parts[1], preferred_name=basics.line("nickname"))


def name_parts(name: str) -> tuple[str | None, str | None]:
    """First and last name, without titles. A name of one word, as many scripts write it, has no parts."""
    if name.count(",") == 1 and not _is_suffix(name.rpartition(",")[2]):
        last, _, first = (part.strip() for part in name.partition(","))
        return first or None, last or None
    words = [word for word in name.replace(",", " ").split() if not _is_suffix(word)]
    while words and words[0].strip(".").lower() in _HONORIFICS:
        words = words[1:]
    if len(words) < 2:
        return None, None
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].lower() in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def contacts_of(basics: Fields, country: str | None) -> tuple[Contact, ...]:
    """E-mail addresses and phone numbers, each once, the first of each kind primary; what is none stays raw."""
    emails = [_email(basics, text) for text in _texts(basics, "email", _BETWEEN_ADDRESSES)]
    phones = [_phone(basics, text, country) for text in _texts(basics, "phone", _BETWEEN_NUMBERS)]
    return united_contacts(contact for contact in (*emails, *phones) if contact is not None)


def united_contacts(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Each contact once, in order, of each kind the first as the primary one."""
    distinct = {(contact.kind, contact.value_normalised): contact for contact in reversed(list(contacts))}
    ordered = list(reversed(distinct.values()))[:MOST_CONTACT_POINTS]
    primary = {contact.kind: contact for contact in reversed(ordered)}
    return tuple(replace(contact, is_primary=contact is primary[contact.kind]) for contact in ordered)


def links_of(basics: Fields) -> tuple[Link, ...]:
    """The person's own page, then their profiles, each once."""
    own = _own_page(basics)
    profiles = [_profile(profile) for profile in basics.objects("profiles", of_text="url")]
    return united_links(link for link in (own, *profiles) if link is not None)


def united_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each page once, in order."""
    distinct: dict[str, Link] = {}
    for link in links:
        distinct.setdefault(link.url_normalised, link)
    return tuple(distinct.values())[:MOST_LINKS]


def page_of(fields: Fields, *names: str) -> str | None:
    """The address of a page; what is none stays raw."""
    for name in names:
        written = one_line(spelt(fields.peek(name)) or "")
        if not written:
            continue
        try:
            address = addresses.web_address(written, path=name)
        except InvalidInput:
            fields.unreadable(name, "the address of a page")
            return None
        fields.take(name)
        return address.value
    return None


def _is_suffix(word: str) -> bool:
    return word.strip().replace(".", "").lower() in _SUFFIXES


def _texts(basics: Fields, name: str, between: re.Pattern[str]) -> list[str]:
    """The addresses in a field, which may hold several in one text or in a list."""
    value: Json = basics.peek(name)
    text = spelt(value)
    if text is None:
        if value is not None:
            basics.unreadable(name, "text")
        return []
    basics.take(name)
    return [part for part in between.split(text.strip()) if part]


def _email(basics: Fields, text: str) -> Contact | None:
    try:
        address = addresses.email_address(text.removeprefix("mailto:"), path="email")
    except InvalidInput:
        basics.unreadable("email", "an e-mail address")
        return None
    return _contact(ContactKind.EMAIL, address)


def _phone(basics: Fields, text: str, country: str | None) -> Contact | None:
    """Without its country a number can't be dialled from elsewhere, but it is kept: normalised, it is its digits."""
    written = one_line(text).removeprefix("tel:")
    try:
        return _contact(ContactKind.PHONE, addresses.phone_number(written, country=country, path="phone"))
    except InvalidInput:
        digits = "".join(character for character in written if character.isdigit() and character.isascii())
    if LEAST_PHONE_DIGITS <= len(digits) <= MOST_PHONE_DIGITS and len(written) <= CODE_LENGTH:
        return _contact(ContactKind.PHONE, Address(written, digits))
    basics.unreadable("phone", "a phone number")
    return None


def _contact(kind: ContactKind, address: Address) -> Contact:
    return Contact(kind, address.value, address.normalised, label=None, is_primary=False)


def _own_page(basics: Fields) -> Link | None:
    page = page_of(basics, "url", "website")
    return rules.link(page, LinkKind.WEBSITE) if page else None


def _profile(profile: Fields) -> Link | None:
    """A profile's page. An address that is only the network's own is completed with the user name."""
    network = one_line(spelt(profile.peek("network")) or "").lower()
    page = page_of(profile, "url")
    if page is None or _leads_to_the_network_only(page):
        page = _page_by_name(network, profile) or page
    if page is None:
        if profile.peek("username") not in (None, ""):
            profile.warn(WarningCode.LEFT_OUT, "username", f"The profile at {network or 'a network'} has no address.")
        return None
    is_portfolio = any(host in page.lower() for host in _PORTFOLIOS)
    link = rules.link(page, LinkKind.PORTFOLIO if is_portfolio else LinkKind.OTHER)
    profile.take("network")
    profile.take("username")
    return link


def _leads_to_the_network_only(page: str) -> bool:
    return "/" not in addresses.web_address(page, path="url").normalised


def _page_by_name(network: str, profile: Fields) -> str | None:
    name = _USERNAME.fullmatch(one_line(spelt(profile.peek("username")) or ""))
    start = _PROFILES.get(network)
    return f"{start}{name.group(1)}" if name and start else None
