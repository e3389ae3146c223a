"""The networks that a token may be used from: how they are written, and whether an address lies in them. Pure."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from portal import bounds
from portal.errors import InvalidInput

Network: TypeAlias = IPv4Network | IPv6Network

MOST_NETWORKS = 50
# The longest is an IPv4 address written inside of an IPv6 one, with its prefix.
_LONGEST = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128")
# IPv6 addresses that stand for IPv4 ones (RFC 4291, 2.5.5.2): the last 32 bits are the address.
_MAPPED = IPv6Network("::ffff:0:0/96")
# Neither a netmask after the slash nor an interface's name after the address, which mean something on one machine only.
_SHAPE = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?", re.ASCII)


def token_networks(networks: Iterable[str] | None) -> tuple[str, ...] | None:
    """The networks of an allow-list in CIDR notation, each as it is usually written; None is anywhere.

    A single address is the network of that address alone. IPv4 written as IPv6 becomes IPv4.
    """
    if networks is None:
        return None
    listed = bounds.items(networks, most=MOST_NETWORKS, least=1, path="allowedNetworks")
    written = [str(_network(text, position)) for position, text in enumerate(listed)]
    return bounds.distinct(written, most=MOST_NETWORKS, path="allowedNetworks")


def parsed(networks: Sequence[str] | None) -> tuple[Network, ...] | None:
    """A stored allow-list, ready to be compared with addresses."""
    return None if networks is None else tuple(ip_network(network) for network in networks)


def admits(networks: tuple[Network, ...] | None, address: str | None) -> bool:
    """Whether an allow-list lets an address in. Where there is a list, an unknown or unreadable address is not."""
    if networks is None:
        return True
    try:
        read = ip_address(address or "")
    except ValueError:
        return False
    plain = _unmapped(read)
    return any(plain in network for network in networks)


def are_within(networks: Sequence[str] | None, others: Sequence[str] | None) -> bool:
    """Whether an allow-list lets in nobody whom another one keeps out; None lets everybody in."""
    inner, outer = parsed(networks), parsed(others)
    if outer is None:
        return True
    return inner is not None and all(any(_is_within(each, other) for other in outer) for each in inner)


def _is_within(network: Network, other: Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(other, IPv4Network) and network.subnet_of(other)
    return isinstance(other, IPv6Network) and network.subnet_of(other)


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _network(text: str, position: int) -> Network:
    path = ("allowedNetworks", str(position))
    written = bounds.one_line(text, longest=_LONGEST, path=path)
    if not _SHAPE.fullmatch(written):
        raise InvalidInput("This is not a network such as 192.0.2.0/24 or 2001:db8::/32.", path=path)
    try:
        network = ip_network(written, strict=False)
    except ValueError:
        raise InvalidInput("This is not a network such as 192.0.2.0/24 or 2001:db8::/32.", path=path) from None
    if network != _from_first_address(written, network):
        raise InvalidInput(f"This is an address within a network. Write {network} for all of the network.", path=path)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        mapped = IPv4Address(int(network.network_address) & 0xFFFF_FFFF)
        return IPv4Network((mapped, network.prefixlen - _MAPPED.prefixlen))
    return network


def _from_first_address(written: str, network: Network) -> Network | None:
    """The network that begins with the very address that was written; None where a network can't begin there."""
    try:
        return ip_network((written.partition("/")[0], network.prefixlen))
    except ValueError:
        return None
