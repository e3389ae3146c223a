"""What an ID token says of somebody, once it is sure that its issuer said so, to us, just now, and in this sign-in.

Sources: OpenID Connect Core 1.0, 3.1.3.7; RFC 8725 (JWT best current practices).
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.util import to_bytes

from portal.sign_in.oidc.fetching import ProviderProblem

# Asymmetric only: with HS256 a public key could be taken for a secret.
ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
# Keys come from the issuer's key set, whatever the token itself offers.
_EMBEDDED = frozenset({"jwk", "jku", "x5u", "x5c", "crit"})
# Clocks differ; a minute is more than any that is kept right.
LEEWAY = timedelta(minutes=1)
LONGEST_TOKEN = 20_000  # characters
LONGEST_SUBJECT = 255


class BadIdToken(ProviderProblem):
    """The ID token is not what it must be."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the ID token of one sign-in must say."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is at an issuer. `email` is given only where the issuer has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


def header_of(token: str) -> Mapping[str, Any]:  # Any: JSON
    """The header of an ID token, which nobody has vouched for. Raises BadIdToken for one that we take in no case."""
    try:
        # An object in a good token only: nobody has looked at it yet.
        header: object = jws.extract_compact(to_bytes(token)).headers() if len(token) <= LONGEST_TOKEN else None
    except (JoseError, ValueError) as problem:
        raise BadIdToken("The ID token can't be read.") from problem
    if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
        raise BadIdToken("The ID token is not signed with an algorithm that we accept.")
    if _EMBEDDED & header.keys():
        raise BadIdToken("The ID token brings keys of its own.")
    return header


def verified(token: str, keys: KeySet, expected: Expected, now: datetime) -> Claims:
    """What an ID token says. Raises BadIdToken unless everything about it is as it must be."""
    claims = signed_claims(token, keys)
    check_audience(claims, expected.issuer, expected.client_id)
    check_times(claims, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise BadIdToken("The ID token is of another sign-in.")
    return _claims(claims, expected)


def signed_claims(token: str, keys: KeySet) -> dict[str, Any]:  # Any: JSON
    """The claims of a token that its issuer signed, whatever they are. Raises BadIdToken."""
    header = header_of(token)
    key_id = header.get("kid")
    candidates = [key for key in keys.keys if key_id is None or key.kid == key_id]
    if len(candidates) != 1:
        raise BadIdToken("The ID token is signed with a key that its issuer does not have.")
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        payload = jws.deserialize_compact(to_bytes(token), candidates[0], registry=registry).payload
        return _object(payload)
    except (JoseError, ValueError, TypeError) as problem:
        raise BadIdToken("The ID token's signature is not good.") from problem


def _object(payload: bytes) -> dict[str, Any]:  # Any: JSON

    found = json.loads(payload)
    if not isinstance(found, dict):
        raise TypeError
    return found


def check_audience(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:  # Any: JSON
    """Refuses claims of another issuer, or for another client."""
    if claims.get("iss") != issuer:
        raise BadIdToken("The ID token is another issuer's.")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if client_id not in audiences:
        raise BadIdToken("The ID token is for another client.")
    if (len(audiences) > 1 or party is not None) and party != client_id:
        raise BadIdToken("The ID token was asked for by another client.")


def check_times(claims: Mapping[str, Any], now: datetime) -> None:  # Any: JSON
    """Refuses claims that are over, or not good yet."""
    expires_at, issued_at, not_before = (_seconds(claims.get(name)) for name in ("exp", "iat", "nbf"))
    seconds, leeway = now.timestamp(), LEEWAY.total_seconds()
    if expires_at is None or seconds >= expires_at + leeway:
        raise BadIdToken("The ID token has expired.")
    if issued_at is None or issued_at > seconds + leeway:
        raise BadIdToken("The ID token is from the future.")
    if not_before is not None and not_before > seconds + leeway:
        raise BadIdToken("The ID token is not good yet.")


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _claims(claims: Mapping[str, Any], expected: Expected) -> Claims:  # Any: JSON
    subject, email, name = claims.get("sub"), claims.get("email"), claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise BadIdToken("The ID token names nobody.")
    is_verified = claims.get("email_verified") is True
    return Claims(
        expected.issuer,
        subject,
        email if isinstance(email, str) and is_verified else None,
        name if isinstance(name, str) else None,
    )
