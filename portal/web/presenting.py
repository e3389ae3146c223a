"""What a request shows of who sent it, whatever it is for."""

import os
import re
from collections.abc import Mapping, MutableMapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from portal.web.execution import Presented

# Long enough for a UUID or a trace id, and nothing that could break a log line or a header.
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")


def presented(scope: MutableMapping[str, Any]) -> Presented:  # Any: ASGI's own type
    """What an HTTP request shows of who sent it."""
    client = scope.get("client")
    return Presented(header_map(scope["headers"]), client[0] if client else None, scope["method"])


def header_map(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name; where a name was sent several times, the values joined by commas."""
    joined = dict(headers)
    if len(joined) != len(headers):
        joined = {}
        for name, value in headers:
            joined[name] = joined[name] + b", " + value if name in joined else value
    return joined


def request_id(headers: Mapping[bytes, bytes]) -> str:
    """The caller's X-Request-Id if it is a sane one, else a new one."""
    sent = headers.get(b"x-request-id")
    if sent is not None and REQUEST_ID.fullmatch(sent):
        return sent.decode("ascii")
    return os.urandom(16).hex()


def networks_of(address: str) -> tuple[str, ...]:
    """What one person can have who sends from an address, the widest first: of IPv6 a /48 for the asking, though it may
    be an office's, and a /64; an IPv4 address.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return (address,)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.exploded[:14], parsed.exploded[:19]  # three and four of eight groups
    return (address,)
