"""The portal as an OpenID Connect relying party: where to send somebody, and who they are when they come back.

Authorization code with PKCE (RFC 7636), state and nonce; what comes back counts only from the issuer that somebody was
sent to.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from joserfc.jwk import KeySet

from portal.sign_in.actions.provider_sign_in import Leaving, Returned
from portal.sign_in.actions.provider_sign_out import TrustedProvider
from portal.sign_in.client_secrets import ClientSecrets
from portal.sign_in.oidc.fetching import Fetching, ProviderProblem
from portal.sign_in.oidc.id_tokens import Claims, Expected, header_of, verified
from portal.sign_in.oidc.issuers import Issuers, Metadata
from portal.sign_in.oidc.logout_tokens import SignedOut, signed_out

SCOPES = "openid email profile"


@dataclass(frozen=True, slots=True)
class Response:
    """What a provider sent somebody back with. `issuer` is None where it does not say."""

    code: str = field(repr=False)
    issuer: str | None


class RelyingParty:
    """One for all organizations; `redirect_uri` is where providers send people back to."""

    def __init__(self, fetching: Fetching, client_secrets: ClientSecrets, redirect_uri: str) -> None:
        self._fetching = fetching
        self._issuers = Issuers(fetching)
        self._client_secrets = client_secrets
        self._redirect_uri = redirect_uri

    async def close(self) -> None:
        await self._fetching.close()

    async def address(self, leaving: Leaving, now: datetime) -> str:
        """Where to send somebody. Raises ProviderProblem."""
        metadata = await self._issuers.metadata(leaving.issuer, now)
        digest = hashlib.sha256(leaving.code_verifier.encode("ascii")).digest()
        parameters = {
            "response_type": "code",
            "client_id": leaving.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPES,
            "state": leaving.state,
            "nonce": leaving.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode("ascii").rstrip("="),
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{separator}{urlencode(parameters)}"

    async def claims(self, organization_id: UUID, returned: Returned, response: Response, now: datetime) -> Claims:
        """Who came back. Raises ProviderProblem unless the issuer that they were sent to says so, to us, and now."""
        metadata = await self._issuers.metadata(returned.issuer, now)
        if response.issuer != returned.issuer and (response.issuer is not None or metadata.says_issuer):
            raise ProviderProblem("The answer is another issuer's.")
        secret = await self._client_secrets.of(organization_id, returned.provider_name)
        token = await self._id_token(metadata, returned, response.code, secret)
        keys = await self._keys(returned.issuer, token, now)
        return verified(token, keys, Expected(returned.issuer, returned.client_id, returned.nonce), now)

    async def signed_out(self, provider: TrustedProvider, token: str, now: datetime) -> SignedOut:
        """Who has signed out at their provider. Raises ProviderProblem unless that very provider says so, to us."""
        keys = await self._keys(provider.issuer, token, now)
        return signed_out(token, keys, issuer=provider.issuer, client_id=provider.client_id, now=now)

    async def _keys(self, issuer: str, token: str, now: datetime) -> KeySet:
        """An issuer's keys, with the one that a token says it is signed with if there is such a one."""
        key_id = header_of(token).get("kid")
        return await self._issuers.keys(issuer, key_id if isinstance(key_id, str) else None, now)

    async def _id_token(self, metadata: Metadata, returned: Returned, code: str, secret: str | None) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": returned.client_id,
            "code_verifier": returned.code_verifier,
        }
        authorization = None
        if secret is not None and metadata.takes_basic:
            pair = f"{quote(returned.client_id, safe='')}:{quote(secret, safe='')}"
            authorization = f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
        elif secret is not None:
            form["client_secret"] = secret
        answer = await self._fetching.post(metadata.token_endpoint, form, authorization)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderProblem("The provider's answer has no ID token.")
        return token
