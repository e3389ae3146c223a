"""The routes by which browsers sign in with passwords, called by a page of ours with JSON.

POST /auth/{organization}/password   {"email", "password"}: begin a session
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.access.actions import WriteDoor
from portal.people.actions.sessions import Browser
from portal.sign_in.passwords import Passwords
from portal.sign_in.rules import WrongPassword
from portal.web.cookies import SESSION_COOKIE, SESSION_KEPT, kept_in_cookie
from portal.web.errors import ErrorCode, Refused, Unauthenticated
from portal.web.graphql import presented
from portal.web.json_routes import JsonBodies, json_route
from portal.web.sign_in import SignInParts, call_of, end_session, organization_at, with_headers


def password_routes(parts: SignInParts, passwords: Passwords) -> list[Route]:
    """The routes."""
    routes = PasswordRoutes(parts, passwords)
    return [Route("/auth/{organization}/password", json_route(routes.sign_in), methods=["POST"])]


class PasswordRoutes:
    """What each route does. A password is handed on, and neither kept, logged nor said again."""

    def __init__(self, parts: SignInParts, passwords: Passwords) -> None:
        self._parts = parts
        self._passwords = passwords
        self._door = WriteDoor(parts.database)
        self._bodies = JsonBodies()

    async def sign_in(self, request: Request) -> Response:
        """Let a browser in whose person knows an address and its password, in the place of any session it had."""
        shown, now = presented(request.scope), self._parts.clock()
        # Also of whoever has no cookie yet: else another site's page could sign somebody in as somebody else.
        self._parts.same_origin.check(shown)
        self._passwords.check_on()
        sent = await self._bodies.texts(request, "email", "password")
        organization_id = await organization_at(self._parts, request)
        if organization_id is None:
            raise Refused(ErrorCode.NOT_FOUND, "There is no such way to sign in. Check the address.", status=404)
        try:
            session = await self._passwords.sign_in(
                self._door,
                call_of(organization_id, request, now),
                sent["email"],
                sent["password"],
                Browser(shown.address, shown.header(b"user-agent")),
            )
        except WrongPassword as refusal:
            raise Unauthenticated(refusal.message) from refusal
        await end_session(self._parts, request, now)
        kept = kept_in_cookie(SESSION_COOKIE, session.text or "", SESSION_KEPT)
        return with_headers(Response(status_code=204, headers={"cache-control": "no-store"}), [kept])
