"""The portal's cookies. All have the prefix __Host-, so no other site, not even one below ours, can set or read them.

The prefix asks for Secure. Browsers take such cookies over plain HTTP from this very machine (http://localhost:8000),
where a connection can't be tapped: so there is nothing to switch off for development.
"""

import re
from datetime import timedelta

from portal.people.rules import LONGEST_SESSION
from portal.web.execution import Presented

SESSION_COOKIE = "__Host-sid"
SESSION_KEPT = LONGEST_SESSION

# HTTP/2 lets a browser send several Cookie headers; header_map joins them by commas.
_BETWEEN = re.compile(r"[;,] *")


def cookie(presented: Presented, name: str) -> str | None:
    """The value of a cookie that a request carries; None where it carries none, or several of the name."""
    header = presented.header(b"cookie")
    if header is None:
        return None
    values = [value for key, _, value in (part.partition("=") for part in _BETWEEN.split(header)) if key == name]
    return values[0] if len(values) == 1 else None


def kept_in_cookie(name: str, value: str, kept_for: timedelta) -> tuple[bytes, bytes]:
    """The header that makes a browser keep a cookie of ours for a time."""
    seconds = int(kept_for.total_seconds())
    text = f"{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Lax"
    return b"set-cookie", text.encode("ascii")


def forgotten_cookie(name: str) -> tuple[bytes, bytes]:
    """The header that makes a browser forget a cookie of ours."""
    return kept_in_cookie(name, "", timedelta(0))
