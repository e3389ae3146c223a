"""What is known of issuers: their metadata and keys, fetched when needed and kept for a while.

Sources: OpenID Connect Discovery 1.0; RFC 9207 for `iss` in the authorization response.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.recent import Recent
from portal.sign_in.oidc.fetching import Fetching, ProviderProblem

KEPT_FOR = timedelta(minutes=10)
# A token that names a key we don't know may be signed with a new one; or it is one of thousands that an attacker made.
COOLDOWN = timedelta(minutes=1)
MOST_ISSUERS = 1_000


@dataclass(frozen=True, slots=True)
class Metadata:
    """The addresses of an issuer, and what it says of its answers."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    says_issuer: bool  # in each authorization response
    takes_basic: bool  # a client's secret in the Authorization header rather than in the form


@dataclass(slots=True)
class _Kept:
    metadata: Metadata
    keys: KeySet
    fetched_at: datetime
    keys_fetched_at: datetime
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Issuers:
    """Issuers by their identifier. What one says is used for tokens of that issuer only."""

    def __init__(self, fetching: Fetching) -> None:
        self._fetching = fetching
        self._kept: Recent[str, _Kept] = Recent(MOST_ISSUERS)

    async def metadata(self, issuer: str, now: datetime) -> Metadata:
        """What an issuer says of itself. Raises ProviderProblem."""
        return (await self._of(issuer, now)).metadata

    async def keys(self, issuer: str, key_id: str | None, now: datetime) -> KeySet:
        """The keys of an issuer; fetched anew, at most once a minute, where none has the id that is asked for."""
        kept = await self._of(issuer, now)
        if not _has(kept.keys, key_id):
            async with kept.lock:
                if not _has(kept.keys, key_id) and now - kept.keys_fetched_at >= COOLDOWN:
                    kept.keys_fetched_at = now
                    kept.keys = _key_set(await self._fetching.get(kept.metadata.jwks_uri))
        return kept.keys

    async def _of(self, issuer: str, now: datetime) -> _Kept:
        kept = self._kept.get(issuer)
        if kept is None or now - kept.fetched_at >= KEPT_FOR:
            metadata = _metadata(
                issuer, await self._fetching.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            )
            keys = _key_set(await self._fetching.get(metadata.jwks_uri))
            kept = self._kept.put(issuer, _Kept(metadata, keys, now, now))
        return kept


def _metadata(issuer: str, document: dict[str, Any]) -> Metadata:  # Any: JSON
    if document.get("issuer") != issuer:
        raise ProviderProblem("The metadata are another issuer's.")
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        issuer,
        _address(document, "authorization_endpoint"),
        _address(document, "token_endpoint"),
        _address(document, "jwks_uri"),
        says_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def _address(document: dict[str, Any], name: str) -> str:  # Any: JSON
    address = document.get(name)
    if not isinstance(address, str):
        raise ProviderProblem(f"The metadata lack {name}.")
    return address


def _key_set(document: dict[str, Any]) -> KeySet:  # Any: JSON
    """The public keys that a signature can be checked with; others in the set are left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise ProviderProblem("The key set holds no keys.")
    usable = [key for key in listed if isinstance(key, dict) and _signs(key)]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, KeyError, TypeError) as problem:
        raise ProviderProblem("The key set can't be read.") from problem


def _signs(key: dict[str, Any]) -> bool:  # Any: JSON
    # Never a symmetric key: it would make whoever can read the key set able to sign.
    return key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig" and "d" not in key


def _has(keys: KeySet, key_id: str | None) -> bool:
    return key_id is None or any(key.kid == key_id for key in keys.keys)
