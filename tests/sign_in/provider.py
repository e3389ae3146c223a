"""An OpenID Connect provider on this machine, which signs whatever a test asks it to: also what no honest one would."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from typing_extensions import override  # in typing from Python 3.12

CLIENT_ID = "portal"
CLIENT_SECRET = "a secret/of ours"

Key = RSAKey | ECKey | OKPKey | OctKey
# Makes an ID token of the claims that an honest provider would put into it.
TokenMaker = Callable[["Provider", dict[str, Any]], str]


def honest(provider: "Provider", claims: dict[str, Any]) -> str:
    return provider.signed(claims)


@dataclass
class Provider:
    """What the provider knows and does. Times are those of the clock: the portal has no other."""

    issuer: str = ""
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    algorithm: str = "RS256"
    published: list[dict[str, Any]] | None = None  # the key set, where it is not just the key
    metadata: dict[str, Any] = field(default_factory=dict)  # what differs
    make_token: TokenMaker = honest
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[tuple[dict[str, str], str | None]] = field(default_factory=list)
    redirects_to: str | None = None  # where the token endpoint would send us

    def approve(self, address: str, **claims: Any) -> dict[str, str]:
        """What somebody does who was sent here: they sign in, and are sent back with this."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = {
            "challenge": asked["code_challenge"],
            "claims": {
                "iss": self.issuer,
                "aud": asked["client_id"],
                "nonce": asked["nonce"],
                "iat": int(time.time()),
                "exp": int(time.time()) + 300,
                "sub": "ada",
                "email": "ada@example.com",
                "email_verified": True,
                "name": "Ada Abara",
            }
            | claims,
        }
        return {"code": code, "state": asked["state"]}

    def signed(
        self, claims: Mapping[str, Any], *, key: Key | None = None, header: Mapping[str, Any] | None = None
    ) -> str:
        key = key or self.key
        protected = {"alg": self.algorithm, "kid": key.kid, **(header or {})}
        registry = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False)
        return jws.serialize_compact(protected, json.dumps(claims), key, registry=registry)

    def answer(self, path: str) -> dict[str, Any] | None:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
            } | self.metadata
        if path == "/jwks":
            return {"keys": self.published if self.published is not None else [self.key.as_dict(private=False)]}
        return None

    def token(self, form: dict[str, str], authorization: str | None) -> dict[str, Any] | None:
        self.asked.append("/token")
        self.forms.append((form, authorization))
        known = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if known is None or known["challenge"] != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.make_token(self, known["claims"])}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        self._send(self.provider.answer(self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.provider.redirects_to is not None:
            self.send_response(307)
            self.send_header("location", self.provider.redirects_to)
            self.end_headers()
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._send(self.provider.token(form, self.headers.get("authorization")))

    def _send(self, answer: dict[str, Any] | None) -> None:
        body = json.dumps({"error": "invalid_grant"} if answer is None else answer).encode()
        self.send_response(400 if answer is None else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def a_provider() -> Iterator[Provider]:
    """A provider that answers on a free port."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
