"""All routes of signing in and out.

POST /auth/sign-out   end this browser's session
GET  /auth/page.css   the style of all pages
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.sign_in.passwords import Passwords
from portal.web.cookies import SESSION_COOKIE, forgotten_cookie
from portal.web.errors import Refused
from portal.web.pages import PAGE_HEADERS, Handler
from portal.web.presenting import presented
from portal.web.sign_in.identity_providers import provider_routes
from portal.web.sign_in.json_routes import NOT_KEPT
from portal.web.sign_in.parts import SignInParts, end_session, page_file, with_headers
from portal.web.sign_in.passwords import password_routes
from portal.web.sign_in.provider_sign_out import provider_sign_out_routes


def sign_in_routes(parts: SignInParts, passwords: Passwords) -> list[Route]:
    """The routes, in the order in which they are tried."""
    return [
        Route("/auth/sign-out", _sign_out(parts), methods=["POST"]),
        Route("/auth/page.css", page_file("page.css", "text/css"), methods=["GET"]),
        *provider_routes(parts),
        *password_routes(parts, passwords),
        *provider_sign_out_routes(parts),
    ]


def _sign_out(parts: SignInParts) -> Handler:
    async def sign_out(request: Request) -> Response:
        """End the session of the browser that asks, and have it forget its cookie; as well where it has none."""
        try:
            parts.same_origin.check(presented(request.scope))
        except Refused as refusal:
            return Response(refusal.message, status_code=refusal.status, headers=PAGE_HEADERS, media_type="text/plain")
        await end_session(parts, request, parts.clock())
        return with_headers(Response(status_code=204, headers=NOT_KEPT), [forgotten_cookie(SESSION_COOKIE)])

    return sign_out
