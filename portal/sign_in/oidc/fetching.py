"""Requests to identity providers, whose addresses an administrator has typed in: bounded in time and size, encrypted,
and never led elsewhere.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

# Half a megabyte: documents and key sets are a few kilobytes.
MOST_BYTES = 512 * 1024
TIMEOUT_SECONDS = 5.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderProblem(Exception):
    """The provider can't be reached, or did not answer as the protocol asks. The message is for the log."""


class Fetching:
    """An HTTP client for providers. `allow_loopback` lets development use http, on this machine only."""

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        # No proxy or credentials from the environment, no redirects, and nothing kept of what a provider sets.
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=TIMEOUT_SECONDS)

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, url: str) -> dict[str, Any]:  # Any: JSON
        """The JSON object at an address. Raises ProviderProblem."""
        return await self._send(self._client.build_request("GET", self._checked(url)))

    async def post(self, url: str, form: Mapping[str, str], authorization: str | None) -> dict[str, Any]:  # Any: JSON
        """The JSON object that a form is answered with. Raises ProviderProblem."""
        headers = {} if authorization is None else {"authorization": authorization}
        return await self._send(self._client.build_request("POST", self._checked(url), data=form, headers=headers))

    def _checked(self, url: str) -> str:
        parts = urlsplit(url)
        is_local = self._allow_loopback and parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.scheme == "https" or is_local) or parts.hostname is None or parts.username is not None:
            raise ProviderProblem("An address of the provider is not https.")
        return url

    async def _send(self, request: httpx.Request) -> dict[str, Any]:
        request.headers["accept"] = "application/json"
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await _bounded(response)
            finally:
                await response.aclose()
            self._client.cookies.clear()
        except httpx.HTTPError as problem:
            raise ProviderProblem(f"The provider can't be reached: {type(problem).__name__}.") from problem
        if response.status_code != 200:
            raise ProviderProblem(f"The provider answered with status {response.status_code}.")
        try:
            found = json.loads(body)
        except ValueError as problem:
            raise ProviderProblem("The provider did not answer with JSON.") from problem
        if not isinstance(found, dict):
            raise ProviderProblem("The provider did not answer with a JSON object.")
        return found


async def _bounded(response: httpx.Response) -> bytes:
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise ProviderProblem("The provider's answer is too long.")
    return body
