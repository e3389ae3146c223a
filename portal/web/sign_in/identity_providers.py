"""The routes by which browsers sign in with identity providers. Each calls an action; none knows how one is asked.

GET  /auth/{organization}/{provider}   leave for a provider
GET  /auth/callback                    come back from one
"""

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from portal.access.actions import WriteDoor
from portal.errors import Forbidden, NotFound, TooManyAttempts
from portal.people.actions.sessions import Browser
from portal.people.row_secrets import parse_row_secret
from portal.sign_in.actions.provider_sign_in import leave_for_provider, return_from_provider, sign_in_with_provider
from portal.sign_in.oidc.fetching import ProviderProblem
from portal.sign_in.relying_party import Response as ProviderResponse
from portal.sign_in.rules.provider_sign_in import ATTEMPT_LIFE, return_path
from portal.web.cookies import SESSION_COOKIE, SESSION_KEPT, cookie, forgotten_cookie, kept_in_cookie
from portal.web.pages import PAGE_HEADERS
from portal.web.presenting import presented
from portal.web.sign_in.parts import (
    SLUG,
    Header,
    SignInParts,
    call_of,
    end_session,
    id_of,
    organization_at,
    with_headers,
)

# Ties who comes back from a provider to the browser that left for it.
BROWSER_COOKIE = "__Host-sign-in"
_BROWSER_SECRET = re.compile(r"[\w-]{43}", re.ASCII)
LONGEST_PARAMETER = 2_000  # characters of what a provider sends back

_AGAIN = "This sign-in did not work. Go back to where you began it, and try again."
_PROVIDER_TROUBLE = (
    "Your identity provider did not answer as it should. Try again in a moment; if it stays so, tell an administrator."
)


class Problem(Exception):
    """What the person who signs in is told."""

    def __init__(self, message: str, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.headers = headers or {}


def provider_routes(parts: SignInParts) -> list[Route]:
    """The routes."""
    routes = ProviderRoutes(parts)
    return [
        Route("/auth/callback", _page(routes.come_back), methods=["GET"]),
        Route("/auth/{organization}/{provider}", _page(routes.leave), methods=["GET"]),
    ]


class ProviderRoutes:
    """What each route does."""

    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts
        self._door = WriteDoor(parts.database)

    async def leave(self, request: Request) -> Response:
        """Send a browser to a provider, with a cookie that will tell it again."""
        provider = request.path_params["provider"]
        await self._count_departure(request)
        organization_id = await organization_at(self._parts, request) if SLUG.fullmatch(provider) else None
        if organization_id is None:
            raise Problem("There is no such way to sign in. Check the address.", 404)
        kept = cookie(presented(request.scope), BROWSER_COOKIE) or ""
        browser = kept if _BROWSER_SECRET.fullmatch(kept) else secrets.token_urlsafe(32)
        now = self._parts.clock()
        try:
            leaving = await self._door.perform(
                call_of(organization_id, request, now),
                leave_for_provider,
                provider_name=provider,
                browser_hash=_hash(browser),
                return_to=return_path(request.query_params.get("return_to")),
            )
        except NotFound as problem:
            raise Problem("There is no such way to sign in. Check the address.", 404) from problem
        address = await self._asking(request, self._parts.relying_party.address(leaving, now))
        return _to(address, [kept_in_cookie(BROWSER_COOKIE, browser, ATTEMPT_LIFE)])

    async def come_back(self, request: Request) -> Response:
        """Let a browser in that comes back from a provider, in the place of any session that it had."""
        shown, now = presented(request.scope), self._parts.clock()
        state = parse_row_secret(_parameter(request, "state") or "")
        browser = cookie(shown, BROWSER_COOKIE)
        if state is None or browser is None:
            raise Problem(_AGAIN, 400)
        call = call_of(state.organization_id, request, now)
        try:
            returned = await self._door.perform(
                call,
                return_from_provider,
                attempt_id=state.row_id,
                secret_hash=state.secret_hash,
                browser_hash=_hash(browser),
            )
        except Forbidden as refusal:
            raise Problem(refusal.message, 400) from refusal
        code = _parameter(request, "code")
        if code is None or "error" in request.query_params:
            raise Problem("Your identity provider did not sign you in. Try again, or ask an administrator.", 403)
        response = ProviderResponse(code, _parameter(request, "iss"))
        claims = await self._asking(
            request, self._parts.relying_party.claims(state.organization_id, returned, response, now)
        )
        try:
            session = await self._door.perform(
                call,
                sign_in_with_provider,
                provider_id=returned.provider_id,
                claims=claims,
                browser=Browser(shown.address, shown.header(b"user-agent")),
            )
        except Forbidden as refusal:
            raise Problem(refusal.message, 403) from refusal
        await end_session(self._parts, request, now)
        kept = kept_in_cookie(SESSION_COOKIE, session.text or "", SESSION_KEPT)
        return _to(returned.return_to, [kept, forgotten_cookie(BROWSER_COOKIE)])

    async def _count_departure(self, request: Request) -> None:
        """Refuses whoever leaves for providers without end: each time a row is kept until they come back."""
        try:
            await self._parts.attempts.count_departure(presented(request.scope).address, self._parts.clock())
        except TooManyAttempts as refusal:
            headers = {"retry-after": str(refusal.retry_after_seconds)}
            raise Problem(refusal.message, 429, headers) from refusal

    async def _asking(self, request: Request, answer: Awaitable[Any]) -> Any:  # Any: whatever is asked for
        """What a provider says. What it did wrong is for the log; the person is told that it was the provider."""
        try:
            return await answer
        except ProviderProblem as problem:
            self._parts.report(id_of(request), problem)
            raise Problem(_PROVIDER_TROUBLE, 502) from problem


def _page(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def shown(request: Request) -> Response:
        try:
            return await handle(request)
        except Problem as problem:
            page = (
                '<!doctype html><html lang="en"><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width"><title>Sign in</title>'
                '<link rel="stylesheet" href="/auth/page.css">'
                f"<h1>Not signed in</h1><p>{escape(problem.message)}</p></html>"
            )
            headers = PAGE_HEADERS | {"cache-control": "no-store", **problem.headers}
            return HTMLResponse(page, status_code=problem.status, headers=headers)

    return shown


def _parameter(request: Request, name: str) -> str | None:
    """A parameter that was sent once, and is not longer than it can be."""
    values = request.query_params.getlist(name)
    return values[0] if len(values) == 1 and 0 < len(values[0]) <= LONGEST_PARAMETER else None


def _to(address: str, headers: list[Header]) -> Response:
    kept_out = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return with_headers(RedirectResponse(address, status_code=303, headers=kept_out), headers)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
