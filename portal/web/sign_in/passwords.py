"""The routes by which browsers sign in with passwords, called by a page of ours with JSON.

POST /auth/{organization}/password   {"email", "password", "code"?}: begin a session
POST /auth/{organization}/reset      {"email"}: ask for a link by which to choose another password
POST /auth/link                      {"link", "password"}: choose a password by a link that was sent
GET  /auth/link                      the page that such a link leads to
"""

from uuid import UUID

import orjson
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.access.actions import WriteDoor
from portal.access.work import Call
from portal.people.actions.sessions import Browser
from portal.people.row_secrets import parse_row_secret
from portal.sign_in.actions.passwords import Entry, Needs
from portal.sign_in.passwords import Passwords, Said
from portal.sign_in.rules.account_links import LinkOver
from portal.sign_in.rules.passwords import WrongPassword
from portal.web.cookies import SESSION_COOKIE, SESSION_KEPT, kept_in_cookie
from portal.web.errors import ErrorCode, Refused, Unauthenticated
from portal.web.execution import Presented
from portal.web.presenting import presented
from portal.web.sign_in.json_routes import NOT_KEPT, JsonBodies, json_route
from portal.web.sign_in.parts import SignInParts, call_of, end_session, organization_at, page_file, with_headers


def password_routes(parts: SignInParts, passwords: Passwords) -> list[Route]:
    """The routes."""
    routes = PasswordRoutes(parts, passwords)
    return [
        Route("/auth/link", json_route(routes.use_link), methods=["POST"]),
        Route("/auth/link", page_file("link.html", "text/html"), methods=["GET"]),
        Route("/auth/link.js", page_file("link.js", "text/javascript"), methods=["GET"]),
        Route("/auth/{organization}/password", json_route(routes.sign_in), methods=["POST"]),
        Route("/auth/{organization}/reset", json_route(routes.reset), methods=["POST"]),
    ]


class PasswordRoutes:
    """What each route does. A password is handed on, and neither kept, logged nor said again."""

    def __init__(self, parts: SignInParts, passwords: Passwords) -> None:
        self._parts = parts
        self._passwords = passwords
        self._door = WriteDoor(parts.database)
        self._bodies = JsonBodies()

    async def sign_in(self, request: Request) -> Response:
        """Let a browser in whose person knows an address and its password, in the place of any session it had."""
        shown, now = self._checked(request), self._parts.clock()
        sent = await self._bodies.texts(request, "email", "password", optional=("code",))
        organization_id = await self._organization(request)
        try:
            entry = await self._passwords.sign_in(
                self._door,
                call_of(organization_id, request, now),
                Said(sent["email"], sent["password"], sent.get("code")),
                Browser(shown.address, shown.header(b"user-agent")),
            )
        except WrongPassword as refusal:
            raise Unauthenticated(refusal.message) from refusal
        if entry.session is None:
            raise _needed(entry)
        await end_session(self._parts, request, now)
        kept = kept_in_cookie(SESSION_COOKIE, entry.session.text or "", SESSION_KEPT)
        if entry.recovery_codes:
            content = orjson.dumps({"recoveryCodes": entry.recovery_codes})
            answer = Response(content, headers=NOT_KEPT, media_type="application/json")
        else:
            answer = Response(status_code=204, headers=NOT_KEPT)
        return with_headers(answer, [kept])

    async def reset(self, request: Request) -> Response:
        """Send whoever has an address a link to choose another password. The answer, and when it comes, is the same
        for an address that nobody has: what there is to do is done after it.
        """
        shown, now = self._checked(request), self._parts.clock()
        sent = await self._bodies.texts(request, "email")
        organization_id = await self._organization(request)
        await self._passwords.count_reset(organization_id, sent["email"], shown.address, now)
        call = call_of(organization_id, request, now)
        return Response(
            status_code=202, headers=NOT_KEPT, background=BackgroundTask(self._send_reset, call, sent["email"])
        )

    async def _send_reset(self, call: Call, email: str) -> None:
        try:
            await self._passwords.reset(self._door, call, email)
        except Exception as problem:  # noqa: BLE001 - nobody waits for it any more; the operator is told
            self._parts.report(call.request_id, problem)

    async def use_link(self, request: Request) -> Response:
        """Set the password that somebody chose by a link. No session begins: they sign in with it, as always."""
        shown, now = self._checked(request), self._parts.clock()
        sent = await self._bodies.texts(request, "link", "password")
        secret = parse_row_secret(sent["link"])
        if secret is None:
            raise LinkOver
        call = call_of(secret.organization_id, request, now)
        await self._passwords.use_link(self._door, call, secret, sent["password"], shown.address)
        return Response(status_code=204, headers=NOT_KEPT)

    def _checked(self, request: Request) -> Presented:
        """A request of one of our own pages, also of whoever has no cookie yet: else another site's page could sign
        somebody in as somebody else.
        """
        shown = presented(request.scope)
        self._parts.same_origin.check(shown)
        self._passwords.check_on()
        return shown

    async def _organization(self, request: Request) -> UUID:
        organization_id = await organization_at(self._parts, request)
        if organization_id is None:
            raise Refused(ErrorCode.NOT_FOUND, "There is no such way to sign in. Check the address.", status=404)
        return organization_id


_NEEDED = {
    Needs.CODE: "Send the code of your second factor too.",
    Needs.ANOTHER_CODE: "This code is not right, or was used before. Wait for the next one, or use a recovery code.",
    Needs.ENROLMENT: "Your organization asks for a second factor. Enrol an authenticator, then send its code too.",
}


def _needed(entry: Entry) -> Refused:
    """What is told to whoever knows the password, but has to prove more."""
    needs = entry.needs or Needs.CODE
    told = {"secondFactor": needs.value}
    if entry.enrolment is not None:
        told |= {"secret": entry.enrolment.secret, "address": entry.enrolment.address}
    return Refused(ErrorCode.UNAUTHENTICATED, _NEEDED[needs], extensions=told)
