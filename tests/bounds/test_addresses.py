"""E-mail addresses, phone numbers and web addresses are normalised so that two spellings of one are equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import addresses
from portal.addresses import Address
from portal.errors import InvalidInput
from tests.refusals import refused


def test_an_email_address_is_compared_in_small_letters() -> None:
    assert addresses.email_address(" Ada.L+x@ACME.example ", path="email") == Address(
        "Ada.L+x@acme.example", "ada.l+x@acme.example"
    )
    assert addresses.email_address("müller@xn--bcher-kva.de", path="email").normalised == "müller@bücher.de"


@pytest.mark.parametrize("value", ["ada", "ada@", "@acme.example", "a b@acme.example", "ada@localhost", "ada@[::1]"])
def test_what_is_no_email_address_is_refused(value: str) -> None:
    with refused(InvalidInput, "This is not an e-mail address, such as ada@example.com.", path=("email",)):
        addresses.email_address(value, path="email")


def test_email_addresses_are_bounded_like_every_text() -> None:
    with refused(InvalidInput, "This is longer than 320 characters.", path=("email",)):
        addresses.email_address("a" * 400 + "@acme.example", path="email")
    with refused(InvalidInput, "This contains half of a character (a lone surrogate).", path=("email",)):
        addresses.email_address("\ud800@acme.example", path="email")


def test_phone_numbers_are_compared_as_e164() -> None:
    assert addresses.phone_number("+1 (415) 555-2671", path="phone").normalised == "+14155552671"
    assert addresses.phone_number("415.555.2671", country="US", path="phone").normalised == "+14155552671"
    assert addresses.phone_number("+1 415 555 2671 ext. 5", path="phone").normalised == "+14155552671;ext=5"


@pytest.mark.parametrize("value", ["415 555 2671", "abc", "+1", "+999 1234567", "()"])
def test_what_is_no_phone_number_is_refused(value: str) -> None:
    with refused(
        InvalidInput,
        "This is not a phone number with its country code, such as +1 415 555 2671.",
        path=("phone",),
    ):
        addresses.phone_number(value, path="phone")


@pytest.mark.parametrize(
    ("value", "stored", "normalised"),
    [
        ("github.com/Ada/", "https://github.com/Ada/", "github.com/Ada"),
        ("http://www.ADA.dev:80/", "http://www.ADA.dev:80/", "ada.dev"),
        ("https://ada.dev:8443/x?y=1#z", "https://ada.dev:8443/x?y=1#z", "ada.dev:8443/x?y=1"),
        ("//ada.dev", "https://ada.dev", "ada.dev"),
        ("ada.dev:8080/a", "https://ada.dev:8080/a", "ada.dev:8080/a"),
    ],
)
def test_web_addresses_are_compared_without_scheme_and_decoration(value: str, stored: str, normalised: str) -> None:
    assert addresses.web_address(value, path="url") == Address(stored, normalised)


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://ada.dev",
        "http://ada:secret@ada.dev",
        "http://[::1",
        "http://localhost/x",
        "https://ada.dev:0/",
        "https://ada.dev:99999/",
        "https://ada..dev/",
        "https://ada.dev/a b",
        "https://ada.dev\\@evil.example",
        "mailto:ada@acme.example",
    ],
)
def test_addresses_that_lead_elsewhere_are_refused(value: str) -> None:
    with refused(InvalidInput, "This is not a web address, such as https://example.com/ada.", path=("url",)):
        addresses.web_address(value, path="url")


@given(st.text(max_size=60))
def test_normalising_is_idempotent_and_never_breaks(value: str) -> None:
    for normalise in (addresses.email_address, addresses.web_address, addresses.phone_number):
        try:
            once = normalise(value, path="value")
        except InvalidInput:
            continue
        assert normalise(once.value, path="value") == once
