"""The networks of a token's allow-list: how they may be written, and whom they let in."""

import pytest

from portal.errors import InvalidInput
from portal.people.networks import admits, are_within, parsed, token_networks
from tests.refusals import refused


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        (" 192.0.2.7 ", "192.0.2.7/32"),
        ("2001:DB8:0:0::/32", "2001:db8::/32"),
        ("::1", "::1/128"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:c000:207", "192.0.2.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_network_is_kept_as_it_is_usually_written(written: str, kept: str) -> None:
    assert token_networks([written]) == (kept,)


@pytest.mark.parametrize(
    "written",
    [
        *("example.com", "192.0.2", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/24/24", "192.0.2.0/", "010.0.0.1"),
        *("192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255", "fe80::1%eth0", "*", "192.0.2.-1"),
    ],
)
def test_what_is_no_network_is_refused(written: str) -> None:
    message = "This is not a network such as 192.0.2.0/24 or 2001:db8::/32."

    with refused(InvalidInput, message, path=("allowedNetworks", "0")):
        token_networks([written])


def test_an_address_within_a_network_is_refused_with_what_to_write() -> None:
    message = "This is an address within a network. Write 192.0.2.0/24 for all of the network."

    with refused(InvalidInput, message, path=("allowedNetworks", "1")):
        token_networks(["::1", "192.0.2.7/24"])


def test_a_list_has_one_to_fifty_networks_each_once() -> None:
    many = [f"192.0.2.{number}" for number in range(51)]

    assert token_networks(None) is None
    assert len(token_networks(many[:50]) or ()) == 50
    with refused(InvalidInput, "At most 50 are allowed here, not 51.", path=("allowedNetworks",)):
        token_networks(many)
    with refused(InvalidInput, "At least 1 must be given here.", path=("allowedNetworks",)):
        token_networks([])
    with refused(InvalidInput, "The same one is listed twice.", path=("allowedNetworks", "1")):
        token_networks(["192.0.2.1", "::ffff:192.0.2.1"])


@pytest.mark.parametrize(
    ("networks", "address", "is_admitted"),
    [
        (None, None, True),
        (None, "198.51.100.1", True),
        (["192.0.2.0/24"], "192.0.2.0", True),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.0/24"], "::ffff:192.0.2.7", True),
        (["192.0.2.0/24"], "::192.0.2.7", False),
        (["192.0.2.0/24"], "64:ff9b::192.0.2.7", False),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["0.0.0.0/0"], "::1", False),
        (["::/0"], "192.0.2.1", False),
        (["192.0.2.0/24"], None, False),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "192.0.2.7:443", False),
        (["192.0.2.0/24"], "192.0.2.7, 10.0.0.1", False),
    ],
)
def test_a_list_lets_in_whoever_is_in_one_of_its_networks(
    networks: list[str] | None, address: str | None, is_admitted: bool
) -> None:
    assert admits(parsed(networks), address) is is_admitted


@pytest.mark.parametrize(
    ("inner", "outer", "is_within"),
    [
        (None, None, True),
        (["192.0.2.0/24"], None, True),
        (None, ["0.0.0.0/0"], False),
        (["192.0.2.0/25", "192.0.2.128/25"], ["192.0.2.0/24"], True),
        (["192.0.2.0/24"], ["192.0.2.0/25", "192.0.2.128/25"], False),  # stricter than need be, never laxer
        (["192.0.2.0/24"], ["::/0"], False),
        (["2001:db8::/64"], ["192.0.2.0/24", "2001:db8::/32"], True),
    ],
)
def test_a_list_is_within_another_where_it_lets_in_nobody_else(
    inner: list[str] | None, outer: list[str] | None, is_within: bool
) -> None:
    assert are_within(inner, outer) is is_within
