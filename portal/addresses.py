"""Addresses of people and pages, e-mail, phone and web: as written, and normalised so that two can be compared.

Nothing is looked up: whether mail or a call arrives is not known here.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portal import bounds
from portal.bounds import Path, as_path
from portal.errors import InvalidInput

# Longer than any number that is dialled, with spaces, brackets and an extension.
_PHONE_LENGTH = 50
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """What a person wrote, and the form in which two spellings of the same address are equal."""

    value: str
    normalised: str


def email_address(value: str, *, path: Path) -> Address:
    """An e-mail address. Normalised: in small letters, the domain in Unicode; dots and +tags stay, they may matter."""
    written = bounds.one_line(value, longest=bounds.EMAIL_LENGTH, path=path)
    try:
        # Reserved test domains are let through: nothing is delivered from here, and people try things out with them.
        checked = validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidInput("This is not an e-mail address, such as ada@example.com.", path=as_path(path)) from None
    return Address(checked.normalized, checked.normalized.lower())


def phone_number(value: str, *, country: str | None = None, path: Path) -> Address:
    """A phone number, normalised as E.164 with its extension; without a + it is read as one of `country`."""
    written = bounds.one_line(value, longest=_PHONE_LENGTH, path=path)
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        number = None
    # Possible, not valid: new ranges are assigned faster than the library is updated.
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput(
            "This is not a phone number with its country code, such as +1 415 555 2671.", path=as_path(path)
        )
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Address(written, f"{e164};ext={number.extension}" if number.extension else e164)


def web_address(value: str, *, path: Path) -> Address:
    """A page's address, http or https; https is added where no scheme is written.

    Normalised: without scheme, www, fragment and last slash, the host in small letters. Refuses user names, passwords
    and every other scheme: such a link could do more than lead to a page.
    """
    written = bounds.one_line(value, longest=bounds.URL_LENGTH, path=path)
    complete = written if _SCHEME.match(written) else f"https://{written.removeprefix('//')}"
    parts = _split(complete)
    if parts is None or len(complete) > bounds.URL_LENGTH:
        raise InvalidInput("This is not a web address, such as https://example.com/ada.", path=as_path(path))
    host = (parts.hostname or "").removesuffix(".").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in {None, _DEFAULT_PORTS[parts.scheme]} else ""
    query = f"?{parts.query}" if parts.query else ""
    return Address(complete, f"{host}{port}{parts.path.rstrip('/')}{query}")


def _split(address: str) -> SplitResult | None:
    """The parts of an http address, or None if it is none or hides something."""
    if any(character.isspace() or character in '\\<>"`{}|^' for character in address):
        return None
    try:
        parts = urlsplit(address)
        well_formed = parts.port is None or parts.port > 0
    except ValueError:
        return None
    host = (parts.hostname or "").removesuffix(".")
    is_web = parts.scheme in _DEFAULT_PORTS and "." in host and ".." not in host and not host.startswith(".")
    return parts if well_formed and is_web and parts.username is None and parts.password is None else None
