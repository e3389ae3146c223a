"""What a logout token says: that somebody has signed out at their provider, which tells us behind the browser's back.

Source: OpenID Connect Back-Channel Logout 1.0, 2.4 to 2.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import KeySet

from portal.sign_in.oidc.id_tokens import (
    LONGEST_SUBJECT,
    BadIdToken,
    check_audience,
    check_times,
    header_of,
    signed_claims,
)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# The specification asks for two minutes; a token that is good for long would sign people out again and again.
LONGEST_LIFE = timedelta(minutes=10)
_TYPES = frozenset({None, "JWT", "jwt", "logout+jwt", "application/logout+jwt"})
_LONGEST_ID = 255  # characters


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Who signed out, and the id of the token that says so, which counts once."""

    subject: str
    token_id: str


def signed_out(token: str, keys: KeySet, *, issuer: str, client_id: str, now: datetime) -> SignedOut:
    """Who signed out. Raises BadIdToken unless everything about the token is as it must be."""
    kind = header_of(token).get("typ")
    if not (kind is None or isinstance(kind, str)) or kind not in _TYPES:
        raise BadIdToken("The token is of another type.")
    claims = signed_claims(token, keys)
    check_audience(claims, issuer, client_id)
    check_times(claims, now)
    issued_at = claims["iat"]
    if now.timestamp() - issued_at > LONGEST_LIFE.total_seconds():
        raise BadIdToken("The logout token is too old.")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise BadIdToken("The token is no logout token.")
    if "nonce" in claims:
        raise BadIdToken("An ID token is no logout token.")
    return SignedOut(_text(claims, "sub", LONGEST_SUBJECT), _text(claims, "jti", _LONGEST_ID))


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:  # Any: JSON
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadIdToken(f"The logout token has no {name}.")
    return value
